"""One WebSocket a browser: it only listens. What it hears is safe for everyone who may read the room."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from accounts.refusals import Refusal
from negotiation.live.events import group, version
from negotiation.permissions import look


class RoomConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        code = self.scope["url_route"]["kwargs"]["code"]
        try:
            viewer = await database_sync_to_async(look)(self.scope["user"], code)
        except Refusal:
            await self.close(code=4404)
            return
        self.group = group(viewer.room.code)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        await self.send_json({"version": await database_sync_to_async(version)(viewer.room.code)})

    async def disconnect(self, code: int) -> None:
        if hasattr(self, "group"):
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def room_event(self, event: dict[str, Any]) -> None:
        await self.send_json(event["message"])

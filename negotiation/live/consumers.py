"""One WebSocket a browser: it only listens. What it hears is safe for everyone who may read the room, or, where it is
told to single parties, for those who act for them."""

from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from accounts.refusals import Refusal
from negotiation.live.events import group, party_group, version
from negotiation.permissions import look


class RoomConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        code = self.scope["url_route"]["kwargs"]["code"]
        try:
            viewer = await database_sync_to_async(look)(self.scope["user"], code)
        except Refusal:
            await self.close(code=4404)
            return
        room = viewer.room.code
        self.groups_joined = [group(room), *(party_group(room, party) for party in sorted(viewer.parties))]
        for name in self.groups_joined:
            await self.channel_layer.group_add(name, self.channel_name)
        await self.accept()
        await self.send_json({"version": await database_sync_to_async(version)(viewer.room.code)})

    async def disconnect(self, code: int) -> None:
        for name in getattr(self, "groups_joined", ()):
            await self.channel_layer.group_discard(name, self.channel_name)

    async def room_event(self, event: dict[str, Any]) -> None:
        await self.send_json(event["message"])

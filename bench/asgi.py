"""The product with the addresses of `bench.urls`, and a consumer that does nothing but send what it hears."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path, re_path

settings.ROOT_URLCONF = "bench.urls"

from config.asgi import application as product  # noqa: E402  (needs the addresses)

GROUP = "bench"


class Bare(AsyncJsonWebsocketConsumer):  # type: ignore[misc]
    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()
        await self.send_json({})

    async def bench_event(self, event: dict[str, Any]) -> None:
        await self.send_json(event["message"])


sockets = URLRouter([path("bench/ws/", Bare.as_asgi()), re_path("", product)])
application = ProtocolTypeRouter({"http": product, "websocket": sockets})

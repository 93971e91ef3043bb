"""HTTP through Django, live events of a room through Channels."""

import os

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Whatever starts the web server: it is never the owner of the tables, unless somebody says so.
os.environ.setdefault("DATABASE_ROLE", "tongchou_web")
django.setup(set_prefix=False)

from config.handler import OneThreadHandler  # noqa: E402  (needs the loaded apps)
from negotiation.live.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": OneThreadHandler(),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

"""HTTP through Django, live events of a room through Channels."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Whatever starts the web server: it is never the owner of the tables, unless somebody says so.
os.environ.setdefault("DATABASE_ROLE", "tongchou_web")
http = get_asgi_application()

from negotiation.live.routing import websocket_urlpatterns  # noqa: E402  (needs the loaded apps)

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

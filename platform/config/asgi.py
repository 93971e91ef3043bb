"""HTTP through Django, live events of a room through Channels."""

import os

from a2wsgi import WSGIMiddleware
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.wsgi import get_wsgi_application

# Of a process, each doing a whole request: no view is asynchronous, and threads that stay keep their connections. More
# than the database has: a slow download needs none.
THREADS = 32

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Whatever starts the web server: it is never the owner of the tables, unless somebody says so.
os.environ.setdefault("DATABASE_ROLE", "tongchou_web")
http = WSGIMiddleware(get_wsgi_application(), workers=THREADS)  # type: ignore[arg-type]  # its answers are iterable

from negotiation.live.routing import websocket_urlpatterns  # noqa: E402  (needs the loaded apps)

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

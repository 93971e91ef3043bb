"""HTTP through Django, live events of a room through Channels."""

import os
import threading
from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import Any

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


class Thread(threading.local):
    """What a thread keeps from one request to the next."""

    def __init__(self) -> None:
        self.context = copy_context()


def keeping(app: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """The same, but a thread's connection to Valkey lasts longer than a request.

    Django keeps it in a context variable, and uvicorn and a2wsgi give each request a context of its own.
    """
    thread = Thread()

    def run(environ: Any, start_response: Any) -> Iterable[bytes]:
        return thread.context.run(app, environ, start_response)

    return run


http = WSGIMiddleware(keeping(get_wsgi_application()), workers=THREADS)

from negotiation.live.routing import websocket_urlpatterns  # noqa: E402  (needs the loaded apps)

application = ProtocolTypeRouter(
    {
        "http": http,
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))),
    }
)

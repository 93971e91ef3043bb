"""A gateway for text messages that answers on this machine."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest


@dataclass
class Gateway:
    """What came in, and what it answers."""

    status: int = 200
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    state = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            state.headers.append(dict(self.headers))
            state.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(state.status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_GATEWAY = "notifications.gateways.webhook"
    settings.SMS_WEBHOOK_URL = f"http://127.0.0.1:{server.server_port}/"
    settings.SMS_WEBHOOK_HEADER = "X-Secret: s3cret"
    yield state
    server.shutdown()
    server.server_close()

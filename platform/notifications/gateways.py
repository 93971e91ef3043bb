"""Ways out for text messages. SMS_GATEWAY names one: a function of address, text and key that raises if it fails.

The key names the message: a gateway that gets one key twice sends it once.
"""

import json
from typing import Any
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

TIMEOUT = 15  # seconds


class _Stay(HTTPRedirectHandler):
    """The secret header goes to the address of the settings and to no other."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def webhook(address: str, text: str, key: str) -> None:
    """POST `{"to", "text", "key"}` as JSON to SMS_WEBHOOK_URL with the header SMS_WEBHOOK_HEADER.

    Any answer but 2xx, or none within 15 seconds, raises an OSError.
    """
    url = settings.SMS_WEBHOOK_URL
    if not url.startswith(("https://", "http://")):
        raise OSError("SMS_WEBHOOK_URL is no web address")
    name, _colon, value = settings.SMS_WEBHOOK_HEADER.partition(":")
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if value:
        headers[name.strip()] = value.strip()
    body = json.dumps({"to": address, "text": text, "key": key}, ensure_ascii=False).encode()
    request = Request(url, body, headers)  # noqa: S310 the scheme is checked above
    with build_opener(_Stay).open(request, timeout=TIMEOUT):
        pass

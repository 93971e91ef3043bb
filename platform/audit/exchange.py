"""One talk with a witness, as C2SP tlog-witness has it: `POST <address>/add-checkpoint`, and what each answer means."""

import base64
from collections.abc import Callable, Sequence
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

TIMEOUT = 10  # seconds that a witness may take for one answer
MOST = 16 * 1024  # bytes of it
TALKS = 3  # requests in one visit: a witness that always names another size is not followed for ever
SIZE_TYPE = "text/x.tlog.size"
Prove = Callable[[int], Sequence[bytes]]


class Trouble(Exception):
    """No cosignature this time. `code` is of `audit.witnesses.WORDS`, `detail` what the witness said."""

    def __init__(self, code: str, detail: object = "") -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, str(detail)[:200]


class _Stay(HTTPRedirectHandler):
    """A witness is where its operator said, and nowhere else."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


def cosign(address: str, known: int, size: int, note: str, prove: Prove) -> str:
    """The signature lines that the witness gives for the checkpoint of `size`; `known` is what it has seen, we think.

    Where it says that it has seen another size it is asked again from there. `prove` makes the consistency proof from
    a size. Raises Trouble.
    """
    for _talk in range(TALKS):
        status, kind, text = _post(address, request_body(known, prove(known) if known else [], note))
        if status == 200:
            return text
        if status != 409 or kind != SIZE_TYPE:
            raise Trouble(REFUSED.get(status, "bad_answer"), f"HTTP {status}: {text.strip()}")
        known = _size(text)
        if known > size:
            raise Trouble("ahead", f"{known} > {size}")
    raise Trouble("bad_answer", f"HTTP 409, size {known}, again and again")


REFUSED = {
    400: "bad_answer",
    403: "key_refused",
    404: "unknown_log",
    422: "disagrees",
    429: "busy",
    503: "busy",
}


def request_body(old: int, proof: Sequence[bytes], note: str) -> str:
    """What `add-checkpoint` takes, and what a witness that comes to us is given."""
    lines = "".join(f"{base64.b64encode(part).decode()}\n" for part in proof)
    return f"old {old}\n{lines}\n{note}"


def _size(text: str) -> int:
    digits = text.removesuffix("\n")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        raise Trouble("bad_answer", f"HTTP 409: {digits}")
    return int(digits)


def _post(address: str, body: str) -> tuple[int, str, str]:
    """Status, content type and text of the answer."""
    url = f"{address.rstrip('/')}/add-checkpoint"
    request = Request(url, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})  # noqa: S310 (witnesses.read)
    try:
        with build_opener(_Stay).open(request, timeout=TIMEOUT) as answer:
            return _read(answer)
    except HTTPError as error:
        with error:
            return _read(error)
    except (OSError, HTTPException, ValueError) as error:
        raise Trouble("unreachable", getattr(error, "reason", "") or error) from None


def _read(answer: Any) -> tuple[int, str, str]:
    raw = answer.read(MOST + 1)
    if len(raw) > MOST:
        raise Trouble("bad_answer", f"more than {MOST} bytes")
    return answer.status, answer.headers.get_content_type(), raw.decode(errors="replace")

"""What a platform shows of one room's log to those who watch it, over HTTP."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from typing import Any, BinaryIO
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from tongchou_verify.faults import Fault, show

TIMEOUT = 60  # seconds
PATIENCE = 5  # times that we wait as we are told
LINE = 32 * 2**20  # bytes of one entry, as in a bundle
DOCUMENT = 16 * 2**20
ROOM = re.compile(r"(https?://[^?#\s]+?)/(?:api/v1/)?rooms/([^/?#\s]+)(?:/.*)?")


class Unreachable(Exception):
    """The platform did not answer, or not with what was asked for: nothing is said about its log."""


class _Stay(HTTPRedirectHandler):
    """A token goes to the address that was named, and to no other."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


class RoomLog:
    """The log of a room at its address, `https://host/rooms/CODE/`; with an API token of somebody who may read it."""

    def __init__(self, address: str, token: str = "") -> None:
        found = ROOM.fullmatch(address)
        if found is None:
            raise Fault(f"{show(address)} is no address of a room: https://host/rooms/CODE/ is expected")
        self.base = f"{found[1]}/api/v1/rooms/{found[2]}/log/"
        self._headers = {"Authorization": f"Token {token}"} if token else {}

    def policy(self) -> bytes:
        """The log's keys and witnesses, as the platform says: keys are to be compared with paper."""
        return self._read("policy/")

    def checkpoint(self) -> bytes:
        """The latest signed note."""
        return self._read("checkpoint/")

    def growth(self, old: int, new: int | None = None) -> bytes:
        """The request that a witness of size `old` needs to cosign the latest checkpoint, or that of size `new`."""
        return self._read("growth/", old=old, **({} if new is None else {"new": new}))

    def bring(self, note: bytes) -> None:
        """Hand over a checkpoint with one's own cosignature."""
        request = Request(self.base + "cosignatures/", note, self._headers | {"Content-Type": "text/plain"})  # noqa: S310
        with self._open(request):
            pass

    def notes(self) -> Iterator[bytes]:
        """Every signed note, the newest first."""
        cursor: str | None = ""
        while cursor is not None:
            page = self._document("checkpoints/", size=200, **({"cursor": cursor} if cursor else {}))
            yield from (str(row["note"]).encode(errors="surrogatepass") for row in page["results"])
            cursor = _cursor(page["next"])

    def leaves(self, begin: int) -> Iterator[bytes]:
        """The next entries from a place on, each as its bytes without the newline; none at the end."""
        with self._open(self._request("leaves/", {"from": begin})) as answer:
            while line := answer.readline(LINE + 1):
                if not line.endswith(b"\n"):
                    raise Unreachable("the answer broke off within an entry")
                yield line[:-1]

    def _document(self, path: str, **query: object) -> Any:
        try:
            page = json.loads(self._read(path, **query))
            return {"results": [{"note": row["note"]} for row in page["results"]], "next": page["next"]}
        except (ValueError, KeyError, TypeError, RecursionError):
            raise Unreachable(f"{path} is not what a platform answers") from None

    def _read(self, path: str, **query: object) -> bytes:
        with self._open(self._request(path, query)) as answer:
            raw = answer.read(DOCUMENT + 1)
        if len(raw) > DOCUMENT:
            raise Unreachable(f"{path} has more than {DOCUMENT} bytes")
        return raw

    def _request(self, path: str, query: dict[str, object]) -> Request:
        return Request(f"{self.base}{path}{'?' if query else ''}{urlencode(query)}", headers=self._headers)  # noqa: S310

    @contextmanager
    def _open(self, request: Request) -> Iterator[BinaryIO]:
        try:
            with _patiently(request) as answer:
                yield answer
        except HTTPError as error:
            with error:
                said = error.read(500).decode(errors="replace")
            raise Unreachable(f"{request.full_url}: HTTP {error.code}: {show(said, 300)}") from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{request.full_url}: {show(getattr(error, 'reason', '') or error)}") from None


def _patiently(request: Request) -> Any:
    """The answer; whoever is told to come later comes later, a few times."""
    for _again in range(PATIENCE):
        try:
            return build_opener(_Stay).open(request, timeout=TIMEOUT)
        except HTTPError as error:
            wait = error.headers.get("Retry-After", "")
            if error.code != 429 or not wait.isdecimal() or int(wait) > TIMEOUT:
                raise
            error.close()
            time.sleep(int(wait) + 1)
    return build_opener(_Stay).open(request, timeout=TIMEOUT)


def _cursor(address: object) -> str | None:
    """Where the next page begins; the address around it is the platform's word and not followed."""
    found = parse_qs(urlsplit(address).query).get("cursor") if isinstance(address, str) else None
    return found[0] if found else None

"""A file by parts (RFC 9110, 14): a broken download goes on where it stopped."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

CHUNK = 256 * 1024
ONE_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def ranged_file(request: HttpRequest, path: Path, name: str, digest: str, content_type: str) -> HttpResponseBase:
    """The whole file, or the one range that is asked for; 416 for a range beyond it. `digest` is its strong ETag."""
    size, etag = path.stat().st_size, f'"{digest}"'
    wanted = request.headers.get("Range", "") if request.headers.get("If-Range", etag) == etag else ""
    headers = {"Accept-Ranges": "bytes", "ETag": etag, "Cache-Control": "private, no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return HttpResponse(status=304, headers=headers)
    found = read_range(wanted, size) if wanted else (0, size)
    if found is None:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    begin, end = found
    headers |= {"Content-Length": str(end - begin), "Content-Disposition": f'attachment; filename="{name}"'}
    if wanted and found:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{size}"
    body = () if request.method == "HEAD" else _pieces(path, begin, end)
    return StreamingHttpResponse(body, status=206 if wanted else 200, headers=headers, content_type=content_type)


def read_range(text: str, size: int) -> tuple[int, int] | None:
    """Begin and end (exclusive) of `bytes=a-b`, `a-` or `-n`; None where the file holds nothing of it."""
    found = ONE_RANGE.fullmatch(text)
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        begin, end = max(0, size - int(found[2])), size
    else:
        begin, end = int(found[1]), min(size, int(found[2]) + 1) if found[2] else size
    return (begin, end) if begin < end else None


def _pieces(path: Path, begin: int, end: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(begin)
        while piece := file.read(min(CHUNK, end - file.tell())):
            yield piece

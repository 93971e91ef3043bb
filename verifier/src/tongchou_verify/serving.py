"""`tongchou-verify witness …`: the witness as a small service, and as a visitor that a clock sends."""

import argparse
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tongchou_verify.checkpoints import open_checkpoint
from tongchou_verify.faults import Fault, show
from tongchou_verify.folders import read_private
from tongchou_verify.notes import Verifier
from tongchou_verify.platform_client import RoomLog, Unreachable
from tongchou_verify.witness import PLAIN, Forked, Refused, Witness, keep_evidence, make_witness, origin_hash

MOST = 64 * 1024  # bytes of a request


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser("tongchou-verify witness", description="Signs checkpoints that it has seen.")
    acts = found.add_subparsers(dest="act", required=True)
    make = acts.add_parser("make", help="make a witness in a folder, and print its key")
    make.add_argument("folder", type=Path)
    make.add_argument("--name", required=True, help="an address without https://, such as example.org/w1")
    key = acts.add_parser("key", help="print its key")
    key.add_argument("folder", type=Path)
    serve = acts.add_parser("serve", help="wait for checkpoints (C2SP tlog-witness)")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=7380)
    visit = acts.add_parser("visit", help="go once to each log with an address, check, sign, and bring the signature")
    visit.add_argument("folder", type=Path)
    visit.add_argument("--token-file", type=Path, help="an API token, for rooms that are not published")
    return found


def run(options: argparse.Namespace) -> Iterator[str]:
    """The lines to print. Raises Fault, OSError."""
    if options.act == "make":
        yield make_witness(options.folder, options.name).key.text
    elif options.act == "key":
        yield Witness(options.folder).key.text
    elif options.act == "serve":
        serve(Witness(options.folder), options.host, options.port)
    else:
        token = read_private(options.token_file) if options.token_file else ""
        visit_all(Witness(options.folder), token)


def serve(witness: Witness, host: str, port: int) -> None:
    with server(witness, host, port) as found:
        print(f"{witness.key.text}\nlistening on http://{host}:{found.server_port}/", flush=True)
        try:
            found.serve_forever()
        except KeyboardInterrupt:
            return


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    class Bound(Handler):
        at = witness

    return Server((host, port), Bound)


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Somebody went away in the middle: a line, and no traceback."""
        _say(f"{client_address[0]}: {show(repr(sys.exc_info()[1]))}")


def _say(what: object) -> None:
    print(f"tongchou-verify: {what}", file=sys.stderr, flush=True)


class Handler(BaseHTTPRequestHandler):
    """`POST /add-checkpoint` and `GET /<hash of the origin>/checkpoint`."""

    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds without a byte
    at: Witness

    def do_POST(self) -> None:
        body = self._body()
        if body is None:
            return
        if self.path != "/add-checkpoint":
            self._answer(404, "there is nothing here\n")
            return
        try:
            self._answer(200, self.at.add_checkpoint(body))
        except Refused as refused:
            self._answer(refused.status, f"{refused.text}\n", refused.kind)
        except Forked as forked:
            self._answer(422, f"{forked}\n")
            _say(forked)
        except (Fault, OSError) as error:
            # A damaged file or a full disk: nothing was signed.
            self._answer(500, "the witness can not keep what it signs, and so does not sign\n")
            _say(error)

    def do_GET(self) -> None:
        name, _slash, rest = self.path[1:].partition("/")
        known = rest == "checkpoint" and len(name) == 64 and set(name) <= set("0123456789abcdef")
        note = self.at.latest(name) if known else None
        self._answer(404, "there is nothing here\n") if note is None else self._answer(200, note.decode())

    def _body(self) -> bytes | None:
        """What was sent; None if that was refused, and then the connection ends."""
        length = self.headers.get("Content-Length", "")
        ends, self.close_connection = self.close_connection, True
        if not length.isascii() or not length.isdecimal():
            self._answer(411, "say how long the request is\n")
        elif int(length) > MOST:
            self._answer(413, f"a request has at most {MOST} bytes\n")
        else:
            self.close_connection = ends
            return self.rfile.read(int(length))
        return None

    def _answer(self, status: int, text: str, kind: str = PLAIN) -> None:
        raw = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *arguments: Any) -> None:
        _say(f"{self.address_string()} {show(format % arguments, 200)}")


def visit_all(witness: Witness, token: str = "") -> None:
    """Go to each log with an address; a line for each. Raises Forked or Fault at the end, if one does not hold."""
    faults: list[Fault] = []
    for key, address in witness.logs.logs:
        if not address:
            continue
        try:
            print(visit(witness, key, RoomLog(address, token)), flush=True)
        except Unreachable as error:
            faults.append(Fault(f"{show(key.name)}: {error}"))
        except Fault as fault:
            faults.append(fault)
    worst = sorted(faults, key=lambda fault: isinstance(fault, Forked))
    for other in worst[:-1]:
        _say(other)
    if worst:
        raise worst[-1]


def visit(witness: Witness, key: Verifier, log: RoomLog) -> str:
    """Sign the latest checkpoint of one log, and bring the signature. Raises Unreachable, Refused as Fault, Forked."""
    note, last = log.checkpoint(), witness.last(key.name)
    shown = open_checkpoint(note, key, key.name)
    if shown.size < last.size:
        raise Fault(f"{show(key.name)} has gone back to size {shown.size}; size {last.size} was signed before")
    body = log.growth(last.size, shown.size)
    try:
        signed = witness.add_checkpoint(body)
    except Refused as refused:
        if refused.status == 422 and last.size:
            what = f"{show(key.name)} does not prove that size {last.size} is the beginning of size {shown.size}"
            raise keep_evidence(witness.folder, what, witness.latest(origin_hash(key.name)) or b"", note) from None
        raise Fault(f"{show(key.name)}: {refused.text}") from None
    log.bring(body.partition(b"\n\n")[2] + signed.encode())
    return f"{show(key.name)}: size {shown.size} was signed, after {last.size}"

"""The same servers with open pages in one room: how soon the last has a vote's tally, in turns A B C A B C …"""

import asyncio
import json
import time
from contextlib import AsyncExitStack
from statistics import median
from typing import Any

from asgiref.sync import sync_to_async
from websockets.asyncio.client import ClientConnection, connect

from bench import place
from bench.clock import ms, row, times
from bench.servers import COMMANDS, Server, running
from bench.votes import open_ballot

Message = dict[str, Any]

LISTENERS = 200
EVENTS = 8  # in a turn
TURNS = 3


def main() -> None:
    place.stage()
    message = tally_message()
    heard: dict[str, list[float]] = {}
    with running(*(name for name in COMMANDS if name != "bench")) as servers:
        for server in servers * TURNS:
            heard.setdefault(server.name, []).extend(asyncio.run(listen(server, message)))
        first = median(heard[servers[0].name])
        print(f"  {LISTENERS} listeners, median of {EVENTS * TURNS} events of {len(json.dumps(message)):,} bytes")
        row("", "last has heard", f"to {servers[0].name}", "memory")
        for server in servers:
            found = median(heard[server.name])
            row(server.name, ms(found), times(found / first), f"{server.megabytes():,.0f} MB")


def tally_message() -> Message:
    """What one vote makes the worker send."""
    from django.conf import settings

    from negotiation.live.tally import render
    from negotiation.models import Ballot

    ballot = Ballot.objects.filter(room__code=place.ROOM).first() or open_ballot()
    html = {language: render(ballot, language) for language, _name in settings.LANGUAGES}
    return {"topic": f"tally:{ballot.pk}", "html": html}


async def listen(server: Server, message: Message) -> list[float]:
    """For each event the seconds until the last listener has it."""
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(open_page(server)) for _listener in range(LISTENERS)]
        await hear(sockets)  # the greeting with the room's version
        await announce(sockets, message)
        return [await announce(sockets, message) for _event in range(EVENTS)]


def open_page(server: Server) -> connect:
    """A connection as a browser makes it, which offers compression."""
    address = f"127.0.0.1:{server.port}"
    return connect(f"ws://{address}/ws/rooms/{place.ROOM}/", additional_headers={"Origin": f"http://{address}"})


async def announce(sockets: list[ClientConnection], message: Message) -> float:
    from negotiation.live.events import send

    start = time.perf_counter()
    await asyncio.gather(hear(sockets), sync_to_async(send)(place.ROOM, message))
    return time.perf_counter() - start


async def hear(sockets: list[ClientConnection]) -> None:
    """Wait until each has had one message."""
    await asyncio.gather(*(socket.recv() for socket in sockets))

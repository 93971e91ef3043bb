"""A vote's tally on a thousand open pages, against bare Channels: the same bytes to as many sockets of one server.

In turns A B C A B C …: a bare consumer hears the message; the room hears it; somebody votes, and the worker counts,
renders and sends. From the call to the last page that has it, each turn a quiet second after the one before.
"""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from itertools import cycle
from statistics import median
from typing import TYPE_CHECKING

from asgiref.sync import async_to_sync, sync_to_async
from websockets.asyncio.client import ClientConnection, connect

from bench import place
from bench.clock import ms, p95, row, times
from bench.listeners import hear, tally_message
from bench.servers import Server, running
from bench.votes import householders, open_ballot

if TYPE_CHECKING:
    from accounts.models import Mandate
    from negotiation.models import Ballot

SCREENS = 1000
EVENTS = 40  # of each kind
QUIET = 1.2  # seconds
TOGETHER = 50  # connections that are made at once
WORKER = "-m celery -A config --quiet worker --concurrency 1 --loglevel error"
BARE = "/bench/ws/"


def main() -> None:
    place.stage()
    voters, ballot = householders(), open_ballot()
    with running("bench") as (server,), worker():
        found = asyncio.run(measure(server, voters, ballot))
    row(f"{SCREENS:,} pages, {EVENTS} events of each", "median", "to bare", "p95", "to bare")
    first = next(iter(found.values()))
    for name, took in found.items():
        middle, tail = median(took), p95(took)
        row(name, ms(middle), times(middle / median(first)), ms(tail), times(tail / p95(first)))


async def measure(server: Server, voters: list["Mandate"], ballot: "Ballot") -> dict[str, list[float]]:
    """The seconds of each event, by kind."""
    from negotiation import voting
    from negotiation.live.events import send

    message = await sync_to_async(tally_message)()
    choices = cycle(["yes", "no"])
    async with AsyncExitStack() as stack:
        bare = await screens(stack, server, BARE)
        room = await screens(stack, server, f"/ws/rooms/{place.ROOM}/")
        kinds: dict[str, tuple[list[ClientConnection], Callable[[], object]]] = {
            "bare Channels": (bare, partial(tell_bare, message)),
            "the room": (room, partial(send, place.ROOM, message)),
            "a vote, counted and rendered": (room, lambda: voting.cast(voters[0], ballot, next(choices))),
        }
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for number in range(EVENTS + 1):
            for name, (sockets, act) in kinds.items():
                await asyncio.sleep(QUIET)
                start = time.perf_counter()
                await asyncio.gather(hear(sockets), sync_to_async(act)())
                # The first of each kind only warms up.
                found[name] += [time.perf_counter() - start] * bool(number)
    return found


def tell_bare(message: object) -> None:
    from channels.layers import get_channel_layer

    from bench.asgi import GROUP

    async_to_sync(get_channel_layer().group_send)(GROUP, {"type": "bench.event", "message": message})


async def screens(stack: AsyncExitStack, server: Server, path: str) -> list[ClientConnection]:
    """Open pages of one address, each greeted."""
    origin, opened = f"http://127.0.0.1:{server.port}", []
    for _batch in range(SCREENS // TOGETHER):
        made = [connect(f"ws{origin[4:]}{path}", additional_headers={"Origin": origin}) for _page in range(TOGETHER)]
        opened += await asyncio.gather(*(stack.enter_async_context(each) for each in made))
    await hear(opened)
    return opened


@contextmanager
def worker() -> Iterator[None]:
    with subprocess.Popen([sys.executable, *WORKER.split()], env=os.environ, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()

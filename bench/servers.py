"""The ASGI servers under comparison, each as one process tree over the staged demo."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import psutil

# One worker process each and no access log: the same work for all.
SAME = "config.asgi:application --host 127.0.0.1 --port {port} --no-access-log --log-level warning"
COMMANDS = {
    "uvicorn": f"uvicorn {SAME} --lifespan off",
    "uvicorn, no deflate": f"uvicorn {SAME} --lifespan off --ws-per-message-deflate false",
    "bench": f"uvicorn {SAME.replace('config.asgi', 'bench.asgi')} --lifespan off",
    "granian": f"granian {SAME} --interface asginl --workers 1",
}


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    port: int
    process: psutil.Popen

    def megabytes(self) -> float:
        """Memory that is its processes' own."""
        family = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children(recursive=True)]
        return float(sum(member.memory_full_info().uss for member in family)) / 1e6


@contextmanager
def running(*names: str) -> Iterator[list[Server]]:
    """The servers at once; one that is not asked takes no time."""
    with ExitStack() as stack:
        yield [stack.enter_context(serving(name)) for name in names]


@contextmanager
def serving(name: str) -> Iterator[Server]:
    port = free_port()
    command = [sys.executable, "-m", *COMMANDS[name].format(port=port).split()]
    with psutil.Popen(command, stderr=subprocess.DEVNULL, env=os.environ) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/")
            yield Server(name, port, process)
        finally:
            if process.poll() is None:
                process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, patience: float = 30) -> None:
    end = time.monotonic() + patience
    while True:
        try:
            urllib.request.urlopen(address, timeout=patience).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)

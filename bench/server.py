"""uvicorn against granian: the demo's room page for a signed-in planner, over loopback, four requests at a time."""

import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from statistics import median

from bench import place
from bench.clock import row, times
from bench.servers import Server, running

BLOCKS = 3  # A B A B …
REQUESTS = 100  # in a block
AT_A_TIME = 4
PAGE = f"/rooms/{place.ROOM}/"


def main() -> None:
    place.stage()
    cookie = sign_in("planner")
    rates: dict[str, list[float]] = {}
    with running("uvicorn", "granian") as servers:
        for server in servers:
            fetch(server, cookie, 4 * AT_A_TIME)
        for server in servers * BLOCKS:
            start = time.perf_counter()
            fetch(server, cookie, REQUESTS)
            rates.setdefault(server.name, []).append(REQUESTS / (time.perf_counter() - start))
        row(f"median of {BLOCKS} × {REQUESTS} requests", "pages a second", "memory")
        for server in servers:
            row(server.name, f"{median(rates[server.name]):.1f}", f"{server.megabytes():,.0f} MB")
    row("granian / uvicorn", times(median(rates["granian"]) / median(rates["uvicorn"])))


def sign_in(username: str) -> str:
    """The cookie of a session."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username=username), backend=settings.AUTHENTICATION_BACKENDS[0])
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def fetch(server: Server, cookie: str, requests: int) -> None:
    """Ask for the page so often, each of the clients over one connection that is kept open."""
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        list(pool.map(lambda _client: fetch_in_turn(server, cookie, requests // AT_A_TIME), range(AT_A_TIME)))


def fetch_in_turn(server: Server, cookie: str, requests: int) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    for _request in range(requests):
        connection.request("GET", PAGE, headers={"Cookie": cookie, "Accept-Language": "en"})
        answer = connection.getresponse()
        if answer.status != 200 or b"</html>" not in answer.read():
            raise SystemExit(f"server: {server.name} answered {answer.status}")
    connection.close()

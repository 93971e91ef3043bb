"""Votes of signed-in people through HTTP, with CSRF and log entry, against a bare view that does one INSERT.

One server, in turns A B C A B C …, four connections at a time; the voters are the demo's households, each changing its
vote. Then the same with a thousand and with a million votes in the table. No worker runs here.
"""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import TYPE_CHECKING

from django.db import connection

from bench import place
from bench.clock import ms, p95, row, times
from bench.servers import Server, running
from bench.votes import householders, open_ballot

if TYPE_CHECKING:
    from accounts.models import Mandate
    from negotiation.models import Ballot

AT_A_TIME = 4
REQUESTS = 200  # of each connection in a turn
TURNS = 5
SIZES = (1_000, 1_000_000)
CSRF = "b" * 32
FILL = """
INSERT INTO negotiation_vote (ballot_id, seat_id, choice, via, reason, mandate_id, cast_at, key)
SELECT %s, line.seat_id, 'no', 'own', '', %s, now(), ''
FROM negotiation_ballotseat AS line,
    generate_series(1, %s / (SELECT count(*) FROM negotiation_ballotseat WHERE ballot_id = %s) + 1)
WHERE line.ballot_id = %s
"""


def main() -> None:
    place.stage()
    voters, ballot = householders(), open_ballot()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_bare (id bigserial PRIMARY KEY, choice text, who bigint, at timestamptz DEFAULT now())"
        )
    path = f"/rooms/{place.ROOM}/ballots/{ballot.pk}/vote/"
    cookies = [cookie(voter) for voter in voters]
    kinds = {
        "bare": [request("/bench/bare/", "", 204)],
        "bare, signed in": [request("/bench/signed/", each, 204) for each in cookies],
        "vote": [request(path, each, 302) for each in cookies],
    }
    connection.close()
    with running("bench") as (server,):
        for requests in kinds.values():
            turn(server, requests, 50)
        compare(server, kinds)
        check(ballot)
        grow(server, kinds["vote"], ballot, voters[0])


def compare(server: Server, kinds: dict[str, list["Request"]]) -> None:
    rates: dict[str, list[float]] = {name: [] for name in kinds}
    tails: dict[str, list[float]] = {name: [] for name in kinds}
    for _turn in range(TURNS):
        for name, requests in kinds.items():
            rate, took = turn(server, requests, REQUESTS)
            rates[name].append(rate)
            tails[name].append(p95(took))
    first = next(iter(kinds))
    row(f"median of {TURNS} × {REQUESTS * AT_A_TIME}", "a second", "to bare", "p95", "to bare")
    for name in kinds:
        rate, tail = median(rates[name]), median(tails[name])
        row(name, f"{rate:,.0f}", times(rate / median(rates[first])), ms(tail), times(tail / median(tails[first])))


def grow(server: Server, requests: list["Request"], ballot: "Ballot", voter: "Mandate") -> None:
    """The cost of a vote with so many in the table."""
    found: list[list[float]] = []
    for size in SIZES:
        fill(ballot, voter, size)
        turn(server, requests, 50)
        found.append([1 / turn(server, requests, REQUESTS)[0] for _turn in range(TURNS)])
    row(f"a vote with so many in the table, median of {TURNS}", *(f"{size:,}" for size in SIZES), "large / small")
    small, large = map(median, found)
    row("seconds for one, four at a time", ms(small), ms(large), times(large / small))
    check(ballot)


def fill(ballot: "Ballot", voter: "Mandate", size: int) -> None:
    with connection.cursor() as cursor:
        missing = max(size - ballot.votes.count(), 0)
        cursor.execute(FILL, [ballot.pk, voter.pk, missing, ballot.pk, ballot.pk])
        cursor.execute("ANALYZE negotiation_vote")
    connection.close()


def check(ballot: "Ballot") -> None:
    """Every answered vote is in the log, and the marks say the same as the votes."""
    from audit.models import Entry
    from negotiation import voting

    counted, marked = voting.vote_rows(ballot), voting.marked_rows(ballot)
    seats = {row["seat"]: row["choice"] for row in marked if row["choice"] != "no"}
    logged = Entry.objects.filter(action="vote.cast").count()
    print(f"  in the log {logged:,}; seats marked {len(marked)}, by the votes {len(counted)}")
    if not logged or seats.keys() - {row["seat"] for row in counted}:
        raise SystemExit("voting: the marks are not what was cast")
    connection.close()


Request = tuple[bytes, bytes]


def request(path: str, cookies: str, status: int) -> Request:
    """The bytes of a POST, and how its answer must begin."""
    body = f"choice=yes&csrfmiddlewaretoken={CSRF}"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken={CSRF}; {cookies}\r\nAccept-Language: en\r\n"
    form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    return (head + form).encode(), f"HTTP/1.1 {status}".encode()


def cookie(voter: "Mandate") -> str:
    from bench.server import sign_in

    return sign_in(voter.user.username)


def turn(server: Server, requests: list[Request], each: int) -> tuple[float, list[float]]:
    """Requests a second, and the seconds of each."""
    shares = [
        [requests[(share + number * AT_A_TIME) % len(requests)] for number in range(each)] for share in range(AT_A_TIME)
    ]
    start = time.perf_counter()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        took = [seconds for share in pool.map(lambda share: send(server, share), shares) for seconds in share]
    return len(took) / (time.perf_counter() - start), took


def send(server: Server, requests: list[Request]) -> list[float]:
    took = []
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as wire:
        wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for content, wanted in requests:
            start = time.perf_counter()
            wire.sendall(content)
            answer = wire.recv(65536)
            while b"\r\n\r\n" not in answer:
                answer += wire.recv(65536)
            took.append(time.perf_counter() - start)
            if not answer.startswith(wanted):
                raise SystemExit(f"voting: answered {answer[:400]!r}")
    return took

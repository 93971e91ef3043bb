"""Votes per second through `negotiation.voting.cast`, from one process with 1, 4 and 8 threads; then the count.

No worker runs, so what is measured is the act itself: authorize, lock, vote, log entry, commit, announcement.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone

from bench import place
from bench.clock import row, times

if TYPE_CHECKING:
    from accounts.models import Mandate
    from negotiation.models import Ballot

THREADS = (1, 4, 8)
ROUNDS = 3
EACH = 1  # votes of each household in one round


def main() -> None:
    place.stage()
    mandates = householders()
    ballot = open_ballot()
    # The main thread's own connection goes back to the pool before the voters take theirs.
    connection.close()
    found: dict[int, list[float]] = {threads: [] for threads in THREADS}
    for _round in range(ROUNDS):
        for threads in THREADS:
            found[threads].append(votes_per_second(ballot, mandates * EACH, threads))
    alone = median(found[THREADS[0]])
    row(f"median of {ROUNDS}", "votes a second", "to 1 thread")
    for threads, rates in found.items():
        row(f"{threads} thread{'s' if threads > 1 else ''}", f"{median(rates):,.0f}", times(median(rates) / alone))
    check(ballot, len(mandates), len(mandates) * EACH * ROUNDS * len(THREADS))


def votes_per_second(ballot: "Ballot", mandates: list["Mandate"], threads: int) -> float:
    shares = [mandates[number::threads] for number in range(threads)]
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda share: cast_all(ballot, share), shares))
    return len(mandates) / (time.perf_counter() - start)


def cast_all(ballot: "Ballot", mandates: list["Mandate"]) -> None:
    from negotiation import voting

    try:
        for mandate in mandates:
            voting.cast(mandate, ballot, "yes")
    finally:
        connection.close()


def check(ballot: "Ballot", households: int, cast: int) -> None:
    """Every vote was written once, with its entry in the log, and each household counts once."""
    from audit.models import Entry
    from negotiation import voting

    kept, logged = ballot.votes.count(), Entry.objects.filter(action="vote.cast").count()
    heads = voting.tally(ballot)["chambers"][0]["measures"][0]["reached"]
    print(f"  cast {cast:,}, kept {kept:,}, in the log {logged:,}; turnout of {households} households: {heads}")
    if not cast == kept == logged:
        raise SystemExit("votes: the count is not what was cast")


@transaction.atomic
def householders() -> list["Mandate"]:
    """A person for each household of the demo, seated as the convener would seat them."""
    from accounts.models import Party, User
    from negotiation.mandates import seat_person
    from negotiation.models import Room

    room = Room.objects.get(code=place.ROOM)
    parties = Party.objects.filter(realm=room.code, kind="household").order_by("pk")
    return [seat_person(room, User.objects.create(username=f"voter-{row.code}"), row, "self") for row in parties]


def open_ballot() -> "Ballot":
    from accounts.models import Mandate
    from negotiation import voting
    from negotiation.models import Room
    from negotiation.queries.packages import latest

    convener = Mandate.objects.get(user__username="planner", party__realm=place.ROOM)
    revision = latest(Room.objects.get(code=place.ROOM)).get(package__code="B")
    return voting.open_ballot(convener, revision, timezone.now() + timedelta(hours=1))

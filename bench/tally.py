"""The live tally of a ballot with 200, 2,000 and 20,000 seats, all of which have voted, by heads and by area."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.utils import timezone

from bench import place
from bench.clock import median_seconds, ms, row, times
from bench.villages import village

if TYPE_CHECKING:
    from negotiation.models import Ballot, Room

SIZES = (200, 2_000, 20_000)
RUNS = 3
RULE = "cn-civil-278-major"  # all owners: turnout and approval, each by heads and by area


def main() -> None:
    place.stage()
    found = {size: measure(full_ballot(load_room(size))) for size in SIZES}
    small, middle, large = (found[size] for size in SIZES)
    row(f"median of {RUNS}", *(f"{size:,} seats" for size in SIZES), "2,000 / 200", "20,000 / 2,000")
    for step in small:
        took = (small[step], middle[step], large[step])
        row(step, *map(ms, took), times(took[1] / took[0]), times(took[2] / took[1]))


def measure(ballot: "Ballot") -> dict[str, float]:
    """Seconds of the tally and of its two parts: reading from the database, counting in exact fractions."""
    from negotiation import rules, voting

    document = {"rule": ballot.rule, "seats": voting.roll_rows(ballot), "votes": voting.marked_rows(ballot)}
    steps: dict[str, Callable[[], object]] = {
        "tally": partial(voting.tally, ballot),
        "of it: read roll and votes": lambda: (voting.roll_rows(ballot), voting.marked_rows(ballot)),
        "of it: count": partial(rules.tally, document),
    }
    return {name: median_seconds(work, RUNS) for name, work in steps.items()}


def load_room(seats: int) -> "Room":
    """A room with so many public seats (one is the collective's) and a package without terms."""
    from negotiation import cases, rules

    case = village(seats - 1)
    terms: dict[str, list[object]] = {"dispositions": [], "allocations": [], "flows": []}
    return cases.load_case(case | {"rule": rules.preset(RULE), "packages": [case["packages"][0] | terms]})[0]


def own(number: int) -> str:
    return "yes" if number % 3 else "no"


def full_ballot(room: "Room") -> "Ballot":
    """An open ballot whose whole roll has voted: two in three said yes."""
    from accounts.models import Mandate
    from negotiation import rules, voting
    from negotiation.models import Ballot, BallotSeat, Revision, Vote

    now, mandate = timezone.now(), Mandate.objects.earliest("pk")
    revision = Revision.objects.get(package__room=room)
    ballot = Ballot.objects.create(
        room=room,
        revision=revision,
        rule=room.rule,
        opened_by=mandate,
        opens_at=now,
        closes_at=now + timedelta(days=1),
    )
    roll = rules.roll(rules.parse_rule(room.rule), voting.seat_rows(room))
    BallotSeat.objects.bulk_create(
        BallotSeat(
            ballot=ballot, seat_id=int(line["seat"]), chamber=line["chamber"], weights=line["weights"], own=own(n)
        )
        for n, line in enumerate(roll)
    )
    Vote.objects.bulk_create(
        Vote(ballot=ballot, seat_id=int(line["seat"]), mandate=mandate, cast_at=now, choice=own(n))
        for n, line in enumerate(roll)
    )
    return ballot

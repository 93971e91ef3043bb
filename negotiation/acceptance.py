"""Sealed acceptance: each party marks for itself which packages it would accept.

The marks are encrypted where they are kept, and no entry, page or message holds them. The room learns one thing only:
that a revision is marked by so many that it would pass under the room's own rule, in every chamber. Until then it
learns that parties have answered, not what; to accept nothing is an answer like any other.
"""

from collections.abc import Collection, Iterable, Mapping

from celery import current_app
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy

from accounts.models import Mandate
from accounts.refusals import Invalid
from accounts.sealing import seal, unseal
from negotiation import rules
from negotiation.acting import record
from negotiation.live.events import announce
from negotiation.models import Acceptance, Accord, Revision, Room
from negotiation.permissions import authorize
from negotiation.queries.packages import latest
from negotiation.telling import tell
from negotiation.voting import seat_rows

REPLACED = gettext_lazy("One of these packages is no longer on the table as you saw it; please look again.")
CONSENT = {"vote": "yes", "acceptance": "accept"}  # in a chamber without objection silence is no consent here


def mark_acceptable(mandate: Mandate, room: Room, revisions: Collection[Revision]) -> Acceptance:
    """Say in secret which of the revisions on the table one's party would accept; this replaces what it said before."""
    authorize(mandate, room, "mark_acceptable")
    chosen = {revision.pk for revision in revisions}
    if chosen - set(latest(room).values_list("pk", flat=True)):
        raise Invalid({"packages": REPLACED})
    with transaction.atomic():
        sealed = seal(sorted(chosen), _context(room, mandate.party.code))
        row, _made = Acceptance.objects.update_or_create(room=room, party=mandate.party, defaults={"sealed": sealed})
        record(room, "acceptance.seal", mandate, "party", mandate.party.code)
        announce(room, "acceptance")
        transaction.on_commit(lambda: _enqueue(room.pk), robust=True)
    return row


def own_marks(mandate: Mandate, room: Room) -> set[int] | None:
    """The revisions that one's own party has marked; None while it has not answered."""
    row = Acceptance.objects.filter(room=room, party=mandate.party).first()
    return None if row is None else _marks(row, room, mandate.party.code)


def find_agreements(room: Room) -> list[Revision]:
    """Disclose the revisions that every side has come to accept. Others stay as secret as they were."""
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        marks = _all_marks(room)
        open_rows = latest(room).filter(accord=None)
        found = [revision for revision in open_rows if agreed(room, _markers(marks, revision))]
        for revision in found:
            Accord.objects.create(revision=revision)
            named = {"package": revision.package.code, "revision": revision.number, "digest": revision.digest}
            record(room, "acceptance.open", None, "revision", revision.pk, named)
            tell(room, "agreement.opened", reverse("package", args=[room.code, revision.package.code]), named)
        if found:
            announce(room, "packages")
    return found


def agreed(room: Room, parties: Collection[str]) -> bool:
    """Whether the consent of these parties alone would carry a package under the room's rule, in every chamber."""
    seats = {row["seat"]: row for row in seat_rows(room)}
    methods = {row["code"]: row["method"] for row in room.rule["chambers"]}
    roll = rules.roll(rules.parse_rule(room.rule), list(seats.values()))
    placed = [(seats[row["seat"]], methods[row["chamber"]]) for row in roll]
    if any(method not in CONSENT and seat["party"] not in parties for seat, method in placed):
        return False
    votes = [
        {"seat": seat["seat"], "choice": CONSENT[method], "via": "own"}
        for seat, method in placed
        if method in CONSENT and seat["party"] in parties
    ]
    count = rules.tally({"rule": room.rule, "seats": [seat for seat, _method in placed], "votes": votes})
    return bool(count["state"] == "passed")


def _all_marks(room: Room) -> dict[str, set[int]]:
    rows = Acceptance.objects.filter(room=room).select_related("party")
    return {row.party.code: _marks(row, room, row.party.code) for row in rows}


def _markers(marks: Mapping[str, Iterable[int]], revision: Revision) -> set[str]:
    return {party for party, chosen in marks.items() if revision.pk in chosen}


def _marks(row: Acceptance, room: Room, party: str) -> set[int]:
    return set(unseal(row.sealed, _context(room, party)))


def _context(room: Room, party: str) -> str:
    return f"acceptance:{room.code}:{party}"


def _enqueue(room_id: int) -> None:
    current_app.send_task("negotiation.tasks.open_agreements", [room_id])

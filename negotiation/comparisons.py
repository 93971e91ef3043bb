"""How the packages on the table stand to each other: asked for when a scorecard is done, computed by a job.

At most one comparison of a room is under way. Those found stay, each with the digest of what it was computed from; one
is shown only while the revisions that it covers are those on the table.
"""

from dataclasses import dataclass

from celery import current_app
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import WrongPhase
from negotiation import scoring
from negotiation.acting import record
from negotiation.casedump import case_document
from negotiation.faults import failure_words
from negotiation.live.events import announce
from negotiation.models import Comparison, Revision, Room, Scorecard
from negotiation.permissions import authorize
from negotiation.table import on_table
from negotiation.terms import Document, digest, package_document, undated

State = Comparison.State
MOST = 20  # packages compared with each other: a job stays within seconds and one file's memory


@dataclass(frozen=True)
class Table:
    """What lies on the table: the revisions that are compared, and those whose scoring failed.

    `settled`: no scorecard is still to come.
    """

    revisions: list[Revision]
    failed: list[Revision]
    settled: bool

    @property
    def packages(self) -> dict[str, int]:
        """Code → number of the revision, of those that are compared."""
        return {row.package.code: row.number for row in self.revisions}


def read_table(room: Room) -> Table:
    """The MOST packages last put on the table, in the order of the packages. One statement."""
    newest = Scorecard.objects.filter(revision=OuterRef("pk")).order_by("-pk").values("state")[:1]
    rows = on_table(room).annotate(card_state=Subquery(newest))
    related = ("package__room", "package__proposer", "parent__package")
    last = rows.select_related(*related).order_by("-submitted_at", "-pk")[:MOST]
    found = [(row, row.card_state) for row in sorted(last, key=lambda row: row.package_id)]
    ended = (Scorecard.State.DONE, Scorecard.State.FAILED)
    return Table(
        revisions=[row for row, state in found if state != Scorecard.State.FAILED],
        failed=[row for row, state in found if state == Scorecard.State.FAILED],
        settled=all(state in ended for _row, state in found),
    )


def request_comparison(room: Room) -> Comparison:
    """Have the packages on the table compared after the present transaction commits."""
    _lock(room)
    asked = under_way(room) or Comparison.objects.create(room=room, engine=scoring.ENGINE)
    _move(asked, State.PENDING, (State.FAILED,))
    _tell(room)
    number = room.pk
    transaction.on_commit(lambda: _enqueue(number), robust=True)
    return asked


def retry_comparison(mandate: Mandate, room: Room) -> Comparison:
    """Compare again where it failed, or where another engine did. Raises WrongPhase when there is nothing to renew."""
    authorize(mandate, room, "rescore")
    with transaction.atomic():
        _lock(room)
        asked, found = under_way(room), found_comparison(room, read_table(room))
        outdated = asked is None and found is not None and found.engine != scoring.ENGINE
        if not outdated and (asked is None or asked.state != State.FAILED):
            raise WrongPhase(_("This comparison is up to date, or about to be."), code="comparison_current")
        asked = request_comparison(room)
        record(room, "comparison.retry", mandate, "comparison", asked.pk)
    return asked


def compute_comparison(room: Room) -> Comparison | None:
    """Compare now and keep what is found, if it was asked for and every scorecard has ended."""
    table, asked = read_table(room), under_way(room)
    if asked is None or not table.settled:
        return asked  # the last scorecard to end asks again
    if not table.revisions:
        _drop(asked)
        return None
    _move(asked, State.RUNNING)
    try:
        packages = [undated(package_document(revision)) for revision in table.revisions]
        found = scoring.compare(case_document(room) | {"packages": packages})
    except Exception as error:
        _move(asked, State.FAILED, error=failure_words(error))
        if not isinstance(error, scoring.ScoringRefused):
            raise
        return under_way(room)
    return _keep(asked, table, found)


def under_way(room: Room) -> Comparison | None:
    """The comparison of this room that is asked for, being computed or failed."""
    return Comparison.objects.filter(room=room).exclude(state=State.DONE).first()


def found_comparison(room: Room, table: Table) -> Comparison | None:
    """The newest comparison of exactly these revisions: figures over another table would mislead."""
    rows = Comparison.objects.filter(room=room, state=State.DONE, packages=table.packages)
    return rows.order_by("-pk").first()


@transaction.atomic
def _keep(asked: Comparison, table: Table, found: Document) -> Comparison | None:
    _lock(asked.room)
    current = under_way(asked.room)
    if current is None or read_table(asked.room).packages != table.packages:
        return current  # another job was first; or the table has changed, and that asked for a job of its own
    twin = Comparison.objects.filter(room=asked.room, digest=found["digest"]).first()
    if twin:
        _drop(current)
        if twin.packages == table.packages:
            return twin
        current = twin  # a revision without a change: the same input under another number
    current.document, current.packages, current.digest = found, table.packages, found["digest"]
    current.engine, current.state, current.error = found["engine"], State.DONE, ""
    current.save()
    data = {"engine": current.engine, "digest": current.digest, "sha256": digest(found), "packages": current.packages}
    record(asked.room, "comparison.score", None, "comparison", current.pk, data)
    _tell(asked.room)
    return current


def _drop(asked: Comparison) -> None:
    """Forget a question that needs no answer: there is nothing to compare, or it is known already."""
    Comparison.objects.filter(pk=asked.pk).exclude(state=State.DONE).delete()
    _tell(asked.room)


def _move(asked: Comparison, state: str, states: tuple[str, ...] = (), error: str = "") -> None:
    """Change one that is under way (in one of `states`, where given), and tell those who watch."""
    rows = Comparison.objects.filter(pk=asked.pk).exclude(state=State.DONE)
    rows = rows.filter(state__in=states) if states else rows
    if rows.update(state=state, error=error, updated_at=timezone.now()):
        asked.state, asked.error = state, error
        _tell(asked.room)


def _lock(room: Room) -> None:
    """One at a time asks, keeps and puts packages on the table; rows that point at the room may still be written."""
    Room.objects.select_for_update(no_key=True).get(pk=room.pk)


def _tell(room: Room) -> None:
    announce(room, "comparison")


def _enqueue(room_id: int) -> None:
    current_app.send_task("negotiation.tasks.compare_packages", [room_id])

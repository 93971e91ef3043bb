"""Reads of invitations for the convener: lists on their way, letters and their states, how many households came in."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Mandate, Party
from accounts.refusals import NotFound
from negotiation.models import Invitation, InvitationBatch, LetterFile, Room
from negotiation.permissions import Viewer
from negotiation.sheets.households import public_parties

State = InvitationBatch.State
Row = TypeVar("Row")


@dataclass(frozen=True)
class Arrivals:
    """Of `households` on the public side, so many `came`: somebody who acts for them has signed in."""

    came: int
    households: int


def arrivals(room: Room) -> Arrivals:
    """Two statements."""
    parties: QuerySet[Party] = public_parties(room)
    signed_in = Mandate.objects.valid().filter(party=OuterRef("pk"), user__last_login__isnull=False)
    return Arrivals(parties.filter(Exists(signed_in)).count(), parties.count())


def letters(room: Room, text: str = "", state: str = "") -> QuerySet[Invitation]:
    """The room's letters, the newest first; `text` is part of a code, name or address, `state` one of the states."""
    rows = Invitation.objects.filter(room=room).select_related("mandate__party", "mandate__user").order_by("-number")
    if state in Invitation.State.values:
        rows = rows.filter(state=state)
    if text:
        named = Q(mandate__user__name__icontains=text) | Q(mandate__party__name__icontains=text)
        rows = rows.filter(named | Q(mandate__party__code__icontains=text) | Q(address__icontains=text))
    return rows


def find_letter(viewer: Viewer, number: int) -> Invitation:
    rows = letters(viewer.room).select_related("room").filter(number=number)
    return _found(rows.first())


def batches(room: Room) -> QuerySet[InvitationBatch]:
    """Lists that were asked for, the newest first."""
    rows = InvitationBatch.objects.filter(room=room).exclude(state=State.READ).defer("sealed")
    return rows.select_related("asked_by__user", "confirmed_by__user", "replaces").order_by("-pk")


def find_batch(viewer: Viewer, number: int) -> InvitationBatch:
    """A list of the room; one that is only read is for who read it. Raises NotFound."""
    rows = InvitationBatch.objects.filter(room=viewer.room, pk=number)
    own = Q(asked_by=viewer.mandate) | ~Q(state=State.READ)
    related = ("room__plan", "asked_by__user", "asked_by__party", "confirmed_by__user", "replaces")
    return _found(rows.filter(own).select_related(*related).first())


def files(batch: InvitationBatch) -> QuerySet[LetterFile]:
    return batch.files.defer("sealed").order_by("number")


def find_file(viewer: Viewer, batch: int, number: int) -> LetterFile:
    rows = LetterFile.objects.select_related("batch__room").defer("sealed")
    return _found(rows.filter(batch__room=viewer.room, batch=batch, number=number).first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row

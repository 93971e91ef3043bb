"""Ballot papers to print: one page for each seat that is asked for, made by a job in files of 200."""

import base64
from collections.abc import Iterable, Sequence

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid, WrongPhase
from accounts.sealing import seal, unseal
from negotiation.acting import record
from negotiation.models import Ballot, BallotSeat, PaperBatch, PaperFile
from negotiation.papers import authorize_official
from negotiation.printing.ballot_papers import ballot_papers_pdf
from negotiation.secrecy import refuse_secret
from negotiation.texts import clean_text
from negotiation.voting import choices

CHUNK = 200  # papers in one file and one transaction
LONGEST_PLACE = 200


def print_papers(mandate: Mandate, ballot: Ballot, place: str, codes: Iterable[str] = ()) -> PaperBatch:
    """Have papers made for these parties' seats, or for the whole roll. `place`: where they are handed in."""
    authorize_official(mandate, ballot.room)
    refuse_secret(ballot)
    if ballot.state != Ballot.State.OPEN:
        raise WrongPhase(_("This ballot is closed."), code="ballot_closed")
    place = clean_text(place, "place", LONGEST_PLACE)
    lines = _lines(ballot, set(codes))
    with transaction.atomic():
        batch = PaperBatch.objects.create(ballot=ballot, asked_by=mandate, lines=lines, place=place, total=len(lines))
        record(ballot.room, "paper.print", mandate, "ballot", ballot.pk, {"ballot": ballot.pk, "papers": batch.total})
        number = batch.pk
        transaction.on_commit(lambda: current_app.send_task("negotiation.tasks.make_papers", [number]), robust=True)
    return batch


def _lines(ballot: Ballot, codes: set[str]) -> list[int]:
    """The roll's lines of these parties, in the order of their codes; all of them where none is named."""
    rows = ballot.roll.order_by("seat__party__code")
    found = dict((rows.filter(seat__party__code__in=codes) if codes else rows).values_list("seat__party__code", "pk"))
    if unknown := sorted(codes - set(found)):
        text = _("No such party is on the roll of this ballot: %(codes)s.")
        raise Invalid({"codes": text % {"codes": ", ".join(unknown[:5])[:200]}})
    return list(found.values())


def make_papers(batch: PaperBatch) -> None:
    """Make what is still to be made, file by file; each is whole or not there."""
    while _make_file(batch):
        pass


@transaction.atomic
def _make_file(batch: PaperBatch) -> bool:
    """The next papers; False when nothing is left or another worker is at it."""
    rows = PaperBatch.objects.select_for_update(of=("self",), skip_locked=True)
    related = ("ballot__room__plan", "ballot__revision__package")
    found = rows.select_related(*related).filter(pk=batch.pk, done__lt=F("total")).first()
    if found is None:
        return False
    wanted = found.lines[found.done : found.done + CHUNK]
    number = found.done // CHUNK + 1
    file = PaperFile(batch=found, number=number, papers=len(wanted))
    with translation.override(settings.LANGUAGE_CODE):
        pdf = ballot_papers_pdf(found.ballot, found.place, _papers(found.ballot, wanted))
    file.sealed = seal(base64.b64encode(pdf).decode(), _sealed_for(file))
    file.save()
    found.done += len(wanted)
    found.save(update_fields=["done", "updated_at"])
    return found.done < found.total


def _papers(ballot: Ballot, lines: Sequence[int]) -> list[tuple[BallotSeat, Sequence[str]]]:
    """Each line with its chamber's choices."""
    rows = BallotSeat.objects.select_related("seat__party").in_bulk(lines)
    return [(rows[line], choices(ballot, rows[line].chamber)) for line in lines]


def file_content(file: PaperFile) -> bytes:
    """The PDF."""
    return base64.b64decode(unseal(file.sealed, _sealed_for(file)))


def forget_old_papers() -> None:
    """Papers of a ballot that is over are of no use to anybody."""
    PaperFile.objects.exclude(batch__ballot__state=Ballot.State.OPEN).delete()
    PaperBatch.objects.filter(done__lt=F("total")).exclude(ballot__state=Ballot.State.OPEN).update(done=F("total"))


def _sealed_for(file: PaperFile) -> str:
    return f"papers:{file.batch_id}/{file.number}"

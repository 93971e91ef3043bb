"""Jobs: each fetches and calls a domain function, and may run twice without harm."""

from datetime import timedelta

from celery import shared_task
from django.db.models import F
from django.utils import timezone

from negotiation import telling
from negotiation.acceptance import find_agreements
from negotiation.clusters import compute_clusters
from negotiation.comparisons import compute_comparison
from negotiation.exports import STALE as EXPORT_STALE
from negotiation.exports import WAITING, forget_old_exports
from negotiation.exports import write_export as write_bundle_file
from negotiation.invitations import forget_old_letters
from negotiation.invitations import make_letters as make
from negotiation.live.tally import push
from negotiation.mandates import refresh_changed_roles
from negotiation.mediation import compute_mediation
from negotiation.models import (
    Acceptance,
    Ballot,
    Clustering,
    Comparison,
    InvitationBatch,
    LogExport,
    Mediation,
    PaperBatch,
    Poll,
    Revision,
    Room,
    Scorecard,
    SheetImport,
)
from negotiation.paperprints import forget_old_papers
from negotiation.paperprints import make_papers as make_ballot_papers
from negotiation.polls import close_poll_if_due
from negotiation.reviewing import behind, review_part
from negotiation.scorecards import compute_card
from negotiation.sheets.importing import read_import
from negotiation.voting import close_if_due
from notifications import digests
from notifications.models import Telling

STALE = timedelta(minutes=2)
FOLLOWED = timedelta(hours=24)  # longer than any outage of the scheduler that is not noticed


@shared_task
def score_revision(revision_id: int) -> None:
    revision = Revision.objects.select_related("package__room__plan", "parent__package").get(pk=revision_id)
    compute_card(revision)


@shared_task
def score_pending() -> None:
    """Pick up what a killed worker or a lost queue left waiting."""
    waiting = Scorecard.objects.filter(state__in=["pending", "running"], updated_at__lt=timezone.now() - STALE)
    for revision_id in waiting.values_list("revision_id", flat=True)[:100]:
        score_revision.delay(revision_id)


@shared_task
def compare_packages(room_id: int) -> None:
    compute_comparison(Room.objects.select_related("plan__unit__region").get(pk=room_id))


@shared_task
def compare_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting."""
    waiting = Comparison.objects.filter(state__in=["pending", "running"], updated_at__lt=timezone.now() - STALE)
    for room_id in waiting.values_list("room_id", flat=True)[:100]:
        compare_packages.delay(room_id)


@shared_task
def open_agreements(room_id: int) -> None:
    find_agreements(Room.objects.select_related("plan").get(pk=room_id))


@shared_task
def open_waiting_agreements() -> None:
    """Look again where a lost queue may have left marks uncounted."""
    since = timezone.now() - FOLLOWED
    for room_id in Acceptance.objects.filter(updated_at__gt=since).values_list("room_id", flat=True).distinct():
        open_agreements.delay(room_id)


@shared_task
def cluster(room_id: int) -> None:
    compute_clusters(Room.objects.get(pk=room_id))


@shared_task
def cluster_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting."""
    waiting = Clustering.objects.filter(state__in=["pending", "running"], updated_at__lt=timezone.now() - STALE)
    for room_id in waiting.values_list("room_id", flat=True)[:100]:
        cluster.delay(room_id)


@shared_task
def close_due_ballots() -> None:
    for ballot in Ballot.objects.filter(state=Ballot.State.OPEN, closes_at__lte=timezone.now()).select_related("room"):
        close_if_due(ballot)


@shared_task
def close_due_polls() -> None:
    for poll in Poll.objects.filter(result__isnull=True, closes_at__lte=timezone.now()).select_related("room"):
        close_poll_if_due(poll)


@shared_task
def follow_mandates() -> None:
    refresh_changed_roles(FOLLOWED)


@shared_task
def mediate(mediation_id: int) -> None:
    related = ("revision__package__room__plan", "revision__parent__package", "mandate")
    compute_mediation(Mediation.objects.select_related(*related).get(pk=mediation_id))


@shared_task
def mediate_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting."""
    waiting = Mediation.objects.filter(state__in=["pending", "running"], updated_at__lt=timezone.now() - STALE)
    for mediation_id in waiting.values_list("pk", flat=True)[:100]:
        mediate.delay(mediation_id)


@shared_task
def read_sheet(import_id: int) -> None:
    """Read an uploaded workbook; one that its uploader has replaced meanwhile is gone."""
    related = ("draft__package__room__plan", "draft__package__proposer", "mandate__user", "mandate__party")
    found = SheetImport.objects.select_related(*related).filter(pk=import_id).first()
    if found is not None:
        read_import(found)


@shared_task
def read_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting."""
    waiting = SheetImport.objects.filter(state__in=["pending", "running"], updated_at__lt=timezone.now() - STALE)
    for import_id in waiting.values_list("pk", flat=True)[:100]:
        read_sheet.delay(import_id)


@shared_task
def spread_telling(number: int) -> None:
    telling.spread_telling(number)


@shared_task
def spread_waiting() -> None:
    """Take up again what a killed worker or a lost queue left untold."""
    waiting = Telling.objects.filter(done_at=None, created_at__lt=timezone.now() - STALE)
    for number in waiting.order_by("pk").values_list("pk", flat=True)[:100]:
        spread_telling.delay(number)


@shared_task
def tell_promises() -> None:
    telling.tell_promises()


@shared_task
def tell_overdue() -> None:
    telling.tell_overdue()


@shared_task
def tell_findings() -> None:
    telling.tell_findings()


@shared_task
def send_digests() -> None:
    digests.send_digests(timezone.localdate())


@shared_task
def make_letters(batch_id: int) -> None:
    make(InvitationBatch.objects.get(pk=batch_id))


@shared_task
def letters_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting."""
    waiting = InvitationBatch.objects.filter(state="confirmed", updated_at__lt=timezone.now() - STALE)
    for batch_id in waiting.values_list("pk", flat=True)[:100]:
        make_letters.delay(batch_id)
    forget_old_letters()


@shared_task
def make_papers(batch_id: int) -> None:
    make_ballot_papers(PaperBatch.objects.get(pk=batch_id))


@shared_task
def papers_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting."""
    forget_old_papers()
    waiting = PaperBatch.objects.filter(done__lt=F("total"), updated_at__lt=timezone.now() - STALE)
    for batch_id in waiting.values_list("pk", flat=True)[:100]:
        make_papers.delay(batch_id)


@shared_task
def push_tally(ballot_id: int) -> None:
    push(Ballot.objects.select_related("room", "revision__package").get(pk=ballot_id))


@shared_task
def write_export(export_id: int) -> None:
    related = ("room__plan__unit__region", "asked_by__user", "asked_by__party")
    write_bundle_file(LogExport.objects.select_related(*related).get(pk=export_id))


@shared_task
def review_log(room_id: int) -> None:
    room = Room.objects.get(pk=room_id)
    while review_part(room):
        pass


@shared_task
def reviews_pending() -> None:
    """Check what was sealed since; also what a killed worker left unchecked."""
    for room_id in behind().values_list("pk", flat=True)[:100]:
        review_log.delay(room_id)


@shared_task
def exports_pending() -> None:
    """Take up again what a killed worker or a lost queue left waiting; files that are a day old go."""
    forget_old_exports()
    waiting = LogExport.objects.filter(state__in=WAITING, updated_at__lt=timezone.now() - EXPORT_STALE)
    for export_id in waiting.values_list("pk", flat=True)[:100]:
        write_export.delay(export_id)

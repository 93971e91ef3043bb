"""Scoring of revisions: asked for at submission, done by a job, idempotent by input digest."""

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import WrongPhase
from negotiation import scoring
from negotiation.acting import record
from negotiation.casedump import case_document
from negotiation.comparisons import request_comparison
from negotiation.faults import failure_words
from negotiation.live.events import announce
from negotiation.models import Revision, Room, Scorecard
from negotiation.permissions import authorize
from negotiation.terms import digest, package_document, undated

State = Scorecard.State


def request_card(revision: Revision) -> Scorecard:
    """Have the revision scored after the present transaction commits."""
    card, _made = Scorecard.objects.get_or_create(revision=revision, engine=scoring.ENGINE)
    number = revision.pk
    transaction.on_commit(lambda: _enqueue(number), robust=True)
    return card


def retry_card(mandate: Mandate, revision: Revision) -> Scorecard:
    """Score a revision again whose scoring failed. Raises WrongPhase when there is nothing to retry."""
    authorize(mandate, revision.package.room, "rescore")
    with transaction.atomic():
        card = revision.scorecards.select_for_update().order_by("-pk").first()
        if card is None or card.state != State.FAILED:
            raise WrongPhase(_("This scorecard has not failed."), code="card_not_failed")
        if card.engine == scoring.ENGINE:
            card.state, card.error = State.PENDING, ""
            card.save(update_fields=["state", "error", "updated_at"])
        _log(revision, "card.retry", mandate, {})
        announce(revision.package.room, f"card:{revision.pk}")
        return request_card(revision)


def recompute_card(mandate: Mandate, revision: Revision) -> Scorecard:
    """Score a revision with today's engine whose card is another engine's; that card stays.

    Raises WrongPhase when today's engine has scored it, or is about to.
    """
    authorize(mandate, revision.package.room, "rescore")
    with transaction.atomic():
        card, made = Scorecard.objects.get_or_create(revision=revision, engine=scoring.ENGINE)
        if not made:
            text = _("Today's engine has computed this scorecard already, or is about to.")
            raise WrongPhase(text, code="card_current")
        _log(revision, "card.recompute", mandate, {"engine": card.engine})
        announce(revision.package.room, f"card:{revision.pk}")
        return request_card(revision)


def compute_card(revision: Revision) -> Scorecard:
    """Score now and keep the card. A card that is done for the same input is not computed again."""
    card = Scorecard.objects.get_or_create(revision=revision, engine=scoring.ENGINE)[0]
    if card.state == State.DONE:
        return card
    room = revision.package.room
    _set_state(card, room, State.RUNNING)
    try:
        case = case_document(room) | {"packages": [undated(package_document(revision))]}
        result = scoring.card(case, revision.package.code)
    except Exception as error:
        _fail(card, room, error)
        if not isinstance(error, scoring.ScoringRefused):
            raise
        return card
    return _keep(card, revision, result)


@transaction.atomic
def _keep(card: Scorecard, revision: Revision, result: dict[str, object]) -> Scorecard:
    card = Scorecard.objects.select_for_update().get(pk=card.pk)
    if card.state == State.DONE:
        return card
    card.card, card.digest, card.state, card.error = result, str(result["digest"]), State.DONE, ""
    card.save()
    # What an earlier engine has begun, nobody ends any more.
    revision.scorecards.filter(state__in=[State.PENDING, State.RUNNING], pk__lt=card.pk).delete()
    _log(revision, "card.score", None, {"engine": card.engine, "digest": card.digest, "sha256": digest(result)})
    announce(revision.package.room, f"card:{revision.pk}")
    announce(revision.package.room, "packages")
    request_comparison(revision.package.room)
    return card


@transaction.atomic
def _fail(card: Scorecard, room: Room, error: Exception) -> None:
    _set_state(card, room, State.FAILED, error=failure_words(error))
    request_comparison(room)


def _set_state(card: Scorecard, room: Room, state: str, error: str = "") -> None:
    card.state, card.error = state, error
    card.save(update_fields=["state", "error", "updated_at"])
    announce(room, f"card:{card.revision_id}")


def _log(revision: Revision, action: str, mandate: Mandate | None, data: dict[str, str]) -> None:
    named = {"package": revision.package.code, "revision": revision.number, **data}
    record(revision.package.room, action, mandate, "revision", revision.pk, named)


def _enqueue(revision_id: int) -> None:
    current_app.send_task("negotiation.tasks.score_revision", [revision_id])

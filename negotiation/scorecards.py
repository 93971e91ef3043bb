"""Scoring of revisions: asked for at submission, done by a job, idempotent by input digest."""

from celery import current_app
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Refusal, WrongPhase
from negotiation import scoring
from negotiation.acting import record
from negotiation.casedump import case_document
from negotiation.live.events import announce
from negotiation.models import Revision, Room, Scorecard
from negotiation.permissions import authorize
from negotiation.terms import package_document

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
        card = Scorecard.objects.select_for_update().get(revision=revision, engine=scoring.ENGINE)
        if card.state != State.FAILED:
            raise WrongPhase(_("This scorecard has not failed."), code="card_not_failed")
        card.state, card.error = State.PENDING, ""
        card.save(update_fields=["state", "error", "updated_at"])
        _log(revision, "card.retry", mandate, {})
        announce(revision.package.room, f"card:{revision.pk}")
        request_card(revision)
    return card


def compute_card(revision: Revision) -> Scorecard:
    """Score now and keep the card. A card that is done for the same input is not computed again."""
    card = Scorecard.objects.get_or_create(revision=revision, engine=scoring.ENGINE)[0]
    if card.state == State.DONE:
        return card
    room = revision.package.room
    _set_state(card, room, State.RUNNING)
    try:
        case = case_document(room) | {"packages": [package_document(revision)]}
        result = scoring.card(case, revision.package.code)
    except Exception as error:
        _set_state(card, room, State.FAILED, error=_explain(error))
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
    _log(revision, "card.score", None, {"engine": card.engine, "digest": card.digest})
    announce(revision.package.room, f"card:{revision.pk}")
    announce(revision.package.room, "packages")
    return card


def _set_state(card: Scorecard, room: Room, state: str, error: str = "") -> None:
    card.state, card.error = state, error
    card.save(update_fields=["state", "error", "updated_at"])
    announce(room, f"card:{card.revision_id}")


def _explain(error: Exception) -> str:
    known = isinstance(error, scoring.ScoringRefused | Refusal)
    return str(error)[:400] if known else _("The computation stopped unexpectedly.")


def _log(revision: Revision, action: str, mandate: Mandate | None, data: dict[str, str]) -> None:
    named = {"package": revision.package.code, "revision": revision.number, **data}
    record(revision.package.room, action, mandate, "revision", revision.pk, named)


def _enqueue(revision_id: int) -> None:
    current_app.send_task("negotiation.tasks.score_revision", [revision_id])

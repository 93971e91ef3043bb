"""The mediator at the table: asked by a party, computed by a job, adopted as a counter-proposal of its own.

What a party states in private (how much it values an item, the gain below which it walks away) stays encrypted in its
own row: no page, card, entry or other party's answer holds it.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from celery import current_app
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Invalid, WrongPhase
from accounts.sealing import seal, unseal
from negotiation import scoring
from negotiation.acting import record
from negotiation.casedump import case_document
from negotiation.live.events import announce
from negotiation.models import Draft, Mediation, Revision, Room, Valuation
from negotiation.packages import start_package
from negotiation.permissions import authorize
from negotiation.scoring.mediator import MODES, MediationCancelled, suggest
from negotiation.table import require_standing
from negotiation.terms import Document, digest, package_document, undated

State = Mediation.State
RUNS = 12  # of one party in a day: few enough that nobody's private demand can be probed
DAY = timedelta(days=1)
MOST_MULTIPLIER = Decimal(1000)


@dataclass(frozen=True)
class Stated:
    """A party's private demands: item → multiple of its price, and the least gain (yuan)."""

    multipliers: dict[str, str] = field(default_factory=dict)
    walk_away: Decimal | None = None
    updated_at: datetime | None = None


def ask_mediator(mandate: Mandate, revision: Revision, mode: str) -> Mediation:
    """Have the mediator look for a better, fair or Nash package within the revision's negotiable terms."""
    room = revision.package.room
    authorize(mandate, room, "mediate")
    if mode not in MODES:
        raise Invalid({"mode": _("Choose one of the questions.")})
    require_standing(revision)
    if not revision.negotiable:
        text = _("No term of this package is negotiable; its proposer can set bounds in the next revision.")
        raise WrongPhase(text, code="nothing_negotiable")
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        asked = Mediation.objects.filter(revision__package__room=room, mandate__party=mandate.party_id)
        if asked.filter(created_at__gt=timezone.now() - DAY).count() >= RUNS:
            text = _("Your party has asked the mediator %(most)s times today; please go on tomorrow.") % {"most": RUNS}
            raise WrongPhase(text, code="asked_often")
        mediation = Mediation.objects.create(revision=revision, mode=mode, mandate=mandate)
        _log(mediation, "mediator.ask", mandate, {})
        _enqueue(mediation)
    return mediation


def cancel_mediation(mandate: Mandate, mediation: Mediation) -> Mediation:
    """Stop a run of one's own party before it ends. Raises WrongPhase when it has ended."""
    authorize(mandate, mediation.revision.package.room, "mediate")
    if mediation.mandate.party_id != mandate.party_id:
        raise Invalid({"mediation": _("Another party asked for this.")})
    with transaction.atomic():
        current = Mediation.objects.select_for_update().get(pk=mediation.pk)
        if current.state not in (State.PENDING, State.RUNNING):
            raise WrongPhase(_("This run has ended."), code="mediation_ended")
        current.state = State.CANCELLED
        current.save(update_fields=["state", "updated_at"])
        _log(mediation, "mediator.cancel", mandate, {})
        _tell(mediation)
    return current


def adopt_suggestion(mandate: Mandate, mediation: Mediation) -> Draft:
    """Open the suggestion as a draft of one's own party that answers the package it came from."""
    suggested = (mediation.result or {}).get("draft") if mediation.state == State.DONE else None
    if suggested is None:
        raise WrongPhase(_("There is no suggestion to adopt."), code="no_suggestion")
    with transaction.atomic():
        room = mediation.revision.package.room
        draft = start_package(mandate, room, source=mediation.revision, counter=True)
        kept = {key: draft.document[key] for key in ("code", "proposer", "counters", "due") if key in draft.document}
        draft.document = {**suggested, **kept}
        draft.save(update_fields=["document"])
        _log(mediation, "mediator.adopt", mandate, {"draft": draft.package.code})
    return draft


def state_valuation(mandate: Mandate, room: Room, multipliers: dict[str, Decimal], walk_away: Decimal | None) -> None:
    """Say in private how much an item is worth to one's party (× its price) and the least gain (yuan) it accepts."""
    authorize(mandate, room, "mediate")
    known = set(room.catalogue.values_list("code", flat=True))
    faults: dict[str, object] = {}
    for item, factor in multipliers.items():
        if item not in known or not factor.is_finite() or not 0 <= factor <= MOST_MULTIPLIER:
            faults[item] = _("A number from 0 to %(most)s is expected.") % {"most": MOST_MULTIPLIER}
    if walk_away is not None and not (walk_away.is_finite() and abs(walk_away) < 10**15):
        faults["walk_away"] = _("A number like 1234.50 is expected.")
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        stated: Document = {"multipliers": {item: str(factor) for item, factor in multipliers.items()}}
        stated |= {} if walk_away is None else {"walk_away": str(walk_away)}
        sealed = seal(stated, _context(room, mandate.party.code))
        Valuation.objects.update_or_create(room=room, party=mandate.party, defaults={"sealed": sealed})
        record(room, "mediator.private", mandate, "party", mandate.party.code)


def own_valuation(mandate: Mandate, room: Room) -> Stated | None:
    """What one's own party told the mediator."""
    row = Valuation.objects.filter(room=room, party=mandate.party).first()
    if row is None:
        return None
    said = unseal(row.sealed, _context(room, mandate.party.code))
    walk_away = Decimal(said["walk_away"]) if "walk_away" in said else None
    return Stated(said["multipliers"], walk_away, row.updated_at)


def compute_mediation(mediation: Mediation) -> Mediation:
    """Look for the suggestion now and keep it. A run that has ended or was cancelled is left as it is."""
    if not _move(mediation, (State.PENDING, State.RUNNING), state=State.RUNNING, step=""):
        return mediation
    room = mediation.revision.package.room
    case = case_document(room) | {"packages": [undated(package_document(mediation.revision))]}
    try:
        found = suggest(
            case,
            mediation.revision.package.code,
            mediation.mode,
            private=_private(room),
            progress=lambda step: _move(mediation, (State.RUNNING,), step=step),
            cancelled=lambda: not Mediation.objects.filter(pk=mediation.pk, state=State.RUNNING).exists(),
        )
    except MediationCancelled:
        return mediation
    except Exception as error:
        known = isinstance(error, scoring.ScoringRefused)
        text = str(error)[:400] if known else _("The computation stopped unexpectedly.")
        _move(mediation, (State.RUNNING,), state=State.FAILED, error=text)
        if not known:
            raise
        return mediation
    return _keep(mediation, found.to_json())


@transaction.atomic
def _keep(mediation: Mediation, result: Document) -> Mediation:
    current = Mediation.objects.select_for_update().get(pk=mediation.pk)
    if current.state == State.RUNNING:
        current.result, current.state, current.step = result, State.DONE, ""
        current.save()
        _log(mediation, "mediator.answer", None, {"status": result["status"], "digest": digest(result)})
        _tell(mediation)
    return current


def _move(mediation: Mediation, states: tuple[str, ...], **changes: str) -> bool:
    """Change a run that is in one of the states, and tell those who watch."""
    rows = Mediation.objects.filter(pk=mediation.pk, state__in=states)
    changed = rows.update(**changes, updated_at=timezone.now()) == 1
    if changed:
        _tell(mediation)
    return changed


def _private(room: Room) -> dict[str, Any]:
    rows = Valuation.objects.filter(room=room).select_related("party")
    said = {row.party.code: unseal(row.sealed, _context(room, row.party.code)) for row in rows}
    return {party: stated for party, stated in said.items() if stated != {"multipliers": {}}}


def _context(room: Room, party: str) -> str:
    return f"valuation:{room.code}:{party}"


def _tell(mediation: Mediation) -> None:
    announce(mediation.revision.package.room, f"mediation:{mediation.pk}")


def _enqueue(mediation: Mediation) -> None:
    number = mediation.pk
    transaction.on_commit(lambda: current_app.send_task("negotiation.tasks.mediate", [number]), robust=True)


def _log(mediation: Mediation, action: str, mandate: Mandate | None, data: dict[str, Any]) -> None:
    revision = mediation.revision
    named = {"package": revision.package.code, "revision": revision.number, "mode": mediation.mode, **data}
    record(revision.package.room, action, mandate, "mediation", mediation.pk, named)

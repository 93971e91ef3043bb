"""A draft is saved: by hand, by the page while somebody types, together with a colleague's changes, one step back."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, WrongPhase
from negotiation.acting import record
from negotiation.consents import void_answers
from negotiation.live.events import announce_to
from negotiation.models import Draft, DraftStep, Package
from negotiation.permissions import authorize_own
from negotiation.terms import Document
from negotiation.together import Clash, merge_drafts

STEPS = 20  # that a draft can go back
PASSING = 100  # states in between that are kept, so that what was made of them can still be saved
TYPING = timedelta(minutes=10)  # what one person's page saves within it is one step back and one entry of the log


def save_draft(mandate: Mandate, draft: Draft, document: Document, version: int) -> Draft:
    """Keep a draft as it is, faults and all. Raises Conflict if somebody saved since `version` was read."""
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        return write_draft(mandate, lock_draft(draft, version), document, "package.save", {})


def save_together(mandate: Mandate, draft: Draft, document: Document, version: int) -> tuple[Draft, list[Clash]]:
    """Save what was made of the draft's `version` together with what was saved since, row by row, field by field.

    Gives the draft, and what both changed in different ways: there stays what was saved first. Raises Conflict where
    that version is no longer kept, so that nobody can tell who changed what.
    """
    authorize_own(mandate, draft.package, "propose")
    clashes: list[Clash] = []
    with transaction.atomic():
        current = locked(draft)
        if current.version != version:
            document, clashes = merge_drafts(document_at(current, version), current.document, document)
        if identified(current.package, document) != current.document:
            write_draft(mandate, current, document, "package.save", {})
    return current, clashes


def autosave_draft(mandate: Mandate, draft: Draft, document: Document, version: int) -> Draft:
    """Save what somebody is just typing. Raises Conflict if somebody else saved meanwhile: a person must look then."""
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        current = lock_draft(draft, version)
        if identified(current.package, document) == current.document:
            return current
        since = current.typing_since
        if current.saved_by_id == mandate.pk and since and timezone.now() - since < TYPING:
            _put(mandate, current, document, "package.save", passing=True)
        else:
            write_draft(mandate, current, document, "package.save", {})
            since = timezone.now()
        current.typing_since = since
        current.save(update_fields=["typing_since"])
    return current


def undo_draft(mandate: Mandate, draft: Draft, version: int) -> Draft:
    """Go back to what the draft was before its last save; again for the one before. Raises WrongPhase at the first."""
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        current = lock_draft(draft, version)
        last = current.steps.filter(passing=False).order_by("-version").first()
        if last is None:
            raise WrongPhase(_("There is no earlier step to go back to."), code="nothing_to_undo")
        _put(mandate, current, last.document, "package.undo", passing=True)
        last.passing = True  # it is not gone back to again, but a page may still show it
        last.save(update_fields=["passing"])
        log_package(current.package, "package.undo", mandate, {"version": current.version, "restored": last.version})
    return current


def lock_draft(draft: Draft, version: int) -> Draft:
    """The draft as it is now, locked. Raises Conflict if somebody saved or submitted it since `version` was read."""
    current = locked(draft)
    if current.version != version:
        raise Conflict(_("Somebody else saved this draft meanwhile; your changes were not applied."))
    return current


def locked(draft: Draft) -> Draft:
    """The draft as it is now, locked. Raises Conflict if it is gone."""
    current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if current is None:
        raise Conflict(_("This draft was submitted or thrown away meanwhile."))
    current.package = draft.package
    return current


def document_at(draft: Draft, version: int) -> Document:
    """The draft as it was in one of its last versions. Raises Conflict where that is no longer kept."""
    if draft.version == version:
        return draft.document  # type: ignore[no-any-return]
    step = draft.steps.filter(version=version).first()
    if step is None:
        raise Conflict(_("Too much was saved since this page was opened; open the draft again and make your changes."))
    return step.document  # type: ignore[no-any-return]


def write_draft(mandate: Mandate, current: Draft, document: Document, action: str, data: dict[str, Any]) -> Draft:
    """Put a document into a locked draft; what stood there before becomes a step that can be undone."""
    _put(mandate, current, document, action, passing=False)
    log_package(current.package, action, mandate, {"version": current.version, **data})
    return current


def _put(mandate: Mandate, current: Draft, document: Document, action: str, *, passing: bool) -> None:
    whole = identified(current.package, document)
    if whole != current.document:
        void_answers(current, action, mandate)
    kept = {"document": current.document, "saved_by": current.saved_by, "saved_at": current.saved_at}
    DraftStep.objects.create(draft=current, version=current.version, passing=passing, **kept)
    _forget_steps(current)
    current.document = whole
    current.version += 1
    current.saved_by, current.typing_since = mandate, None
    current.save()
    announce_to(current.package.room, [current.package.proposer.code], f"draft:{current.package.code}")


def _forget_steps(current: Draft) -> None:
    for passing, most in ((False, STEPS), (True, PASSING)):
        rows = current.steps.filter(passing=passing)
        rows.exclude(pk__in=rows.order_by("-version").values("pk")[:most]).delete()


def identified(package: Package, document: Document) -> Document:
    """Code and proposer are the package's own, whatever the sender wrote."""
    return document | {"code": package.code, "proposer": package.proposer.code}


def log_package(package: Package, action: str, mandate: Mandate, data: dict[str, Any]) -> None:
    record(package.room, action, mandate, "package", package.code, {"package": package.code, **data})

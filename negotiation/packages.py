"""Packages: start a draft, put it on the table, take it off. A submitted revision never changes."""

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, WrongPhase
from audit.log import Private
from negotiation.attachments import drop_draft_files, hand_over
from negotiation.casedump import case_document
from negotiation.casefile import check_packages
from negotiation.casefile.dates import day_findings, read_day, term_place
from negotiation.comparisons import request_comparison
from negotiation.consents import consenting, dismiss_partners, join_proposers, name_again
from negotiation.drafting import mask_faults
from negotiation.drafts import identified, log_package
from negotiation.faults import fault_words
from negotiation.live.events import announce
from negotiation.models import Ballot, Draft, Package, Revision, Room, Withdrawal
from negotiation.permissions import Viewer, authorize, authorize_own, viewer_of
from negotiation.scorecards import request_card
from negotiation.table import require_standing
from negotiation.telling import tell_submitted
from negotiation.terms import Document, create_revision, package_document, undated
from negotiation.texts import clean_text

LONGEST_REASON = 2000
TERMS = ("dispositions", "allocations", "flows")


def start_package(mandate: Mandate, room: Room, *, source: Revision | None = None, counter: bool = False) -> Draft:
    """Begin a package of one's own, empty or from a copy of `source`; with `counter` it answers `source`."""
    authorize(mandate, room, "propose")
    if source is not None and source.package.room_id != room.pk:
        raise Invalid({"source": _("This package is in another room.")})
    if source is not None and counter:
        require_standing(source)
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=room.pk)
        package = Package.objects.create(room=room, code=next_code(room), proposer=mandate.party)
        document = _first_document(package, source, counter)
        draft = Draft.objects.create(package=package, document=document, saved_by=mandate)
        log_package(package, "package.start", mandate, {"source": str(source or "")})
    return draft


def revise_package(mandate: Mandate, package: Package) -> Draft:
    """Open a draft of the next revision of one's own package, or return the one already open."""
    authorize_own(mandate, package, "propose")
    if package.latest is None:
        return package.draft
    document = package_document(package.latest)
    try:
        with transaction.atomic():
            draft, made = Draft.objects.get_or_create(
                package=package, defaults={"document": document, "saved_by": mandate}
            )
            if made:
                joint = name_again(draft, mandate)
                log_package(package, "package.revise", mandate, {"joint": joint} if joint else {})
    except IntegrityError:
        draft = package.draft
    return draft


def discard_draft(mandate: Mandate, draft: Draft) -> None:
    """Throw a draft away; a package that was never submitted goes with it."""
    authorize_own(mandate, draft.package, "propose")
    with transaction.atomic():
        package = Package.objects.select_for_update().get(pk=draft.package_id)
        log_package(package, "package.discard", mandate, {})
        dismiss_partners(draft, mandate)
        drop_draft_files(package)
        draft.delete()
        if package.latest_id is None:
            package.delete()


def submit_package(mandate: Mandate, draft: Draft, version: int) -> Revision:
    """Put the draft on the table as the package's next revision, and have it scored.

    Raises Invalid with one message for each faulty place, Conflict if the draft changed since it was read, WrongPhase
    while a party that it names has not consented to it as it stands.
    """
    package = draft.package
    authorize_own(mandate, package, "propose")
    with transaction.atomic():
        Room.objects.select_for_update().get(pk=package.room_id)
        current = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if current is None or current.version != version:
            raise Conflict(_("This draft has changed or was submitted meanwhile."))
        current.package = package
        check_package(mandate, package.room, current.document)
        partners = consenting(mandate, current)
        revision = create_revision(
            package, current.document, submitted_by=mandate, parent=_countered(package.room, current.document)
        )
        current.delete()
        sealed = {"revision": revision.number, "digest": revision.digest}
        also = {"attachments": hand_over(package, revision), "joint": join_proposers(revision, partners)}
        log_package(package, "package.submit", mandate, sealed | {key: found for key, found in also.items() if found})
        request_card(revision)
        tell_submitted(revision, mandate)
        announce(package.room, "packages")
    return revision


def withdraw_package(mandate: Mandate, package: Package, reason: str) -> Withdrawal:
    """Take one's own package off the table. It stays readable with its log; a new revision puts it back."""
    authorize_own(mandate, package, "withdraw")
    reason = clean_text(reason, "reason", LONGEST_REASON)
    with transaction.atomic():
        room = Room.objects.select_for_update().get(pk=package.room_id)
        authorize(mandate, room, "withdraw")  # a vote may have opened meanwhile
        revision = standing_revision(package)
        withdrawal = Withdrawal.objects.create(revision=revision, mandate=mandate, reason=reason)
        data = {"revision": revision.number, "digest": revision.digest, "reason": Private.text(reason)}
        log_package(package, "package.withdraw", mandate, data)
        request_comparison(room)
        announce(room, "packages")
    return withdrawal


def standing_revision(package: Package) -> Revision:
    """The revision with which the package is on the table. Raises WrongPhase where there is none, or a vote on it."""
    revision = Revision.objects.filter(package=package, package__latest=F("pk")).first()
    if revision is None:
        raise WrongPhase(_("This package is not on the table yet."), code="not_on_table")
    require_standing(revision)
    if revision.ballots.exclude(state=Ballot.State.DECIDED).exists():
        raise WrongPhase(_("This package is being voted on."), code="under_ballot")
    return revision


def check_package(mandate: Mandate, room: Room, document: Document) -> None:
    """Raise Invalid unless the document is a whole and sound package of this room."""
    if faults := draft_faults(viewer_of(mandate, room), document, package_case(room, document)):
        raise Invalid(faults)


def draft_faults(viewer: Viewer, document: Document, case: Document) -> dict[str, str]:
    """Path inside a draft → message, for everything wrong that this person may read about; `case` as `package_case`."""
    faults = mask_faults(_faults(case) | _date_faults(viewer.room, document), document, viewer.hidden_codes)
    if not any(document.get(kind) for kind in TERMS):
        faults["terms"] = _("The package has no terms yet.")
    return faults


def package_faults(room: Room, document: Document) -> dict[str, str]:
    """Path inside the package → message, for everything wrong with it."""
    return _faults(package_case(room, document)) | _date_faults(room, document)


def package_case(room: Room, document: Document) -> Document:
    """The room's case with this package alone, and a stub of the one that it answers."""
    others = Package.objects.filter(room=room).exclude(code=document["code"]).values_list("code", flat=True)
    stubs = [_stub(code, document["proposer"]) for code in others if code == document.get("counters")]
    return case_document(room) | {"packages": [undated(document), *stubs]}


def _faults(case: Document) -> dict[str, str]:
    prefix = "$.packages[0]"
    found = [fault for fault in check_packages(case).faults if fault.path.startswith(prefix)]
    return {f.path.removeprefix(prefix).lstrip("."): fault_words(f) for f in found}


def _date_faults(room: Room, document: Document) -> dict[str, str]:
    """What is wrong with the due dates, told at their rows: each is a day of the plan's years that is not past."""
    plan, today, faults = room.plan, timezone.localdate(), {}
    for term, text in document.get("due", {}).items():
        kind, place = term_place(term)
        path, day = f"{kind}[{place}].due", read_day(text)
        for finding in day_findings((path,), text, range(plan.base_year, plan.base_year + plan.years)):
            faults[path] = fault_words(finding.fault())
        if path not in faults and day and day < today:
            faults[path] = _("This day is past.")
    return faults


def _stub(code: str, proposer: str) -> Document:
    """Stands for the countered package, so that the reference to it can be checked."""
    return {"code": code, "title": code, "proposer": proposer, "dispositions": [], "allocations": [], "flows": []}


def next_code(room: Room) -> str:
    """A, B, …, Z, then P27, P28, …: the first code not taken."""
    taken = set(room.packages.values_list("code", flat=True))
    letters = [chr(65 + number) for number in range(26)]
    later = (f"P{number}" for number in range(27, 28 + len(taken)))
    return next(code for code in [*letters, *later] if code not in taken)


def _first_document(package: Package, source: Revision | None, counter: bool) -> Document:
    empty: Document = {"title": "", "summary": "", "dispositions": [], "allocations": [], "flows": []}
    base = package_document(source) if source else empty
    base.pop("counters", None)
    if source and counter:
        base["counters"] = source.package.code
    return identified(package, base)


def _countered(room: Room, document: Document) -> Revision | None:
    code = document.get("counters")
    package = Package.objects.select_related("latest").filter(room=room, code=code).first() if code else None
    return package.latest if package else None

"""Parts of another's package taken into a draft of one's own, change by change."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid
from negotiation.acting import record
from negotiation.changes import Change, diff
from negotiation.drafting import is_hidden
from negotiation.drafts import save_draft
from negotiation.merging import THEIRS, Clash, Merged, merge_changes
from negotiation.models import Draft, Package, Revision, Room
from negotiation.packages import revise_package, start_package
from negotiation.permissions import authorize, viewer_of
from negotiation.table import on_table
from negotiation.terms import package_document


def adopt_changes(
    mandate: Mandate,
    base: Revision,
    source: Revision,
    chosen: Collection[str],
    *,
    into: Package | None = None,
    version: int | None = None,
    decided: Mapping[str, str] | None = None,
) -> Draft:
    """Take the chosen changes that turn `base` into `source` into the draft of one's own package, or into a new one.

    A new draft is a copy of `base`. `decided` says of each change whose row the draft has changed too whose row stays,
    `mine` or `theirs`. Raises Invalid with the code `clash` for those undecided, by the id of the change; Conflict if
    the draft is no longer that of `version`.
    """
    room = source.package.room
    authorize(mandate, room, "propose")
    hidden = viewer_of(mandate, room).hidden_codes
    changes = choose(base, source, chosen, hidden)
    with transaction.atomic():
        draft = _open(mandate, room, base, into)
        current = (
            Draft.objects.select_for_update().select_related("package__room", "package__proposer").get(pk=draft.pk)
        )
        if version is not None and current.version != version:
            raise Conflict(_("Somebody else saved this draft meanwhile; your changes were not applied."))
        merged = lay_on(current, base, changes, decided or {})
        _check(merged, changes, decided or {}, current, base, hidden)
        saved = save_draft(mandate, current, merged.document, current.version)
        data: dict[str, Any] = {"package": saved.package.code, "source": str(source), "base": str(base)}
        data |= {"source_digest": source.digest, "changes": merged.taken, "version": saved.version}
        record(room, "package.adopt", mandate, "package", saved.package.code, data)
    return saved


def choose(base: Revision, source: Revision, chosen: Collection[str], hidden: Collection[str]) -> list[Change]:
    """The changes with these ids. Raises Invalid for one that is not there or not to be seen."""
    if base.package.room_id != source.package.room_id:
        raise Invalid({"base": _("This package is in another room.")})
    if not chosen:
        raise Invalid({"changes": _("Choose at least one change.")})
    known = {change.id: change for change in takeable(base, source, hidden)}
    if missing := [name for name in chosen if name not in known]:
        raise Invalid({name: _("There is no such change that you may see.") for name in missing})
    return [change for name, change in known.items() if name in set(chosen)]


def takeable(base: Revision, source: Revision, hidden: Collection[str]) -> list[Change]:
    """The changes whose rows somebody may edit who may not see the parties in `hidden`."""
    found = diff(package_document(base), package_document(source)).rows
    return [change for change in found if not any(is_hidden(change.kind, row, hidden) for row in change.rows)]


def lay_on(draft: Draft, base: Revision, changes: list[Change], decided: Mapping[str, str]) -> Merged:
    return merge_changes(draft.document, package_document(base), changes, decided)


def _open(mandate: Mandate, room: Room, base: Revision, into: Package | None) -> Draft:
    if into is not None:
        return revise_package(mandate, into)
    answers = base.package.proposer_id != mandate.party_id and on_table(room).filter(pk=base.pk).exists()
    return start_package(mandate, room, source=base, counter=answers)


def _check(
    merged: Merged,
    changes: list[Change],
    decided: Mapping[str, str],
    draft: Draft,
    base: Revision,
    hidden: Collection[str],
) -> None:
    """Nothing undecided, and nothing taken over a row that the person may not see."""
    if merged.clashes:
        text = _("Your draft has changed this row too; say whose row stays.")
        raise Invalid({clash.change.id: text for clash in merged.clashes}, code="clash")
    overwritten = [
        clash for clash in lay_on(draft, base, changes, {}).clashes if decided.get(clash.change.id) == THEIRS
    ]
    if faults := {clash.change.id: _stands() for clash in overwritten if _unseen(clash, hidden)}:
        raise Invalid(faults)


def _stands() -> str:
    return str(_("A row that you can not see stands in the way; keep the draft's."))


def _unseen(clash: Clash, hidden: Collection[str]) -> bool:
    return clash.mine is not None and is_hidden(clash.change.kind, clash.mine, hidden)

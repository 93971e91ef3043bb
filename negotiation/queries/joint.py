"""Reads of joint proposals: what a named party reads of a draft, and who proposes a revision."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import NotFound
from negotiation import drafting
from negotiation.models import Draft, JointProposer, Partner, Revision
from negotiation.permissions import Viewer
from negotiation.queries.words import names_in_words
from negotiation.terms import ENDS

# The act that made an earlier answer void → what it did, in words.
VOIDED: dict[str, str | Promise] = {
    "package.save": gettext_lazy("the draft was saved with changes"),
    "package.import": gettext_lazy("a workbook or plots were brought into the draft"),
    "package.bulk": gettext_lazy("amounts in the draft were changed"),
    "package.split": gettext_lazy("a parcel in the draft was split"),
    "package.undo": gettext_lazy("the draft went a step back"),
    "package.name": gettext_lazy("another party was named"),
    "package.unname": gettext_lazy("a named party was taken off"),
    "attachment.add": gettext_lazy("a file was attached"),
    "attachment.remove": gettext_lazy("a file was removed"),
}


def named_for(viewer: Viewer) -> QuerySet[Partner]:
    """Where drafts name a party of the reader."""
    return Partner.objects.filter(party__realm=viewer.room.code, party__code__in=viewer.parties)


def find_shared_draft(viewer: Viewer, package: str) -> Draft:
    """The draft of a package that one of the viewer's parties proposes or is named in. Raises NotFound to others."""
    readers = Q(package__proposer__code__in=viewer.parties) | Q(pk__in=named_for(viewer).values("draft"))
    rows = Draft.objects.filter(readers, package__room=viewer.room, package__code=package)
    found = rows.select_related("package__room__plan", "package__proposer", "saved_by__user").first()
    if found is None:
        raise NotFound
    return found


def partners_of(draft: Draft) -> QuerySet[Partner]:
    return draft.partners.select_related("party").order_by("party__code")


def joint_drafts(viewer: Viewer) -> QuerySet[Draft]:
    """Drafts that name parties: one's own, those that name one's own; the convener sees of each that there is one."""
    if not (viewer.parties or viewer.may("convene")):
        return Draft.objects.none()
    mine = Exists(named_for(viewer).filter(draft=OuterRef("pk")))
    rows = Draft.objects.filter(package__room=viewer.room).annotate(
        named=Count("partners"), open=Count("partners", ~Q(partners__state=Partner.State.CONSENTED)), mine=mine
    )
    shown = Q() if viewer.may("convene") else Q(mine=True) | Q(package__proposer__code__in=viewer.parties)
    return rows.filter(shown, named__gt=0).select_related("package__proposer").order_by("package__pk")


def void_words(partner: Partner) -> str:
    """What made the party's earlier answer void; nothing where there was none."""
    return str(VOIDED.get(partner.voided_by, _("the draft was changed"))) if partner.voided_by else ""


def shown_rows(viewer: Viewer, draft: Draft) -> dict[str, list[dict[str, Any]]]:
    """The rows of each kind that the reader may see; the sender of money is `source`, as templates need it."""
    document, hidden = draft.document, viewer.hidden_codes
    return {
        kind: [{**row, "number": place + 1, "source": row.get("from", "")} for place, row in rows]
        for kind in ENDS
        for rows in [drafting.visible_rows(document, kind, hidden)]
    }


def withdrawn_support(revision: Revision) -> list[JointProposer]:
    return [row for row in revision.joint.all() if row.withdrawn_at is not None]


def proposers(viewer: Viewer, revision: Revision) -> str:
    """Who proposes it: one party, or several together."""
    return together(_names(viewer, revision))


def _names(viewer: Viewer, revision: Revision) -> list[str]:
    return [viewer.label(party) for party in (revision.package.proposer, *revision.standing)]


def together(names: list[str]) -> str:
    return names[0] if len(names) == 1 else _("%(names)s together") % {"names": names_in_words(names)}


def proposed_by(viewer: Viewer, revision: Revision) -> str:
    """The same as a sentence of a heading."""
    names = _names(viewer, revision)
    if len(names) == 1:
        label = _("Proposed by")
        return f"{label} {names[0]}"
    return _("Proposed by %(names)s together") % {"names": names_in_words(names)}

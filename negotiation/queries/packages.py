"""Reads of packages, each with a fixed number of statements."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from accounts.refusals import NotFound
from negotiation.models import Allocation, Draft, Flow, Revision, Room, Scorecard
from negotiation.permissions import Viewer
from negotiation.queries.lights import Light, lights
from negotiation.visibility import redact

CARDS = Prefetch("scorecards", queryset=Scorecard.objects.order_by("-pk"), to_attr="cards")


@dataclass
class Listed:
    """A revision as it stands in a list, with its card's state and lights."""

    revision: Revision
    card: Scorecard | None
    lights: list[Light]


def latest(room: Room) -> QuerySet[Revision]:
    """The revision of each package that is on the table, in the order of the packages."""
    rows = Revision.objects.filter(package__room=room, pk=F("package__latest"))
    related = ("package__room__plan", "package__proposer", "parent__package", "submitted_by__party")
    return rows.select_related(*related).order_by("package__pk")


def on_the_table(room: Room) -> list[Listed]:
    said = Count("comments", filter=Q(comments__parent=None))
    rows = latest(room).annotate(comment_count=said).prefetch_related(CARDS)
    return [listed(row) for row in rows]


def listed(revision: Revision) -> Listed:
    card = next(iter(revision.cards), None)  # type: ignore[attr-defined]
    return Listed(revision, card, lights(card.card if card else None))


def find_revision(viewer: Viewer, package: str, number: int | None = None) -> Revision:
    """One revision, the latest unless numbered. Raises NotFound."""
    rows = Revision.objects.filter(package__room=viewer.room, package__code=package)
    rows = rows.filter(number=number) if number else rows.filter(pk=F("package__latest"))
    related = ("package__room__plan__unit__region", "package__proposer", "parent__package", "submitted_by__party")
    found = rows.select_related(*related).prefetch_related(CARDS).first()
    if found is None:
        raise NotFound
    return found


def find_draft(viewer: Viewer, package: str) -> Draft:
    """The draft of a package of one of the viewer's own parties. Raises NotFound to everybody else."""
    rows = Draft.objects.filter(package__room=viewer.room, package__code=package)
    found = rows.select_related("package__room__plan", "package__proposer", "saved_by__user").first()
    if found is None or found.package.proposer.code not in viewer.parties:
        raise NotFound
    return found


def own_drafts(viewer: Viewer) -> list[Draft]:
    rows = Draft.objects.filter(package__room=viewer.room, package__proposer__code__in=viewer.parties)
    return list(rows.select_related("package").order_by("package__pk"))


def visible_allocations(viewer: Viewer, revision: Revision) -> QuerySet[Allocation]:
    rows = revision.allocations.select_related("party", "item").order_by("pk")
    return rows.exclude(party__code__in=viewer.hidden_codes) if viewer.hidden_codes else rows


def visible_flows(viewer: Viewer, revision: Revision) -> QuerySet[Flow]:
    rows = revision.flows.order_by("pk")
    hidden = viewer.hidden_codes
    return rows.exclude(Q(source__in=hidden) | Q(target__in=hidden)) if hidden else rows


def visible_card(viewer: Viewer, card: Scorecard | None) -> dict[str, Any] | None:
    """The card as this person may see it."""
    return redact(card.card, viewer.hidden_codes) if card and card.card else None

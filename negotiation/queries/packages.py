"""Reads of packages, each with a fixed number of statements."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.refusals import NotFound
from negotiation.models import Allocation, Comment, Disposition, Draft, Flow, JointProposer, Revision, Room, Scorecard
from negotiation.permissions import Viewer
from negotiation.queries.lights import Light, lights
from negotiation.table import on_table
from negotiation.terms import Term, dated
from negotiation.visibility import redact

SHOWN = 6  # side by side on one screen
PER_PAGE = 12
MOST_CHOICES = 200
RELATED = (
    "package__room__plan",
    "package__proposer",
    "parent__package",
    "submitted_by__party",
    "accord",
    "withdrawal__mandate__party",
)
Shown: TypeAlias = "Prefetch[str, QuerySet[Scorecard], str]"


def card_shown(cards: QuerySet[Scorecard]) -> Shown:
    """Of each revision, the newest finished card; while there is none, the newest that is not."""
    finished = cards.annotate(finished=Q(state=Scorecard.State.DONE))
    rows = finished.order_by("revision", "-finished", "-pk").distinct("revision")
    return Prefetch("scorecards", queryset=rows, to_attr="cards")


CARDS = card_shown(Scorecard.objects.all())
JOINT = Prefetch("joint", JointProposer.objects.select_related("party").order_by("party__code"))


@dataclass
class Listed:
    """A revision as it stands in a list, with its card's state and lights."""

    revision: Revision
    card: Scorecard | None
    lights: list[Light]


def latest(room: Room) -> QuerySet[Revision]:
    """The revision of each package that is on the table, in the order of the packages."""
    return on_table(room).select_related(*RELATED).order_by("package__pk")


def tabled(room: Room) -> QuerySet[Revision]:
    """`latest` with what a list shows of each: its card and how many comments it has."""
    said = Comment.objects.filter(revision=OuterRef("pk"), parent=None).values("revision").annotate(n=Count("pk"))
    rows = latest(room).annotate(comment_count=Coalesce(Subquery(said.values("n")), 0))
    return rows.prefetch_related(CARDS, JOINT)


def on_the_table(room: Room, *, only: list[str] | None = None) -> list[Listed]:
    """The packages last put on the table, at most SHOWN, in their order; or those with the codes in `only`."""
    rows = tabled(room)
    if only:
        rows = rows.filter(package__code__in=only)
    newest = rows.order_by("-submitted_at", "-pk")[:SHOWN]
    return sorted((listed(row) for row in newest), key=lambda row: row.revision.package_id)


def package_page(room: Room, number: str | None) -> "Page[Listed]":
    """One page of all packages."""
    page = Paginator(tabled(room), PER_PAGE).get_page(number)
    page.object_list = [listed(row) for row in page.object_list]  # type: ignore[misc]
    return page  # type: ignore[return-value]


def package_titles(room: Room) -> list[tuple[str, str]]:
    """(code, title) of the packages, for a choice; at most MOST_CHOICES, the newest of them."""
    rows = latest(room).order_by("-package__pk").values_list("package__code", "title")[:MOST_CHOICES]
    return list(reversed(rows))


def listed(revision: Revision) -> Listed:
    card = next(iter(revision.cards), None)  # type: ignore[attr-defined]
    return Listed(revision, card, lights(card.card if card else None))


def find_revision(viewer: Viewer, package: str, number: int | None = None, cards: Shown = CARDS) -> Revision:
    """One revision, the latest unless numbered. Raises NotFound."""
    if "\x00" in package:
        raise NotFound
    rows = Revision.objects.filter(package__room=viewer.room, package__code=package)
    rows = rows.filter(number=number) if number else rows.filter(pk=F("package__latest"))
    found = rows.select_related("package__room__plan__unit__region", *RELATED).prefetch_related(cards, JOINT).first()
    if found is None:
        raise NotFound
    return found


def find_card(viewer: Viewer, package: str, number: int, engine: str) -> Revision:
    """One revision with the finished card that this engine made of it. Raises NotFound."""
    rows = Scorecard.objects.filter(engine=engine, state=Scorecard.State.DONE)
    found = find_revision(viewer, package, number, card_shown(rows))
    if not found.cards:  # type: ignore[attr-defined]
        raise NotFound
    return found


def find_draft(viewer: Viewer, package: str) -> Draft:
    """The draft of a package of one of the viewer's own parties. Raises NotFound to everybody else."""
    rows = Draft.objects.filter(package__room=viewer.room, package__code=package)
    found = rows.select_related("package__room__plan", "package__proposer", "saved_by__user").first()
    if found is None or found.package.proposer.code not in viewer.parties:
        raise NotFound
    return found


def own_drafts(viewer: Viewer) -> QuerySet[Draft]:
    rows = Draft.objects.filter(package__room=viewer.room, package__proposer__code__in=viewer.parties)
    return rows.select_related("package").order_by("package__pk")


def placed(rows: QuerySet[Term]) -> QuerySet[Term]:
    """The rows in their order, each with its `place` among all terms of its kind, whoever may see which, and `due`."""
    earlier = rows.model._default_manager.filter(revision=OuterRef("revision"), pk__lt=OuterRef("pk")).order_by()
    counted = Subquery(earlier.values("revision").annotate(n=Count("pk")).values("n"))
    return dated(rows).annotate(place=Coalesce(counted, 0)).order_by("pk")


def dispositions(revision: Revision) -> QuerySet[Disposition]:
    return placed(revision.dispositions.select_related("parcel", "recipient", "responsible"))


def visible_allocations(viewer: Viewer, revision: Revision) -> QuerySet[Allocation]:
    rows = placed(revision.allocations.select_related("party", "item"))
    return rows.exclude(party__code__in=viewer.hidden_codes) if viewer.hidden_codes else rows


def visible_flows(viewer: Viewer, revision: Revision) -> QuerySet[Flow]:
    rows = placed(revision.flows.all())
    hidden = viewer.hidden_codes
    return rows.exclude(Q(source__in=hidden) | Q(target__in=hidden)) if hidden else rows


def visible_card(viewer: Viewer, card: Scorecard | None) -> dict[str, Any] | None:
    """The card as this person may see it."""
    return redact(card.card, viewer.hidden_codes) if card and card.card else None

"""意见采纳情况: what was said and what became of it, as it is published. It holds no personal data of anybody.

A household stands in it by its code, for every reader, whatever else they may see: what is exported is passed on.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Party, Side
from accounts.refusals import NotFound
from negotiation.models import Answer, Comment, Room
from negotiation.permissions import Viewer, is_personal
from negotiation.queries.words import term_words

PER_PAGE = 50
OWN = 10  # of one's own on the home page
OPEN = "open"  # not yet answered


@dataclass(frozen=True)
class Outcome:
    """One row of the table: what was said, by whom, about what, and the answer."""

    number: int
    who: str
    side: str
    side_name: str
    about: str
    said: str
    said_at: datetime
    verdict: str
    verdict_name: str
    reason: str
    carried: str
    answer: int | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Tally:
    """How many comments of each side got each verdict."""

    heads: list[str]
    rows: list[tuple[str, list[int]]]
    total: int


def answered(room: Room, *, verdict: str = "", side: str = "", package: str = "") -> QuerySet[Comment]:
    """The comments that the table lists: each thread's first, and replies that were answered."""
    rows = Comment.objects.filter(Q(parent=None) | Q(answer__isnull=False), room=room)
    if verdict == OPEN:
        rows = rows.filter(answer=None)
    elif verdict:
        rows = rows.filter(answer__verdict=verdict)
    if side:
        rows = rows.filter(party__side=side)
    if package:
        rows = rows.filter(revision__package__code=package)
    related = ("party", "revision__package", "parcel", "answer__revision__package")
    return rows.select_related(*related).order_by("pk")


def outcome(comment: Comment) -> Outcome:
    answer = comment.answer
    return Outcome(
        number=comment.pk,
        who=public_label(comment.party),
        side=comment.party.side,
        side_name=comment.party.get_side_display(),
        about=place_words(comment),
        said=_("Hidden by the convener.") if comment.hidden else comment.body,
        said_at=comment.created_at,
        verdict=answer.verdict if answer else OPEN,
        verdict_name=answer.get_verdict_display() if answer else _("Not yet answered"),
        reason=answer.reason if answer else "",
        carried=str(answer.revision) if answer and answer.revision else "",
        answer=answer.pk if answer else None,
        answered_at=answer.created_at if answer else None,
    )


def outcome_page(room: Room, number: str | None, **wanted: str) -> "Page[Outcome]":
    page = Paginator(answered(room, **wanted), PER_PAGE).get_page(number)
    page.object_list = [outcome(row) for row in page.object_list]  # type: ignore[misc]
    return page  # type: ignore[return-value]


def public_label(party: Party) -> str:
    """A body by its name, a person or household by its code."""
    return party.code if is_personal(party) else party.name


def place_words(comment: Comment) -> str:
    """What a comment is about, in words."""
    if comment.parcel:
        return _("Parcel %(code)s") % {"code": comment.parcel.code}
    if comment.revision is None:
        return _("The whole room")
    named = _("Package %(code)s") % {"code": comment.revision}
    return f"{named} · {term_words(comment.term)}" if comment.term else named


def tally(room: Room) -> Tally:
    """One statement."""
    counts: dict[tuple[str, str], int] = {}
    rows = answered(room).order_by().values_list("answer__verdict", "party__side").annotate(n=Count("pk"))
    for verdict, side, count in rows:
        counts[verdict or OPEN, side] = count
    sides = [side for side in Side if side != Side.NONE]
    lines = [(label, [counts.get((verdict, side.value), 0) for side in sides]) for verdict, label in verdict_choices()]
    named = [(label, [*numbers, sum(numbers)]) for label, numbers in lines]
    return Tally([*(str(side.label) for side in sides), _("Together")], named, sum(counts.values()))


def verdict_choices() -> list[tuple[str, str]]:
    """Every state that a comment may be in, for a filter."""
    return [*((code, str(label)) for code, label in Answer.Verdict.choices), (OPEN, _("Not yet answered"))]


def find_answer(viewer: Viewer, number: int) -> Answer:
    """Raises NotFound for one of another room."""
    rows = Answer.objects.filter(room=viewer.room, pk=number).select_related("room", "revision__package")
    found = rows.first()
    if found is None:
        raise NotFound
    return found


def own(viewer: Viewer) -> QuerySet[Comment]:
    """What the viewer's party said."""
    party = viewer.mandate.party_id if viewer.mandate else None
    rows = Comment.objects.filter(Q(parent=None) | Q(answer__isnull=False), room=viewer.room, party=party)
    return rows.select_related("party", "revision__package", "parcel", "answer__revision__package")


def own_comments(viewer: Viewer, number: str | None) -> "Page[Comment]":
    """The same, the last answered first."""
    rows = own(viewer).order_by(F("answer__created_at").desc(nulls_last=True), "-pk")
    return Paginator(rows, OWN).get_page(number)

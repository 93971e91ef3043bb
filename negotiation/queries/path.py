"""The four parts of an implementation plan (layout, money, land policy, path), each with its own check."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from negotiation.models import Revision
from negotiation.queries.accounts import NOTHING
from negotiation.queries.lights import BROKEN, MET, UNKNOWN, WARNING, Light, balanced, failed_gates
from negotiation.scoring.terms import KEPT

Card = dict[str, Any]


@dataclass
class Year:
    """What happens in one year of the plan. Yuan into and out of the project, and how many allocations are due."""

    number: int
    into: Decimal = Decimal(0)
    out: Decimal = Decimal(0)
    allocations: int = 0


def four_parts(card: Card | None, revision: Revision) -> list[Light]:
    """规划布局、资金安排、土地政策、实施路径: each met, with care, broken or not yet known. One statement."""
    path = Light("path", _("Path of implementation"), *_path(revision))
    names = (("layout", _("Planning layout")), ("money", _("Money")), ("policy", _("Land policy")))
    if card is None:
        return [*(Light(code, label, UNKNOWN) for code, label in names), path]
    judged = (_layout(card), balanced(card), _policy(card))
    return [*(Light(code, label, *found) for (code, label), found in zip(names, judged, strict=True)), path]


def _layout(card: Card) -> tuple[str, list[str]]:
    failed = failed_gates(card, "land", "targets")
    return (BROKEN, failed) if failed else (MET, [_("areas add up and the targets are kept")])


def _policy(card: Card) -> tuple[str, list[str]]:
    failed = failed_gates(card, "supply", "rights", "pool")
    return (BROKEN, failed) if failed else (MET, [_("the double hook holds and the pool is never empty")])


def _path(revision: Revision) -> tuple[str, list[str]]:
    changed = ~Q(action__in=KEPT)
    found = revision.dispositions.aggregate(
        changed=Count("pk", filter=changed), open=Count("pk", filter=changed & Q(responsible=None))
    )
    if not found["changed"]:
        return WARNING, [_("no parcel changes")]
    if found["open"]:
        text = ngettext(
            "nobody answers for %(n)s piece of land", "nobody answers for %(n)s pieces of land", found["open"]
        )
        return WARNING, [text % {"n": found["open"]}]
    return MET, [_("somebody answers for every piece of land that changes")]


def schedule(revision: Revision) -> list[Year]:
    """Year by year what is paid and allocated; years without anything are left out. Two statements."""
    years: dict[int, Year] = {}
    flows = revision.flows.filter(Q(source="project") | Q(target="project")).order_by()
    sums = flows.values("year").annotate(
        into=Sum("yuan", filter=Q(target="project"), default=NOTHING),
        out=Sum("yuan", filter=Q(source="project"), default=NOTHING),
    )
    for row in sums:
        years[row["year"]] = Year(row["year"], row["into"], row["out"])
    for due in revision.allocations.order_by().values("year").annotate(n=Count("pk")):
        years.setdefault(due["year"], Year(due["year"])).allocations = due["n"]
    return [years[number] for number in sorted(years)]

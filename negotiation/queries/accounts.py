"""What the project's accounts are made of: its flows summed by stage and category."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, Q, Sum, Value

from accounts.models import Party
from negotiation.models import Revision
from negotiation.permissions import Viewer, personal
from negotiation.visibility import FEW
from units.models import MONEY

NOTHING = Value(Decimal(0), output_field=DecimalField(**MONEY))


@dataclass
class Part:
    """Yuan into and out of the project for one purpose; without a category, purposes of few households together."""

    category: str
    into: Decimal
    out: Decimal

    @property
    def net(self) -> Decimal:
        return self.into - self.out


def account_parts(viewer: Viewer, revision: Revision) -> dict[str, list[Part]]:
    """The parts of the basic and of the operating account, the largest first. One statement."""
    found: dict[str, list[Part]] = {"basic": [], "operating": []}
    for row in _sums(viewer, revision):
        few = 0 < row["households"] < FEW and not viewer.may("read_households")
        account = found["operating" if row["stage"] == "operate" else "basic"]
        _add(account, Part("" if few else row["category"], row["into"], row["out"]))
    return {name: sorted(parts, key=lambda part: -abs(part.net)) for name, parts in found.items()}


def _sums(viewer: Viewer, revision: Revision) -> Iterable[Mapping[str, Any]]:
    private = personal(Party.objects.filter(realm=viewer.room.code)).values("code")
    rows = revision.flows.filter(Q(source="project") | Q(target="project")).order_by()
    return rows.values("stage", "category").annotate(
        into=Sum("yuan", filter=Q(target="project"), default=NOTHING),
        out=Sum("yuan", filter=Q(source="project"), default=NOTHING),
        households=Count("source", filter=Q(source__in=private), distinct=True)
        + Count("target", filter=Q(target__in=private), distinct=True),
    )


def _add(account: list[Part], part: Part) -> None:
    """Purposes are shown once, whatever their stage."""
    same = next((row for row in account if row.category == part.category), None)
    if same is None:
        account.append(part)
    else:
        same.into, same.out = same.into + part.into, same.out + part.out

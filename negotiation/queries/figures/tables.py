"""Tables that several figures share: years of an account, flows, and what this person may not see as one row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from negotiation.models import Allocation, Flow
from negotiation.queries.figures.parts import Cell, Column, Table
from negotiation.queries.figures.reading import Reading, exact, to_cents
from negotiation.queries.words import end_word, stage_name, unit_word, word

PER_PAGE = 12
MOST = 200  # rows of one party, which are few
Row = tuple[Cell, ...]


def yuan(value: Any) -> Cell:
    return Cell(value, "yuan")


def text(value: Any) -> Cell:
    return Cell(value)


def year_cell(reading: Reading, year: int) -> Cell:
    return text(f"{year} ({reading.viewer.room.plan.base_year + year})")


def present_table(reading: Reading, caption: str, yearly: Sequence[float], total: float) -> Table:
    """Net, discount factor and present value of each year; their sum is the present value of the account."""
    columns = [Column(_("Year"))] + [Column(label, True) for label in (_("Net"), "(1 + r)^−y", _("Present value"))]
    rows = [
        (year_cell(reading, year), yuan(net), Cell(float(reading.factor(year)), "factor"), _present(reading, net, year))
        for year, net in enumerate(yearly)
    ]
    return Table(caption, columns, rows, (text(_("Sum")), yuan(_plain_sum(yearly)), text(None), yuan(total)))


def _present(reading: Reading, net: float, year: int) -> Cell:
    return yuan(reading.present(net, year))


def _plain_sum(yearly: Iterable[float]) -> Decimal:
    return to_cents(sum(map(exact, yearly), exact(0)))


def running_table(reading: Reading, caption: str, yearly: Sequence[float], discounted: bool = False) -> Table:
    """Net of each year, discounted or as it is, and the running sum."""
    nets = [exact(net) * (reading.factor(year) if discounted else 1) for year, net in enumerate(yearly)]
    columns = [
        Column(_("Year")),
        Column(_("Present value") if discounted else _("Net"), True),
        Column(_("Sum so far"), True),
    ]
    rows = [
        (year_cell(reading, year), yuan(to_cents(net)), yuan(to_cents(so_far)))
        for year, (net, so_far) in enumerate(zip(nets, accumulate(nets), strict=True))
    ]
    return Table(caption, columns, rows)


def shown_flows(reading: Reading, rows: QuerySet[Flow]) -> QuerySet[Flow]:
    hidden = reading.viewer.hidden_codes
    return rows.exclude(Q(source__in=hidden) | Q(target__in=hidden)) if hidden else rows


def flow_table(reading: Reading, end: str, rows: QuerySet[Flow], page: str | None) -> Table:
    """The flows into and out of one end (a party, the project, the pool), a page of them, signed.

    The last row is what the flows of households that this person may not see add up to.
    """
    shown = shown_flows(reading, rows).order_by("year", "-yuan", "pk")
    columns = [Column(label) for label in (_("With"), _("For"), _("Stage"), _("Year"))]
    columns += [Column(_("Yuan"), True), Column(_("Present value"), True)]
    pages = Paginator(shown, PER_PAGE).get_page(page)
    body = [_flow_row(reading, end, flow) for flow in pages.object_list]
    total, seen = net_by_year(rows, end), net_by_year(shown, end)
    rest = {year: net - seen.get(year, Decimal(0)) for year, net in total.items()}
    if reading.viewer.hidden_codes and shown.count() != rows.count() and pages.number == pages.paginator.num_pages:
        body.append(_sum_row(reading, _("flows of other households, together"), rest))
    caption = _("The flows that it sums, yuan")
    return Table(caption, columns, body, _sum_row(reading, _("Sum"), total), pages)


def net_by_year(rows: QuerySet[Flow], end: str) -> dict[int, Decimal]:
    """In minus out of one end, by year, as it is paid. One statement."""
    sums = (
        rows.order_by()
        .values("year")
        .annotate(
            into=Sum("yuan", filter=Q(target=end), default=Decimal(0)),
            out=Sum("yuan", filter=Q(source=end), default=Decimal(0)),
        )
    )
    return {row["year"]: row["into"] - row["out"] for row in sums}


def _flow_row(reading: Reading, end: str, flow: Flow) -> Row:
    into = flow.target == end
    other, amount = (flow.source, flow.yuan) if into else (flow.target, -flow.yuan)
    return (
        text(end_word(reading.viewer, other)),
        text(word(flow.category)),
        text(stage_name(flow.stage)),
        text(str(flow.year)),
        yuan(amount),
        yuan(reading.present(amount, flow.year)),
    )


def _sum_row(reading: Reading, label: str, by_year: dict[int, Decimal]) -> Row:
    present = sum((exact(net) * reading.factor(year) for year, net in by_year.items()), exact(0))
    blank = text(None)
    return (text(label), blank, blank, blank, yuan(sum(by_year.values(), Decimal(0))), yuan(to_cents(present)))


def given_table(reading: Reading, rows: QuerySet[Allocation]) -> Table:
    """Allocations of one party at the catalogue's price, each in yuan of year 0."""
    body, sums = [], [exact(0), exact(0)]
    for row in rows.select_related("item").order_by("year", "pk")[:MOST]:
        worth = exact(row.quantity) * exact(row.item.price)
        present = worth * reading.factor(row.year)
        sums = [sums[0] + worth, sums[1] + present]
        amount = (Cell(row.quantity, "number"), yuan(row.item.price), yuan(to_cents(worth)), yuan(to_cents(present)))
        body.append((text(f"{row.item.name} ({unit_word(row.item.unit)})"), text(str(row.year)), *amount))
    columns = [Column(_("Item")), Column(_("Year"))]
    columns += [Column(label, True) for label in (_("Quantity"), _("Price (yuan)"), _("Yuan"), _("Present value"))]
    blank = text(None)
    total = (text(_("Sum")), blank, blank, blank, *(yuan(to_cents(part)) for part in sums))
    return Table(_("What it is handed out, at price"), columns, body, total)

"""Who gains what: one party, one side, everybody together, each opened to what it is made of."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Party, Side
from accounts.refusals import NotFound
from negotiation.figures import percent, wan, yuan
from negotiation.models import Disposition
from negotiation.queries.figures import tables
from negotiation.queries.figures.parts import Cell, Column, Explanation, Line, Section, Table
from negotiation.queries.figures.reading import PARTY, Reading, exact, to_cents
from negotiation.queries.words import word
from negotiation.scoring.terms import KEPT
from units.models import Right

Card = dict[str, Any]
WAN = "万元"
NOTHING = Decimal(0)


def side_name(code: str) -> str:
    return str(dict(Side.choices).get(code, code))


def section(reading: Reading) -> Section:
    lines = [*side_lines(reading), total_line(reading)]
    return Section("sides", _("Who gains, who gives?"), lines, charts=["sides"])


# Worse off than without an agreement


def worse_line(reading: Reading) -> Line:
    fairness = reading.card["fairness"]
    count = len(fairness["worse_off"]) + fairness.get("worse_off_hidden", 0)
    said = ngettext("%(n)s party", "%(n)s parties", count) % {"n": count}
    return Line("fairness.worse_off", _("Worse than no agreement"), Cell(said), mark="broken" if count else "met")


def explain_worse(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    fairness = reading.card["fairness"]
    pages = Paginator(fairness["worse_off"], tables.PER_PAGE).get_page(page)
    columns = [Column(_("Party"))]
    columns += [
        Column(label, True)
        for label in (_("Gain (yuan)"), _("Without an agreement (yuan)"), _("Short of it by (yuan)"))
    ]
    body = [
        (reading.party_cell(row["party"]), *(tables.yuan(row[key]) for key in ("gain", "outside", "shortfall")))
        for row in pages.object_list
    ]
    hidden = fairness.get("worse_off_hidden", 0)
    more = ngettext("and %(n)s household", "and %(n)s households", hidden) % {"n": hidden}
    return Explanation(
        line,
        _("Whoever would do better without this package has every reason to refuse it."),
        _("gain < outside option"),
        [more] if hidden else [],
        [Table(_("Who, and by how much"), columns, body, pages=pages)],
    )


# One party


def party_line(reading: Reading, code: str) -> Line:
    """The gain of a party that this person may see. Raises NotFound for others."""
    gains = reading.card["fairness"]["gains"]
    if code not in gains:
        raise NotFound
    return Line(
        f"{PARTY}{code}",
        _("Gain of %(party)s") % {"party": reading.party(code)},
        Cell(gains[code], "money"),
        WAN,
    )


def explain_party(reading: Reading, line: Line, page: str | None, code: str) -> Explanation:
    fairness = reading.card["fairness"]
    before, after, gain = (fairness[key][code] for key in ("before", "after", "gains"))
    flows = reading.revision.flows.filter(Q(source=code) | Q(target=code))
    given = reading.revision.allocations.filter(party__code=code)
    said = [f"{yuan(after)} − {yuan(before)} = {yuan(gain)}"]
    if before > 0:
        said.append(
            _("Recovery: %(after)s ÷ %(before)s = %(rate)s")
            % {"after": yuan(after), "before": yuan(before), "rate": percent(after / before)}
        )
    return Explanation(
        line,
        _("What the party gets under this package, in today's money, minus what it gives up."),
        _("gain = (allocations at price + money in − money out, each ÷ (1 + r)^y) − Σ share that ends · value"),
        said,
        [
            _rights_table(reading, code),
            tables.given_table(reading, given),
            tables.flow_table(reading, code, flows, page),
        ],
    )


def _rights_table(reading: Reading, code: str) -> Table:
    rows = list(ending_rights(reading).filter(party__code=code).select_related("parcel").order_by("pk")[: tables.MOST])
    worth = [exact(row.ends) * exact(row.value) for row in rows]
    body = [
        (
            Cell(f"{row.parcel.code} {row.parcel.name}"),
            Cell(word(row.kind)),
            Cell(row.ends, "percent"),
            tables.yuan(row.value),
            tables.yuan(to_cents(lost)),
        )
        for row, lost in zip(rows, worth, strict=True)
    ]
    columns = [Column(_("Parcel")), Column(_("Kind of right"))]
    columns += [Column(label, True) for label in (_("Share that ends"), _("Appraised (yuan)"), _("Gives up (yuan)"))]
    blank = Cell(None)
    return Table(
        _("Its rights"),
        columns,
        body,
        (Cell(_("Sum")), blank, blank, blank, tables.yuan(to_cents(sum(worth, exact(0))))),
    )


def ending_rights(reading: Reading) -> Any:
    """The plan's rights with `ends`, the share of each parcel whose rights this package ends."""
    ending = Disposition.objects.filter(revision=reading.revision, parcel=OuterRef("parcel")).exclude(action__in=KEPT)
    site = ending.order_by().values("parcel").annotate(sum=Sum("site_area")).values("sum")
    share = Least(Coalesce(Subquery(site), NOTHING) / F("parcel__site_area"), Decimal(1))
    return Right.objects.filter(plan=reading.viewer.room.plan_id).annotate(ends=share)


# The sides


def side_lines(reading: Reading) -> list[Line]:
    sides = reading.card["fairness"]["sides"]
    return [_side_line(side, sides[side]) for side in Side.values if side in sides]


def _side_line(side: str, row: Card) -> Line:
    shares = _("%(gain)s of the gain, %(given)s of what is given") % {
        "gain": percent(row.get("gain_share")),
        "given": percent(row.get("contribution_share")),
    }
    label = _("Gain: %(side)s") % {"side": side_name(side)}
    return Line(f"fairness.sides.{side}", label, Cell(row["gain"], "money"), WAN, note=shares)


def explain_side(reading: Reading, line: Line, page: str | None, side: str) -> Explanation:
    row, fairness = reading.card["fairness"]["sides"][side], reading.card["fairness"]
    parties = Party.objects.filter(seats__room=reading.viewer.room, side=side, code__in=fairness["gains"])
    pages = Paginator(parties.order_by("seats__pk"), tables.PER_PAGE).get_page(page)
    keys = ("before", "after", "gains")
    body = [
        (reading.party_cell(party.code), *(tables.yuan(fairness[key][party.code]) for key in keys))
        for party in pages.object_list
    ]
    if reading.viewer.hidden_codes and side == Side.PUBLIC and not pages.has_next():
        seen = parties.values_list("code", flat=True)
        rest = exact(row["gain"]) - sum((exact(fairness["gains"][code]) for code in seen), exact(0))
        body.append((Cell(_("other households, together")), Cell(None), Cell(None), tables.yuan(to_cents(rest))))
    columns = [Column(_("Party"))] + [
        Column(label, True) for label in (_("Before (yuan)"), _("After (yuan)"), _("Gain (yuan)"))
    ]
    total = (Cell(_("Sum")), Cell(None), Cell(None), tables.yuan(row["gain"]))
    return Explanation(
        line,
        _("What this side gains together, held against what it gives: rights that end and money that it pays."),
        _("gap = share of the gain − share of what is given"),
        list(_share_words(fairness["sides"], side)),
        [Table(_("The parties of this side"), columns, body, total, pages)],
    )


def _share_words(sides: dict[str, Card], side: str) -> list[str]:
    row, said = sides[side], []
    for label, key, share in ((_("Gain"), "gain", "gain_share"), (_("Given"), "contribution", "contribution_share")):
        total = sum((exact(other[key]) for other in sides.values()), exact(0))
        filled = f"{yuan(row[key])} ÷ {yuan(to_cents(total))} = {percent(row.get(share))}"
        none = _("no share, since the sum is not above 0")
        said.append(f"{label}: {filled if share in row else none}")
    if row.get("gap") is not None:
        said.append(f"{percent(row['gain_share'])} − {percent(row['contribution_share'])} = {percent(row['gap'])}")
    return said


# Everybody


def total_line(reading: Reading) -> Line:
    fairness = reading.card["fairness"]
    return Line(
        "fairness.total", _("All gains together"), Cell(fairness["total"]["gain"], "money"), WAN, note=_nobody(fairness)
    )


def _nobody(fairness: Card) -> str:
    rest = fairness["unassigned"]
    return _("belongs to nobody: project %(project)s, pool %(pool)s 万元") % {key: wan(rest[key]) for key in rest}


def explain_total(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    fairness = reading.card["fairness"]
    total, rest = fairness["total"], fairness["unassigned"]
    rows = [
        (_("Allocations at price"), total["allocations"]),
        (_("Money that comes in from outside, minus what leaves"), total["from_outside"]),
        (_("What right-holders give up"), -total["before"]),
        (_("What stays in the project and belongs to nobody"), -rest["project"]),
        (_("What stays in the pool and belongs to nobody"), -rest["pool"]),
    ]
    body = [(Cell(label), tables.yuan(amount)) for label, amount in rows]
    columns = [Column(_("Part")), Column(_("Present value (yuan)"), True)]
    return Explanation(
        line,
        _("All gains together are what is handed out and brought in, minus what ends and what is left over."),
        _("Σ gains = allocations + net from outside − given up − project − pool"),
        [],
        [Table(_("The account of everything"), columns, body, (Cell(_("Sum")), tables.yuan(line.value.value)))],
    )

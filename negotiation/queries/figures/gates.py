"""May it be done? The five gates, opened to the land, items and people that they count."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from negotiation.figures import figure, number, yuan
from negotiation.models import Disposition
from negotiation.queries.figures import tables
from negotiation.queries.figures.parts import Cell, Column, Explanation, Line, Section, Table
from negotiation.queries.figures.reading import Names, Reading
from negotiation.queries.words import land_use_name, unit_word
from units.models import Indicator, Parcel, Target

Card = dict[str, Any]
RESOURCES = "balance.resources."  # the key of an indicator without a target, before its code
SIGNS = {"<=": "≤", ">=": "≥"}


def section(reading: Reading) -> Section:
    gates = reading.card["gates"]
    lines = [*_resource_lines(gates, reading), *_other_lines(reading), *_people_lines(gates)]
    return Section("gates", _("May it be done? The five gates"), lines, [_hooks(gates)])


def gate_lines(gates: Card, names: Names) -> list[Line]:
    """The five gates alone, as a card holds them."""
    return [*_resource_lines(gates, names), *_people_lines(gates)]


def _resource_lines(gates: Card, names: Names) -> list[Line]:
    return [_land_line(gates), *_supply_lines(gates, names), *_target_lines(gates, names)]


def _people_lines(gates: Card) -> list[Line]:
    return [_rights_line(gates), _pool_line(gates)]


def _hooks(gates: Card) -> str:
    """双挂钩: resources and rights."""
    resources = gates["supply"]["passed"] and gates["targets"]["passed"]
    kept = _("no resource total is broken") if resources else _("a resource total is broken")
    shared = _("every original right-holder shares") if gates["rights"]["passed"] else _("a right-holder is left out")
    label = _("Double hook")
    return f"{label}: {kept} · {shared}"


def passed(ok: bool) -> str:
    return "met" if ok else "broken"


# Land


def _land_line(gates: Card) -> Line:
    faults = len(gates["land"]["faults"])
    wrong = ngettext("%(n)s parcel does not", "%(n)s parcels do not", faults) % {"n": faults}
    return Line("gates.land", _("Land adds up"), Cell(wrong if faults else _("all parcels")), mark=passed(not faults))


def explain_land(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    rows = reading.revision.dispositions.order_by("parcel__code")
    sums = rows.values("parcel__code", "parcel__name", "parcel__site_area").annotate(planned=Sum("site_area"))
    pages = Paginator(sums, tables.PER_PAGE).get_page(page)
    columns = [Column(_("Parcel"))]
    columns += [Column(label, True) for label in (_("Planned (m²)"), _("Its site area (m²)"), _("Difference (m²)"))]
    body = [
        (
            Cell(f"{row['parcel__code']} {row['parcel__name']}"),
            Cell(row["planned"], "number"),
            Cell(row["parcel__site_area"], "number"),
            Cell(row["planned"] - row["parcel__site_area"], "number"),
        )
        for row in pages.object_list
    ]
    return Explanation(
        line,
        _("Every square metre of a parcel that changes must go somewhere, and none may be used twice."),
        _("|Σ site areas planned on a parcel − its site area| ≤ 0.01 m²"),
        tables=[Table(_("Parcels that change"), columns, body, pages=pages)],
    )


# Supply


def _supply_lines(gates: Card, names: Names) -> list[Line]:
    return [
        Line(
            f"gates.supply.{code}",
            _("Left over: %(item)s") % {"item": names.items[code].name},
            Cell(row["rest"], "number"),
            unit_word(names.items[code].unit),
            passed(row["rest"] >= 0),
        )
        for code, row in gates["supply"]["items"].items()
    ]


def explain_supply(reading: Reading, line: Line, page: str | None, code: str) -> Explanation:
    row = reading.card["gates"]["supply"]["items"][code]
    filled = " − ".join(number(row[key]) for key in ("yielded", "used", "allocated"))
    return Explanation(
        line,
        _("What the plan builds of this item must be enough for what it uses up and hands out."),
        _("produced − used − allocated ≥ 0"),
        [f"{filled} = {number(row['rest'])}"],
        [_made_table(reading, code), _handed_table(reading, code, row["allocated"], page)],
    )


def _made_table(reading: Reading, code: str) -> Table:
    """Where the item is produced and used up; places of one parcel are few."""
    rows = reading.revision.dispositions.filter(
        Q(yields__contains=[{"item": code}]) | Q(uses__contains=[{"item": code}])
    )
    body = [
        (
            Cell(f"{row.parcel.code} {row.parcel.name}"),
            Cell(_of(row.yields, code), "number"),
            Cell(_of(row.uses, code), "number"),
        )
        for row in rows.select_related("parcel").order_by("pk")[:200]
    ]
    columns = [Column(_("Parcel")), Column(_("Produced"), True), Column(_("Used"), True)]
    return Table(_("Produced and used up"), columns, body)


def _of(rows: list[dict[str, str]] | None, code: str) -> Decimal:
    return sum((Decimal(row["quantity"]) for row in rows or () if row["item"] == code), Decimal(0))


def _handed_table(reading: Reading, code: str, total: float, page: str | None) -> Table:
    hidden = reading.viewer.hidden_codes
    every = reading.revision.allocations.filter(item__code=code).order_by("pk")
    shown = every.exclude(party__code__in=hidden) if hidden else every
    pages = Paginator(shown.select_related("party"), tables.PER_PAGE).get_page(page)
    body = [
        (Cell(reading.viewer.label(row.party)), Cell(str(row.year)), Cell(row.quantity, "number"))
        for row in pages.object_list
    ]
    seen = shown.aggregate(n=Count("pk"), sum=Sum("quantity", default=Decimal(0)))
    if hidden and seen["n"] != every.count() and not pages.has_next():
        rest = Decimal(str(total)) - seen["sum"]
        body.append((Cell(_("other households, together")), Cell(None), Cell(rest, "number")))
    columns = [Column(_("Party")), Column(_("Year")), Column(_("Quantity"), True)]
    return Table(_("Handed out"), columns, body, (Cell(_("Sum")), Cell(None), Cell(total, "number")), pages)


# Targets


def _target_lines(gates: Card, names: Names) -> list[Line]:
    return [_target_line(names, place, row) for place, row in enumerate(gates["targets"]["items"])]


def _other_lines(reading: Reading) -> list[Line]:
    """The indicators that no target limits."""
    limited = {row["indicator"] for row in reading.card["gates"]["targets"]["items"]}
    codes = reading.card["balance"]["resources"]["indicators"]
    return [_indicator_line(reading, code) for code in codes if code not in limited]


def _target_line(names: Names, place: int, row: Card) -> Line:
    indicator = names.indicators[row["indicator"]]
    limit = f"{SIGNS[row['op']]} {figure(row['limit'], indicator.measure)}"
    return Line(f"gates.targets.{place}", indicator.name, *_measured_cell(indicator, row), row["status"], limit)


def _indicator_line(reading: Reading, code: str) -> Line:
    indicator, row = reading.indicators[code], reading.card["balance"]["resources"]["indicators"][code]
    return Line(f"{RESOURCES}{code}", indicator.name, *_measured_cell(indicator, row), note=_("no limit"))


def _measured_cell(indicator: Indicator, row: Card) -> tuple[Cell, str]:
    """The figure after the package with its unit; a share has none."""
    if indicator.measure == "share":
        return Cell(row.get("after"), "percent"), ""
    return Cell(row.get("after"), "number"), unit_word(indicator.unit)


def explain_target(reading: Reading, line: Line, page: str | None, place: str) -> Explanation:
    row = reading.card["gates"]["targets"]["items"][int(place)]
    indicator = reading.indicators[row["indicator"]]
    target = list(reading.viewer.room.plan.targets.select_related("indicator").order_by("pk"))[int(place)]
    meaning = _("A limit that a plan above hands down: %(source)s.") % {"source": target.source or "—"}
    return _explain_land(reading, line, meaning, indicator, [_before_after(indicator, row), *_room(target, row)], page)


def explain_indicator(reading: Reading, line: Line, page: str | None, code: str) -> Explanation:
    indicator, row = reading.indicators[code], reading.card["balance"]["resources"]["indicators"][code]
    meaning = _("What is counted over all parcels, those that change as planned and the others as they are.")
    return _explain_land(reading, line, meaning, indicator, [_before_after(indicator, row)], page)


def _explain_land(
    reading: Reading, line: Line, meaning: str, indicator: Indicator, said: list[str], page: str | None
) -> Explanation:
    filled = [*_measured(reading, indicator), *said]
    return Explanation(line, meaning, _measure_words(indicator), filled, _land_tables(reading, indicator, page))


def _before_after(indicator: Indicator, row: Card) -> str:
    figures = {key: figure(row.get(key), indicator.measure) for key in ("before", "after")}
    return _("Before: %(before)s. After: %(after)s.") % figures


def _room(target: Target, row: Card) -> Iterator[str]:
    """How far the figure is from the limit, and how far beyond it is tolerated."""
    measure = target.indicator.measure
    if row.get("margin") is not None:
        yield _("To the limit: %(margin)s") % {"margin": figure(row["margin"], measure)}
    if not target.rigid and target.tolerance:
        beyond = figure(target.tolerance * target.value, measure)
        yield _("Tolerated beyond the limit: up to %(amount)s") % {"amount": beyond}


def _measure_words(indicator: Indicator) -> str:
    words = {
        "site_area": _("Σ site area of the matching land"),
        "floor_area": _("Σ floor area of the matching land"),
        "far": _("Σ floor area ÷ Σ site area of the matching land"),
        "share": _("Σ site area of the matching land ÷ site area of all parcels"),
        "count": _("number of matching pieces of land"),
    }
    uses = "、".join(f"{land_use_name(code)} {code}" for code in indicator.land_use)
    return f"{words[indicator.measure]} ({uses}{f' · {indicator.zone}' if indicator.zone else ''})"


def _matching(indicator: Indicator, zone: str) -> Q:
    """Land of the indicator's uses, which are prefixes of codes, in its zone."""
    uses = Q()
    for prefix in indicator.land_use:
        uses |= Q(land_use__startswith=prefix)
    return uses & Q(**{zone: indicator.zone}) if indicator.zone else uses


def planned_land(reading: Reading, indicator: Indicator) -> QuerySet[Disposition]:
    return reading.revision.dispositions.filter(_matching(indicator, "parcel__zone"))


def kept_land(reading: Reading, indicator: Indicator) -> QuerySet[Parcel]:
    """Matching parcels that the package leaves as they are."""
    changed = reading.revision.dispositions.values("parcel")
    return reading.viewer.room.plan.parcels.filter(_matching(indicator, "zone")).exclude(pk__in=changed)


def _measured(reading: Reading, indicator: Indicator) -> Iterator[str]:
    """The formula with the sums of planned and of kept land filled in."""
    sums = {
        "site": Sum("site_area", default=Decimal(0)),
        "floor": Sum("floor_area", default=Decimal(0)),
        "n": Count("pk"),
    }
    new, old = (rows.aggregate(**sums) for rows in (planned_land(reading, indicator), kept_land(reading, indicator)))
    parts = {key: f"({number(new[key])} + {number(old[key])})" for key in sums}
    whole = reading.viewer.room.plan.parcels.aggregate(site=Sum("site_area", default=Decimal(0)))["site"]
    filled = {
        "site_area": parts["site"],
        "floor_area": parts["floor"],
        "far": f"{parts['floor']} ÷ {parts['site']}",
        "share": f"{parts['site']} ÷ {number(whole)}",
        "count": parts["n"],
    }
    said = _("(planned + kept as it is)")
    yield f"{filled[indicator.measure]} {said}"


def _land_tables(reading: Reading, indicator: Indicator, page: str | None) -> list[Table]:
    names = ("parcel__code", "parcel__name"), ("code", "name")
    chosen = planned_land(reading, indicator), kept_land(reading, indicator)
    planned, kept = (
        rows.order_by().values_list(*own, "land_use", "site_area", "floor_area", Value(kind))
        for rows, own, kind in zip(chosen, names, (_("planned"), _("kept")), strict=True)
    )
    pages = Paginator(planned.union(kept, all=True).order_by("land_use", "site_area"), tables.PER_PAGE).get_page(page)
    columns = [Column(_("Parcel")), Column(_("Land use"))]
    columns += [Column(label, True) for label in (_("Site area (m²)"), _("Floor area (m²)"))]
    body = [_land_row(*row) for row in pages.object_list]
    return [Table(_("The land that it counts"), columns, body, pages=pages)]


def _land_row(code: str, name: str, use: str, site: Decimal, floor: Decimal, kind: str) -> tables.Row:
    areas = (Cell(area, "number") for area in (site, floor))
    return (Cell(f"{code} {name} · {kind}"), Cell(f"{land_use_name(use)} {use}"), *areas)


# Rights


def _rights_line(gates: Card) -> Line:
    missing = len(gates["rights"]["unserved"]) + gates["rights"].get("unserved_hidden", 0)
    left = ngettext("%(n)s party receives nothing", "%(n)s parties receive nothing", missing) % {"n": missing}
    label = _("Who gives up rights receives something")
    return Line("gates.rights", label, Cell(left if missing else _("everyone does")), mark=passed(not missing))


def explain_rights(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    before = [(code, worth) for code, worth in reading.card["fairness"]["before"].items() if worth > 0]
    pages = Paginator(before, tables.PER_PAGE).get_page(page)
    codes = [code for code, _worth in pages.object_list]
    given = reading.revision.allocations.filter(party__code__in=codes).order_by().values_list("party__code")
    paid = reading.revision.flows.filter(target__in=codes).order_by().values_list("target")
    counts = [dict(rows.annotate(Count("pk"))) for rows in (given, paid)]
    columns = [Column(_("Party"))]
    columns += [Column(label, True) for label in (_("Gives up (yuan)"), _("Allocations"), _("Payments to it"))]
    body = [
        (reading.party_cell(code), tables.yuan(worth), *(Cell(found.get(code, 0), "number") for found in counts))
        for code, worth in pages.object_list
    ]
    notes = [_("Rows of other households are not shown to you.")] if reading.viewer.hidden_codes else []
    return Explanation(
        line,
        _("The hook of rights: nobody whose right ends may be left with nothing at all."),
        _("B > 0 ⇒ at least one allocation or one payment"),
        notes,
        [Table(_("Who gives up something, and what it receives"), columns, body, pages=pages)],
    )


# Pool


def _pool_line(gates: Card) -> Line:
    pool = gates["pool"]
    return Line(
        "gates.pool",
        _("Compensation pool, lowest balance"),
        Cell(pool["lowest"], "money"),
        "万元",
        passed(pool["passed"]),
    )


def explain_pool(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    pool = reading.card["gates"]["pool"]
    filled = f"{yuan(pool['paid_in'])} − {yuan(pool['paid_out'])} = {yuan(pool['end'])}"
    columns = [Column(_("Year")), Column(_("Balance at its end (yuan)"), True)]
    years = [(tables.year_cell(reading, year), tables.yuan(balance)) for year, balance in enumerate(pool["yearly"])]
    flows = reading.revision.flows.filter(Q(source="pool") | Q(target="pool"))
    return Explanation(
        line,
        _("Gains paid into the pool compensate those whose land is restricted; it can't pay out what it doesn't have."),
        _("paid in so far − paid out so far ≥ 0 at the end of every year"),
        [filled],
        [Table(_("The pool year by year"), columns, years), tables.flow_table(reading, "pool", flows, page)],
    )

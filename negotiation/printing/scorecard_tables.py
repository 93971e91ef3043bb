"""The tables of a printed scorecard that its lines do not hold already. Money in 万元."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Side
from negotiation.figures import number
from negotiation.queries.accounts import Part, account_parts
from negotiation.queries.figures import sensitivity
from negotiation.queries.figures.parts import Cell, Column, Table
from negotiation.queries.figures.reading import Reading
from negotiation.queries.figures.tables import year_cell
from negotiation.queries.figures.writing import cell_text
from negotiation.queries.matrix import Line as Duty
from negotiation.queries.matrix import matrix
from negotiation.queries.words import unit_word, word
from negotiation.templatetags.tongchou import due_words

Row = tuple[Cell, ...]
Card = dict[str, Any]
WAN = " (万元)"
NAMED = 6  # parcels beside one party


def _columns(first: str, *numeric: str) -> list[Column]:
    return [Column(first), *(Column(label, True) for label in numeric)]


def _money(value: Any) -> Cell:
    return Cell(value, "money")


def _percent(value: Any) -> Cell:
    return Cell(value, "percent")


def _number(value: Any) -> Cell:
    return Cell(value, "number")


# May it be done?


def gate_tables(reading: Reading) -> list[Table]:
    return [_targets(reading), _supply(reading)]


def _targets(reading: Reading) -> Table:
    rows = [_target(reading, row) for row in reading.card["gates"]["targets"]["items"]]
    labels = (_("Limit"), _("Before"), _("After"), _("To the limit"))
    return Table(_("Targets"), [*_columns(_("Target"), *labels), Column(_("Result"))], rows)


def _target(reading: Reading, row: Card) -> Row:
    """The limit as it is written beside the line of this target."""
    indicator = reading.indicators[row["indicator"]]
    form = "percent" if indicator.measure == "share" else "number"
    unit = unit_word(indicator.unit)
    name = f"{indicator.name} ({unit})" if unit and form == "number" else indicator.name
    cells = [Cell(row.get(key), form) for key in ("before", "after", "margin")]
    return (Cell(name), Cell(_limit(row, form)), *cells, Cell(_states()[row["status"]]))


def _limit(row: Card, form: str) -> str:
    return f"{'≤' if row['op'] == '<=' else '≥'} {cell_text(Cell(row['limit'], form))}"


def _states() -> dict[str, str]:
    return {"met": "✓ " + _("met"), "tolerated": "! " + _("tolerated"), "broken": "✗ " + _("broken")}


def _supply(reading: Reading) -> Table:
    found = reading.card["gates"]["supply"]["items"]
    keys = ("yielded", "used", "allocated", "rest")
    rows = [(Cell(_item(reading, code)), *(_number(row[key]) for key in keys)) for code, row in found.items()]
    labels = (_("Produced"), _("Used"), _("Allocated"), _("Left over"))
    return Table(_("Items"), _columns(_("Item"), *labels), rows)


def _item(reading: Reading, code: str) -> str:
    item = reading.items[code]
    unit = unit_word(item.unit)
    return f"{item.name} ({unit})" if unit else item.name


# Does it carry itself?


def balance_tables(reading: Reading) -> list[Table]:
    parts = account_parts(reading.viewer, reading.revision)
    basic = _parts(_("Basic account, what it is made of"), parts["basic"])
    operating = _parts(_("Operating account, what it is made of"), parts["operating"])
    return [_years(reading.card["balance"], reading), basic, operating]


def _years(balance: Card, reading: Reading) -> Table:
    """Every year of the plan in which anything is paid."""
    basic, operating = balance["basic"], balance["operating"]
    nets = enumerate(zip(basic["yearly"], basic["cumulative"], operating["yearly"], strict=True))
    rows = [(year_cell(reading, year), *map(_money, row)) for year, row in nets if row[0] or row[2]]
    labels = (_("Basic account, net"), _("Basic account, sum so far"), _("Operating account, net"))
    return Table(_("The accounts year by year") + WAN, _columns(_("Year"), *labels), rows)


def _parts(caption: str, parts: list[Part]) -> Table:
    together = _("purposes of few households, together")
    rows = [(Cell(word(row.category) or together), *map(_money, (row.into, row.out, row.net))) for row in parts]
    return Table(
        caption + WAN, _columns(_("For"), _("Money into the project"), _("Money out of the project"), _("Net")), rows
    )


# Is it even?


def class_tables(reading: Reading) -> list[Table]:
    keys = ("min", "q1", "median", "q3", "max")
    rows = [
        (Cell(word(name)), _number(row["n"]), *(_percent(row.get(key)) for key in keys), _number(row.get("envy_pairs")))
        for name, row in reading.card["fairness"]["classes"].items()
    ]
    labels = (_("Seats"), _("Lowest"), _("Lower quarter"), _("Middle"), _("Upper quarter"), _("Highest"))
    return [Table(_("Recovery rate by class"), _columns(_("Class"), *labels, _("Envy pairs")), rows)]


def side_tables(reading: Reading) -> list[Table]:
    rows = [
        (
            Cell(label),
            *(_money(row[key]) for key in ("contribution", "gain")),
            *(_percent(row.get(key)) for key in ("contribution_share", "gain_share", "gap")),
        )
        for label, row in _by_side(reading.card["fairness"]["sides"])
    ]
    labels = (_("Gives (万元)"), _("Gain (万元)"), _("Share of what is given"), _("Share of the gain"), _("Difference"))
    return [Table(_("The three sides"), _columns(_("Side"), *labels), rows)]


def coalition_tables(reading: Reading) -> list[Table]:
    fairness = reading.card["fairness"]
    gains = {label: row["gain"] for label, row in _by_side(fairness["sides"])}
    rows = [
        (Cell(label), _money(gains[label]), _money(share))
        for label, share in _by_side(fairness["coalitions"]["shapley"])
        if label in gains
    ]
    labels = (_("Gain (万元)"), _("Shapley share (万元)"))
    return [Table(_("Gains beside Shapley shares"), _columns(_("Side"), *labels), rows)]


def _by_side(found: Card) -> list[tuple[str, Any]]:
    return [(str(side.label), found[side.value]) for side in Side if side.value in found]


# What breaks first?


def sensitivity_tables(reading: Reading) -> list[Table]:
    found = reading.card["sensitivity"]
    return [_steps(name, label, found[name]["rows"]) for name, label in sensitivity.labels().items() if name in found]


def _steps(name: str, label: str, found: list[Card]) -> Table:
    sides = [side for side in Side if found and side.value in found[0]["gains"]]
    rows = [
        (
            sensitivity.point(name, row if name == sensitivity.DELAY else row["factor"]),
            _money(row["project_npv"]),
            *(_money(row["gains"][side.value]) for side in sides),
            _number(row["worse_off"]),
        )
        for row in found
    ]
    gains = [_("Gain: %(side)s") % {"side": side.label} for side in sides]
    labels = (_("Project, present value"), *gains, _("Worse than no agreement"))
    return Table(label + WAN, _columns(_("Shift"), *labels), rows)


# Duties, rights, benefits


def duty_table(reading: Reading) -> Table:
    """责—权—利 of all bodies, and of the households together."""
    rows = [_duty(line) for line in matrix(reading.viewer, reading.revision, reading.whole)]
    columns = [Column(_("Party")), Column(_("Answers for")), Column(_("In years")), Column(_("Due on"))]
    labels = (_("Pays (万元)"), _("Holds (万元)"), _("Gets (万元)"), _("Gain (万元)"))
    return Table("", [*columns, *(Column(label, True) for label in labels)], rows)


def _duty(line: Duty) -> Row:
    together = line.side == "households"
    name = _("%(count)s households together") % {"count": line.name} if together else line.name
    words = (Cell(name), Cell(_some(line.parcels)), Cell(line.years), Cell(due_words(line.dates)))
    return (*words, *map(_money, (line.pays, line.holds, line.after, line.gain)))


def _some(codes: list[str]) -> str:
    """The first of many: who answers for a whole village fills no page with it."""
    shown, rest = codes[:NAMED], len(codes[NAMED:])
    more = ngettext("and %(n)s more", "and %(n)s more", rest) % {"n": number(rest)}
    return "、".join(shown) + (f" {more}" if rest else "")


TABLES: dict[str, Callable[[Reading], list[Table]]] = {
    "gates": gate_tables,
    "balance": balance_tables,
    "classes": class_tables,
    "sides": side_tables,
    "coalitions": coalition_tables,
    "sensitivity": sensitivity_tables,
}

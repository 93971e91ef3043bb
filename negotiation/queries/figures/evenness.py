"""Is it even? Recovery of the holders and its measures, opened to the holders or to their classes."""

from __future__ import annotations

from math import fsum, log
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from negotiation.figures import index, number, percent, plain
from negotiation.queries.figures import tables
from negotiation.queries.figures.gains import ending_rights, worse_line
from negotiation.queries.figures.parts import Cell, Column, Explanation, Line, Section, Table
from negotiation.queries.figures.reading import Reading, exact
from negotiation.queries.words import word

Card = dict[str, Any]


def section(reading: Reading) -> Section:
    return Section("fairness", _("Is it even?"), [worse_line(reading), *recovery_lines(reading)])


def alike_section(reading: Reading) -> Section:
    return Section("classes", _("Alike treated alike"), class_lines(reading), charts=["spread"])


def recovery_lines(reading: Reading) -> list[Line]:
    found = reading.card["fairness"]["recovery"]
    shown = {
        "min": (_("Recovery rate, the lowest"), "percent"),
        "median": (_("Recovery rate, the middle one"), "percent"),
        "max": (_("Recovery rate, the highest"), "percent"),
        "gini": (_("Unevenness (Gini)"), "index"),
        "theil": (_("Unevenness (Theil)"), "index"),
        "atkinson_0.5": (_("Unevenness (Atkinson, ε = 0.5)"), "index"),
        "atkinson_1": (_("Unevenness (Atkinson, ε = 1)"), "index"),
        "jain": (_("Evenness (Jain)"), "index"),
    }
    return [
        Line(f"fairness.recovery.{name}", label, Cell(found[name], form))
        for name, (label, form) in shown.items()
        if name in found
    ]


def recoveries(reading: Reading) -> list[float]:
    """ρ of every holder, ascending; of the whole card, for sums alone."""
    fairness = reading.whole["fairness"]
    holders = reading.viewer.room.seats.filter(party__side="public").values_list("party__code", flat=True)
    before = fairness["before"]
    return sorted(fairness["after"][code] / before[code] for code in holders if before.get(code, 0) > 0)


def explain_recovery(reading: Reading, line: Line, page: str | None, name: str) -> Explanation:
    meaning = _("What a right-holder gets, divided by what it gives up; as much as before is 100 %.")
    count = _("%(n)s right-holders") % {"n": number(reading.card["fairness"]["recovery"]["n"])}
    return Explanation(line, meaning, _("recovery = after ÷ before"), [count], [_holders_or_classes(reading, page)])


def _holders_or_classes(reading: Reading, page: str | None) -> Table:
    return _classes_table(reading) if reading.viewer.hidden_codes else _holders_table(reading, page)


def _holders_table(reading: Reading, page: str | None) -> Table:
    """Every holder from the lowest recovery to the highest."""
    fairness = reading.card["fairness"]
    seats = reading.viewer.room.seats.filter(party__side="public").values_list("party__code", flat=True)
    held = [code for code in seats if fairness["before"].get(code, 0) > 0]
    held.sort(key=lambda code: (fairness["after"][code] / fairness["before"][code], code))
    pages = Paginator(held, tables.PER_PAGE).get_page(page)
    body = [_holder_row(reading, code) for code in pages.object_list]
    return Table(_("The right-holders, the lowest first"), _holder_columns(), body, pages=pages)


def _holder_columns() -> list[Column]:
    labels = (_("Before (yuan)"), _("After (yuan)"), _("Recovery"))
    return [Column(_("Party")), *(Column(label, True) for label in labels)]


def _holder_row(reading: Reading, code: str) -> tables.Row:
    before, after = (reading.card["fairness"][key][code] for key in ("before", "after"))
    return (reading.party_cell(code), tables.yuan(before), tables.yuan(after), Cell(after / before, "percent"))


def _classes_table(reading: Reading) -> Table:
    columns = [Column(_("Class"))]
    columns += [Column(label, True) for label in (_("Seats"), _("Lowest"), _("Mean"), _("Middle"), _("Highest"))]
    body = [
        (
            Cell(word(name)),
            Cell(row["n"], "number"),
            *(Cell(row.get(key), "percent") for key in ("min", "mean", "median", "max")),
        )
        for name, row in reading.card["fairness"]["classes"].items()
    ]
    return Table(_("Classes of right-holders (of fewer than five only how many)"), columns, body)


# The measures


def explain_gini(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    rates = recoveries(reading)
    n, mean = len(rates), fsum(rates) / len(rates)
    top = fsum((2 * rank - n - 1) * rate for rank, rate in enumerate(rates, 1))
    filled = f"{plain(top, 6)} ÷ ({n}² × {plain(mean, 6)}) = {index(line.value.value)}"
    meaning = _("0 when everybody recovers the same share, towards 1 when one has everything.")
    return _measure(reading, line, meaning, "G = Σ (2i − n − 1)·ρ(i) ÷ (n²·μ)", filled, page)


def explain_jain(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    rates = recoveries(reading)
    top, squares = fsum(rates), fsum(rate * rate for rate in rates)
    filled = f"{plain(top, 6)}² ÷ ({len(rates)} × {plain(squares, 6)}) = {index(line.value.value)}"
    meaning = _("1 when everybody recovers the same share, 1/n when one has everything.")
    return _measure(reading, line, meaning, "J = (Σρ)² ÷ (n·Σρ²)", filled, page)


def explain_atkinson_half(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    rates = recoveries(reading)
    mean, roots = fsum(rates) / len(rates), fsum(rate**0.5 for rate in rates) / len(rates)
    filled = f"1 − {plain(roots, 6)}² ÷ {plain(mean, 6)} = {index(line.value.value)}"
    return _measure(reading, line, _atkinson(), "A = 1 − (Σ√ρ ÷ n)² ÷ μ", filled, page)


def explain_atkinson_one(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    rates = recoveries(reading)
    mean = plain(fsum(rates) / len(rates), 6)
    logs = f"e^({plain(fsum(map(log, rates)) / len(rates), 6)})" if rates[0] > 0 else "0"
    filled = f"1 − {logs} ÷ {mean} = {index(line.value.value)}"
    return _measure(reading, line, _atkinson(), "A = 1 − e^(Σ ln ρ ÷ n) ÷ μ", filled, page)


def _atkinson() -> str:
    return _("What could be given up without loss if all were even; a larger ε looks more at the least.")


def explain_theil(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    found = reading.card["fairness"]["recovery"]
    between, within = (index(found[key]) for key in ("theil_between", "theil_within"))
    meaning = _(
        "0 when everybody recovers the same share. It splits into a part between the classes and one within them."
    )
    filled = _("between the classes %(between)s + within them %(within)s = %(whole)s")
    filled %= {"between": between, "within": within, "whole": index(found["theil"])}
    return _measure(reading, line, meaning, "T = Σ (ρ ÷ μ)·ln(ρ ÷ μ) ÷ n", filled, page)


def _measure(reading: Reading, line: Line, meaning: str, formula: str, filled: str, page: str | None) -> Explanation:
    signs = _("ρ: recovery of each right-holder, in rising order; n: how many; μ: their mean")
    return Explanation(line, meaning, f"{formula} — {signs}", [filled], [_holders_or_classes(reading, page)])


# Alike treated alike


def class_lines(reading: Reading) -> list[Line]:
    return [_class_line(reading, name, row) for name, row in reading.card["fairness"]["classes"].items()]


def _class_line(reading: Reading, name: str, row: Card) -> Line:
    label = _("%(name)s, %(n)s seats: the middle one") % {
        "name": word(name),
        "n": row["n"],
    }
    if "min" not in row:
        return Line(
            f"fairness.classes.{name}", label, Cell(None), note=_("a spread of fewer than five seats is not shown")
        )
    note = f"{percent(row['min'])} – {percent(row['max'])}"
    mark = "met" if not row["envy_pairs"] else "tolerated"
    return Line(f"fairness.classes.{name}", label, Cell(row["median"], "percent"), mark=mark, note=note)


def explain_class(reading: Reading, line: Line, page: str | None, name: str) -> Explanation:
    row = reading.card["fairness"]["classes"][name]
    meaning = _("Those who hold rights of the same kind should recover much the same share.")
    formula = _("envy: pairs in which one recovers more than the other; outliers: off the middle one by more than 5 %")
    shown = [_class_holders(reading, name, page)] if not reading.viewer.hidden_codes else []
    return Explanation(line, meaning, formula, list(_class_words(reading, row)), shown)


def _class_words(reading: Reading, row: Card) -> list[str]:
    if "min" not in row:
        return []
    forms = ((_("Mean"), "mean"), (_("Lower quarter below"), "q1"), (_("Upper quarter above"), "q3"))
    said = [f"{label} {percent(row[key])}" for label, key in forms if key in row]
    if "cv" in row:
        said.append(_("standard deviation ÷ mean = %(cv)s") % {"cv": index(row["cv"])})
    count = len(row["outliers"]) + row.get("outliers_hidden", 0)
    said.append(
        _("%(pairs)s pairs with envy, %(n)s outliers") % {"pairs": number(row["envy_pairs"]), "n": number(count)}
    )
    named = "、".join(map(reading.party, row["outliers"][: tables.PER_PAGE]))
    return [*said, _("Outliers: %(names)s") % {"names": named}] if named else said


def class_members(reading: Reading, name: str) -> list[str]:
    """Codes of the holders whose most valuable ending rights are of this class (ties: first class)."""
    worth: dict[str, dict[str, Any]] = {}
    parties = public_rights(reading)
    for code, kind, share, value in parties:
        kinds = worth.setdefault(code, {})
        kinds[kind] = kinds.get(kind, exact(0)) + exact(share) * exact(value)
    held = {code: min(kinds, key=lambda kind: (-kinds[kind], kind)) for code, kinds in worth.items()}
    before = reading.card["fairness"]["before"]
    return sorted(code for code, kind in held.items() if kind == name and before.get(code, 0) > 0)


def public_rights(reading: Reading) -> Any:
    """Party, class, ending share and value of each right of the public side."""
    rows = ending_rights(reading).filter(party__side="public").order_by()
    return rows.values_list("party__code", "class_code", "ends", "value")


def _class_holders(reading: Reading, name: str, page: str | None) -> Table:
    pages = Paginator(class_members(reading, name), tables.PER_PAGE).get_page(page)
    body = [_holder_row(reading, code) for code in pages.object_list]
    return Table(_("The right-holders of this class"), _holder_columns(), body, pages=pages)

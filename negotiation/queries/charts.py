"""The pictures of a scorecard: what each draws, and the same in plain sentences.

Made of the card as its reader may see it: a card without households gives pictures and sentences without them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Side
from negotiation.figures import CENT, WAN, decimal, number, percent, wan
from negotiation.queries.words import word

Card = dict[str, Any]
UNIT = "万元"


@dataclass(frozen=True)
class Chart:
    """One picture. `data` is what chart.ts draws, `text` says the same in sentences, `notes` tell how to read it."""

    key: str
    label: str
    data: dict[str, Any]
    text: list[str]
    notes: list[str] = field(default_factory=list)


def charts(card: Card) -> dict[str, Chart]:
    """The pictures in which there is something to see, by key."""
    drawn = (cash_chart(card), spread_chart(card), sides_chart(card), tornado_chart(card))
    return {chart.key: chart for chart in drawn if chart is not None}


# The basic account over the years


def cash_chart(card: Card) -> Chart | None:
    """The basic account summed up over the years, its deepest point marked."""
    basic = card.get("balance", {}).get("basic", {})
    sums = basic.get("cumulative", [])
    if not any(sums):
        return None
    peak = basic.get("peak_year")
    words = {"cumulative": _("Cumulative"), "year": _("Year"), "unit": UNIT}
    if peak is not None:
        words["peak"] = _("deepest %(wan)s 万元") % {"wan": wan(sums[peak])}
    data = {
        "kind": "cash",
        "years": list(range(len(sums))),
        "cumulative": [_in_wan(value) for value in sums],
        "labels": [wan(value) for value in sums],
        "peak": peak,
        "words": words,
    }
    note = _("What is paid and received for acquiring and building, summed up. Below zero, money has to be advanced.")
    return Chart("cash", _("Cumulative basic account by year"), data, _cash_text(sums, peak), [note])


def _cash_text(sums: list[float], peak: int | None) -> list[str]:
    deepest = _("In no year does money have to be advanced.")
    if peak is not None:
        deepest = _("Deepest in year %(year)s: %(wan)s 万元.") % {"year": peak, "wan": wan(sums[peak])}
    return [deepest, *_runs(sums)]


def _runs(sums: list[float]) -> Iterator[str]:
    """A sentence for each year, or for years in a row in which nothing changes."""
    for amount, group in groupby(enumerate(sums), key=lambda pair: pair[1]):
        years = [year for year, _amount in group]
        form = (
            _("Year %(first)s: %(wan)s 万元.") if len(years) == 1 else _("Years %(first)s to %(last)s: %(wan)s 万元.")
        )
        yield form % {"first": years[0], "last": years[-1], "wan": wan(amount)}


# Recovery rates by class of holders


def spread_chart(card: Card) -> Chart | None:
    """How far recovery rates lie apart in each class of holders: a box for each, the largest class first."""
    classes = card.get("fairness", {}).get("classes", {})
    ordered = sorted(classes.items(), key=lambda pair: (-pair[1]["n"], pair[0]))
    shown = [(code, row) for code, row in ordered if "median" in row]
    if not shown:
        return None
    data = {
        "kind": "spread",
        "rows": [_box(code, row) for code, row in shown],
        "words": {"unit": "%", "even": _("even: 100 %")},
    }
    notes = [
        _("Recovery rate: what a right-holder gets, divided by what it gives up. As much as before is 100 %."),
        _("Box: the middle half of the class. Thick line: the middle one. Dot: the mean. Ends: lowest and highest."),
    ]
    if not all("q1" in row for _code, row in shown):
        notes.append(_("For a small class the box reaches from the lowest to the highest."))
    text = [sentence for code, row in ordered for sentence in _spread_text(code, row)]
    return Chart("spread", _("Recovery rate by class"), data, text, notes)


def _box(code: str, row: Card) -> dict[str, Any]:
    """Per cent. A class so small that its quartiles are not shown is drawn from its lowest to its highest."""
    ends = {"q1": row["min"], "q3": row["max"], **row}
    figures = ((_("Lowest"), "min"), (_("Middle"), "median"), (_("Mean"), "mean"), (_("Highest"), "max"))
    return {
        "name": word(code),
        "count": ngettext("%(n)s holder", "%(n)s holders", row["n"]) % {"n": row["n"]},
        "middle": _("middle %(value)s") % {"value": percent(row["median"])},
        "box": [round(100 * ends[key], 2) for key in ("min", "q1", "median", "q3", "max")],
        "means": [round(100 * row[key], 2) for key in ("mean",) if key in row],
        "figures": [f"{label} {percent(row[key])}" for label, key in figures if key in row],
    }


def _spread_text(code: str, row: Card) -> Iterator[str]:
    name = ngettext("%(name)s, %(n)s holder", "%(name)s, %(n)s holders", row["n"]) % {"name": word(code), "n": row["n"]}
    values = {"name": name, **{key: percent(row.get(key)) for key in ("min", "q1", "median", "mean", "q3", "max")}}
    if "median" not in row:
        yield _("%(name)s: too few for their spread to be shown.") % values
    elif row["min"] == row["max"]:
        yield _("%(name)s: recovery rate %(median)s, without a difference.") % values
    else:
        yield _("%(name)s: lowest %(min)s, middle %(median)s, highest %(max)s, mean %(mean)s.") % values
        if "q1" in row and "q3" in row:
            yield _("%(name)s: half of them lie between %(q1)s and %(q3)s.") % values


# The three sides


def sides_chart(card: Card) -> Chart | None:
    """What each side gains beside what it puts in."""
    found = card.get("fairness", {}).get("sides", {})
    sides = [(side, found[side.value]) for side in Side if "gain" in found.get(side.value, {})]
    if not any(row["gain"] or row.get("contribution") for _side, row in sides):
        return None
    data = {"kind": "sides", "rows": [_bars(side, row) for side, row in sides], "words": {"unit": UNIT}}
    text = [sentence for side, row in sides for sentence in _side_text(side, row)]
    note = _("What a side puts in: the rights it gives up and the money it pays.")
    return Chart("sides", _("What each side gains and what it puts in"), data, text, [note])


def _bars(side: Side, row: Card) -> dict[str, Any]:
    given = row.get("contribution", 0)
    return {
        "side": side.value,
        "name": str(side.label),
        "gain": {"value": _in_wan(row["gain"]), "label": _worded(row["gain"], _("%(wan)s more"), _("%(wan)s less"))},
        "given": {"value": _in_wan(given), "label": _("puts in %(wan)s") % {"wan": wan(given)}},
    }


def _side_text(side: Side, row: Card) -> Iterator[str]:
    """Gain and contribution with their shares; a sum that is not above zero has none."""
    gain = _worded(row["gain"], _("%(wan)s 万元 more"), _("%(wan)s 万元 less"))
    form = _("%(side)s: %(gain)s, %(share)s of all gains.") if "gain_share" in row else _("%(side)s: %(gain)s.")
    yield form % {"side": side.label, "gain": gain, "share": percent(row.get("gain_share"))}
    if "contribution" in row:
        form = _("%(side)s: puts in %(wan)s 万元.")
        if "contribution_share" in row:
            form = _("%(side)s: puts in %(wan)s 万元, %(share)s of all that is put in.")
        share = percent(row.get("contribution_share"))
        yield form % {"side": side.label, "wan": wan(row["contribution"]), "share": share}


def _worded(gain: float, more: str, less: str) -> str:
    amount = decimal(gain)
    if abs(amount) < CENT:
        return _("no more and no less")
    return (more if amount > 0 else less) % {"wan": wan(abs(amount))}


# What moves the present value


class Point(NamedTuple):
    """A change in words, and the project's present value under it, yuan."""

    change: str
    npv: float


class Swing(NamedTuple):
    """How far one kind of change moves the present value; an end that today's value reaches as well is absent."""

    name: str
    worse: Point | None
    better: Point | None
    width: float


def tornado_chart(card: Card) -> Chart | None:
    """How far prices, costs and delay move the project's present value from today's; the widest first."""
    today = card.get("balance", {}).get("project", {}).get("npv")
    found = card.get("sensitivity", {})
    labels = {
        "price": _("Prices and operating income"),
        "cost": _("Costs of acquiring and building"),
        "delay": _("Everything after year 0"),
    }
    if today is None:
        return None
    swings = [_swing(labels[kind], today, found[kind].get("rows", [])) for kind in labels if kind in found]
    swings.sort(key=lambda swing: -swing.width)
    if not any(swing.width for swing in swings):
        return None
    data = {
        "kind": "tornado",
        "today": _in_wan(today),
        "rows": [_swing_bars(swing) for swing in swings],
        "words": {"unit": UNIT, "today": _("as planned %(wan)s") % {"wan": wan(today)}},
    }
    text = [_("As planned: %(wan)s 万元.") % {"wan": wan(today)}]
    text += [sentence for swing in swings for sentence in _swing_text(swing)]
    note = _("The longest bar is what the result hangs on most. Below zero the project does not pay for itself.")
    return Chart("tornado", _("What moves the project's present value"), data, text, [note])


def _swing(name: str, today: float, rows: list[Card]) -> Swing:
    points = [Point(_change(row), row["project_npv"]) for row in rows if "project_npv" in row]
    ends = [Point("", today), *points]
    lowest, highest = min(ends, key=lambda point: point.npv), max(ends, key=lambda point: point.npv)
    return Swing(
        name,
        lowest if lowest.npv < today else None,
        highest if highest.npv > today else None,
        highest.npv - lowest.npv,
    )


def _change(row: Card) -> str:
    """A factor as a signed change in per cent, a delay in years."""
    if "years" in row:
        return _("%(n)s years later") % {"n": number(row["years"])}
    change = decimal(row["factor"]) * 100 - 100
    return f"{'+' if change > 0 else ''}{number(change)} %"


def _swing_bars(swing: Swing) -> dict[str, Any]:
    if not swing.width:
        return {"name": swing.name, "same": _("no difference")}
    ends = {"worse": swing.worse, "better": swing.better}
    return {"name": swing.name, **{key: _end(point) for key, point in ends.items() if point}}


def _end(point: Point) -> dict[str, Any]:
    return {"value": _in_wan(point.npv), "label": f"{point.change}\n{wan(point.npv)}"}


def _swing_text(swing: Swing) -> Iterator[str]:
    if not swing.width:
        yield _("%(name)s: makes no difference.") % {"name": swing.name}
    for point in (swing.worse, swing.better):
        if point:
            values = {"name": swing.name, "change": point.change, "wan": wan(point.npv)}
            yield _("%(name)s, %(change)s: %(wan)s 万元.") % values


def _in_wan(yuan: float) -> float:
    return float(decimal(yuan) / WAN)

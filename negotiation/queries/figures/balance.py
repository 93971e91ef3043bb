"""Does it carry itself? The accounts of the project and of each market party, opened to years and flows."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from negotiation.figures import percent, wan, yuan
from negotiation.models import Flow
from negotiation.queries.accounts import account_parts
from negotiation.queries.figures import tables
from negotiation.queries.figures.parts import Cell, Column, Explanation, Line, Section, Table
from negotiation.queries.figures.reading import Reading, exact, to_cents
from negotiation.queries.words import stage_name, word

Card = dict[str, Any]
PROJECT = Q(source="project") | Q(target="project")
WAN = "万元"


def section(reading: Reading) -> Section:
    balance = reading.card["balance"]
    lines = [*_project_lines(balance), *_basic_lines(balance["basic"]), *_operating_lines(balance["operating"])]
    market = [_market_line(reading, code, row) for code, row in balance["market"].items()]
    return Section("balance", _("Does it carry itself?"), [*lines, *market], charts=["cash"])


def rates(found: list[float]) -> str | None:
    return " · ".join(map(percent, found)) or None


def year_words(year: int | None) -> str:
    return _("never") if year is None else _("year %(n)s") % {"n": year}


# The whole project


def _project_lines(balance: Card) -> list[Line]:
    project = balance["project"]
    key = "balance.project."
    return [
        Line(key + "npv", _("Whole project, present value"), Cell(project["npv"], "money"), WAN, _sign(project["npv"])),
        Line(key + "irr", _("Internal rate of return"), Cell(rates(project["irr"]) or _("none"))),
        Line(key + "payback_year", _("Pays back in"), Cell(year_words(project.get("payback_year")))),
        Line(
            key + "discounted_payback_year",
            _("Pays back in, discounted"),
            Cell(year_words(project.get("discounted_payback_year"))),
        ),
    ]


def _sign(npv: float) -> str:
    return "met" if npv >= 0 else "broken"


def project_yearly(reading: Reading) -> list[float]:
    """Net of the project in each year, yuan: the basic and the operating account together."""
    balance = reading.card["balance"]
    pairs = zip(balance["basic"]["yearly"], balance["operating"]["yearly"], strict=True)
    return [float(to_cents(exact(basic) + exact(operating))) for basic, operating in pairs]


def _project_flows(reading: Reading) -> QuerySet[Flow]:
    return reading.revision.flows.filter(PROJECT)


def explain_npv(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    return _present(reading, line, project_yearly(reading), _project_flows(reading), page)


def _present(reading: Reading, line: Line, yearly: list[float], flows: QuerySet[Flow], page: str | None) -> Explanation:
    caption = _("Year by year, yuan")
    return Explanation(
        line,
        _("What all payments are worth today: later money counts less, by the discount rate of the plan."),
        "NPV = Σ net(y) ÷ (1 + r)^y",
        [_discounted_sum(reading, yearly, line.value.value)],
        [
            tables.present_table(reading, caption, yearly, line.value.value),
            tables.flow_table(reading, "project", flows, page),
        ],
    )


def _discounted_sum(reading: Reading, yearly: Iterable[float], total: float) -> str:
    """1 + r and the first of the years that have money in them, filled in."""
    paid = [(year, net) for year, net in enumerate(yearly) if net]
    terms = [f"{yuan(net)} ÷ {float(reading.growth):g}^{year}" for year, net in paid[:3]]
    return " + ".join([*terms, *(["…"] if len(paid) > 3 else [])]) + f" = {yuan(total)}"


def explain_irr(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    return _rate(reading, line, project_yearly(reading), reading.card["balance"]["project"]["irr"])


def _rate(reading: Reading, line: Line, yearly: list[float], found: list[float]) -> Explanation:
    said = [
        _("At %(rate)s: Σ net(y) ÷ (1 + i)^y = %(sum)s yuan") % {"rate": percent(i), "sum": yuan(_at(yearly, i))}
        for i in found
    ]
    if len(found) > 1:
        said.append(_("Several rates bring the sum to zero: none of them alone can be compared with a bank's."))
    elif not found:
        said.append(_("No rate brings the sum to zero."))
    return Explanation(
        line,
        _("The interest that the money put in earns: at this rate what comes in is worth exactly what goes out."),
        "Σ net(y) ÷ (1 + i)^y = 0",
        said,
        [tables.running_table(reading, _("Year by year, yuan"), yearly)],
    )


def _at(yearly: list[float], rate: float) -> float:
    worth = sum(net / (1 + rate) ** year for year, net in enumerate(yearly))
    return 0.0 if abs(worth) < 1 else worth


def explain_payback(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    discounted = line.key.endswith("discounted_payback_year")
    table = tables.running_table(reading, _("Year by year, yuan"), project_yearly(reading), discounted)
    meaning = _("The first year from which on what has come in covers what has gone out, in every year after it too.")
    formula = "Σ net(t) ÷ (1 + r)^t ≥ 0" if discounted else "Σ net(t) ≥ 0"
    return Explanation(
        line, meaning, _("%(formula)s over all years t ≤ y, from y on") % {"formula": formula}, [], [table]
    )


# The basic account


def _basic_lines(basic: Card) -> list[Line]:
    when = _("in year %(n)s") % {"n": basic["peak_year"]} if basic["peak_gap"] else ""
    return [
        Line("balance.basic.net", _("Basic account (acquire and build), net"), Cell(basic["net"], "money"), WAN),
        Line("balance.basic.npv", _("Basic account, present value"), Cell(basic["npv"], "money"), WAN),
        Line("balance.basic.peak_gap", _("Deepest gap in advance"), Cell(basic["peak_gap"], "money"), WAN, note=when),
    ]


def _basic_flows(reading: Reading) -> QuerySet[Flow]:
    return _project_flows(reading).exclude(stage="operate")


def explain_basic(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    return _account(reading, line, reading.card["balance"]["basic"]["yearly"], _basic_flows(reading), page)


def explain_basic_npv(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    return _present(reading, line, reading.card["balance"]["basic"]["yearly"], _basic_flows(reading), page)


def _account(reading: Reading, line: Line, yearly: list[float], flows: QuerySet[Flow], page: str | None) -> Explanation:
    into, out = (
        flows.aggregate(sum=Sum("yuan", filter=Q(**{end: "project"}), default=Decimal(0)))["sum"]
        for end in ("target", "source")
    )
    return Explanation(
        line,
        _("What is paid into the project minus what it pays, over all years, not discounted."),
        _("net = Σ paid in − Σ paid out"),
        [f"{yuan(into)} − {yuan(out)} = {yuan(line.value.value)}"],
        [
            *_purposes(reading, line.key.split(".")[1]),
            tables.running_table(reading, _("Year by year, yuan"), yearly),
            tables.flow_table(reading, "project", flows, page),
        ],
    )


def _purposes(reading: Reading, account: str) -> list[Table]:
    """What the account is made of, by purpose."""
    columns = [Column(_("For"))] + [Column(label, True) for label in (_("Money in"), _("Money out"), _("Net"))]
    few = _("purposes of fewer than five households, together")
    body = [
        (Cell(word(part.category) if part.category else few), *map(tables.yuan, (part.into, part.out, part.net)))
        for part in account_parts(reading.viewer, reading.revision)[account]
    ]
    return [Table(_("What it is made of, yuan"), columns, body)]


def explain_gap(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    basic = reading.card["balance"]["basic"]
    lowest = f"max(0, −({yuan(min(basic['cumulative']))})) = {yuan(basic['peak_gap'])}"
    return Explanation(
        line,
        _("The most money that has to be advanced before income covers it."),
        _("deepest of the sums so far of the basic account, 0 if none is below zero"),
        [lowest],
        [tables.running_table(reading, _("Year by year, yuan"), basic["yearly"])],
    )


# The operating account


def _operating_lines(operating: Card) -> list[Line]:
    if not operating["present"]:
        return [
            Line(
                "balance.operating.npv",
                _("Operating account"),
                Cell(_("nothing is said about operation")),
                mark="tolerated",
            )
        ]
    first = Cell(year_words(operating.get("first_year")))
    return [
        Line("balance.operating.net", _("Operating account, net over all years"), Cell(operating["net"], "money"), WAN),
        Line("balance.operating.npv", _("Operating account, present value"), Cell(operating["npv"], "money"), WAN),
        Line("balance.operating.first_year", _("No year of operation is negative from"), first),
    ]


def _operating_flows(reading: Reading) -> QuerySet[Flow]:
    return _project_flows(reading).filter(stage="operate")


def explain_operating(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    return _account(reading, line, reading.card["balance"]["operating"]["yearly"], _operating_flows(reading), page)


def explain_operating_npv(reading: Reading, line: Line, page: str | None, _rest: str) -> Explanation:
    operating = reading.card["balance"]["operating"]
    if operating["present"]:
        return _present(reading, line, operating["yearly"], _operating_flows(reading), page)
    return Explanation(
        line, _("A package should say from the start who runs what is built, and what that costs and earns.")
    )


def explain_first_year(reading: Reading, line: Line, _page: str | None, _rest: str) -> Explanation:
    return Explanation(
        line,
        _("From this year on operation needs no subsidy any more."),
        _("first year, not before the first operating flow, from which on no net is below 0"),
        [],
        [tables.running_table(reading, _("Year by year, yuan"), reading.card["balance"]["operating"]["yearly"])],
    )


# Market parties


def _market_line(reading: Reading, code: str, row: Card) -> Line:
    earns = rates(row["irr"])
    note = _("internal rate of return %(rates)s") % {"rates": earns or _("none")}
    label = _("Return of %(party)s, present value") % {"party": reading.party(code)}
    return Line(f"balance.market.{code}", label, Cell(row["npv"], "money"), WAN, _sign(row["npv"]), note)


def explain_market(reading: Reading, line: Line, page: str | None, code: str) -> Explanation:
    row = reading.card["balance"]["market"][code]
    money = exact(row["npv"]) - exact(row["in_kind"])
    flows = reading.revision.flows.filter(Q(source=code) | Q(target=code))
    filled = f"{yuan(to_cents(money))} + {yuan(row['in_kind'])} = {yuan(row['npv'])}"
    return Explanation(
        line,
        _("What it is paid minus what it pays, and what it is handed out; what it gives up is not subtracted."),
        _("NPV = present value of its flows + present value of its allocations"),
        [filled, *_stage_words(row)],
        [*_given_table(reading, code), tables.flow_table(reading, code, flows, page)],
    )


def _stage_words(row: Card) -> list[str]:
    """What each stage returns, of money alone (R15)."""
    words = _("%(stage)s, money alone: %(npv)s 万元, internal rate of return %(rates)s")
    return [
        words % {"stage": stage_name(stage), "npv": wan(found["npv"]), "rates": rates(found["irr"]) or _("none")}
        for stage, found in row.get("stages", {}).items()
    ]


def _given_table(reading: Reading, code: str) -> list[Table]:
    rows = reading.revision.allocations.filter(party__code=code)
    return [tables.given_table(reading, rows)] if rows.exists() else []

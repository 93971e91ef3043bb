"""The comparison between packages made ready for the page: each bargaining measure as a row, in plain words."""

from dataclasses import dataclass
from operator import itemgetter, methodcaller
from typing import Any

from django.utils.translation import gettext as _

from negotiation import scoring
from negotiation.comparisons import MOST, Table, found_comparison, read_table, under_way
from negotiation.figures import index, percent, wan
from negotiation.models import Comparison, Room
from negotiation.permissions import Viewer
from negotiation.queries.comparison import Column, Line, Measure, exact_yuan

Standing = dict[str, Any]


@dataclass(frozen=True)
class Between:
    """How the packages on the table stand to each other: what was found over them, and what is under way."""

    table: Table
    found: Comparison | None
    under_way: Comparison | None
    todays_engine: str = scoring.ENGINE

    @property
    def state(self) -> str | None:
        """Of what is shown; None where there is nothing to compare."""
        known = self.found or self.under_way
        waiting = Comparison.State.PENDING if self.table.revisions else None
        return known.state if known else waiting

    @property
    def newer(self) -> Comparison | None:
        """One that is under way or failed while an older one is shown."""
        return self.under_way if self.found else None

    @property
    def outdated(self) -> bool:
        return self.found is not None and self.found.engine != self.todays_engine

    @property
    def failed(self) -> bool:
        return self.under_way is not None and self.under_way.state == Comparison.State.FAILED

    @property
    def left_out(self) -> list[str]:
        """Codes of the packages whose scoring failed."""
        return [row.package.code for row in self.table.failed]

    def may_retry(self, viewer: Viewer) -> bool:
        return viewer.can("rescore") and (self.failed or (self.outdated and self.under_way is None))


def between(room: Room) -> Between:
    """Three statements."""
    table = read_table(room)
    return Between(table, found_comparison(room, table), under_way(room))


def bargaining(now: Between, columns: list[Column]) -> list[Line]:
    """The measures of these packages; none while the comparison is not computed."""
    if now.found is None or now.found.document is None:
        return []
    standings: dict[str, Standing] = now.found.document["packages"]
    codes = [row.revision.package.code for row, _card in columns]
    sources = [(code, standings.get(code), _reason(now, code, standings.get(code))) for code in codes]
    return [measure.line(sources) for measure in _measures()]


def _reason(now: Between, code: str, standing: Standing | None) -> str:
    """Why a package lacks a measure, should it lack one."""
    if standing is not None:
        return _("a side gains nothing over no agreement") if standing["passed"] else _("does not pass the gates")
    if code in now.left_out:
        return _("could not be scored")
    return _("not among the %(most)s packages last put on the table") % {"most": MOST}


def _measures() -> list[Measure]:
    return [*_yuan_measures(), *_pure_measures(), _dominance()]


def _yuan_measures() -> list[Measure]:
    least = _("What the side that gains least has more than without an agreement (the egalitarian measure).")
    total = _("What all parties gain or lose, added up, whoever it is (the utilitarian measure).")
    rows = (
        (_("Smallest gain of a side over no agreement"), "egalitarian", least),
        (_("All gains together"), "utilitarian", total),
    )
    return [Measure(label, _("万元"), itemgetter(key), wan, exact_yuan, hint) for label, key, hint in rows]


def _pure_measures() -> list[Measure]:
    product = _("High when every side gains much over no agreement, low when one of them gains little.")
    share = _("Each side gets at least this share of the most that any package here gives it over no agreement.")
    rows = (
        (_("Nash measure"), "nash", index, product),
        (_("Kalai–Smorodinsky measure"), "kalai_smorodinsky", percent, share),
    )
    return [Measure(label, "", methodcaller("get", key), write, str, hint) for label, key, write, hint in rows]


def _dominance() -> Measure:
    hint = _("Packages under which nobody does worse and someone does better.")
    return Measure(_("Dominated by"), "", methodcaller("get", "dominated_by"), _dominators, hint=hint)


def _dominators(found: dict[str, list[str]]) -> str:
    """Who dominates a package, in words: party by party, or only side by side."""
    parties = found["parties"]
    sides = [code for code in found["sides"] if code not in parties]
    told = []
    if parties:
        told.append(_("Under %(codes)s everyone does at least as well, and someone better.") % _codes(parties))
    if sides:
        text = _("Under %(codes)s each side does at least as well, and one better, but not every party.")
        told.append(text % _codes(sides))
    return " ".join(told) or _("by none")


def _codes(codes: list[str]) -> dict[str, str]:
    return {"codes": "、".join(codes)}

"""A count as people read it: one bar for each measure with its threshold, and in words what is missing."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from django.db.models import prefetch_related_objects
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from negotiation.models import Ballot
from negotiation.permissions import Viewer
from negotiation.queries.standing import NOWHERE, OTHERS, Group, Standing, standing
from negotiation.queries.words import word
from negotiation.sittings import differ, state

Row = dict[str, Any]


def find_ballot(viewer: Viewer, number: int) -> Ballot:
    """A ballot of the viewer's room. Raises Http404."""
    related = ("room__plan__unit", "revision__package", "decision")
    return get_object_or_404(Ballot.objects.select_related(*related), pk=number, room=viewer.room)


def live_tally(ballot: Ballot) -> Row:
    """The count now, or the decided one, made ready for the page."""
    found = standing(ballot)
    titles = {row["code"]: row for row in ballot.rule["chambers"]}
    days = _days(ballot)
    chambers = [
        _chamber(row, titles[row["code"]], found) | {"days": days.get(row["code"])} for row in found.count["chambers"]
    ]
    ways = [(way_words(way), count) for way, count in found.ways.items() if count]
    return {
        "state": found.count["state"],
        "sealed": found.count["state"] == "sealed",
        "chambers": chambers,
        "voted": found.voted,
        "seats": found.seats,
        "ways": ways,
        "can_change": found.can_change,
        "change_words": change_words(found),
    }


def _days(ballot: Ballot) -> Row:
    """Chamber → when it votes, where the chambers have days of their own."""
    prefetch_related_objects([ballot], "sittings")
    if not differ(ballot):
        return {}
    now = timezone.now()
    return {
        row.chamber: {"opens_at": row.opens_at, "closes_at": row.closes_at, "state": state(row, now)}
        for row in ballot.sittings.all()
    }


def change_words(found: Standing) -> str:
    """Whether the outcome can still change."""
    if found.expected is None and not found.can_change:
        return _("The outcome can no longer change: the vote is closed.")
    if found.expected and not found.can_change:
        return _("The outcome can no longer change: %(outcome)s.") % {"outcome": state_words(found.expected)}
    if found.count["state"] == "sealed":
        return _("Votes may be changed until the close.")
    if found.expected is None:
        return _("The outcome can still change.")
    words = _(
        "If nobody changes a vote, the outcome can no longer change: %(outcome)s. Votes may be changed until the close."
    )
    return words % {"outcome": state_words(found.expected)}


def _chamber(row: Row, declared: Row, found: Standing) -> Row:
    never = _("only if votes are changed") if found.can_change else _("can no longer be reached")
    groups = [_table(kind, rows) for kind, rows in found.groups.get(row["code"], {}).items()]
    return {**_told(row, declared, never), "groups": groups}


def _told(row: Row, declared: Row, never: str) -> Row:
    """A chamber in words; `never` stands at a measure that the votes still to come can not reach."""
    measures = [_measure(measure, never) for measure in row.get("measures", [])]
    words = "" if declared["method"] == "vote" else _chamber_words(row, declared["method"])
    named = {"title": declared.get("title") or row["code"], "method": declared["method"]}
    return {**row, **named, "measures": measures, "words": words, "silent": declared["method"] == "no_objection"}


def _table(kind: str, rows: Sequence[Group]) -> Row:
    """How far groups have come, by class of rights or by building."""
    titles = {"class": _("By class of rights"), "building": _("By building")}
    return {"kind": kind, "title": titles[kind], "exact": rows[0].exact, "rows": [_group(row) for row in rows]}


def _group(row: Group) -> Row:
    return {**vars(row), "label": _group_words(row)}


def _group_words(row: Group) -> str:
    if row.code == NOWHERE:
        return _("Without rights")
    if row.code != OTHERS:
        return word(row.code)
    named = "、".join(map(word, row.together))
    return _("%(groups)s and all smaller groups") % {"groups": named} if named else _("All smaller groups together")


def _chamber_words(row: Row, method: str) -> str:
    """A chamber without measures, in words."""
    if method == "no_objection":
        return _("Nobody has objected.") if row["passed"] else _("An objection has been raised.")
    return _("Everybody has accepted.") if row["passed"] else _("Not everybody has accepted yet.")


def _measure(row: Row, never: str) -> Row:
    """`never`: what is said of a measure that no vote still to come can pass."""
    withheld, needed = row["reached"] is None, Fraction(row["needed"])
    reached = Fraction(0) if withheld else Fraction(row["reached"])
    bases = {
        "entitled": _("of all seats"),
        "participating": _("of those who take part"),
        "deciding": _("of the votes for and against"),
    }
    return {
        **row,
        "label": measure_label(row),
        "withheld": withheld,
        "value": float(min(reached, Fraction(1)) * 100),
        "percent": "—" if withheld else f"{float(reached * 100):.1f} %",
        "of_words": bases.get(row["of"], ""),
        "threshold": float(needed * 100),
        "sign": ">" if row["test"] == "more_than" else "≥",
        "words": _words(row, never),
        "state": _state(row),
    }


def _words(row: Row, never: str) -> str:
    if row["kind"] == "objection":
        return objection_words(row)
    if row["reached"] is None:
        return _("reached") if row["passed"] else _("not reached")
    return missing_words(row, never)


def _state(row: Row) -> str:
    if row["kind"] == "objection":
        return "broken" if row["passed"] else "met"
    return "met" if row["passed"] else "open"


def objection_words(row: Row) -> str:
    """Objections are no goal: what they have reached, or how far off it is."""
    return _("the objections block it") if row["passed"] else _("the objections do not block it")


def measure_label(row: Row) -> str:
    kinds = {"turnout": _("Turnout"), "approval": _("Approval"), "objection": _("Objection")}
    return f"{kinds[row['kind']]} · {by_words(row['by'])}"


def by_words(by: str) -> str:
    return {"heads": _("by heads"), "area": _("by area"), "value": _("by value")}.get(by, by)


def missing_words(row: Row, never: str) -> str:
    """What is still missing, in its own unit."""
    if row["passed"]:
        return _("reached")
    if row["missing"] is None:
        return never
    amount = Fraction(row["missing"])
    if not amount:
        return _("a vote in favour is missing")
    text = _quantity(row["by"], amount)
    words = _("more than %(amount)s missing") if row.get("strict") else _("%(amount)s missing")
    told = str(words % {"amount": text})
    return told if row["reachable"] else f"{told} · {never}"


def _quantity(by: str, amount: Fraction) -> str:
    if by == "heads":
        seats = ceil(amount)
        return ngettext("%(n)s seat", "%(n)s seats", seats) % {"n": seats}
    hundredths = ceil(amount * 100)
    return (
        f"{hundredths // 100:,}.{hundredths % 100:02d} {'m²' if by == 'area' else _('yuan') if by == 'value' else ''}"
    )


def state_words(state: str) -> str:
    words = {
        "passed": _("Passed"),
        "rejected": _("Not passed"),
        "no_quorum": _("Too few took part"),
        "blocked": _("Blocked until a further duty is done"),
        "not_opened": _("Given up: it could not be opened"),
    }
    return words.get(state, state)


def tell_count(count: Row, rule: Row) -> list[Row]:
    """The chambers of a count under a rule, made ready for a page."""
    titles = {row["code"]: row for row in rule["chambers"]}
    never = _("can no longer be reached")
    return [_told(row, titles[row["code"]], never) for row in count["chambers"]]


def way_words(via: str) -> str:
    """How a vote was given."""
    return {"own": _("in person"), "paper": _("on paper"), "proxy": _("by proxy")}.get(via, via)

"""What breaks first, and who could do better alone: the card's sensitivity and coalitions in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Side
from negotiation.figures import number, percent
from negotiation.permissions import Viewer
from negotiation.queries.words import LIMITS

Card = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One change (prices, costs, delay): where it breaks the project, where one more party, and the rows between."""

    label: str
    breaks: str
    hurts: str
    rows: list[dict[str, Any]]


def questions(viewer: Viewer, card: Card) -> list[Question]:
    found = card.get("sensitivity", {})
    labels = {
        "price": _("All prices and operating income change"),
        "cost": _("All costs of acquiring and building change"),
        "delay": _("Everything after year 0 comes later"),
    }
    return [_question(viewer, labels[name], found[name]) for name in labels if name in found]


def _question(viewer: Viewer, label: str, found: Card) -> Question:
    zero, first = found.get("project_npv_zero"), found.get("first_worse_off")
    breaks = _("nothing of this kind brings the project to zero")
    if zero is not None:
        breaks = _("the project breaks even at %(point)s") % {"point": _point(zero)}
    rows = [{**row, "point": _point(row.get("factor", row))} for row in found["rows"]]
    return Question(label, breaks, _hurts(viewer, first), rows)


def _hurts(viewer: Viewer, first: Card | None) -> str:
    if first is None:
        return _("nothing of this kind makes one more party worse off than without an agreement")
    party = viewer.code_label(first["party"]) if "party" in first else _("a household")
    point = _point(first.get("factor", first))
    return str(_("one more party (%(party)s) is worse off from %(point)s on") % {"party": party, "point": point})


def _point(found: Any) -> str:
    """A factor as a change in per cent, a delay in years."""
    if isinstance(found, dict):
        return str(_("%(n)s years later") % {"n": number(found["years"])})
    change = float(found) - 1
    return f"{'+' if change > 0 else ''}{percent(change)}"


def coalition_rows(card: Card) -> list[dict[str, Any]]:
    """Each side's gain beside its Shapley share, yuan."""
    fairness = card["fairness"]
    shares = fairness.get("coalitions", {}).get("shapley", {})
    return [
        {"side": side, "gain": fairness["sides"][side]["gain"], "shapley": shares[side]}
        for side in Side.values
        if side in shares and side in fairness["sides"]
    ]


def limit_rows(card: Card) -> list[dict[str, Any]]:
    """The declared limits with what was reached; `met` is absent with the figure."""
    forms = {"gini": "index", "min_recovery": "percent", "npv": "money", "peak_gap": "money"}
    return [{"label": LIMITS[name], "form": forms[name], **row} for name, row in card.get("limits", {}).items()]

"""A scorecard made ready for the page: what is derived only for showing."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Side
from negotiation.models import Revision, Room
from negotiation.permissions import Viewer
from negotiation.queries.accounts import account_parts
from negotiation.queries.breaking import coalition_rows, limit_rows, questions
from negotiation.queries.lights import lights
from negotiation.queries.packages import Listed, listed, visible_card


def card_context(viewer: Viewer, revision: Revision) -> dict[str, Any]:
    """What `partials/card.html` needs, for the revision as this person may see it."""
    row: Listed = listed(revision)
    card = visible_card(viewer, row.card)
    context = {"revision": revision, "listed": row, "card": card, "lights": lights(card)}
    if card is None:
        return context
    return (
        context
        | _derived(viewer.room, card)
        | {
            "parts": account_parts(viewer, revision),
            "questions": questions(viewer, card),
            "coalitions": coalition_rows(card),
            "limits": limit_rows(card),
        }
    )


def _derived(room: Room, card: dict[str, Any]) -> dict[str, Any]:
    basic, operating, fairness = card["balance"]["basic"], card["balance"]["operating"], card["fairness"]
    rows = zip(basic["yearly"], basic["cumulative"], operating["yearly"], strict=True)
    return {
        "cash_rows": [
            {"year": year, "net": net, "cumulative": sum_, "operating": run}
            for year, (net, sum_, run) in enumerate(rows)
        ],
        "cash_chart": {
            "kind": "cash",
            "years": list(range(len(basic["yearly"]))),
            "cumulative": basic["cumulative"],
            "words": {"cumulative": _("Cumulative"), "year": _("Year"), "unit": _("yuan")},
        },
        "tolerated": any(item["status"] == "tolerated" for item in card["gates"]["targets"]["items"]),
        "resource_hook": card["gates"]["supply"]["passed"] and card["gates"]["targets"]["passed"],
        "item_names": dict(room.catalogue.values_list("code", "name")),
        "indicators": {row.code: row for row in room.plan.indicators.all()},
        # jsonb does not keep the order of keys.
        "sides": [(side, fairness["sides"][side]) for side in Side.values if side in fairness["sides"]],
        "worse_count": len(fairness["worse_off"]) + fairness.get("worse_off_hidden", 0),
    }

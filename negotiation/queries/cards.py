"""A scorecard made ready for the page: its figures as lines, its pictures, its lights."""

from typing import Any

from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries.charts import charts
from negotiation.queries.figures import read_card, sections
from negotiation.queries.lights import lights
from negotiation.queries.packages import Listed, listed, visible_card


def card_head(viewer: Viewer, revision: Revision) -> dict[str, Any]:
    """The card as this person may see it and its lights, without its figures and pictures."""
    row: Listed = listed(revision)
    card = visible_card(viewer, row.card)
    return {"revision": revision, "listed": row, "card": card, "lights": lights(card)}


def card_context(viewer: Viewer, revision: Revision) -> dict[str, Any]:
    """What `partials/card.html` needs, for the revision as this person may see it."""
    context = card_head(viewer, revision)
    whole = context["listed"].card
    if whole is None or not whole.card:
        return context
    reading = read_card(viewer, revision, whole.card)
    return context | {"sections": sections(reading), "charts": charts(reading.card)}

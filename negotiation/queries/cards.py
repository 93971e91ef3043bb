"""A scorecard made ready for the page: its figures as lines, its pictures, its lights."""

from typing import Any

from negotiation.models import Revision
from negotiation.permissions import Viewer
from negotiation.queries.charts import charts
from negotiation.queries.figures import read_card, sections
from negotiation.queries.lights import lights
from negotiation.queries.packages import Listed, listed, visible_card


def card_context(viewer: Viewer, revision: Revision) -> dict[str, Any]:
    """What `partials/card.html` needs, for the revision as this person may see it."""
    row: Listed = listed(revision)
    card = visible_card(viewer, row.card)
    context = {"revision": revision, "listed": row, "card": card, "lights": lights(card)}
    if row.card is None or not row.card.card:
        return context
    reading = read_card(viewer, revision, row.card.card)
    return context | {"sections": sections(reading), "charts": charts(reading.card)}

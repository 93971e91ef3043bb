"""The tally's fragment, rendered once for each language and kept until the next vote."""

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string
from django.utils import translation

from audit.log import room_scope
from audit.waking import wake
from negotiation.live.events import send
from negotiation.models import Ballot
from negotiation.queries.tallies import live_tally


def push(ballot: Ballot) -> None:
    """Have the votes sealed, render the tally and send it to everyone in the room."""
    # The flag goes first: a vote that commits during the rendering asks for another one.
    cache.delete(f"tally-due:{ballot.pk}")
    wake(room_scope(ballot.room.code))
    html = {language: render(ballot, language) for language, _name in settings.LANGUAGES}
    send(ballot.room.code, {"topic": f"tally:{ballot.pk}", "html": html})


def render(ballot: Ballot, language: str) -> str:
    with translation.override(language):
        return render_to_string("negotiation/partials/tally.html", {"ballot": ballot, "tally": live_tally(ballot)})

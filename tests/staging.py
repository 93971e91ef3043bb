"""Both demo cases with their cast, and what a worker would have made of them."""

import os
from pathlib import Path

import django

DEMO = Path(__file__).parent.parent / "demo"


def stage_cases() -> None:
    """Load both demo cases with their cast and score every package, and compare them."""
    from negotiation import comparisons, demonstration, scorecards
    from negotiation.models import Revision, Room

    if demonstration.stage(DEMO):
        for revision in Revision.objects.select_related("package__room__plan", "parent__package"):
            scorecards.compute_card(revision)
        for room in Room.objects.select_related("plan__unit__region"):
            comparisons.compute_comparison(room)


def tell_everybody() -> None:
    """Make the notices of what happened while the cases were staged."""
    from negotiation.telling import spread_telling
    from notifications.models import Telling

    for number in Telling.objects.filter(done_at=None).values_list("pk", flat=True):
        spread_telling(number)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    stage_cases()
    tell_everybody()

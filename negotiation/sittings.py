"""Sittings: each chamber of a ballot votes on days of its own; the ballot closes with the last of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.refusals import Invalid, WrongPhase
from negotiation.calendars import moment_words
from negotiation.models import Ballot, Sitting
from negotiation.rules import chamber_titles


@dataclass(frozen=True)
class Days:
    """When a chamber votes; None is when its ballot opens, and the close that is common to the chambers."""

    opens_at: datetime | None = None
    closes_at: datetime | None = None


def plan(chambers: Iterable[str], now: datetime, closes_at: datetime, given: Mapping[str, Days]) -> list[Sitting]:
    """A sitting, not saved yet, for each chamber. Raises Invalid with a key like `days.owners.closes_at`."""
    sittings, faults = [], {}
    codes = list(chambers)
    for code in given.keys() - set(codes):
        faults[f"days.{code}"] = _("The rule has no such chamber.")
    for code in codes:
        days = given.get(code, Days())
        sitting = Sitting(chamber=code, opens_at=days.opens_at or now, closes_at=days.closes_at or closes_at)
        if sitting.opens_at < now:
            faults[f"days.{code}.opens_at"] = _("The opening can not lie in the past.")
        if sitting.closes_at <= sitting.opens_at:
            faults[f"days.{code}.closes_at" if days.closes_at else "closes_at"] = _(
                "The close must come after the opening."
            )
        sittings.append(sitting)
    if faults:
        raise Invalid(faults)
    return sittings


def differ(ballot: Ballot) -> bool:
    """Whether a chamber of the ballot votes on other days than the whole."""
    return any((row.opens_at, row.closes_at) != (ballot.opens_at, ballot.closes_at) for row in ballot.sittings.all())


def own_days(ballot: Ballot) -> list[tuple[str, Sitting]]:
    """The chambers by title with their days, where they do not all vote as long as the ballot is open."""
    rows = {row.chamber: row for row in ballot.sittings.all()} if differ(ballot) else {}
    return [(title, rows[code]) for code, title in chamber_titles(ballot.rule).items() if code in rows]


def state(sitting: Sitting, moment: datetime) -> str:
    """`not_open`, `open` or `closed`."""
    if moment < sitting.opens_at:
        return "not_open"
    return "open" if moment < sitting.closes_at else "closed"


def refuse(ballot: Ballot, chambers: Iterable[str], moment: datetime) -> None:
    """Raise WrongPhase unless each of the chambers votes at that moment."""
    for sitting in ballot.sittings.filter(chamber__in=chambers).order_by("pk"):
        if moment < sitting.opens_at:
            text = _("Your chamber votes from %(since)s on.")
            raise WrongPhase(text % {"since": moment_words(sitting.opens_at)}, code="chamber_not_open")
        if moment >= sitting.closes_at:
            text = _("Your chamber voted until %(until)s; its vote is closed.")
            raise WrongPhase(text % {"until": moment_words(sitting.closes_at)}, code="chamber_closed")

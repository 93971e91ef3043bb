"""Reads of trustees and of what they have opened."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.refusals import WrongPhase
from negotiation import rules
from negotiation.models import Ballot, Room, Trust, Trustee
from negotiation.permissions import Viewer
from negotiation.queries.tallies import by_words
from negotiation.voting import seat_rows

Row = dict[str, Any]


def standing_trust(room: Room) -> Trust | None:
    """Those who are named now."""
    return room.trusts.filter(stands=True).first()


def trustees(viewer: Viewer, trust: Trust) -> list[Row]:
    """The trustees as the viewer may see them: by the name or the code of the party for which each acts."""
    rows = trust.trustees.select_related("mandate__party", "mandate__user").order_by("number")
    return [_trustee(viewer, row) for row in rows]


def _trustee(viewer: Viewer, row: Trustee) -> Row:
    mandate, mine = row.mandate, is_mine(viewer, row)
    person = mandate.user.name if mine or viewer.may("read_names") else ""
    told = {"number": row.number, "party": mandate.party.code, "name": viewer.label(mandate.party), "person": person}
    return told | {"accepted_at": row.accepted_at, "mine": mine, "given_at": None}


def is_mine(viewer: Viewer, row: Trustee) -> bool:
    mandate = viewer.mandate
    return mandate is not None and (mandate.user_id, mandate.party_id) == (row.mandate.user_id, row.mandate.party_id)


def keepers(viewer: Viewer, ballot: Ballot) -> list[Row]:
    """The trustees of a secret ballot, with when each has given its share."""
    given = dict(ballot.key.shares.values_list("trustee__number", "given_at"))
    return [{**row, "given_at": given[row["number"]]} for row in trustees(viewer, ballot.key.trust)]


def board(ballot: Ballot) -> Iterator[tuple[str, str, str]]:
    """Chamber, mark and choice of every vote that counts and is not withheld. Raises WrongPhase before the opening."""
    if not ballot.is_secret:
        raise WrongPhase(_("This vote is open; there is nothing to unseal."), code="not_secret")
    if ballot.key.boards is None:
        raise WrongPhase(_("The trustees have not opened this secret vote yet."), code="not_opened")
    return ((row["chamber"], mark, choice) for row in ballot.key.boards for mark, choice in row["votes"] or ())


def warnings(room: Room, document: Row) -> list[str]:
    """What may become known in spite of secrecy under a rule that fits the room's seats, in words."""
    rule = rules.parse_rule(document)
    if not rule.secret:
        return []
    titles = {chamber.code: chamber.title or chamber.code for chamber in rule.chambers}
    return [
        _warning(reason) % {"chamber": titles[code], "measure": by_words(by)}
        for code, by, reason in rules.warnings(rule, seat_rows(room, rule.weights))
    ]


def _warning(reason: str) -> str:
    if reason == "half":
        return _("%(chamber)s: one seat holds more than half %(measure)s. The published total shows how it voted.")
    return _(
        "%(chamber)s: there are fewer than twenty seats, and they count differently %(measure)s. From the exact total "
        "single votes may be worked out."
    )

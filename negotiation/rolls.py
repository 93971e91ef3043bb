"""What a ballot takes from the published electoral roll: its seats, its weights, and who votes for co-owners."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Mandate
from accounts.refusals import NotAllowed, WrongPhase
from negotiation import rules
from negotiation.acting import mandate_commitment
from negotiation.models import Ballot, BallotSeat, Deciding, ElectoralRoll, RollLine, Room
from negotiation.terms import digest

Document = dict[str, Any]
PROXY = Mandate.Kind.PROXY


def latest_roll(room: Room) -> ElectoralRoll | None:
    """The newest version; None where none was ever published."""
    return ElectoralRoll.objects.filter(room=room).order_by("-number").first()


def taken_over(room: Room, base: list[Document]) -> list[Document]:
    """The lines of the newest version, or `base`, which the rights give, where no roll was published.

    Raises WrongPhase where rule or rights are others than when it was published: what was lying open is not the roll.
    """
    roll = latest_roll(room)
    if roll is None:
        return base
    check_current(roll, room, base)
    lines = list(standing_lines(roll))
    check_representatives(lines)
    return line_rows(lines)


def check_current(roll: ElectoralRoll, room: Room, base: list[Document]) -> None:
    """Raises WrongPhase unless the rule and what the rights give are those that the roll was published with."""
    if roll.rule_digest != digest(room.rule) or roll.base != digest(base):
        text = _("The rule or the rights have changed since the electoral roll was published; publish it anew.")
        raise WrongPhase(text, code="roll_out_of_date")


def standing_lines(roll: ElectoralRoll) -> Any:
    """Those that are not struck, in the order of the seats."""
    return roll.lines.filter(struck=False).select_related("seat__party", "named__user").order_by("seat_id")


def line_rows(lines: Iterable[RollLine]) -> list[Document]:
    """The lines as `negotiation.rules` places them."""
    return [line_row(line) for line in lines]


def line_row(line: RollLine) -> Document:
    party = line.seat.party
    seat = {"seat": str(line.seat_id), "party": party.code, "side": party.side, "kind": party.kind}
    return {**seat, "weights": line.weights, "chamber": line.chamber}


def check_representatives(lines: Iterable[RollLine]) -> None:
    """Raises WrongPhase where somebody who alone votes for co-owners holds no mandate any more."""
    ended = [line.seat.party.code for line in lines if line.named and not line.named.holds]
    if ended:
        text = _("The named representatives of these parties hold no mandate any more; correct the roll: %(parties)s.")
        raise WrongPhase(text % {"parties": ", ".join(ended[:5])}, code="representative_ended")


def deciding_rows(lines: Iterable[RollLine]) -> Document:
    """Code of a party → how its co-owners decide, as the log has it; those where any of them votes are left out."""
    rows: Document = {}
    for line in lines:
        if line.deciding != Deciding.ANY:
            named = {"mandate": mandate_commitment(line.named)} if line.named else {}
            rows[line.seat.party.code] = {"by": line.deciding, **named}
    return rows


def version_digest(number: int, before: str, lines: Sequence[RollLine]) -> str:
    """What names a version: its seats by their party's code, how co-owners decide, and the version before it."""
    seats = [{**row, "seat": row["party"]} for row in line_rows(lines)]
    return digest({"roll": number, "before": before, "seats": seats, "deciding": deciding_rows(lines)})


def place_lines(room: Room, lines: Iterable[RollLine]) -> None:
    """Give each line that stands its chamber under the room's rule. Raises rules.RuleRefused where one does not fit."""
    standing = [line for line in lines if not line.struck]
    rows = [{key: value for key, value in line_row(line).items() if key != "chamber"} for line in standing]
    placed = {row["seat"]: row["chamber"] for row in rules.roll(rules.parse_rule(room.rule), rows)}
    for line in standing:
        line.chamber = placed[str(line.seat_id)]


def freeze_owners(ballot: Ballot) -> None:
    """Keep with the ballot the version that it took over, and whose votes count for co-owners. Once, at its opening."""
    roll = latest_roll(ballot.room)
    if roll is None:
        return
    ballot.electoral_roll = roll
    ballot.save(update_fields=["electoral_roll"])
    stated = {line.seat_id: line for line in standing_lines(roll).exclude(deciding=Deciding.ANY)}
    owners = _owners([line.seat.party_id for line in stated.values() if line.deciding == Deciding.ALL])
    for line in ballot.roll.filter(seat__in=stated):
        said = stated[line.seat_id]
        line.deciding = said.deciding
        line.owners = [said.named_id] if said.named_id else owners[said.seat.party_id]
        line.save(update_fields=["deciding", "owners"])


def own_mandates(parties: Iterable[int]) -> QuerySet[Mandate]:
    """Those by which persons act for these parties in their own right, as they hold now."""
    return Mandate.objects.valid().filter(party__in=parties).exclude(kind=PROXY).order_by("pk")


def _owners(parties: Iterable[int]) -> dict[int, list[int]]:
    """Party → ids of the mandates in their own right that hold now."""
    found: dict[int, list[int]] = defaultdict(list)
    for party, mandate in own_mandates(parties).values_list("party_id", "pk"):
        found[party].append(mandate)
    return found


def logged_publication(ballot: Ballot) -> Document:
    """What the opening's entry says of the version; nothing where none was published."""
    roll = ballot.electoral_roll
    if roll is None:
        return {}
    together = ballot.roll.filter(deciding=Deciding.ALL).select_related("seat__party").order_by("pk")
    mandates = Mandate.objects.in_bulk([number for line in together for number in line.owners])
    return {
        "published": {"roll": roll.number, "digest": roll.digest},
        "deciding": deciding_rows(standing_lines(roll).exclude(deciding=Deciding.ANY)),
        "owners": {
            line.seat.party.code: sorted(mandate_commitment(mandates[number]) for number in line.owners)
            for line in together
        },
    }


def check_voter(line: BallotSeat, mandate: Mandate) -> None:
    """Raises NotAllowed for a co-owner who does not vote alone for this seat. A proxy stands for all of them."""
    if line.deciding == Deciding.ANY or mandate.kind == PROXY:
        return
    if line.deciding == Deciding.ALL:
        text = _("The co-owners of this seat decide together: each says a choice, and it counts once all say the same.")
        raise NotAllowed(text, code="co_owners_together")
    if mandate.pk not in line.owners:
        named = Mandate.objects.select_related("user").get(pk=line.owners[0])
        text = _("The co-owners have named %(name)s to vote for this seat; only that vote counts.")
        raise NotAllowed(text % {"name": named.user}, code="not_the_representative")


def check_principal(principal: Mandate, room: Room) -> None:
    """Raises NotAllowed for one of several co-owners who may not name a proxy alone, by the newest version."""
    roll = latest_roll(room)
    line = roll.lines.filter(seat__party=principal.party_id).first() if roll else None
    if line is None or line.deciding == Deciding.ANY or line.named_id == principal.pk:
        return
    text = _(
        "Your party's co-owners do not decide by one of them: the planning office enters a proxy that all have signed."
    )
    raise NotAllowed(text, code="co_owners_together")

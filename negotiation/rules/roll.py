"""The roll: which seat sits in which chamber, with which weights."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from negotiation.rules.refusal import Faults
from negotiation.rules.rule import HEADS, Chamber, Rule

Seat = Mapping[str, Any]
Weights = Mapping[str, Fraction]


def roll(rule: Rule, seats: Sequence[Seat]) -> list[dict[str, Any]]:
    """The seats that vote, in order, each with its `chamber`; those that sit in no chamber are left out.

    Raises RuleRefused for what `tally` refuses too: two chambers, an empty chamber, a bad weight, a seat twice.
    """
    chambers = place_seats(rule, seats, everyone=False)
    return [{**seat, "chamber": chambers[str(seat["seat"])].code} for seat in seats if str(seat["seat"]) in chambers]


def place_seats(rule: Rule, seats: Sequence[Seat], *, everyone: bool) -> dict[str, Chamber]:
    """Seat → its chamber. With `everyone` a seat without a chamber is a fault."""
    faults = Faults()
    placed: dict[str, Chamber] = {}
    for place, seat in enumerate(seats):
        path = f"$.seats[{place}]"
        if not _sound(seat, path, placed, faults):
            continue
        found = [chamber for chamber in rule.chambers if chamber.admits(seat)]
        if len(found) == 1:
            placed[seat["seat"]] = found[0]
            weigh(seat, found[0], path, faults)
        elif found or everyone:
            code, words = ("two_chambers", "two chambers") if found else ("no_chamber", "no chamber")
            faults.add(path, code, f"the seat sits in {words}")
    _check_filled(rule, placed, faults)
    faults.settle()
    return placed


def _sound(seat: Any, path: str, placed: Mapping[str, Chamber], faults: Faults) -> bool:
    if not isinstance(seat, Mapping) or not isinstance(seat.get("seat"), str) or not seat["seat"]:
        faults.add(path, "bad_seat", "an object with the text `seat` is expected")
        return False
    if seat["seat"] in placed:
        faults.add(f"{path}.seat", "seat_twice", "this seat stands on the roll twice")
        return False
    return True


def _check_filled(rule: Rule, placed: Mapping[str, Chamber], faults: Faults) -> None:
    filled = {chamber.code for chamber in placed.values()}
    for place, chamber in enumerate(rule.chambers):
        if chamber.code not in filled:
            faults.add(f"$.rule.chambers[{place}]", "empty_chamber", "nobody sits in this chamber")


def weigh(seat: Seat, chamber: Chamber, path: str, faults: Faults) -> Weights:
    """The seat's weights that its chamber's measures need; heads are 1."""
    given = seat.get("weights", {})
    weights = {HEADS: Fraction(1)}
    for by in {measure.by for measure in chamber.measures} - {HEADS}:
        value = _weight(given.get(by) if isinstance(given, Mapping) else None)
        if value is None:
            faults.add(f"{path}.weights.{by}", "bad_weight", "a decimal of at least 0 is expected")
        weights[by] = value or Fraction(0)
    return weights


def _weight(value: object) -> Fraction | None:
    """A decimal text (or whole number) as an exact fraction; None when it is none or negative."""
    if type(value) not in (str, int) or len(str(value)) > 40:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    # A huge exponent would make a fraction of as many digits.
    if not number.is_finite() or number < 0 or abs(number.adjusted()) > 40:
        return None
    return Fraction(number)

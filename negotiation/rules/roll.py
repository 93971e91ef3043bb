"""The roll: which seat sits in which chamber, with which weights."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from negotiation.places import Place
from negotiation.rules.refusal import Faults
from negotiation.rules.rule import HEADS, Chamber, Rule

FEW = 5  # fewer than these are never published as a group
Seat = Mapping[str, Any]
Weights = Mapping[str, Fraction]
Kind = tuple[str | None, ...]
SEAT_KEYS = ("seat", "party", "side", "kind", "weights")
# The case file's decimal, as long as any sum of its amounts can be.
DECIMAL = re.compile(r"[0-9]{1,100}(\.[0-9]{1,100})?")


def roll(rule: Rule, seats: Sequence[Seat]) -> list[dict[str, Any]]:
    """The seats that vote, in order, each with its `chamber`; those that sit in no chamber are left out.

    Raises RuleRefused for what `tally` refuses too: two chambers, an empty chamber, a bad weight, a seat twice; and for
    a chamber that is too small to vote in secret.
    """
    chambers = place_seats(rule, seats, everyone=False)
    if rule.secret:
        check_large(rule, chambers.values())
    return [{**seat, "chamber": chambers[str(seat["seat"])].code} for seat in seats if str(seat["seat"]) in chambers]


def check_large(rule: Rule, placed: Iterable[Chamber]) -> None:
    """Raise RuleRefused for every chamber with fewer than FEW seats."""
    faults, sizes = Faults(), Counter(chamber.code for chamber in placed)
    for number, chamber in enumerate(rule.chambers):
        if sizes[chamber.code] < FEW:
            text = f"with fewer than {FEW} seats a chamber can not vote in secret"
            faults.add(("rule", "chambers", number), "too_few_for_secret", text)
    faults.settle()


def place_seats(rule: Rule, seats: Sequence[Seat], *, everyone: bool) -> dict[str, Chamber]:
    """Seat → its chamber. With `everyone` a seat without a chamber is a fault."""
    faults = Faults()
    placed: dict[str, Chamber] = {}
    open_to = _open_to(rule)
    come: set[Kind] = set()
    for number, seat in enumerate(seats):
        place = ("seats", number)
        if not _sound(seat, place, placed, faults):
            continue
        asked = _kinds(seat) & open_to.keys()
        come |= asked
        found = [chamber for kind in asked for chamber in open_to[kind][:2]]
        if len(found) == 1:
            placed[seat["seat"]] = found[0]
            weigh(seat, found[0], place, faults)
        elif found or everyone:
            code, words = ("two_chambers", "two chambers") if found else ("no_chamber", "no chamber")
            faults.add(place, code, f"the seat sits in {words}")
    _check_filled(rule, {chamber.code for kind in come for chamber in open_to[kind]}, faults)
    faults.settle()
    return placed


def _open_to(rule: Rule) -> dict[Kind, list[Chamber]]:
    """The chambers by what they ask for: party, side and kind, each None where it does not matter."""
    found: dict[Kind, list[Chamber]] = defaultdict(list)
    for chamber in rule.chambers:
        for party in set(chamber.who.get("parties", (None,))):
            found[party, chamber.who.get("side"), chamber.who.get("kind")].append(chamber)
    return found


def _kinds(seat: Seat) -> set[Kind]:
    """What a chamber in which the seat sits may ask for."""
    return set(product(*((seat.get(key), None) for key in ("party", "side", "kind"))))


def _sound(seat: Any, place: Place, placed: Mapping[str, Chamber], faults: Faults) -> bool:
    if not isinstance(seat, Mapping) or not isinstance(seat.get("seat"), str) or not seat["seat"]:
        faults.add(place, "bad_seat", "an object with the text `seat` is expected")
        return False
    faults.check_keys(place, seat, SEAT_KEYS)
    if seat["seat"] in placed:
        faults.add((*place, "seat"), "seat_twice", "this seat stands on the roll twice")
        return False
    wrong = [key for key in ("party", "side", "kind") if not isinstance(seat.get(key), str | None)]
    for key in wrong:
        faults.add((*place, key), "not_a_text", "a text is expected")
    if not isinstance(seat.get("weights", {}), Mapping):
        faults.add((*place, "weights"), "not_an_object", "an object is expected")
        return False
    return not wrong


def _check_filled(rule: Rule, filled: set[str], faults: Faults) -> None:
    for number, chamber in enumerate(rule.chambers):
        if chamber.code not in filled:
            faults.add(("rule", "chambers", number), "empty_chamber", "nobody sits in this chamber")


def weigh(seat: Seat, chamber: Chamber, place: Place, faults: Faults) -> Weights:
    """The seat's weights that its chamber's measures need; heads are 1."""
    given = seat.get("weights", {})
    weights = {HEADS: Fraction(1)}
    for by in chamber.weighed:
        value = given.get(by)
        # The length of what is read is bounded: digits without end would take time without end.
        if isinstance(value, str) and DECIMAL.fullmatch(value):
            weights[by] = Fraction(value)
        else:
            faults.add((*place, "weights", by), "bad_weight", 'a decimal of at least 0, like "86.00", is expected')
    return weights

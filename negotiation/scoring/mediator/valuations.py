"""Private valuations: what a party says, to the mediator alone, an item is worth to it and what it must gain.

Nothing of it leaves this package: a constraint in which it plays a part is named ``private`` and nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from negotiation.scoring.arrays import CaseArrays
from negotiation.scoring.exact import Floats, Indices, Mask
from negotiation.scoring.refusal import ScoringRefused

_AMOUNT = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,30})?")
LARGEST = 10**18
_KEYS = ("multipliers", "walk_away")


@dataclass(frozen=True)
class Valuations:
    """What parties stated.

    Attributes:
        stated: shape (parties,), who stated anything.
        multipliers: by numbers of party and item, what the item counts: price × multiplier; 1 where not stated.
        walk_away: by number of party, the gain it must reach by its own count, yuan.
    """

    stated: Mask
    multipliers: dict[tuple[int, int], float]
    walk_away: dict[int, float]

    def factors(self, party: Indices, item: Indices) -> Floats:
        """The multiplier (a pure number, 1 where not stated) of each pair of party and item. One shape."""
        found = np.ones(len(party))
        for (owner, thing), factor in self.multipliers.items():
            found[(party == owner) & (item == thing)] = factor
        return found


def read_valuations(arrays: CaseArrays, private: Mapping[str, Any] | None) -> Valuations:
    """Read ``{party: {"multipliers": {item: m}, "walk_away": gain}}``; both keys may be left out.

    Amounts are decimals as texts or numbers. Raises ScoringRefused with a path below ``/private``:
    ``not_an_object``, ``unknown_value``, ``unknown_code``, ``not_a_decimal`` or ``negative``.
    """
    rows = _object({} if private is None else private, "/private")
    found = Valuations(np.zeros(len(arrays.parties), dtype=np.bool_), {}, {})
    for code in sorted(rows):
        path = f"/private/{_escaped(code)}"
        _read_party(arrays, found, _known(code, arrays.people, path), _object(rows[code], path), path)
    return found


def _read_party(arrays: CaseArrays, found: Valuations, party: int, row: Mapping[str, Any], path: str) -> None:
    for key in row:
        if key not in _KEYS:
            raise ScoringRefused(f"{path}/{_escaped(key)}", "unknown_value", f"one of {list(_KEYS)} is expected here")
    for item, factor in _object(row.get("multipliers", {}), f"{path}/multipliers").items():
        place = f"{path}/multipliers/{_escaped(item)}"
        found.multipliers[party, _known(item, arrays.item_index, place)] = _not_negative(factor, place)
    if row.get("walk_away") is not None:
        found.walk_away[party] = _amount(row["walk_away"], f"{path}/walk_away")
    found.stated[party] = True


def _object(value: Any, path: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise ScoringRefused(path, "not_an_object", "an object is expected here")
    return value


def _known(code: str, known: Mapping[str, int], path: str) -> int:
    if code not in known:
        raise ScoringRefused(path, "unknown_code", "this code is not in the case")
    return known[code]


def _not_negative(value: Any, path: str) -> float:
    amount = _amount(value, path)
    if amount < 0:
        raise ScoringRefused(path, "negative", "the multiplier must be at least 0")
    return amount


def _amount(value: Any, path: str) -> float:
    """Read a decimal: a text as in a case file, or a finite number below 10^18."""
    if _is_number(value) or (isinstance(value, str) and _AMOUNT.fullmatch(value)):
        return float(value)
    raise ScoringRefused(path, "not_a_decimal", "a decimal is expected here, at most 18 digits before the point")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return False
    return Decimal(value).is_finite() and abs(Decimal(value)) < LARGEST


def _escaped(key: str) -> str:
    """A key as a step of a JSON pointer (RFC 6901)."""
    return str(key).replace("~", "~0").replace("/", "~1")

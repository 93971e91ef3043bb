"""Certificate: why no better package exists inside the bounds, checkable without any solver.

With multipliers y ≥ 0 of the constraints slack + M·Δ ≥ 0 and u, l ≥ 0 of the bounds, every change Δ that is allowed
has ΣG rise by at most y·slack + u·(max − today) + l·(today − min), provided that effect + Mᵀy = u − l; what is left of
that equation by rounding is counted at its worst. This is weak duality: any multipliers give a true bound.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from math import fsum
from typing import Any

import numpy as np

from negotiation.scoring.exact import Floats
from negotiation.scoring.mediator.constraints import Rows, hold_all, hold_gains, stacked
from negotiation.scoring.mediator.matter import Matter, compile_matter
from negotiation.scoring.mediator.names import Name, name
from negotiation.scoring.mediator.program import Scale, scale_rows
from negotiation.scoring.reading import Row, get, get_rows, index_codes
from negotiation.scoring.refusal import ScoringRefused

Json = dict[str, Any]


def improving_rows(matter: Matter) -> Rows:
    """The constraints of ``improve``: what holds in every mode, and that nobody gains less than today."""
    return stacked(hold_all(matter), hold_gains(matter))


def write_certificate(matter: Matter, rows: Rows, scale: Scale, prices: Floats) -> Json:
    """Write the prices of the scaled rows down as multipliers: yuan of ΣG per unit of slack or of a bound.

    ``prices`` has shape (rows,), as a Solution has them.
    """
    _, _, size = scale_rows(rows, matter.terms, scale)
    multipliers = prices * scale.money / size
    rest = matter.total + rows.matrix.T @ multipliers
    terms = {
        name("bound", term=pointer, end="max" if left > 0 else "min"): abs(left)
        for pointer, left in zip(matter.terms.pointers, rest.tolist(), strict=True)
    }
    named = dict(zip(rows.names, multipliers.tolist(), strict=True)) | terms
    return {
        "bound": bound_rise(matter, rows, named),
        "multipliers": [one.to_json() | {"multiplier": _decimal(named[one])} for one in sorted(named) if named[one]],
    }


def bound_rise(matter: Matter, rows: Rows, multipliers: Mapping[Name, float]) -> float:
    """The most, in yuan, by which ΣG can rise according to multipliers ≥ 0 of named constraints."""
    terms = matter.terms
    y = np.array([multipliers.get(one, 0.0) for one in rows.names], dtype=np.float64)
    ends = {
        end: np.array([multipliers.get(name("bound", term=pointer, end=end), 0.0) for pointer in terms.pointers])
        for end in ("min", "max")
    }
    up, down = terms.most - terms.start, terms.start - terms.least
    rest = matter.total + rows.matrix.T @ y - ends["max"] + ends["min"]
    worst = np.maximum(rest * up, -rest * down)
    return max(0.0, fsum([*(y * rows.slack), *(ends["max"] * up), *(ends["min"] * down), *worst]))


def check_certificate(case: Row, package: str, certificate: Mapping[str, Any]) -> float:
    """Work out what a certificate of ``improve`` proves: ΣG cannot rise by more than the answer, in yuan.

    Below 0.01 it proves that no better package exists. Raises ScoringRefused for a document that cannot be scored or a
    certificate that names what is no constraint (``unknown_value``), or a multiplier below 0.
    """
    matter = compile_matter(case, package, None)
    rows = improving_rows(matter)
    known = set(rows.names) | {
        name("bound", term=term, end=end) for term in matter.terms.pointers for end in ("min", "max")
    }
    listed = get_rows(certificate, "multipliers", "")
    found = [_read(row, f"/multipliers/{place}", known) for place, row in enumerate(listed)]
    index_codes([str(one) for one, _ in found], "code", lambda place: f"/multipliers/{place}")
    return bound_rise(matter, rows, dict(found))


def _read(row: Row, path: str, known: set[Name]) -> tuple[Name, float]:
    text = get(row, "multiplier", path)
    data = {key: value for key, value in row.items() if key not in ("code", "multiplier")}
    code = get(row, "code", path)
    one = name(code, **data)
    if not all(isinstance(part, (str, int)) for part in (code, *data.values())) or one not in known:
        raise ScoringRefused(path, "unknown_value", "this is no constraint of the package")
    amount = _amount(text)
    if not 0 <= amount < 10**30:
        raise ScoringRefused(f"{path}/multiplier", "not_a_decimal", "a decimal of at least 0 is expected here")
    return one, amount


def _amount(text: Any) -> float:
    try:
        return float(Decimal(text)) if isinstance(text, str) else -1.0
    except ArithmeticError:
        return -1.0


def _decimal(amount: float) -> str:
    """A float64 as a plain decimal text that reads back as the same float64."""
    return format(Decimal(repr(amount)), "f")

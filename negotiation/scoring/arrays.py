"""The case compiled once into arrays: numbers instead of codes, exact columns instead of texts.

Parties, parcels, classes and items are numbered in the sorted order of their codes, so that "the first code" is the
lowest number and every list comes out sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from negotiation.scoring.exact import Exact, Floats, Indices, Mask
from negotiation.scoring.reading import (
    Row,
    below,
    get,
    get_known,
    get_object,
    get_optional_rows,
    get_rows,
    index_codes,
    read_choices,
    read_decimal,
    read_decimals,
    read_index,
    read_texts,
)
from negotiation.scoring.refusal import ScoringRefused

SIDES = ("government", "market", "public")
ZONES = ("inside", "outside")
MEASURES = ("site_area", "floor_area", "far", "share", "count")
LIMITS = ("gini", "min_recovery", "npv", "peak_gap")
RESERVED = ("project", "pool", "outside")
LONGEST_ACCOUNT = 200
GREATEST_DISCOUNT = 10**150  # beyond it the products of a card leave float64


@dataclass(frozen=True)
class LandUses:
    """A column of land-use codes: the distinct codes and, for each row, the number of its code."""

    distinct: tuple[str, ...]
    rows: Indices

    def matching(self, prefixes: tuple[str, ...]) -> Mask:
        """Tell which rows begin with one of the prefixes. Shape (n,)."""
        hits = np.array([use.startswith(prefixes) for use in self.distinct], dtype=np.bool_)
        return hits[self.rows] if len(hits) else np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True)
class Parcels:
    """The parcels as they are: areas in m²."""

    codes: list[str]
    index: dict[str, int]
    uses: LandUses
    zones: Indices
    site: Exact
    floor: Exact


@dataclass(frozen=True)
class Rights:
    """The rights: who holds how much (yuan, appraised) of which parcel, in which class."""

    parcel: Indices
    party: Indices
    kind: Indices
    classes: list[str]
    value: Exact


@dataclass(frozen=True)
class Indicator:
    """What is counted: a measure over the parcels whose land use and zone fit (zone None: any)."""

    code: str
    measure: str
    prefixes: tuple[str, ...]
    zone: int | None


@dataclass(frozen=True)
class Target:
    """The limit on an indicator, in the indicator's unit; ``tolerance`` is a fraction of ``value``, 0 if rigid."""

    indicator: Indicator
    op: str
    value: Fraction
    tolerance: Fraction


@dataclass(frozen=True)
class CaseArrays:
    """One case without its packages.

    Attributes:
        people: the number of each party, by its code.
        side: shape (parties,), the number of each party's side in SIDES.
        outside: shape (parties,), each party's outside option in yuan.
        disagreement: Σ outside options of each side that has parties, exact yuan.
        price: yuan per unit of each item at year 0.
        discount: shape (years,), d(y) = (1+r)^−y.
        weights: d(y) exactly, as whole numbers over the first of them.
        limits: the declared thresholds, exact.
        coalitions: what some sides reach together, yuan.
        ends: numbers of the ends of a flow: the parties, then project, pool and outside.
    """

    code: str
    parties: list[str]
    people: dict[str, int]
    side: Indices
    outside: Floats
    disagreement: dict[str, Fraction]
    parcels: Parcels
    rights: Rights
    items: list[str]
    item_index: dict[str, int]
    price: Exact
    indicators: list[Indicator]
    targets: list[Target]
    years: int
    rate: Decimal
    discount: Floats
    weights: list[int]
    limits: dict[str, Fraction]
    coalitions: dict[tuple[str, ...], Fraction]
    ends: dict[str, int]

    @property
    def project(self) -> int:
        """The number of the plan's account among the ends of flows."""
        return len(self.parties)

    @property
    def pool(self) -> int:
        """The number of the compensation pool among the ends of flows."""
        return len(self.parties) + 1

    @property
    def beyond(self) -> int:
        """The number of everybody outside the room among the ends of flows."""
        return len(self.parties) + 2

    @property
    def present_sides(self) -> list[int]:
        """The numbers of the sides that have parties, in order."""
        return [int(side) for side in np.unique(self.side)]


def compile_case(case: Row) -> CaseArrays:
    """Compile everything of a case but its packages. Raises ScoringRefused with the path of the first fault."""
    rows = get_rows(case, "parties", "")
    ends = _compile_ends(rows)
    people = {code: number for code, number in ends.items() if code not in RESERVED}
    parcels = _compile_parcels(case)
    catalogue = get_rows(case, "catalogue", "")
    items = index_codes(read_texts(catalogue, "code", below("/catalogue")), "code", below("/catalogue"))
    indicators = _compile_indicators(case)
    years, rate = _compile_plan(case)
    side, outside = _compile_sides(rows), _compile_outside(case, people)
    return CaseArrays(
        code=str(get(case, "code", "")),
        parties=list(people),
        people=people,
        side=side,
        outside=np.array([float(gain) for gain in outside], dtype=np.float64),
        disagreement=_sum_by_side(side, outside),
        parcels=parcels,
        rights=_compile_rights(case, parcels, people),
        items=list(items),
        item_index=items,
        price=read_decimals(sorted(catalogue, key=_code), "price", _sorted_where("/catalogue", catalogue)),
        indicators=list(indicators.values()),
        targets=_compile_targets(case, indicators),
        years=years,
        rate=rate,
        discount=discount_factors(rate, years),
        weights=discount_weights(rate, years),
        limits=_compile_limits(case),
        coalitions=_compile_coalitions(case),
        ends=ends,
    )


def discount_factors(rate: Decimal, years: int) -> Floats:
    """d(y) = (1+r)^−y, each correctly rounded, so that every machine has the same. Shape (years,)."""
    context = Context(prec=60)
    growth = context.add(Decimal(1), rate)
    return np.array([float(context.power(growth, -year)) for year in range(years)], dtype=np.float64)


def discount_weights(rate: Decimal, years: int) -> list[int]:
    """With 1+r = p/q: q^y · p^(years−1−y), which over p^(years−1) is d(y). One whole number for each year."""
    growth = 1 + Fraction(rate)
    p, q = growth.numerator, growth.denominator
    return [q**year * p ** (years - 1 - year) for year in range(years)]


def land_uses(codes: Sequence[str]) -> LandUses:
    """Number the distinct land-use codes of a column."""
    distinct = {code: number for number, code in enumerate(dict.fromkeys(codes))}
    return LandUses(tuple(distinct), np.array([distinct[code] for code in codes], dtype=np.intp))


def _code(row: Row) -> Any:
    return row["code"]


def _sorted_where(path: str, rows: Sequence[Row]) -> Any:
    """Name rows, sorted by code, by their places in the document."""
    places = sorted(range(len(rows)), key=lambda place: rows[place]["code"])
    return lambda number: f"{path}/{places[number]}"


def _compile_ends(rows: list[Row]) -> dict[str, int]:
    codes = read_texts(rows, "code", below("/parties"))
    for place, code in enumerate(codes):
        if code in RESERVED:
            raise ScoringRefused(f"/parties/{place}/code", "duplicate", f"{code!r} names an end of flows already")
    ends = index_codes(codes, "code", below("/parties"))
    return ends | {name: len(codes) + place for place, name in enumerate(RESERVED)}


def _compile_sides(rows: list[Row]) -> Indices:
    read_choices(rows, "side", below("/parties"), SIDES)
    return np.array([SIDES.index(row["side"]) for row in sorted(rows, key=_code)], dtype=np.intp)


def _compile_outside(case: Row, parties: dict[str, int]) -> list[Fraction]:
    outside = [Fraction(0)] * len(parties)
    stated: set[str] = set()
    for place, row in enumerate(get_optional_rows(case, "outside_options", "")):
        path = f"/outside_options/{place}"
        party = get_known(row, "party", path, parties)
        if party in stated:
            raise ScoringRefused(f"{path}/party", "duplicate", f"{party!r} has an outside option already")
        stated.add(party)
        outside[parties[party]] = Fraction(read_decimal(row, "gain", path))
    return outside


def _sum_by_side(side: Indices, amounts: list[Fraction]) -> dict[str, Fraction]:
    sums = dict.fromkeys((SIDES[number] for number in np.unique(side)), Fraction(0))
    for number, amount in zip(side.tolist(), amounts, strict=True):
        if amount:
            sums[SIDES[number]] += amount
    return sums


def _compile_parcels(case: Row) -> Parcels:
    path = "/parcels/features"
    features = get_rows(get(case, "parcels", ""), "features", "/parcels")
    codes = read_texts(features, "id", below(path))
    index = index_codes(codes, "id", below(path))
    places = sorted(range(len(codes)), key=codes.__getitem__)
    rows = [get_object(features[place], "properties", f"{path}/{place}") for place in places]

    def where(number: int) -> str:
        return f"{path}/{places[number]}/properties"

    zones = read_choices(rows, "zone", where, ZONES)
    return Parcels(
        codes=list(index),
        index=index,
        uses=land_uses(read_texts(rows, "land_use", where)),
        zones=np.array([ZONES.index(zone) for zone in zones], dtype=np.intp),
        site=read_decimals(rows, "site_area", where, strict=True),
        floor=read_decimals(rows, "floor_area", where),
    )


def _compile_rights(case: Row, parcels: Parcels, parties: dict[str, int]) -> Rights:
    rows, where = get_rows(case, "rights", ""), below("/rights")
    names = read_texts(rows, "class", where)
    classes = {name: number for number, name in enumerate(sorted(set(names)))}
    return Rights(
        parcel=read_index(read_texts(rows, "parcel", where), "parcel", where, parcels.index),
        party=read_index(read_texts(rows, "party", where), "party", where, parties),
        kind=np.array([classes[name] for name in names], dtype=np.intp),
        classes=list(classes),
        value=read_decimals(rows, "value", where),
    )


def _compile_indicators(case: Row) -> dict[str, Indicator]:
    rows, where = get_optional_rows(case, "indicators", ""), below("/indicators")
    codes = read_texts(rows, "code", where)
    measures = read_choices(rows, "measure", where, MEASURES)
    found = {
        code: Indicator(code, measure, _prefixes(row, where(place)), _zone(row, where(place)))
        for place, (code, measure, row) in enumerate(zip(codes, measures, rows, strict=True))
    }
    return {code: found[code] for code in index_codes(codes, "code", where)}


def _prefixes(row: Row, path: str) -> tuple[str, ...]:
    prefixes = get(row, "land_use", path)
    if not isinstance(prefixes, list) or not all(isinstance(prefix, str) for prefix in prefixes):
        raise ScoringRefused(f"{path}/land_use", "not_a_list", "a list of land-use codes is expected here")
    return tuple(prefixes)


def _zone(row: Row, path: str) -> int | None:
    zone = row.get("zone")
    if zone is None:
        return None
    if zone not in ZONES:
        raise ScoringRefused(f"{path}/zone", "unknown_value", f"{zone!r} is not one of {list(ZONES)}")
    return ZONES.index(zone)


def _compile_targets(case: Row, indicators: dict[str, Indicator]) -> list[Target]:
    targets = []
    for place, row in enumerate(get_optional_rows(case, "targets", "")):
        path = f"/targets/{place}"
        code = get_known(row, "indicator", path, indicators)
        op = read_choices([row], "op", lambda _, path=path: path, ("<=", ">="))[0]  # type: ignore[misc]
        value = Fraction(read_decimal(row, "value", path))
        targets.append(Target(indicators[code], op, value, _tolerance(row, path)))
    return sorted(targets, key=lambda target: (target.indicator.code, target.op, target.value))


def _tolerance(row: Row, path: str) -> Fraction:
    if get(row, "rigid", path) or "tolerance" not in row:
        return Fraction(0)
    tolerance = Fraction(read_decimal(row, "tolerance", path))
    if tolerance < 0:
        raise ScoringRefused(f"{path}/tolerance", "negative", "the tolerance must be at least 0")
    return tolerance


def _compile_plan(case: Row) -> tuple[int, Decimal]:
    plan = get(case, "plan", "")
    years = get(plan, "years", "/plan")
    if type(years) is not int or not 1 <= years <= LONGEST_ACCOUNT:
        raise ScoringRefused("/plan/years", "out_of_range", f"the account has 1 to {LONGEST_ACCOUNT} years")
    rate = Decimal(read_decimal(plan, "discount_rate", "/plan"))
    if rate <= -1:
        raise ScoringRefused("/plan/discount_rate", "out_of_range", "the discount rate must be above -1")
    if (1 + Fraction(rate)) ** (years - 1) * GREATEST_DISCOUNT < 1:
        message = "the discount rate is so near -1 that the last year would count more than 10^150 times"
        raise ScoringRefused("/plan/discount_rate", "out_of_range", message)
    return years, rate


def _compile_limits(case: Row) -> dict[str, Fraction]:
    limits = case.get("limits", {})
    if not isinstance(limits, dict):
        raise ScoringRefused("/limits", "not_an_object", "an object is expected here")
    for name in limits:
        if name not in LIMITS:
            raise ScoringRefused(f"/limits/{name}", "unknown_value", f"{name!r} is not one of {list(LIMITS)}")
    return {name: Fraction(read_decimal(limits, name, "/limits")) for name in sorted(limits)}


def _compile_coalitions(case: Row) -> dict[tuple[str, ...], Fraction]:
    coalitions: dict[tuple[str, ...], Fraction] = {}
    for place, row in enumerate(get_optional_rows(case, "coalitions", "")):
        path = f"/coalitions/{place}"
        sides = get(row, "sides", path)
        if not isinstance(sides, list) or not sides or any(side not in SIDES for side in sides):
            raise ScoringRefused(f"{path}/sides", "unknown_value", f"a list of sides out of {list(SIDES)} is expected")
        key = tuple(sorted(sides))
        if key in coalitions or len(set(key)) < len(key):
            raise ScoringRefused(f"{path}/sides", "duplicate", "a side or a coalition comes twice")
        coalitions[key] = Fraction(read_decimal(row, "value", path))
    return coalitions

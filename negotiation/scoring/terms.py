"""One package compiled into arrays: its dispositions, allocations and flows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from negotiation.scoring.arrays import SIDES, CaseArrays, LandUses, land_uses
from negotiation.scoring.cash import Cash, gather_cash
from negotiation.scoring.exact import Exact, Floats, Indices, Mask, Units, aligned, product, to_floats
from negotiation.scoring.reading import (
    Row,
    Where,
    below,
    get_known,
    get_rows,
    listed,
    read_choices,
    read_decimals,
    read_index,
    read_texts,
    read_years,
)
from negotiation.scoring.refusal import ScoringRefused

ACTIONS = ("retain", "protect", "acquire", "clear", "replot", "swap", "reclaim")
KEPT = ("retain", "protect")
STAGES = ("acquire", "build", "operate")
OPERATE = STAGES.index("operate")
CUT = 10**30


@dataclass(frozen=True)
class Dispositions:
    """What becomes of which parcel (areas in m²); ``ends`` tells where rights end."""

    parcel: Indices
    ends: Mask
    uses: LandUses
    site: Exact
    floor: Exact


@dataclass(frozen=True)
class Quantities:
    """Amounts of items, each in its item's unit."""

    item: Indices
    quantity: Exact


@dataclass(frozen=True)
class Allocations:
    """Who gets how much of which item when; ``yuan`` is quantity·price, not discounted."""

    party: Indices
    item: Indices
    year: Indices
    quantity: Exact
    yuan: Exact


@dataclass(frozen=True)
class Flows:
    """Money from one end to another, not discounted."""

    source: Indices
    target: Indices
    stage: Indices
    year: Indices
    yuan: Exact


@dataclass(frozen=True)
class PackageArrays:
    """One package of a compiled case.

    Attributes:
        cash: the allocations and flows by end and year.
        extinguished: e, the share of each right that ends, shape (rights,).
        before: B of each party in yuan, shape (parties,).
        side_before: ΣB of each of SIDES in yuan, exact to 10^−30 of the unit of the values.
        affected: B > 0 or named in an allocation or flow, shape (parties,).
    """

    code: str
    dispositions: Dispositions
    yields: Quantities
    uses: Quantities
    allocations: Allocations
    flows: Flows
    cash: Cash
    extinguished: Floats
    before: Floats
    side_before: list[Fraction]
    affected: Mask


def find_package(case: Row, code: str) -> tuple[int, Row]:
    """Find a package by its code: its place in the document and itself.

    Raises ScoringRefused: ``unknown_code``, ``duplicate``, or what `read_texts` refuses.
    """
    rows = get_rows(case, "packages", "")
    places = [place for place, found in enumerate(read_texts(rows, "code", below("/packages"))) if found == code]
    if not places:
        raise ScoringRefused("/packages", "unknown_code", f"there is no package {code!r}")
    if len(places) > 1:
        raise ScoringRefused(f"/packages/{places[1]}/code", "duplicate", f"the code {code!r} comes twice")
    return places[0], rows[places[0]]


def compile_package(arrays: CaseArrays, case: Row, code: str) -> PackageArrays:
    """Compile one package of a compiled case. Raises ScoringRefused with the path of the first fault."""
    place, package = find_package(case, code)
    path = f"/packages/{place}"
    dispositions = _compile_dispositions(arrays, package, path)
    allocations = _compile_allocations(arrays, package, f"{path}/allocations")
    flows = _compile_flows(arrays, package, f"{path}/flows")
    ended = extinguished_share(arrays, dispositions)[arrays.rights.parcel]
    before = value_before(arrays, ended)
    return PackageArrays(
        code=code,
        dispositions=dispositions,
        yields=_compile_quantities(arrays, package, "yields", path),
        uses=_compile_quantities(arrays, package, "uses", path),
        allocations=allocations,
        flows=flows,
        cash=_gather_cash(arrays, allocations, flows),
        extinguished=ended,
        before=before,
        side_before=side_before(arrays, dispositions),
        affected=(before > 0) | _named(arrays, allocations, flows),
    )


def extinguished_share(arrays: CaseArrays, dispositions: Dispositions) -> Floats:
    """e of each parcel: site area on which rights end, over its own, at most 1. Shape (parcels,)."""
    ending, own = _ending(arrays, dispositions)
    shares: Floats = ending.astype(np.float64) / own.astype(np.float64)
    return shares


def _ending(arrays: CaseArrays, dispositions: Dispositions) -> tuple[Units, Units]:
    """Site area on which rights end, at most a parcel's own, and its own, in one unit. Shapes (parcels,)."""
    planned, own = aligned(dispositions.site, arrays.parcels.site)
    ending = planned.grouped(dispositions.parcel, len(own.units), dispositions.ends)
    return np.minimum(ending, own.units), own.units


def value_before(arrays: CaseArrays, ended: Floats) -> Floats:
    """B of each party: Σ e·value over its rights, yuan; the values of one e are summed exactly. Shape (parties,)."""
    rights, (shares, kind) = arrays.rights, np.unique(ended, return_inverse=True)
    cells, cell = np.unique(rights.party * max(len(shares), 1) + kind, return_inverse=True)
    values = to_floats(rights.value.grouped(cell, len(cells)), rights.value.places)
    party, kind = np.divmod(cells, max(len(shares), 1))
    return np.bincount(party, weights=shares[kind] * values, minlength=len(arrays.parties)).astype(np.float64)


def side_before(arrays: CaseArrays, dispositions: Dispositions) -> list[Fraction]:
    """ΣB of each of SIDES in exact yuan; thirds, which never end, are cut off after thirty more decimals."""
    rights, (ending, own) = arrays.rights, _ending(arrays, dispositions)
    side, area, whole = arrays.side[rights.party], ending[rights.parcel], own[rights.parcel]
    full, partial = area == whole, (area > 0) & (area < whole)
    totals = [int(units) * CUT for units in rights.value.grouped(side, len(SIDES), full)]
    rows = (side[partial], rights.value.units[partial], area[partial], whole[partial])
    for place, value, part, of in zip(*(column.tolist() for column in rows), strict=True):
        totals[place] += value * part * CUT // of
    return [rights.value.fraction(total) / CUT for total in totals]


def _gather_cash(arrays: CaseArrays, allocations: Allocations, flows: Flows) -> Cash:
    paid = Exact(-flows.yuan.units, flows.yuan.places, -flows.yuan.values)
    return gather_cash(
        [allocations.party, flows.target, flows.source],
        [allocations.year, flows.year, flows.year],
        [allocations.yuan, flows.yuan, paid],
        arrays.discount,
        len(arrays.parties),
    )


def _named(arrays: CaseArrays, allocations: Allocations, flows: Flows) -> Mask:
    """Tell which parties an allocation or a flow names. Shape (parties,)."""
    named = np.zeros(len(arrays.ends), dtype=np.bool_)
    for numbers in (allocations.party, flows.source, flows.target):
        named[numbers] = True
    return named[: len(arrays.parties)]


def _compile_dispositions(arrays: CaseArrays, package: Row, path: str) -> Dispositions:
    rows, where = get_rows(package, "dispositions", path), below(f"{path}/dispositions")
    _check_people(arrays, rows, where)
    actions = read_choices(rows, "action", where, ACTIONS)
    return Dispositions(
        parcel=read_index(read_texts(rows, "parcel", where), "parcel", where, arrays.parcels.index),
        ends=np.array([action not in KEPT for action in actions], dtype=np.bool_),
        uses=land_uses(read_texts(rows, "land_use", where)),
        site=read_decimals(rows, "site_area", where),
        floor=read_decimals(rows, "floor_area", where),
    )


def _check_people(arrays: CaseArrays, rows: list[Row], where: Where) -> None:
    """Refuse a recipient or a responsible party that the case does not know."""
    for key in ("recipient", "responsible"):
        named = [row[key] for row in rows if key in row]
        if set(map(type, named)) <= {str} and arrays.people.keys() >= set(named):
            continue
        for place, row in enumerate(rows):
            if key in row:
                get_known(row, key, where(place), arrays.people)


def _compile_quantities(arrays: CaseArrays, package: Row, key: str, path: str) -> Quantities:
    """Gather what the dispositions yield or use."""
    path = f"{path}/dispositions"
    rows: list[Row] = []
    places: list[int] = []
    for place, disposition in enumerate(package["dispositions"]):
        if key in disposition:
            found = get_rows(disposition, key, f"{path}/{place}")
            rows += found
            places += [place] * len(found)
    where = listed(path, key, places)
    return Quantities(
        item=read_index(read_texts(rows, "item", where), "item", where, arrays.item_index),
        quantity=read_decimals(rows, "quantity", where, strict=True),
    )


def _compile_allocations(arrays: CaseArrays, package: Row, path: str) -> Allocations:
    rows, where = get_rows(package, "allocations", path.rsplit("/", 1)[0]), below(path)
    party = read_index(read_texts(rows, "party", where), "party", where, arrays.people)
    item = read_index(read_texts(rows, "item", where), "item", where, arrays.item_index)
    year = read_years(rows, where, arrays.years)
    quantity = read_decimals(rows, "quantity", where, strict=True)
    return Allocations(party, item, year, quantity, product(quantity, arrays.price.taken(item)))


def _compile_flows(arrays: CaseArrays, package: Row, path: str) -> Flows:
    rows, where = get_rows(package, "flows", path.rsplit("/", 1)[0]), below(path)
    stages = read_choices(rows, "stage", where, STAGES)
    return Flows(
        source=read_index(read_texts(rows, "from", where), "from", where, arrays.ends),
        target=read_index(read_texts(rows, "to", where), "to", where, arrays.ends),
        stage=np.array([STAGES.index(stage) for stage in stages], dtype=np.intp),
        year=read_years(rows, where, arrays.years),
        yuan=read_decimals(rows, "yuan", where, strict=True),
    )

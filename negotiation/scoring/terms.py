"""One package compiled into arrays: its dispositions, allocations and flows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from negotiation.scoring.arrays import RESERVED, CaseArrays, LandUses, land_uses
from negotiation.scoring.exact import Exact, Floats, Indices, Mask, aligned
from negotiation.scoring.reading import (
    Row,
    Where,
    below,
    get_optional_rows,
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
    """Who gets how much of which item when; ``worth`` is quantity·price·d(year) in yuan."""

    party: Indices
    item: Indices
    year: Indices
    quantity: Exact
    worth: Floats


@dataclass(frozen=True)
class Flows:
    """Money from one end to another; ``present`` is yuan·d(year)."""

    source: Indices
    target: Indices
    stage: Indices
    year: Indices
    yuan: Exact
    present: Floats


@dataclass(frozen=True)
class PackageArrays:
    """One package of a compiled case."""

    code: str
    dispositions: Dispositions
    yields: Quantities
    uses: Quantities
    allocations: Allocations
    flows: Flows
    extinguished: Floats
    named: Mask


def find_package(case: Row, code: str) -> tuple[int, Row]:
    """Find a package by its code: its place in the document and itself."""
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
    return PackageArrays(
        code=code,
        dispositions=dispositions,
        yields=_compile_quantities(arrays, package, "yields", path),
        uses=_compile_quantities(arrays, package, "uses", path),
        allocations=allocations,
        flows=flows,
        extinguished=extinguished_share(arrays, dispositions),
        named=_named(arrays, allocations, flows),
    )


def extinguished_share(arrays: CaseArrays, dispositions: Dispositions) -> Floats:
    """e of each parcel: site area on which rights end, over its own, at most 1. Shape (parcels,)."""
    planned, own = aligned(dispositions.site, arrays.parcels.site)
    ending = planned.grouped(dispositions.parcel, len(own.units), dispositions.ends)
    shares: Floats = np.minimum(ending, own.units).astype(np.float64) / own.units.astype(np.float64)
    return shares


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
        for place, row in enumerate(rows):
            if key in row and (row[key] in RESERVED or row[key] not in arrays.ends):
                path = f"{where(place)}/{key}"
                raise ScoringRefused(path, "unknown_code", f"the code {row[key]!r} is not in the case")


def _compile_quantities(arrays: CaseArrays, package: Row, key: str, path: str) -> Quantities:
    """Gather what the dispositions yield or use."""
    rows: list[Row] = []
    paths: list[str] = []
    for place, disposition in enumerate(package["dispositions"]):
        if key in disposition:
            found = get_optional_rows(disposition, key, f"{path}/dispositions/{place}")
            rows.extend(found)
            paths.extend(f"{path}/dispositions/{place}/{key}/{number}" for number in range(len(found)))
    where = listed(paths)
    return Quantities(
        item=read_index(read_texts(rows, "item", where), "item", where, arrays.item_index),
        quantity=read_decimals(rows, "quantity", where, strict=True),
    )


def _compile_allocations(arrays: CaseArrays, package: Row, path: str) -> Allocations:
    rows, where = get_rows(package, "allocations", path.rsplit("/", 1)[0]), below(path)
    party = read_index(read_texts(rows, "party", where), "party", where, arrays.ends)
    if (party >= arrays.project).any():
        place = int((party >= arrays.project).argmax())
        raise ScoringRefused(f"{where(place)}/party", "unknown_code", "an allocation goes to a party of the case")
    item = read_index(read_texts(rows, "item", where), "item", where, arrays.item_index)
    year = read_years(rows, where, arrays.years)
    quantity = read_decimals(rows, "quantity", where, strict=True)
    worth = quantity.values * arrays.price.values[item] * arrays.discount[year]
    return Allocations(party, item, year, quantity, worth)


def _compile_flows(arrays: CaseArrays, package: Row, path: str) -> Flows:
    rows, where = get_rows(package, "flows", path.rsplit("/", 1)[0]), below(path)
    stages = read_choices(rows, "stage", where, STAGES)
    year = read_years(rows, where, arrays.years)
    yuan = read_decimals(rows, "yuan", where, strict=True)
    return Flows(
        source=read_index(read_texts(rows, "from", where), "from", where, arrays.ends),
        target=read_index(read_texts(rows, "to", where), "to", where, arrays.ends),
        stage=np.array([STAGES.index(stage) for stage in stages], dtype=np.intp),
        year=year,
        yuan=yuan,
        present=yuan.values * arrays.discount[year],
    )

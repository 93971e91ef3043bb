"""Plots over parcels: areas add up to the register's, whatever is drawn."""

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import box

from negotiation.geodata.overlay import Land, overlay, shared_out
from negotiation.geodata.reading import Plot

A = Land("A", "0701", Decimal("8400.00"), Decimal("5000.02"), box(117.200, 31.8, 117.201, 31.8008))
B = Land("B", "1402", Decimal("8410.56"), Decimal("0"), box(117.201, 31.8, 117.202, 31.8008))


def plot(number: int, left: float, right: float, **values: str) -> Plot:
    return Plot(number, {"action": "replot", "floor_area": "1000", **values}, box(left, 31.8, right, 31.8008))


@given(st.decimals(0, 10**9, places=2), st.lists(st.floats(0.001, 1), min_size=1, max_size=40))
def test_parts_add_up_and_are_within_a_cent_of_their_share(whole: Decimal, weights: list[float]) -> None:
    parts = shared_out(whole, weights)
    assert sum(parts) == whole
    total = sum(map(Decimal, weights))
    assert all(abs(p - whole * Decimal(w) / total) <= Decimal("0.01") for p, w in zip(parts, weights, strict=True))


@given(st.lists(st.integers(1, 199), min_size=1, max_size=5, unique=True))
def test_parcel_cut_anyhow_keeps_its_area(cuts: list[int]) -> None:
    edges = [0.0, *(cut / 200 for cut in sorted(cuts)), 1.0]
    pieces = pairwise(edges)
    plots = [plot(n, 117.2 + left / 1000, 117.2 + right / 1000) for n, (left, right) in enumerate(pieces, start=1)]
    found = overlay(plots, [A])
    assert found.faults == []
    assert sum(Decimal(row["site_area"]) for _number, row in found.rows) == A.site_area


def test_plot_over_two_parcels_makes_a_row_of_each_and_leaves_the_rests() -> None:
    found = overlay([plot(1, 117.2005, 117.2015, land_use="0702")], [A, B])
    rows = [(number, row["parcel"], row["action"], row["site_area"], row["floor_area"]) for number, row in found.rows]
    assert found.faults == []
    assert rows == [
        (1, "A", "replot", "4200.00", "499.69"),
        (None, "A", "retain", "4200.00", "2500.01"),
        (1, "B", "replot", "4205.28", "500.31"),
        (None, "B", "retain", "4205.28", "0.00"),
    ]


def test_named_parcel_is_the_only_one_that_is_touched() -> None:
    found = overlay([plot(1, 117.2005, 117.2015, parcel="B")], [A, B])
    assert {row["parcel"] for _number, row in found.rows} == {"B"}


def test_seam_that_two_drawings_differ_by_is_no_piece() -> None:
    found = overlay([plot(1, 117.2, 117.201 + 3e-7)], [A, B])
    assert [(number, row["parcel"]) for number, row in found.rows] == [(1, "A")]


@pytest.mark.parametrize(
    ("plots", "key"),
    [
        ([plot(1, 117.2, 117.2006), plot(2, 117.2004, 117.201)], ""),
        ([plot(1, 118.0, 118.001)], ""),
        ([plot(1, 117.2, 117.201, parcel="Z")], "parcel"),
        ([plot(1, 117.2, 117.201, parcel="B")], "parcel"),
        ([plot(1, 117.2, 117.201, floor_area="")], "floor_area"),
        ([plot(1, 117.2, 117.201, floor_area="many")], "floor_area"),
        ([plot(1, 117.2, 117.201, floor_area="-1")], "floor_area"),
        ([plot(1, 117.2, 117.201, floor_area="1e99")], "floor_area"),
    ],
)
def test_what_can_not_be_laid_over_is_told_by_plot(plots: list[Plot], key: str) -> None:
    found = overlay(plots, [A, B])
    assert [fault[1] for fault in found.faults] == [key]


def test_land_that_stays_keeps_its_floor_area() -> None:
    found = overlay([plot(1, 117.2, 117.2005, action="retain", floor_area="")], [A])
    assert [row["floor_area"] for _number, row in found.rows] == ["2500.01", "2500.01"]

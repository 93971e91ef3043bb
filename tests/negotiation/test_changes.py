"""The changes between two packages: none between equal ones, and applied they give the other one."""

import copy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from negotiation.changes import Change, Diff, apply_changes, diff, key, normal
from negotiation.drafting import embedded

AMOUNTS = st.integers(1, 400).map(lambda cents: f"{Decimal(cents) / 100:.2f}")
CODES = st.sampled_from(["P1", "P2", "P3"])
PARTIES = st.sampled_from(["GOV", "HH-1", "HH-2"])
YEARS = st.integers(0, 2)
PARTS = st.lists(st.fixed_dictionaries({"item": st.sampled_from(["flat", "shop"]), "quantity": AMOUNTS}), max_size=2)
BOUND = st.fixed_dictionaries({"min": AMOUNTS, "max": AMOUNTS})
LAND = st.fixed_dictionaries(
    {
        "parcel": CODES,
        "action": st.sampled_from(["retain", "acquire"]),
        "land_use": st.sampled_from(["0701", "14"]),
        "site_area": AMOUNTS,
        "floor_area": AMOUNTS,
    },
    optional={"recipient": PARTIES, "responsible": PARTIES, "yields": PARTS},
)
ALLOCATION = st.fixed_dictionaries(
    {"party": PARTIES, "item": st.sampled_from(["flat", "shop"]), "quantity": AMOUNTS, "year": YEARS},
    optional={"negotiable": BOUND},
)
FLOW = st.fixed_dictionaries(
    {
        "from": PARTIES,
        "to": st.just("project"),
        "category": st.sampled_from(["tax", "rent"]),
        "stage": st.just("build"),
        "year": YEARS,
        "yuan": AMOUNTS,
    },
    optional={"negotiable": BOUND},
)


@st.composite
def documents(draw):
    """A package with its bounds in a list of their own, as a case file has it; rows may be there twice."""
    from negotiation.drafting import extracted

    rows = {"dispositions": LAND, "allocations": ALLOCATION, "flows": FLOW}
    document = {kind: draw(st.lists(row, max_size=6)) for kind, row in rows.items()}
    return extracted({"code": "A", "title": draw(st.sampled_from(["One", "Two"])), "summary": "", **document})


def content(document) -> dict[str, object]:
    """What a package says, whatever the order of its rows and the way its amounts are written."""
    rows = embedded(document)
    said = {kind: sorted(map(repr, map(normal, rows[kind]))) for kind in ("dispositions", "allocations", "flows")}
    return {**said, "title": document["title"], "summary": document["summary"]}


@given(documents())
def test_package_does_not_differ_from_itself(document) -> None:
    assert diff(document, copy.deepcopy(document)) == Diff()


@given(documents(), documents())
def test_changes_applied_give_the_other_package(old, new) -> None:
    assert content(apply_changes(old, diff(old, new))) == content(new)


@given(documents(), documents())
def test_changes_back_are_those_there_turned_round(old, new) -> None:
    there, back = diff(old, new), diff(new, old)
    amounts = {"dispositions": "site_area", "allocations": "quantity", "flows": "yuan"}
    for kind, name in amounts.items():
        rise, fall = (sum(c.difference(name) for c in found.rows if c.kind == kind) for found in (there, back))
        assert rise == -fall


@given(documents(), documents())
def test_each_change_has_a_name_of_its_own(old, new) -> None:
    names = [change.id for change in diff(old, new).rows]
    assert len(set(names)) == len(names)


@given(documents(), documents())
def test_rows_that_agree_in_their_key_are_never_taken_out_and_added(old, new) -> None:
    found = diff(old, new).rows
    for kind in ("allocations", "flows"):
        added, removed = (
            {key(kind, row) for c in found if c.kind == kind and c.how == how for row in c.rows}
            for how in ("added", "removed")
        )
        assert added & removed == set()


def package(**kinds: list[dict[str, object]]) -> dict[str, object]:
    return {"title": "", "summary": "", "dispositions": [], "allocations": [], "flows": [], **kinds}


def test_amounts_are_compared_by_value() -> None:
    row = {"party": "HH-1", "item": "flat", "year": 1}
    old, new = (package(allocations=[{**row, "quantity": text}]) for text in ("100.0", "100.00"))
    assert not diff(old, new)


def test_parcel_put_to_another_use_is_one_change() -> None:
    row = {"parcel": "P1", "action": "acquire", "land_use": "0701", "site_area": "5.00", "floor_area": "0.00"}
    [change] = diff(package(dispositions=[row]), package(dispositions=[{**row, "land_use": "14"}])).rows
    assert (change.how, change.fields) == ("changed", ["land_use"])


def test_split_parcel_keeps_its_part_and_gets_another() -> None:
    row = {"parcel": "P1", "action": "acquire", "land_use": "0701", "site_area": "5.00", "floor_area": "0.00"}
    rest = {**row, "land_use": "14", "site_area": "2.00"}
    found = diff(package(dispositions=[row]), package(dispositions=[rest, {**row, "site_area": "3.00"}])).rows
    assert [(c.how, c.difference("site_area")) for c in found] == [("added", Decimal(2)), ("changed", Decimal(-2))]


def test_payment_in_another_year_goes_and_comes() -> None:
    row = {"from": "project", "to": "HH-1", "category": "tax", "stage": "build", "year": 1, "yuan": "7.00"}
    found = diff(package(flows=[row]), package(flows=[{**row, "year": 2}])).rows
    assert [c.how for c in found] == ["removed", "added"]


def test_order_of_what_land_yields_is_no_change() -> None:
    parts = [{"item": "flat", "quantity": "1.00"}, {"item": "shop", "quantity": "2.00"}]
    old, new = (package(dispositions=[{"parcel": "P1", "yields": rows}]) for rows in (parts, parts[::-1]))
    assert not diff(old, new)


@pytest.mark.parametrize("broken", ["", None, "many", "NaN"])
def test_draft_with_a_gap_can_be_compared(broken) -> None:
    row = {"party": "HH-1", "item": "flat", "year": 1, "quantity": broken}
    [change] = diff(package(allocations=[row]), package(allocations=[{**row, "quantity": "3.00"}])).rows
    assert change.difference("quantity") == 3
    assert not diff(package(allocations=[row]), package(allocations=[dict(row)]))


def test_change_is_named_by_its_places() -> None:
    assert Change("flows", None, {}, None, 4).id == "flows.x.4"

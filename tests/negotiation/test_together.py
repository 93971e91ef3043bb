"""Two people's changes to one draft: both are kept, and where they differ in one field it is told."""

from hypothesis import given
from hypothesis import strategies as st

from negotiation.changes import normal
from negotiation.together import Clash, merge_drafts

AMOUNT = st.sampled_from(["1.00", "2.00", "3.00", "4.00"])
ITEM = st.sampled_from(["flat", "shop"])
ROW = st.fixed_dictionaries(
    {"party": st.sampled_from("PQR"), "item": ITEM, "quantity": AMOUNT, "year": st.just(0)},
    optional={"negotiable": st.fixed_dictionaries({"min": AMOUNT, "max": AMOUNT})},
)


def draft(*rows: dict, title: str = "T", flows: list[dict] | None = None) -> dict:
    bounds = [
        {"term": f"/allocations/{place}/quantity", **row["negotiable"]}
        for place, row in enumerate(rows)
        if "negotiable" in row
    ]
    plain = [{name: part for name, part in row.items() if name != "negotiable"} for row in rows]
    found = {"code": "A", "title": title, "dispositions": [], "allocations": plain, "flows": flows or []}
    return found | ({"negotiable": bounds} if bounds else {})


def gets(party: str, quantity: str, item: str = "flat") -> dict:
    return {"party": party, "item": item, "quantity": quantity, "year": 0}


DRAFT = st.builds(lambda rows, title: draft(*rows, title=title), st.lists(ROW, max_size=6), st.sampled_from("TUV"))


def said(document: dict) -> tuple:
    """A draft for comparing: its rows in any order."""
    rows = sorted(map(str, map(normal, document["allocations"])))
    return document["title"], rows, len(document.get("negotiable", []))


@given(DRAFT, DRAFT)
def test_who_changed_alone_has_it_as_they_want_it(base: dict, changed: dict) -> None:
    for theirs, mine in ((base, changed), (changed, base), (changed, changed)):
        merged, clashes = merge_drafts(base, theirs, mine)
        assert (said(merged), clashes) == (said(changed), [])


@given(DRAFT, DRAFT, DRAFT)
def test_without_a_clash_it_does_not_matter_who_saved_first(base: dict, theirs: dict, mine: dict) -> None:
    (merged, clashes), (turned, others) = merge_drafts(base, theirs, mine), merge_drafts(base, mine, theirs)
    assert len(clashes) == len(others)
    if not clashes:
        assert said(merged) == said(turned)


def test_two_rows_and_two_fields_of_one_row_are_put_together() -> None:
    base = draft(gets("P", "1.00"), gets("Q", "1.00"), gets("R", "1.00"))
    bounded = {**gets("R", "1.00"), "negotiable": {"min": "1.00", "max": "2.00"}}
    merged, clashes = merge_drafts(
        base,
        draft(gets("P", "5.00"), gets("Q", "1.00"), gets("R", "7.00")),
        draft(gets("P", "1.00"), gets("Q", "6.00"), bounded),
    )
    assert clashes == []
    assert merged == draft(gets("P", "5.00"), gets("Q", "6.00"), {**bounded, "quantity": "7.00"})


def test_one_field_changed_by_both_stays_as_it_is_saved_and_is_told() -> None:
    merged, clashes = merge_drafts(draft(gets("P", "1.00")), draft(gets("P", "2.00")), draft(gets("P", "3.00")))
    assert merged == draft(gets("P", "2.00"))
    assert clashes == [Clash("allocations", gets("P", "2.00"), "quantity", "2.00", "3.00")]


def test_row_taken_out_by_one_and_changed_by_the_other_is_told() -> None:
    base, changed = draft(gets("P", "1.00")), draft(gets("P", "2.00"))
    merged, clashes = merge_drafts(base, changed, draft())
    assert (merged, clashes) == (changed, [Clash("allocations", gets("P", "2.00"), "", gets("P", "2.00"), None)])
    merged, clashes = merge_drafts(base, draft(), changed)
    assert (merged, clashes) == (draft(), [Clash("allocations", gets("P", "2.00"), "", None, gets("P", "2.00"))])


def test_new_rows_of_both_stand_and_one_sent_twice_stands_once() -> None:
    base, both = draft(gets("P", "1.00")), draft(gets("P", "1.00"), gets("Q", "2.00"))
    merged, clashes = merge_drafts(base, both, draft(gets("P", "1.00"), gets("R", "3.00")))
    assert (merged["allocations"], clashes) == ([gets("P", "1.00"), gets("Q", "2.00"), gets("R", "3.00")], [])
    assert merge_drafts(base, both, both) == (both, [])


def test_row_that_is_known_by_something_else_now_is_still_the_same_row() -> None:
    merged, clashes = merge_drafts(draft(gets("P", "1.00")), draft(gets("P", "2.00")), draft(gets("Q", "1.00")))
    assert (merged, clashes) == (draft(gets("Q", "2.00")), [])


def test_title_changed_by_both_is_told_without_a_row() -> None:
    merged, (clash,) = merge_drafts(draft(title="T"), draft(title="U"), draft(title="V"))
    assert (merged["title"], clash.kind, clash.field, clash.theirs, clash.mine) == ("U", "", "title", "U", "V")

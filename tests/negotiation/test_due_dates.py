"""Due dates of terms: they move with their rows, are sealed with the revision, and travel in files."""

import copy
import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from accounts.refusals import Invalid
from negotiation import drafting, drafts, packages
from negotiation.adoption import adopt_changes
from negotiation.casefile import check_case, differences, read_case
from negotiation.cases import dump_case, load_case
from negotiation.changes import diff
from negotiation.models import Draft, DueDate, Package, Revision
from negotiation.permissions import viewer_of
from negotiation.queries import changes as queries
from negotiation.queries.packages import latest
from negotiation.sheets.write import draft_workbook
from negotiation.splitting import split_parcel
from negotiation.terms import digest, package_document
from tests.negotiation.casefile.small import small_case
from tests.staging import DEMO

ROOM = "/rooms/ZX-03-2026/"
SOON = "2027-06-30"


def dated(draft: Draft, **days: str) -> dict:
    """The draft's document with dates: `dated(draft, dispositions_1="2027-06-30")`."""
    dates = {f"/{name.replace('_', '/')}": day for name, day in days.items()}
    return {**draft.document, "due": {**draft.document.get("due", {}), **dates}}


def revised(mandate, room, **days: str) -> Revision:
    """Package A with these dates, on the table as its next revision."""
    developer = mandate("developer")
    package = Package.objects.select_related("room__plan", "proposer", "latest").get(room=room, code="A")
    draft = packages.revise_package(developer, package)
    draft = drafts.save_draft(developer, draft, dated(draft, **days), draft.version)
    return packages.submit_package(developer, draft, draft.version)


@given(st.lists(st.booleans(), max_size=6), st.lists(st.booleans(), max_size=6))
def test_dates_in_rows_and_apart_are_the_same_thing(land: list[bool], money: list[bool]) -> None:
    stored: dict = {"dispositions": [{"parcel": "P"} for _ in land], "allocations": [], "flows": [{} for _ in money]}
    places = [
        (kind, n) for kind, rows in (("dispositions", land), ("flows", money)) for n, has in enumerate(rows) if has
    ]
    stored |= {"due": {f"/{kind}/{place}": SOON for kind, place in places}} if places else {}
    assert drafting.extracted(drafting.embedded(stored)) == stored


def test_revision_keeps_its_dates_with_who_owes_them(mandate, zhuxi) -> None:
    revision = revised(mandate, zhuxi, dispositions_1=SOON, dispositions_4=SOON, flows_0=SOON, allocations_2=SOON)
    found = {row.term: row.party.code if row.party else None for row in DueDate.objects.filter(revision=revision)}
    assert found == {"/dispositions/1": "MKT-DEV", "/dispositions/4": None, "/flows/0": None, "/allocations/2": None}
    document = package_document(revision)
    assert document["due"] == dict.fromkeys(found, SOON)
    assert revision.digest == digest(document)


def test_revision_without_dates_keeps_its_digest(mandate, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="A")
    assert "due" not in package_document(revision)
    assert revision.digest == digest(package_document(revision))


def test_changed_date_is_another_digest_and_a_difference(mandate, zhuxi) -> None:
    first = revised(mandate, zhuxi, dispositions_1=SOON)
    second = revised(mandate, zhuxi, dispositions_1="2027-07-31")
    assert first.digest != second.digest
    (change,) = diff(package_document(first), package_document(second)).rows
    assert (change.id, change.fields) == ("dispositions.1.1", ["due"])
    with translation.override("zh-hans"):
        (line,) = queries.lines(viewer_of(mandate("developer"), zhuxi), [change])
    (part,) = line.parts
    assert (part.old, part.new) == ("2027年6月30日", "2027年7月31日")


def test_dates_come_with_what_is_adopted_and_countered(mandate, zhuxi) -> None:
    first = latest(zhuxi).get(package__code="A")
    second = revised(mandate, zhuxi, dispositions_1=SOON)
    adopted = adopt_changes(mandate("planner"), first, second, ["dispositions.1.1"])
    assert adopted.document["due"] == {"/dispositions/1": SOON}
    countered = packages.start_package(mandate("factory"), zhuxi, source=second, counter=True)
    assert countered.document["due"] == {"/dispositions/1": SOON}


@pytest.mark.parametrize(
    "day", ["2027-02-30", "2027-6-30", "30.06.2027", "20270630", "next year", "2025-06-30", "2042-01-01", "9999-12-31"]
)
def test_day_that_can_not_be_is_refused_at_its_row(day: str, mandate, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        revised(mandate, zhuxi, dispositions_1=day)
    assert set(refusal.value.fields) == {"dispositions[1].due"}


def test_today_is_the_first_day_that_may_be_put_on_the_table(mandate, zhuxi) -> None:
    today = timezone.localdate()
    with pytest.raises(Invalid) as refusal:
        revised(mandate, zhuxi, dispositions_1=(today - timedelta(days=1)).isoformat())
    assert set(refusal.value.fields) == {"dispositions[1].due"}
    assert revised(mandate, zhuxi, dispositions_1=today.isoformat()).due_dates.get().on == today


def test_date_of_a_row_that_is_not_seen_is_not_quoted(mandate, zhuxi) -> None:
    document = {**package_document(latest(zhuxi).get(package__code="A")), "due": {"/flows/0": "never"}}
    faults = packages.package_faults(zhuxi, document)
    shown = drafting.mask_faults(faults, document, {"HH-001"})
    assert (set(faults), set(shown)) == ({"flows[0].due"}, {"hidden"})


def test_split_parcel_keeps_its_date_in_both_and_moves_those_behind(mandate, zhuxi) -> None:
    draft = packages.start_package(mandate("planner"), zhuxi, source=latest(zhuxi).get(package__code="B"))
    draft.document = dated(draft, dispositions_1=SOON, dispositions_2="2028-01-31")
    draft.save()
    saved = split_parcel(mandate("planner"), draft, 1, Decimal(100), draft.version)
    assert saved.document["due"] == {
        "/dispositions/1": SOON,
        "/dispositions/2": SOON,
        "/dispositions/3": "2028-01-31",
    }


class TestCaseFile:
    def test_dump_equals_what_was_loaded_and_what_is_loaded_again(self, mandate, cast) -> None:
        document = read_case(DEMO / "hekou.json")
        document["code"] = "HK-DATED"
        code = document["packages"][0]["code"]
        document["extensions"] = {**document.get("extensions", {}), "due-dates/1": {code: {"/flows/0": "2027-03-01"}}}
        assert check_case(document).faults == ()
        room, loaded = load_case(copy.deepcopy(document))
        assert loaded and differences(dump_case(room), document) == []
        assert load_case(document) == (room, False)
        assert "due-dates/1" not in room.extensions

    def test_dumped_revision_stands_in_the_extension(self, mandate, zhuxi) -> None:
        revised(mandate, zhuxi, dispositions_1=SOON)
        dumped = dump_case(zhuxi)
        assert dumped["extensions"]["due-dates/1"] == {"A": {"/dispositions/1": SOON}}
        assert [package for package in dumped["packages"] if "due" in package] == []
        assert check_case(dumped).faults == ()

    @pytest.mark.parametrize(
        ("dates", "path", "code"),
        [
            ({}, "", "too_few"),
            ([], "", "wrong_type"),
            ({"A": {}}, ".A", "too_few"),
            ({"Z": {"/flows/0": "2027-01-01"}}, ".Z", "unknown_code"),
            ({"A": {"/flows/99": "2027-01-01"}}, '.A["/flows/99"]', "unknown_term"),
            ({"A": {"/flows/0/yuan": "2027-01-01"}}, '.A["/flows/0/yuan"]', "bad_key"),
            ({"A": {"/flows/0": "2027-02-29"}}, '.A["/flows/0"]', "not_a_day"),
            ({"A": {"/flows/0": "2036-01-01"}}, '.A["/flows/0"]', "out_of_range"),
            ({"A": {"/flows/0": 2027}}, '.A["/flows/0"]', "wrong_type"),
            ({"A": {"/flows/0": "soon"}}, '.A["/flows/0"]', "bad_form"),
        ],
    )
    def test_faults_are_told_at_their_place(self, dates: object, path: str, code: str) -> None:
        document = {**small_case(), "extensions": {"due-dates/1": dates}}
        found = [(fault.path, fault.code) for fault in check_case(document).faults]
        assert found == [(f'$.extensions["due-dates/1"]{path}', code)]

    def test_schema_is_served(self, signed_in, db) -> None:
        client = signed_in("")
        (where,) = [path for path in client.get("/api/schemas/").json()["schemas"] if "due-dates" in path]
        assert client.get(where).json()["title"] == "Extension due-dates/1 of tongchou-case/1"


class TestEditor:
    def test_field_in_each_row_is_saved_and_its_fault_stands_beside_it(self, signed_in, mandate, zhuxi) -> None:
        packages.revise_package(mandate("developer"), Package.objects.get(room=zhuxi, code="A"))
        client, where = signed_in("developer"), f"{ROOM}packages/A/draft/"
        page = client.get(where)
        posted = {"version": page.context["version"], "title": "A", "summary": ""}
        for given_ in page.context["sets"]:
            rows = given_["rows"]
            posted |= {f"{rows.prefix}-TOTAL_FORMS": 1, f"{rows.prefix}-INITIAL_FORMS": 0}
        posted |= {"dispositions-0-row": 1, "dispositions-0-parcel": "P02", "dispositions-0-due": "2027-02-30"}
        answer = client.post(where, {**posted, "submit": "1"})
        assert answer.status_code == 422
        form = answer.context["sets"][0]["rows"].forms[1]
        assert form.faults["due"] == 'A day that there is, such as 2027-06-30, is expected. ("2027-02-30")'
        assert Draft.objects.get().document["due"] == {"/dispositions/1": "2027-02-30"}

    def test_api_draft_carries_dates_in_its_rows(self, signed_in, mandate, zhuxi) -> None:
        packages.revise_package(mandate("developer"), Package.objects.get(room=zhuxi, code="A"))
        client, where = signed_in("developer"), f"/api/v1{ROOM}packages/A/draft/"
        body = {"version": 1, "dispositions": [{"row": 1, "due": SOON}]}
        saved = client.put(where, json.dumps(body), content_type="application/json").json()
        assert [row.get("due") for row in saved["document"]["dispositions"]] == [SOON]
        assert "due" not in saved["document"]

    def test_workbook_holds_a_date_and_gives_it_back(self, mandate, zhuxi) -> None:
        developer = mandate("developer")
        draft = packages.revise_package(developer, Package.objects.get(room=zhuxi, code="A"))
        draft = drafts.save_draft(developer, draft, dated(draft, dispositions_1=SOON), draft.version)
        book = load_workbook(io.BytesIO(draft_workbook(viewer_of(developer, zhuxi), draft)))
        land = book.worksheets[1]
        assert land.cell(3, land.max_column).value.date() == date(2027, 6, 30)

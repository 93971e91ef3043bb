"""The electoral roll's pages and API: what each reader sees, what forms do, statements, files."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from negotiation.electoral import Change, answer_objection, correct_roll, object_to_roll
from negotiation.models import RollObjection, Seat
from negotiation.permissions import look
from negotiation.queries import electoral as queries
from negotiation.queries.procedure import facts, standing
from negotiation.rolls import latest_roll
from tests.negotiation.rolls import asking, opened, over, published
from tests.negotiation.test_paper_pages import statements

ROOM = "/rooms/ZX-03-2026/"
HOUSE, OTHER, NAME = "HH-017", "HH-150", "东街150户"
MARKS = ("7654321.09", "7,654,321.09", "76.54", "123.457")
READS = [
    "",
    "mine/",
    "procedure/",
    "roll/",
    "roll/?search=HH-150",
    "roll/?page=4",
    "roll/versions/1/",
    "roll/versions/2/",
    "roll/objections/",
    "roll/posting/",
]
API = [
    "procedure/",
    "electoral-rolls/",
    "electoral-rolls/1/",
    "electoral-rolls/2/",
    "electoral-rolls/2/lines/?size=200",
    "electoral-rolls/2/lines/?search=HH-150",
    "roll-objections/",
]


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def marked(planner, mandate, zhuxi):
    """A household whose figures nobody else has, by its rights and by a correction; it objects."""
    Seat.objects.filter(room=zhuxi, party__code=OTHER).update(value=Decimal("7654321.09"))
    published(planner, zhuxi)
    correct_roll(planner, zhuxi, [Change(OTHER, {"floor_area": "123.457"})], "Measured anew")
    party = Seat.objects.get(room=zhuxi, party__code=OTHER).party
    made = object_to_roll(mandate("resident", party=HOUSE), zhuxi, "It is 123.457", OTHER)
    RollObjection.objects.filter(pk=made.pk).update(party=party)
    return RollObjection.objects.get(pk=made.pk)


def everything(client) -> str:
    pages = [client.get(ROOM + path) for path in READS] + [client.get(f"/api/v1{ROOM}{path}") for path in API]
    return "\n".join(row.content.decode() for row in pages)


@pytest.mark.parametrize("role", ["", "stranger", "observer", "resident", "neighbour", "chair", "developer", "factory"])
def test_nobody_reads_what_another_household_weighs_or_objects(role: str, signed_in, marked) -> None:
    text = everything(signed_in(role))
    assert [mark for mark in (*MARKS, NAME, marked.text) if mark in text] == []


def test_members_see_that_a_household_stands_on_it(signed_in, marked) -> None:
    for role, seen in (("", False), ("observer", False), ("neighbour", True), ("factory", True), ("auditor", True)):
        assert (OTHER in signed_in(role).get(ROOM + "roll/?search=HH-15").content.decode()) is seen


def test_officials_see_weights_and_names_and_an_auditor_weights_by_code(signed_in, marked) -> None:
    finance, auditor = (everything(signed_in(role)) for role in ("finance", "auditor"))
    assert all(mark in finance and mark in auditor for mark in ("7654321.09", "123.457"))
    assert NAME in finance and NAME not in auditor


def test_household_reads_its_own_line_whole_with_the_rights_behind_it(signed_in, planner, zhuxi) -> None:
    published(planner, zhuxi)
    page = signed_in("resident").get(ROOM + "roll/")
    line = next(row for row in page.context["own"] if row.seat.party.code == HOUSE)
    assert set(line.seen) == {"area", "value"} and line.rights
    assert Decimal(line.seen["value"]) == sum(right.value for right in line.rights)


def test_names_of_others_are_not_found_by_searching(signed_in, planner, zhuxi) -> None:
    published(planner, zhuxi)
    for who, count in (("neighbour", 0), ("finance", 1)):
        rows = signed_in(who).get(f"{ROOM}roll/", {"search": NAME}).context["rows"]
        assert rows.paginator.count == count


def owners_sum(user, room) -> object:
    rows = queries.totals(look(user, room.code), latest_roll(room))
    return next(row.weights for row in rows if row.code == "owners")


def test_sums_are_told_but_not_beside_a_correction_of_a_hidden_seat(planner, zhuxi, cast) -> None:
    """Two sums, one from before and one from after, would tell by how much one household was corrected."""
    published(planner, zhuxi)
    assert owners_sum(cast("factory"), zhuxi) == owners_sum(cast("finance"), zhuxi) is not None
    correct_roll(planner, zhuxi, [Change(OTHER, {"floor_area": "7"})], "x")
    assert owners_sum(cast("factory"), zhuxi) is None
    assert owners_sum(cast("finance"), zhuxi) is not None


def test_convener_publishes_on_the_page_and_the_resident_is_asked_to_check(signed_in, zhuxi) -> None:
    asking(zhuxi)
    today = timezone.localdate()
    body = {"published_on": today.isoformat(), "place": "Town hall"}
    assert signed_in("planner").post(f"{ROOM}roll/publish/", body).url == f"{ROOM}roll/"
    roll = latest_roll(zhuxi)
    assert (roll.place, roll.ends) == ("Town hall", today + timedelta(days=6))
    assert signed_in("resident").get(f"{ROOM}mine/").context["roll"] == roll
    over(zhuxi)
    assert signed_in("resident").get(f"{ROOM}mine/").context["roll"] is None


def test_resident_objects_the_convener_answers_and_corrects_on_the_page(signed_in, planner, zhuxi) -> None:
    published(planner, zhuxi)
    resident, convener = signed_in("resident"), signed_in("planner")
    sent = resident.post(f"{ROOM}roll/object/?party={HOUSE}", {"text": "It has 90 m²"})
    assert (sent.status_code, sent.url) == (302, f"{ROOM}roll/objections/")
    made = RollObjection.objects.get()
    address = f"{ROOM}roll/objections/{made.pk}/"
    assert convener.post(address, {"verdict": "upheld", "reason": "So it is"}).status_code == 302
    said = "So it is" in resident.get(f"{ROOM}roll/objections/").content.decode()
    form = {"floor_area": "90", "value": "", "deciding": "any", "named": "", "document": "", "reason": "So it is"}
    assert convener.post(f"{ROOM}roll/correct/{HOUSE}/", form).url == f"{ROOM}roll/"
    made.refresh_from_db()
    assert said and made.corrected == latest_roll(zhuxi)
    assert latest_roll(zhuxi).lines.get(seat__party__code=HOUSE).weights["area"] == "90.00"


def test_refused_correction_comes_back_with_what_was_typed(signed_in, planner, zhuxi) -> None:
    published(planner, zhuxi)
    form = {"floor_area": "many", "deciding": "all", "named": "", "document": "", "reason": "x"}
    answer = signed_in("planner").post(f"{ROOM}roll/correct/{HOUSE}/", form)
    assert answer.status_code == 422 and "floor_area" in answer.context["form"].errors
    nothing = {"deciding": "any", "named": "", "document": "", "reason": "x"}
    assert signed_in("planner").post(f"{ROOM}roll/correct/{HOUSE}/", nothing).status_code == 422


def test_representative_is_stated_on_the_page_and_read_by_the_household_alone(
    signed_in, planner, mandate, zhuxi
) -> None:
    published(planner, zhuxi)
    neighbour = mandate("neighbour")
    form = {"deciding": "named", "named": neighbour.pk, "document": "Declaration", "reason": "As declared"}
    assert signed_in("planner").post(f"{ROOM}roll/correct/HH-018/", form).status_code == 302
    name = str(neighbour.user)
    assert f"named: {name}" in signed_in("neighbour").get(f"{ROOM}roll/").content.decode()
    assert name not in signed_in("factory").get(f"{ROOM}roll/?search=HH-018").content.decode()


def test_procedure_says_what_the_roll_waits_for(signed_in, planner, mandate, zhuxi) -> None:
    def duty() -> tuple[bool, str]:
        row = next(row for row in standing(zhuxi, facts(zhuxi)) if row.code == "roll_settled")
        return row.met, row.role

    assert duty() == (True, "convener")
    asking(zhuxi)
    assert duty() == (False, "convener")
    published(planner, zhuxi)
    assert duty() == (False, "roll")
    made = object_to_roll(mandate("resident", party=HOUSE), zhuxi, "x", HOUSE)
    over(zhuxi)
    assert duty() == (False, "convener")
    answer_objection(planner, made, "No", upheld=False)
    assert duty() == (True, "convener")
    assert f"{ROOM}roll/" in signed_in("resident").get(f"{ROOM}procedure/").content.decode()


def test_list_for_the_wall_has_every_code_and_no_weight(signed_in, marked) -> None:
    text = signed_in("planner").get(f"{ROOM}roll/posting/").content.decode()
    assert OTHER in text and text.count("<tr>") == 230
    assert [mark for mark in (*MARKS, NAME) if mark in text] == []


def test_workbook_has_the_lines_and_the_rights(signed_in, marked) -> None:
    answer = signed_in("planner").get(f"{ROOM}roll.xlsx")
    lines, rights = load_workbook(io.BytesIO(answer.content), read_only=True).worksheets
    rows = {row[0]: row for row in lines.iter_rows(values_only=True)}
    assert rows[OTHER][1] == NAME and rows[OTHER][4] == "123.457"
    assert len(rows) == 230 and sum(1 for _row in rights.iter_rows()) > 220


def test_ballot_names_its_version(signed_in, planner, zhuxi) -> None:
    published(planner, zhuxi)
    over(zhuxi)
    ballot = opened(planner, zhuxi)
    assert f"{ROOM}roll/versions/1/" in signed_in("resident").get(f"{ROOM}ballots/{ballot.pk}/").content.decode()


def test_whole_way_by_api(signed_in, mandate, zhuxi) -> None:
    asking(zhuxi)
    address, convener, resident = f"/api/v1{ROOM}", signed_in("planner"), signed_in("resident")

    def post(client, path: str, body: object):
        return client.post(address + path, body, content_type="application/json")

    body = {"published_on": timezone.localdate().isoformat(), "place": "Town hall"}
    assert post(convener, "electoral-rolls/", body).json()["number"] == 1
    made = post(resident, "roll-objections/", {"party": HOUSE, "text": "It has 90 m²"})
    assert (made.status_code, made.json()["line"], made.json()["state"]) == (201, HOUSE, "open")
    answered = post(convener, f"roll-objections/{made.json()['id']}/answer/", {"upheld": True, "reason": "Yes"})
    assert answered.json()["state"] == "upheld"
    change = {"party": HOUSE, "weights": {"floor_area": "90"}}
    done = post(convener, "roll-corrections/", {"changes": [change], "reason": "Yes"})
    assert (done.status_code, done.json()["number"], len(done.json()["corrections"])) == (201, 2, 1)
    row = resident.get(f"{address}electoral-rolls/2/lines/?search={HOUSE}").json()["results"][0]
    assert (row["weights"]["area"], row["heads"]) == ("90.00", 1)
    assert resident.get(f"{address}roll-objections/").json()["results"][0]["corrected"] == 2


def test_pages_take_the_same_statements_for_one_row_and_for_three(signed_in, planner, mandate, zhuxi) -> None:
    published(planner, zhuxi)
    resident = mandate("resident", party=HOUSE)
    object_to_roll(resident, zhuxi, "x", HOUSE)
    correct_roll(planner, zhuxi, [Change(HOUSE, {"floor_area": "1"})], "x")
    reads = [f"{ROOM}roll/?search=HH-15", f"{ROOM}roll/objections/", f"{ROOM}roll/posting/", f"{ROOM}procedure/"]
    reads += [f"/api/v1{ROOM}electoral-rolls/2/lines/?search=HH-15", f"/api/v1{ROOM}roll-objections/"]
    reads += [f"/api/v1{ROOM}electoral-rolls/"]
    clients = [signed_in("planner"), signed_in("resident")]
    for client in clients:
        client.get(ROOM)
    one = [statements(client, read) for client in clients for read in reads]
    for party in (HOUSE, "HH-150", "HH-151"):
        object_to_roll(resident, zhuxi, "x", party)
        correct_roll(planner, zhuxi, [Change(party, {"floor_area": "7"})], "x")
    reads[4] = reads[4].replace("rolls/2", "rolls/5").replace("HH-15", "HH-1")
    reads[0] = reads[0].replace("HH-15", "HH-1")
    assert [statements(client, read) for client in clients for read in reads] == one
    assert max(one) <= 40

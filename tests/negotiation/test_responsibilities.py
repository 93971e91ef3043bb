"""Who must do what: a party confirms its own part of a revision, and the matrix shows it."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from openpyxl import load_workbook

from accounts.models import Party
from accounts.refusals import Conflict, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import packages
from negotiation.models import Confirmation, Flow, Package, Revision, Room
from negotiation.queries.packages import latest
from negotiation.responsibilities import confirm_responsibility, duties_of

ROOM = "/rooms/ZX-03-2026/"
PAGE = f"{ROOM}packages/A/1/confirm/"


def package_a(room: Room) -> Revision:
    return latest(room).get(package__code="A")


def test_party_confirms_its_part_once(mandate, zhuxi) -> None:
    developer, revision = mandate("developer"), package_a(zhuxi)
    confirm_responsibility(developer, revision)
    with pytest.raises(Conflict):
        confirm_responsibility(developer, revision)
    assert [row.party.code for row in Confirmation.objects.all()] == ["MKT-DEV"]
    assert Entry.objects.filter(action="package.confirm").count() == 1


@pytest.mark.parametrize("name", ["resident", "factory", "chair"])
def test_party_that_owes_nothing_confirms_nothing(name: str, mandate, zhuxi) -> None:
    acting, revision = mandate(name), package_a(zhuxi)
    assert not duties_of(revision, acting.party)
    with pytest.raises(NotAllowed) as refusal:
        confirm_responsibility(acting, revision)
    assert refusal.value.code == "no_duty"


@pytest.mark.parametrize("name", ["auditor", "observer"])
def test_those_who_look_on_do_not_confirm(name: str, mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        confirm_responsibility(mandate(name), package_a(zhuxi))


@pytest.mark.parametrize("phase", Room.Phase.values)
def test_parts_are_confirmed_in_every_phase(phase: str, mandate, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    assert confirm_responsibility(mandate("developer"), package_a(zhuxi)).party.code == "MKT-DEV"


def test_new_revision_is_confirmed_anew(mandate, zhuxi) -> None:
    developer, first = mandate("developer"), package_a(zhuxi)
    confirm_responsibility(developer, first)
    package = Package.objects.select_related("room", "proposer", "latest").get(pk=first.package_id)
    draft = packages.revise_package(developer, package)
    second = packages.submit_package(developer, draft, draft.version)
    with pytest.raises(Conflict):
        confirm_responsibility(mandate("finance"), first)
    confirm_responsibility(developer, second)
    assert Confirmation.objects.count() == 2


def test_withdrawn_package_is_not_confirmed(mandate, zhuxi) -> None:
    developer, revision = mandate("developer"), package_a(zhuxi)
    packages.withdraw_package(developer, revision.package, "No money")
    with pytest.raises(WrongPhase) as refusal:
        confirm_responsibility(developer, revision)
    assert refusal.value.code == "withdrawn"


@pytest.mark.django_db(transaction=True)
def test_confirmed_twice_at_once_is_one_confirmation(mandate, zhuxi) -> None:
    developer, revision = mandate("developer"), package_a(zhuxi)

    def confirm(_number: int) -> str:
        try:
            confirm_responsibility(developer, revision)
        except Conflict:
            return "conflict"
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(confirm, range(3))) == ["conflict", "conflict", "done"]
    assert Confirmation.objects.count() == 1


def test_page_shows_ones_own_part_and_the_matrix_who_confirmed(signed_in, zhuxi) -> None:
    client = signed_in("developer")
    assert "Look at our part and confirm it" in client.get(f"{ROOM}packages/A/").content.decode()
    page = client.get(PAGE).content.decode()
    assert "Confirm our part in A.1?" in page and "We pay" in page
    assert client.post(PAGE).url == f"{ROOM}packages/A/1/"
    after = client.get(f"{ROOM}packages/A/")
    line = next(row for row in after.context["matrix"] if row.code == "MKT-DEV")
    assert line.confirmed and "Your party has confirmed its part." in after.content.decode()
    assert client.post(PAGE).status_code == 409
    everyone = signed_in("").get(f"{ROOM}packages/A/")
    assert [row.code for row in everyone.context["matrix"] if row.confirmed] == ["MKT-DEV"]


def test_household_named_in_no_matrix_is_only_counted(signed_in, mandate, zhuxi) -> None:
    revision = package_a(zhuxi)
    households = Party.objects.filter(realm=zhuxi.code, kind="household").order_by("pk")
    common = {"target": "project", "category": "tax", "stage": "build", "year": 1, "yuan": 5}
    Flow.objects.bulk_create(Flow(revision=revision, source=row.code, **common) for row in households)
    confirm_responsibility(mandate("resident", party="HH-017"), revision)
    page = signed_in("").get(f"{ROOM}packages/A/")
    together = page.context["matrix"][-1]
    assert (together.side, together.confirmed_by, together.confirmed) == ("households", 1, None)
    rows = signed_in("").get(f"/api/v1{ROOM}packages/A/revisions/1/responsibilities/")
    assert "HH-017" not in rows.content.decode() and "HH-017" not in page.content.decode()
    assert rows.json()[-1]["confirmed_by"] == 1


def test_confirmation_by_api(signed_in, zhuxi) -> None:
    where = f"/api/v1{ROOM}packages/A/revisions/1/"
    answer = signed_in("developer").post(f"{where}confirmation/", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["party"]) == (201, "MKT-DEV")
    rows = signed_in("").get(f"{where}responsibilities/").json()
    assert {row["party"]: bool(row["confirmed"]) for row in rows if row["party"]} == {
        "GOV-NR": False,
        "GOV-HC": False,
        "GOV-FIN": False,
        "MKT-DEV": True,
        "MKT-OPS": False,
    }


def test_workbook_says_who_must_do_what_as_text(signed_in, mandate, zhuxi) -> None:
    revision = package_a(zhuxi)
    confirm_responsibility(mandate("developer"), revision)
    Party.objects.filter(realm=zhuxi.code, code="MKT-DEV").update(name="=HYPERLINK(1)")
    home = Party.objects.get(realm=zhuxi.code, code="HH-017")
    common = {"target": "project", "category": "tax", "stage": "build", "year": 1, "yuan": 5}
    Flow.objects.create(revision=revision, source=home.code, **common)
    page = signed_in("").get(f"{ROOM}packages/A/1/responsibilities.xlsx")
    twin = signed_in("").get(f"/api/v1{ROOM}packages/A/revisions/1/responsibilities.xlsx")
    listed = signed_in("").get(f"/api/v1{ROOM}packages/A/revisions/1/responsibilities/").json()
    for answer in (page, twin):
        _head, *rows = load_workbook(io.BytesIO(answer.content)).active.iter_rows()
        assert "f" not in {cell.data_type for row in rows for cell in row}
        # One household alone is not shown: its sum would be its own row.
        named = [row for row in rows if row[0].value in {line["name"] for line in listed if line["party"]}]
        assert len(named) == len([line for line in listed if line["party"]])
        developer = next(row for row in rows if row[0].value == "=HYPERLINK(1)")
        assert developer[0].quotePrefix and developer[5].value
        assert [row[5].value for row in named if row[5].value] == [developer[5].value]
        assert all(home.name not in str(cell.value) for row in rows for cell in row)

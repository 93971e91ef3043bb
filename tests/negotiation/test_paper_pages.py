"""Votes on paper as officials and voters see them; statements at one row and at three."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from negotiation import papers, voting
from negotiation.paperprints import make_papers, print_papers
from tests.negotiation.ballots import end
from tests.negotiation.files import picture
from tests.negotiation.papers import code_of, entered, opened

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def ballot(mandate, zhuxi):
    return opened(mandate("planner"), zhuxi)


@pytest.fixture
def place(ballot) -> str:
    return f"{ROOM}ballots/{ballot.pk}/"


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.png", picture())


def test_official_types_the_code_then_what_is_ticked(signed_in, ballot, place) -> None:
    planner, code = signed_in("planner"), code_of(ballot, "HH-150")
    asked = planner.get(f"{place}papers/enter/", {"code": code.lower()})
    assert [value for value, _label in asked.context["form"].fields["choice"].choices] == ["yes", "no", "abstain"]
    done = planner.post(f"{place}papers/enter/", {"code": code, "choice": "yes", "file": scan()})
    assert (done.status_code, done["Location"]) == (302, f"{place}papers/")
    assert [(row.seat.party.code, row.choice) for row in ballot.papers.all()] == [("HH-150", "yes")]


def test_wrong_code_is_told_beside_the_field(signed_in, place) -> None:
    answer = signed_in("planner").get(f"{place}papers/enter/", {"code": "333-333"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["code"]


def test_paper_without_a_scan_is_not_entered(signed_in, ballot, place) -> None:
    answer = signed_in("planner").post(f"{place}papers/enter/", {"code": code_of(ballot, "HH-150"), "choice": "yes"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["file"])


def test_first_reading_is_shown_to_nobody_before_the_second(signed_in, ballot, place, mandate) -> None:
    entry = entered(mandate("planner"), ballot, choice="abstain")
    for who in ("planner", "finance"):
        client = signed_in(who)
        api = client.get(f"/api/v1{place}papers/{entry.pk}/").json()
        assert (api["readings"], api["state"]) == ([], "entered")
        assert "Abstain" not in client.get(f"{place}papers/").content.decode()
    own = signed_in("planner").get(f"{place}papers/{entry.pk}/").content.decode()
    assert "Abstain" not in own and 'name="choice"' not in own
    second = signed_in("finance").get(f"{place}papers/{entry.pk}/")
    assert second.context["readings"] == [] and second.context["form"].initial == {}


def test_mismatch_is_shown_to_both(signed_in, ballot, place, mandate) -> None:
    entry = entered(mandate("planner"), ballot, choice="abstain")
    answer = signed_in("finance").post(f"{place}papers/{entry.pk}/", {"choice": "no"})
    assert (answer.status_code, answer["Location"]) == (302, f"{place}papers/{entry.pk}/")
    for who in ("planner", "finance"):
        assert signed_in(who).get(f"{place}papers/{entry.pk}/").context["readings"] == ["abstain", "no"]


def test_voter_is_told_of_a_vote_on_paper_and_that_an_own_one_wins(signed_in, ballot, place, mandate) -> None:
    papers.confirm_paper(mandate("finance"), entered(mandate("planner"), ballot, "HH-017"), "yes")
    resident = signed_in("resident")
    page = resident.get(place).content.decode()
    assert "on paper" in page and "If you vote here, that vote counts and the paper does not." in page
    voting.cast(mandate("resident", party="HH-017"), ballot, "no")
    assert "on paper" not in resident.get(place).content.decode()


def test_proxy_is_told_that_the_paper_counts(signed_in, ballot, place, mandate) -> None:
    papers.confirm_paper(mandate("finance"), entered(mandate("planner"), ballot, "HH-018"), "yes")
    resident, proxy = signed_in("resident"), mandate("resident", party="HH-018")
    resident.post(f"{ROOM}mandate/", {"mandate": proxy.pk})
    assert "It counts, whatever a proxy votes." in resident.get(place).content.decode()


def test_story_tells_a_vote_on_paper(signed_in, ballot, mandate) -> None:
    papers.confirm_paper(mandate("finance"), entered(mandate("planner"), ballot), "yes")
    page = signed_in("planner").get(f"{ROOM}log/").content.decode()
    assert "entered the paper of HH-150" in page
    assert "confirmed, as the second official, the vote of HH-150 on paper" in page


def test_papers_are_entered_and_read_anew_by_api(signed_in, ballot, place) -> None:
    body = {"code": code_of(ballot, "HH-150"), "choice": "yes", "file": scan()}
    sent = signed_in("planner").post(f"/api/v1{place}papers/", body)
    assert (sent.status_code, sent.json()["seat"], sent.json()["readings"]) == (201, "HH-150", [])
    where = f"/api/v1{place}papers/{sent.json()['id']}/"
    same = signed_in("planner").post(f"{where}confirmation/", {"choice": "yes"}, content_type="application/json")
    assert (same.status_code, same.json()["code"]) == (403, "same_person")
    done = signed_in("finance").post(f"{where}confirmation/", {"choice": "yes"}, content_type="application/json")
    assert (done.status_code, done.json()["state"], done.json()["readings"]) == (200, "confirmed", ["yes"])
    assert signed_in("finance").get(f"{where}scan/")["Content-Type"] == "image/png"


def test_papers_are_asked_for_and_taken_by_api(signed_in, ballot, place) -> None:
    body = {"place": "Town hall", "parties": ["HH-150", "HH-151"]}
    sent = signed_in("finance").post(f"/api/v1{place}paper-prints/", body, content_type="application/json")
    assert (sent.status_code, sent.json()["total"], sent.json()["done"]) == (202, 2, 0)
    make_papers(ballot.paper_batches.get())
    where = f"/api/v1{place}paper-prints/{sent.json()['id']}/"
    assert signed_in("finance").get(where).json()["files"] == [{"number": 1, "papers": 2}]
    assert signed_in("finance").get(f"{where}1.pdf").content[:5] == b"%PDF-"


def test_paper_of_another_ballot_is_not_found(signed_in, ballot, place, mandate) -> None:
    entry = entered(mandate("planner"), ballot)
    for address in (f"{ROOM}ballots/{ballot.pk + 1}/papers/{entry.pk}/", f"/rooms/HK-2026/ballots/{ballot.pk}/papers/"):
        assert signed_in("planner").get(address).status_code == 404


def statements(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_lists_take_the_same_statements_for_one_row_and_for_three(signed_in, ballot, place, mandate) -> None:
    planner, finance, client = mandate("planner"), mandate("finance"), signed_in("planner")

    def more(number: int) -> None:
        papers.confirm_paper(finance, entered(planner, ballot, f"HH-{number}"), "yes")
        entered(planner, ballot, f"HH-{number + 1}")
        print_papers(planner, ballot, "Town hall", ["HH-150"])

    addresses = [f"{place}papers/", f"{place}papers/print/", f"/api/v1{place}papers/", f"/api/v1{place}paper-prints/"]
    addresses.append(f"/api/v1{place}paper-roll/")
    more(150)
    client.get(place)
    one = [statements(client, address) for address in addresses]
    more(152)
    more(154)
    assert [statements(client, address) for address in addresses] == one
    assert one == [11, 10, 8, 8, 8]


def test_paper_that_nobody_confirmed_in_time_does_not_count(signed_in, mandate, ballot, place) -> None:
    entry = entered(mandate("planner"), ballot)
    end(ballot)
    voting.close_if_due(ballot)
    for page in (f"{place}papers/", f"{place}papers/{entry.pk}/"):
        text = signed_in("finance").get(page).content.decode()
        assert "Not confirmed before the close, does not count" in text and "Waits for the second" not in text

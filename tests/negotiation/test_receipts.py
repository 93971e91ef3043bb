"""The receipt on paper, and the page that its code leads to."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone, translation

from audit.sequencer import sequence_all
from negotiation import receipts, voting
from negotiation.printing.receipt import receipt_paper
from negotiation.printing.sealed import qr
from negotiation.queries.packages import latest
from tests.negotiation.printing.reading import packed, pdf_pages

ROOM = "ZX-03-2026"
CHECK = f"/rooms/{ROOM}/log/receipts/"


@pytest.fixture
def ballot(mandate, zhuxi):
    revision = latest(zhuxi).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))


@pytest.fixture
def vote(mandate, ballot):
    """The resident's sealed vote."""
    voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    sequence_all(f"room:{ROOM}")
    return receipts.find_vote(mandate("resident", party="HH-017"), ballot)


@pytest.fixture
def said(vote) -> dict[str, str]:
    """What stands on the paper."""
    document = receipts.receipt(vote)
    _origin, size, root = document["checkpoint"].split("\n")[:3]
    digest = sha256(document["entry"].encode()).hexdigest()
    return {"index": str(document["index"]), "entry": digest, "size": size, "root": root}


def pdf(client, ballot, where: str = "") -> bytes:
    return client.get(f"{where}/rooms/{ROOM}/ballots/{ballot.pk}/receipt.pdf").content


def test_paper_is_one_page_with_what_the_log_says(signed_in, vote, said) -> None:
    pages = pdf_pages(pdf(signed_in("resident"), vote.ballot))
    text = packed(pages[0])
    revision = vote.ballot.revision
    wanted = [ROOM, "B.1", revision.digest, "HH-017", "Infavour", "inperson", *said.values()]
    wanted.append(packed(receipts.receipt(vote)["checkpoint"].split("\n")[0]))
    assert (len(pages), [word for word in wanted if word not in text]) == (1, [])
    assert "王桂芳" not in text


@translation.override("en")
def test_code_on_the_paper_leads_to_the_page_that_checks_it(signed_in, vote, said) -> None:
    from urllib.parse import urlencode

    address = f"http://testserver{CHECK}?{urlencode(said)}"
    assert receipt_paper(vote, f"http://testserver{CHECK}").data["qr"] == qr(address)
    answer = signed_in().get(address)
    assert answer.status_code == 200
    assert answer.context["check"] == receipts.Check(stands=True, sealed=True)
    assert "HH-017" not in answer.content.decode()


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"entry": "0" * 64}, receipts.Check(stands=False, sealed=True)),
        ({"index": "0"}, receipts.Check(stands=False, sealed=True)),
        ({"index": "99999"}, receipts.Check(stands=False, sealed=False)),
        ({"root": "A" * 43 + "="}, receipts.Check(stands=True, sealed=False)),
        ({"size": "1"}, receipts.Check(stands=True, sealed=False)),
        ({"size": ""}, receipts.Check(stands=True, sealed=None)),
    ],
)
def test_false_receipt_is_found(signed_in, said, change: dict[str, str], check) -> None:
    answer = signed_in().get(CHECK, said | change)
    assert answer.context["check"] == check
    assert ("✗" in answer.content.decode()) == (not check.stands or check.sealed is False)


@pytest.mark.parametrize("change", [{"entry": "x"}, {"index": ""}, {"index": "-1"}, {"size": "0"}, {"size": "9" * 30}])
def test_nonsense_is_refused(signed_in, said, change: dict[str, str]) -> None:
    assert signed_in().get(CHECK, said | change).status_code == 422
    assert signed_in().get(f"/api/v1{CHECK}", said | change).status_code == 422


def test_api_checks_and_prints_the_same(signed_in, vote, said) -> None:
    assert signed_in().get(f"/api/v1{CHECK}", said).json() == {"stands": True, "sealed": True}
    client = signed_in("resident")
    assert pdf(client, vote.ballot, "/api/v1") == pdf(client, vote.ballot)


def test_paper_waits_for_the_seal(signed_in, mandate, ballot) -> None:
    voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    answer = signed_in("resident").get(f"/api/v1/rooms/{ROOM}/ballots/{ballot.pk}/receipt.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_sealed")


def test_paper_is_the_voters_own(signed_in, vote) -> None:
    where = f"/rooms/{ROOM}/ballots/{vote.ballot_id}/receipt.pdf"
    assert [signed_in(role).get(where).status_code for role in ("neighbour", "planner", "observer")] == [404, 404, 403]

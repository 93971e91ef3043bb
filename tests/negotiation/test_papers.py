"""Votes on paper: entered by one official, read anew by another, and a vote only then."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongPhase
from audit.models import Commitment, Entry
from negotiation import attachments, filestore, papers, receipts, voting
from negotiation.disclosure import may_open
from negotiation.mandates import seat_person
from negotiation.models import Ballot
from negotiation.papercodes import paper_code
from negotiation.permissions import viewer_of
from tests.negotiation.files import picture
from tests.negotiation.papers import code_of, entered, opened


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def finance(mandate):
    return mandate("finance")


@pytest.fixture
def ballot(planner, zhuxi):
    return opened(planner, zhuxi)


def logged(action: str) -> list[dict[str, object]]:
    return [json.loads(bytes(row.body)) for row in Entry.objects.filter(action=action).order_by("time")]


def heads(ballot) -> str:
    return voting.tally(ballot)["chambers"][0]["measures"][0]["reached"]


def test_entered_paper_is_no_vote_yet(ballot, planner) -> None:
    entry = entered(planner, ballot)
    assert (entry.state, entry.vote, ballot.votes.count()) == ("entered", None, 0)


def test_paper_read_alike_by_two_officials_is_a_vote(ballot, planner, finance) -> None:
    entry = papers.confirm_paper(finance, entered(planner, ballot), "yes")
    vote = ballot.votes.get()
    assert (vote.seat.party.code, vote.choice, vote.via, vote.mandate) == ("HH-150", "yes", "paper", finance)
    assert (entry.state, entry.vote) == ("confirmed", vote)
    assert heads(ballot) == "1/221"


def test_vote_on_paper_is_in_the_log_by_the_official_who_confirmed(ballot, planner, finance) -> None:
    entry = papers.confirm_paper(finance, entered(planner, ballot), "yes")
    (enter,), (cast,) = logged("paper.enter"), logged("vote.cast")
    assert cast["actor"]["party"] == "GOV-FIN" and enter["actor"]["party"] == "GOV-NR"
    assert cast["data"] == {"ballot": ballot.pk, "seat": "HH-150", "choice": "yes", "via": "paper", "paper": entry.pk}
    assert {**enter["data"], "choice": ""} == {
        "ballot": ballot.pk,
        "seat": "HH-150",
        "paper": entry.pk,
        "scan": entry.sha256,
        "choice": "",
    }


def test_how_the_first_official_read_a_paper_is_opened_to_nobody(ballot, planner, finance, zhuxi) -> None:
    entered(planner, ballot)
    row = Commitment.objects.get(entry__action="paper.enter", path="/data/choice")
    assert bytes(row.content) == b"yes"
    for viewer in (viewer_of(planner, zhuxi), viewer_of(finance, zhuxi)):
        assert not may_open(viewer, "paper.enter", "/data/choice", "GOV-NR")


def test_official_does_not_confirm_a_paper_alone(ballot, planner, zhuxi) -> None:
    entry = entered(planner, ballot)
    other = seat_person(zhuxi, planner.user, planner.party, "representative", roles=["government"], document="Letter")
    for same in (planner, other):
        with pytest.raises(NotAllowed) as refusal:
            papers.confirm_paper(same, entry, "yes")
        assert refusal.value.code == "same_person"


def test_two_readings_are_no_vote_and_both_are_kept(ballot, planner, finance) -> None:
    entry = papers.confirm_paper(finance, entered(planner, ballot), "no")
    assert (entry.state, entry.choice, entry.second_choice) == ("mismatch", "yes", "no")
    assert ballot.votes.count() == 0
    assert [row["actor"]["party"] for row in logged("paper.mismatch")] == ["GOV-FIN"]
    rows = Commitment.objects.filter(entry__action="paper.mismatch", path__in=["/data/first", "/data/second"])
    assert dict(rows.values_list("path", "content")) == {"/data/first": b"yes", "/data/second": b"no"}


def test_paper_read_in_two_ways_is_settled_by_entering_it_again(ballot, planner, finance) -> None:
    papers.confirm_paper(finance, entered(planner, ballot), "no")
    papers.confirm_paper(planner, entered(finance, ballot, choice="no"), "no")
    assert [vote.choice for vote in ballot.votes.all()] == ["no"]
    assert len(logged("paper.enter")) == 2


def test_second_paper_of_a_seat_waits_for_the_first(ballot, planner, finance) -> None:
    entered(planner, ballot)
    with pytest.raises(Conflict):
        entered(finance, ballot)


def test_later_paper_of_a_seat_counts(ballot, planner, finance) -> None:
    papers.confirm_paper(finance, entered(planner, ballot), "yes")
    papers.confirm_paper(finance, entered(planner, ballot, choice="no"), "no")
    assert [row["choice"] for row in voting.vote_rows(ballot)] == ["no"]


def test_own_vote_wins_over_paper_and_paper_over_proxy(ballot, planner, finance, mandate) -> None:
    seat = ballot.roll.get(seat__party__code="HH-018").seat_id
    voting.cast(mandate("resident", party="HH-018"), ballot, "no")
    papers.confirm_paper(finance, entered(planner, ballot, "HH-018"), "yes")
    assert voting.effective_vote(ballot, [seat]).via == "paper"
    voting.cast(mandate("neighbour"), ballot, "abstain")
    assert voting.effective_vote(ballot, [seat]).via == "own"
    papers.confirm_paper(finance, entered(planner, ballot, "HH-018"), "yes")
    assert voting.effective_vote(ballot, [seat]).via == "own"


def test_confirmation_sent_twice_is_one_vote(ballot, planner, finance) -> None:
    entry = entered(planner, ballot)
    papers.confirm_paper(finance, entry, "yes")
    assert papers.confirm_paper(finance, entry, "yes").state == "confirmed"
    assert ballot.votes.count() == 1
    with pytest.raises(Conflict):
        papers.confirm_paper(finance, entry, "no")


@pytest.mark.parametrize("who", ["resident", "developer", "auditor", "observer"])
def test_only_officials_enter_papers(ballot, mandate, who: str) -> None:
    with pytest.raises(NotAllowed):
        entered(mandate(who), ballot)


def test_official_who_acts_under_a_household_enters_nothing(ballot, planner, zhuxi) -> None:
    """The right is the person's, so the mandate is looked at too."""
    home = ballot.roll.get(seat__party__code="HH-151").seat.party
    own = seat_person(zhuxi, planner.user, home, "self")
    with pytest.raises(NotAllowed) as refusal:
        entered(own, ballot)
    assert refusal.value.code == "not_an_official"


def test_official_touches_no_paper_of_a_party_that_they_act_for(ballot, planner, finance, zhuxi) -> None:
    home = ballot.roll.get(seat__party__code="HH-151").seat.party
    seat_person(zhuxi, planner.user, home, "self")
    for touch in (
        lambda: entered(planner, ballot, "HH-151"),
        lambda: papers.confirm_paper(planner, entered(finance, ballot, "HH-151"), "yes"),
        lambda: entered(finance, ballot, "GOV-FIN", "object", reason="Too dear"),
    ):
        with pytest.raises(NotAllowed) as refusal:
            touch()
        assert refusal.value.code == "own_seat"


def test_code_of_another_ballot_is_refused(ballot, planner) -> None:
    beyond = ballot.roll.order_by("-pk").first().pk + 1
    with pytest.raises(Invalid) as refusal:
        papers.enter_paper(planner, ballot, paper_code(beyond), "yes", picture())
    assert set(refusal.value.fields) == {"code"}


@pytest.mark.parametrize(
    ("party", "choice", "reason", "field"),
    [
        ("HH-150", "accept", "", "choice"),
        ("HH-150", "", "", "choice"),
        ("HH-150", "yes", "because", "reason"),
        ("GOV-FIN", "object", "", "reason"),
        ("MKT-DEV", "yes", "", "choice"),
    ],
)
def test_paper_must_fit_the_chamber(ballot, planner, party: str, choice: str, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        entered(planner, ballot, party, choice, reason=reason)
    assert set(refusal.value.fields) == {field}


def test_scan_is_checked_like_every_file(ballot, planner) -> None:
    with pytest.raises(Invalid) as refusal:
        papers.enter_paper(planner, ballot, code_of(ballot, "HH-150"), "yes", b"MZ")
    assert refusal.value.code == "file_type"


def test_objection_on_paper_has_its_reason(ballot, planner, zhuxi, cast) -> None:
    finance_chief = seat_person(
        zhuxi,
        cast("observer"),
        planner.party,
        "representative",
        roles=["government"],
        document="Letter",
    )
    entry = entered(planner, ballot, "GOV-FIN", "object", reason=" The fund is short. ")
    papers.confirm_paper(finance_chief, entry, "object")
    assert ballot.votes.get().reason == "The fund is short."
    assert voting.tally(ballot)["state"] != "passed"


def test_nothing_is_entered_or_confirmed_after_the_close(ballot, planner, finance) -> None:
    entry = entered(planner, ballot)
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    for late in (lambda: entered(planner, ballot, "HH-151"), lambda: papers.confirm_paper(finance, entry, "yes")):
        with pytest.raises(WrongPhase) as refusal:
            late()
        assert refusal.value.code == "ballot_closed"
    entry.refresh_from_db()
    assert (entry.state, ballot.votes.count()) == ("entered", 0)


def test_revoked_official_confirms_nothing(ballot, planner, finance) -> None:
    entry = entered(planner, ballot)
    finance.revoked_at = timezone.now()
    finance.save()
    with pytest.raises(NotAllowed):
        papers.confirm_paper(finance, entry, "yes")


@pytest.mark.django_db(transaction=True)
def test_entry_is_withdrawn_with_a_reason_and_its_scan_goes(planner, zhuxi, finance) -> None:
    ballot = opened(planner, zhuxi)
    entry = papers.withdraw_paper(finance, entered(finance, ballot), "Scanned the wrong sheet")
    assert (entry.state, entry.ended_reason) == ("withdrawn", "Scanned the wrong sheet")
    assert len(logged("paper.withdraw")) == 1
    with pytest.raises(NotFound):
        filestore.read(entry.sha256)
    with pytest.raises(Conflict):
        papers.confirm_paper(planner, entry, "yes")
    assert entered(planner, ballot).state == "entered"


@pytest.mark.django_db(transaction=True)
def test_scan_stays_when_a_like_attachment_goes(planner, zhuxi, finance) -> None:
    ballot = opened(planner, zhuxi)
    attached = attachments.add_attachment(finance, zhuxi, "scan.png", picture())
    entry = entered(planner, ballot)
    attachments.remove_attachment(finance, attached, "Twice")
    assert len(filestore.read(entry.sha256)) == entry.size


def test_convener_takes_anybodys_entry_back_and_others_only_their_own(ballot, planner, finance) -> None:
    with pytest.raises(NotAllowed):
        papers.withdraw_paper(finance, entered(planner, ballot), "Not mine")
    assert papers.withdraw_paper(planner, entered(finance, ballot, "HH-151"), "Torn").state == "withdrawn"


def test_voter_finds_the_entry_of_a_vote_on_paper(ballot, planner, finance, mandate) -> None:
    papers.confirm_paper(finance, entered(planner, ballot, "HH-017"), "yes")
    vote = receipts.find_vote(mandate("resident", party="HH-017"), ballot)
    assert receipts.find_entry(vote).action == "vote.cast"

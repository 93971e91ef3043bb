"""Notice, opening, votes, close and decision, as the people of the room do them."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import timezone, translation

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import demonstration, packages, voting
from negotiation.models import Ballot, Package, Room, Vote
from negotiation.queries import tallies
from negotiation.queries.packages import latest
from tests.negotiation.votes import vote_as

ROOM = "ZX-03-2026"


@pytest.fixture
def convener(mandate):
    return mandate("planner")


@pytest.fixture
def ballot(convener, zhuxi):
    """An open ballot on package B."""
    return voting.open_ballot(convener, latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(days=1))


def end(ballot: Ballot) -> None:
    """Let the ballot's time be over."""
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now() - timedelta(seconds=1))


def everybody(ballot: Ballot, zhuxi, choices: dict[str, str]) -> None:
    """Votes of whole chambers, written as rows of one mandate's making."""
    for chamber, choice in choices.items():
        vote_as(ballot, choice, ballot.roll.filter(chamber=chamber))


def test_ballot_freezes_revision_card_and_roll(ballot, zhuxi) -> None:
    assert ballot.roll.count() == 229
    assert len(ballot.card_digest) == len(ballot.roll_digest) == len(ballot.rule_digest) == 64
    assert Room.objects.get(pk=zhuxi.pk).phase == "vote"
    entry = Entry.objects.filter(action="ballot.open").get()
    assert ballot.roll_digest in bytes(entry.body).decode()


def test_ballot_needs_a_notice(convener, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="A")
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(convener, revision, timezone.now() + timedelta(days=1))
    assert refusal.value.code == "no_notice"


def test_ballot_opens_on_the_day_after_thirty_days_of_notice(convener, zhuxi) -> None:
    revision = latest(zhuxi).get(package__code="A")
    voting.publish_notice(convener, revision, timezone.localdate() - timedelta(days=30), "Town hall")
    revision.refresh_from_db()
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(convener, revision, timezone.now() + timedelta(days=1))
    assert refusal.value.code == "notice_runs"
    type(revision).objects.filter(pk=revision.pk).update(notice_on=timezone.localdate() - timedelta(days=31))
    revision.refresh_from_db()
    assert voting.open_ballot(convener, revision, timezone.now() + timedelta(days=1)).state == "open"


def test_ballot_under_a_rule_that_does_not_fit_the_seats_is_refused_place_by_place(convener, zhuxi) -> None:
    """Such a rule is not loaded any more; a room may have one from before."""
    zhuxi.rule["chambers"].append({"code": "nobody", "who": {"kind": "ghost"}, "method": "acceptance"})
    zhuxi.save(update_fields=["rule"])
    with pytest.raises(Invalid) as refusal:
        voting.open_ballot(convener, latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(days=1))
    place = f"$.rule.chambers[{len(zhuxi.rule['chambers']) - 1}]"
    assert list(refusal.value.fields) == [place] and not Ballot.objects.filter(room=zhuxi).exists()


def test_notice_can_not_lie_in_the_future(convener, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        voting.publish_notice(convener, latest(zhuxi).get(package__code="A"), date(2999, 1, 1), "Town hall")
    assert set(refusal.value.fields) == {"published_on"}


def test_only_the_convener_opens(mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        voting.open_ballot(mandate("finance"), latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(days=1))


def test_second_ballot_is_refused(ballot, convener, zhuxi) -> None:
    with pytest.raises(WrongPhase):
        voting.open_ballot(convener, latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(days=1))


def test_last_vote_counts(ballot, mandate) -> None:
    resident = mandate("resident", party="HH-017")
    voting.cast(resident, ballot, "no")
    voting.cast(resident, ballot, "yes")
    assert ballot.votes.count() == 2
    assert [row["choice"] for row in voting.vote_rows(ballot)] == ["yes"]


def test_own_vote_wins_over_a_later_proxy(ballot, mandate) -> None:
    voting.cast(mandate("neighbour"), ballot, "no")
    voting.cast(mandate("resident", party="HH-018"), ballot, "yes")
    seat = ballot.roll.get(seat__party__code="HH-018").seat_id
    assert voting.effective_vote(ballot, [seat]).choice == "no"
    heads = voting.tally(ballot)["chambers"][0]["measures"][2]
    assert heads["reached"] == "0"


def test_same_key_again_is_the_same_vote(ballot, mandate) -> None:
    resident = mandate("resident", party="HH-017")
    first = voting.cast(resident, ballot, "yes", key="k1")
    assert voting.cast(resident, ballot, "yes", key="k1").pk == first.pk
    assert ballot.votes.count() == 1


def test_vote_is_in_the_log_with_seat_and_choice(ballot, mandate) -> None:
    voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    body = bytes(Entry.objects.get(action="vote.cast").body).decode()
    assert '"choice":"yes"' in body and '"seat":"HH-017"' in body and "王桂芳" not in body


@pytest.mark.parametrize(
    ("who", "choice", "reason", "field"),
    [
        ("resident", "accept", "", "choice"),
        ("finance", "yes", "", "choice"),
        ("finance", "object", "", "reason"),
        ("developer", "abstain", "", "choice"),
        ("resident", "yes", "x" * 2001, "reason"),
    ],
)
def test_choice_must_fit_the_chamber(ballot, mandate, who: str, choice: str, reason: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        voting.cast(mandate(who), ballot, choice, reason=reason)
    assert set(refusal.value.fields) == {field}


def test_no_vote_after_the_close(ballot, mandate) -> None:
    end(ballot)
    with pytest.raises(WrongPhase) as refusal:
        voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    assert refusal.value.code == "ballot_closed"


def test_revoked_mandate_does_not_vote(ballot, mandate) -> None:
    proxy = mandate("resident", party="HH-018")
    proxy.revoked_at = timezone.now()
    proxy.save()
    with pytest.raises(NotAllowed) as refusal:
        voting.cast(proxy, ballot, "yes")
    assert refusal.value.code == "mandate_not_valid"


def test_decision_waits_for_the_close(ballot, convener) -> None:
    with pytest.raises(WrongPhase) as refusal:
        voting.decide(convener, ballot)
    assert refusal.value.code == "ballot_open"


@pytest.mark.parametrize(
    ("choices", "outcome", "phase"),
    [
        ({"owners": "yes", "investors": "accept"}, "passed", "decided"),
        ({"owners": "yes", "investors": "decline"}, "rejected", "negotiation"),
        ({"owners": "yes", "investors": "accept", "departments": "object"}, "rejected", "negotiation"),
        ({"owners": "no", "investors": "accept"}, "rejected", "negotiation"),
        ({"investors": "accept"}, "no_quorum", "negotiation"),
    ],
)
def test_outcome_and_what_it_does_to_the_room(ballot, convener, zhuxi, choices, outcome: str, phase: str) -> None:
    everybody(ballot, zhuxi, choices)
    Vote.objects.filter(choice="object").update(reason="Not lawful")
    end(ballot)
    decision = voting.decide(convener, ballot)
    assert decision.outcome == outcome
    assert Room.objects.get(pk=zhuxi.pk).phase == phase
    with pytest.raises((Conflict, WrongPhase)):
        voting.decide(convener, ballot)


def test_roll_is_a_list_scan_by_index(ballot) -> None:
    """The query plan of the live tally's votes uses the index on ballot and seat."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT DISTINCT ON (seat_id, via) seat_id FROM negotiation_vote WHERE ballot_id = %s"
            " ORDER BY seat_id, via, id DESC",
            [ballot.pk],
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index" in plan


def test_nobody_proposes_during_the_vote(ballot, mandate, zhuxi) -> None:
    package = Package.objects.select_related("room", "latest", "proposer").get(room=zhuxi, code="A")
    with pytest.raises(WrongPhase):
        packages.revise_package(mandate("developer"), package)


def test_notice_is_not_older_than_a_revision_made_here(convener, mandate, zhuxi) -> None:
    package = latest(zhuxi).get(package__code="A").package
    draft = packages.revise_package(mandate("developer"), package)
    revision = packages.submit_package(mandate("developer"), draft, draft.version)
    with pytest.raises(Invalid) as refusal:
        voting.publish_notice(convener, revision, timezone.localdate() - timedelta(days=1), "Town hall")
    assert set(refusal.value.fields) == {"published_on"}
    assert voting.publish_notice(convener, revision, timezone.localdate(), "Town hall").notice_on


def test_retry_after_the_close_is_the_vote_that_was_cast(ballot, convener, mandate) -> None:
    resident = mandate("resident", party="HH-017")
    vote = voting.cast(resident, ballot, "yes", key="k")
    end(ballot)
    assert voting.cast(resident, ballot, "yes", key="k") == vote
    voting.decide(convener, ballot)
    assert voting.cast(resident, Ballot.objects.get(pk=ballot.pk), "yes", key="k") == vote


def test_key_is_not_used_for_another_choice(ballot, mandate) -> None:
    resident = mandate("resident", party="HH-017")
    voting.cast(resident, ballot, "yes", key="k")
    with pytest.raises(Conflict) as refusal:
        voting.cast(resident, ballot, "no", key="k")
    assert refusal.value.code == "key_reused"


def test_revision_that_was_voted_down_is_not_voted_on_again(ballot, convener, zhuxi) -> None:
    everybody(ballot, zhuxi, {"owners": "no", "investors": "accept"})
    end(ballot)
    assert voting.decide(convener, ballot).outcome == "rejected"
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(convener, latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(days=1))
    assert refusal.value.code == "voted_down"


def test_small_turnout_may_be_tried_again(ballot, convener, zhuxi) -> None:
    end(ballot)
    assert voting.decide(convener, ballot).outcome == "no_quorum"
    assert voting.open_ballot(convener, latest(zhuxi).get(package__code="B"), timezone.now() + timedelta(days=1))


def test_demo_can_pass_a_package_with_everybody_voting(ballot, convener, mandate, zhuxi) -> None:
    """The crowd votes for those whom nobody of the cast acts for; the cast does the rest."""
    for person, party, choice in (
        ("resident", "HH-017", "yes"),
        ("neighbour", "HH-018", "yes"),
        ("chair", "COL-ZX", "yes"),
        ("developer", "MKT-DEV", "accept"),
        ("factory", "MKT-TEX", "accept"),
    ):
        voting.cast(mandate(person, party=party), ballot, choice)
    assert demonstration.crowd(zhuxi, Fraction(8, 10)) == 219
    end(ballot)
    decision = voting.decide(convener, ballot)
    assert decision.outcome == "passed"
    heads = next(m for m in decision.count["chambers"][0]["measures"] if m["kind"] == "approval" and m["by"] == "heads")
    assert (heads["reached"], heads["needed"], heads["passed"]) == ("179/221", "3/4", True)
    assert Room.objects.get(pk=zhuxi.pk).phase == "decided"


@translation.override("zh-hans")
def test_objection_measure_is_told_as_what_it_is() -> None:
    measure = {"kind": "objection", "by": "heads", "of": "entitled", "reached": "1/2", "needed": "1/2"}
    below = {**measure, "test": "more_than", "passed": False, "missing": "1", "reachable": True, "strict": False}
    shown = tallies._measure(below, "")
    assert (shown["state"], shown["words"]) == ("met", "异议未达到比例")
    shown = tallies._measure({**below, "reached": "3/5", "passed": True, "missing": "0"}, "")
    assert (shown["state"], shown["words"]) == ("broken", "异议已达到比例，暂停")

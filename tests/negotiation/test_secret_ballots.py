"""Secret ballots: trustees, sealed choices, the opening by enough of them, and that nothing leaks before it."""

import base64
import inspect
import json
import re
from datetime import timedelta
from fractions import Fraction
from hashlib import sha256

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import ballotkeys, papers, rollcalls, rules, trustees, unsealing, voting
from negotiation.mandates import end_mandate
from negotiation.models import BallotKey, BallotShare, Trustee, Vote
from negotiation.papercodes import paper_code
from negotiation.paperprints import print_papers
from negotiation.queries.packages import latest
from negotiation.queries.results import chambers
from negotiation.queries.standing import standing
from negotiation.web.rule_forms import RuleForm, opened
from notifications.models import Telling
from tests.negotiation.ballots import RULE, TRUSTEES, end, give, many, opened_secret, passphrase, trusted
from tests.negotiation.files import picture
from tests.negotiation.papers import begun

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def ballot(mandate, zhuxi):
    return opened_secret(mandate, zhuxi)


def tomorrow():
    return timezone.now() + timedelta(days=1)


def last(action: str) -> dict:
    return json.loads(bytes(Entry.objects.filter(action=action).order_by("-time").first().body))["data"]


# Trustees


@pytest.mark.parametrize(
    ("names", "needed", "field"),
    [
        (("finance",), 2, "usernames"),
        (("finance", "finance"), 2, "usernames"),
        (("finance", "nobody-here"), 2, "usernames"),
        (("finance", "auditor", "developer"), 1, "needed"),
        (("finance", "auditor", "developer", "resident"), 2, "needed"),
        (("finance", "auditor"), 3, "needed"),
    ],
)
def test_naming_needs_different_parties_and_a_majority(names, needed, field, mandate, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        trustees.name_trustees(mandate("planner"), zhuxi, names, needed)
    assert set(refusal.value.fields) == {field}


def test_only_the_convener_names_and_only_trustees_accept(mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        trustees.name_trustees(mandate("finance"), zhuxi, TRUSTEES, 2)
    trust = trustees.name_trustees(mandate("planner"), zhuxi, TRUSTEES, 2)
    with pytest.raises(NotAllowed) as refusal:
        trustees.accept_trust(mandate("resident"), trust, passphrase("resident"))
    assert refusal.value.code == "not_a_trustee"


@pytest.mark.parametrize("weak", ["short", "123456789012", "x" * 201, "tab\tand words here"])
def test_weak_passphrases_are_refused(weak, mandate, zhuxi) -> None:
    trust = trustees.name_trustees(mandate("planner"), zhuxi, TRUSTEES, 2)
    with pytest.raises(Invalid) as refusal:
        trustees.accept_trust(mandate("finance"), trust, weak)
    assert set(refusal.value.fields) == {"passphrase"}


def test_naming_anew_ends_the_trust_before(mandate, zhuxi) -> None:
    before = trusted(mandate, zhuxi)
    trustees.name_trustees(mandate("planner"), zhuxi, ("finance", "auditor"), 2)
    with pytest.raises(Conflict):
        trustees.accept_trust(mandate("finance"), before, passphrase("finance"))


def test_passphrases_and_private_keys_are_nowhere(mandate, zhuxi) -> None:
    trusted(mandate, zhuxi)
    logged = b"".join(bytes(entry.body) for entry in Entry.objects.all())
    for row in Trustee.objects.all():
        private = ballotkeys.unlock(bytes(row.locked), passphrase(row.mandate.user.username))
        assert ballotkeys.public_of(private) == bytes(row.public)
        assert private not in bytes(row.locked) and base64.b64encode(private) not in logged
    assert b"seven stairs" not in logged


# Opening the ballot


def test_a_secret_ballot_needs_trustees_who_have_accepted(mandate, zhuxi) -> None:
    zhuxi.rule = RULE
    zhuxi.save(update_fields=["rule"])
    revision = latest(zhuxi).get(package__code="B")
    close = tomorrow()
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(mandate("planner"), revision, close)
    assert refusal.value.code == "no_trustees"
    trustees.name_trustees(mandate("planner"), zhuxi, TRUSTEES, 2)
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(mandate("planner"), revision, close)
    assert refusal.value.code == "trustees_waiting"


def test_a_trustee_whose_mandate_ended_opens_nothing(mandate, zhuxi) -> None:
    trusted(mandate, zhuxi)
    end_mandate(mandate("planner"), zhuxi, mandate("developer"), "Left")
    with pytest.raises(WrongPhase) as refusal:
        voting.open_ballot(mandate("planner"), latest(zhuxi).get(package__code="B"), tomorrow())
    assert refusal.value.code == "trustees_ended"


def test_a_small_chamber_can_not_vote_in_secret(mandate, zhuxi) -> None:
    few = {**RULE["chambers"][0], "who": {"parties": ["HH-017", "HH-018", "HH-019", "HH-020"]}}
    with pytest.raises(Invalid) as refusal:
        opened_secret(mandate, zhuxi, {**RULE, "chambers": [few]})
    assert list(refusal.value.fields) == ["$.rule.chambers[0]"]


def test_opening_says_what_the_count_needs_and_forgets_the_key(ballot) -> None:
    told = last("ballot.open")["secret"]
    assert (told["needed"], [row["party"] for row in told["trustees"]]) == (
        2,
        [Trustee.objects.get(mandate__user__username=name).mandate.party.code for name in TRUSTEES],
    )
    assert base64.b64decode(told["public"]) == bytes(ballot.key.public)
    assert {row["sha256"] for row in told["trustees"]} == set(ballot.key.shares.values_list("sha256", flat=True))
    assert not ballot.key.shares.exclude(opened=None).exists()


# Casting


def test_the_choice_is_nowhere_but_sealed(ballot, mandate) -> None:
    vote = voting.cast(mandate("resident", party="HH-017"), ballot, "yes", key="k1")
    kept = Vote.objects.get(pk=vote.pk)
    assert (kept.choice, len(kept.sealed), kept.mark, len(vote.mark)) == ("", 72, "", 32)
    told = last("vote.cast")
    assert set(told) == {"ballot", "seat", "sealed", "via"} and told["sealed"] == base64.b64encode(kept.sealed).decode()
    assert voting.cast(mandate("resident", party="HH-017"), ballot, "no", key="k1").pk == vote.pk
    assert ballot.votes.count() == 1


def test_a_reason_is_refused(ballot, mandate) -> None:
    with pytest.raises(Invalid) as refusal:
        voting.cast(mandate("resident", party="HH-017"), ballot, "no", reason="Because")
    assert set(refusal.value.fields) == {"reason"} and not ballot.votes.exists()


def test_papers_and_roll_calls_are_refused(ballot, mandate, zhuxi) -> None:
    planner = mandate("planner")
    code = paper_code(ballot.roll.get(seat__party__code="HH-150").pk)
    answer = rollcalls.Answer("HH-017", mandate("resident", party="HH-017").pk, "yes")
    for act in (
        lambda: papers.enter_paper(planner, ballot, code, "yes", picture()),
        lambda: print_papers(planner, ballot, "Hall"),
        lambda: rollcalls.take_roll_call(planner, ballot, begun(planner, zhuxi), [answer]),
    ):
        with pytest.raises(WrongPhase) as refusal:
            act()
        assert refusal.value.code == "secret_ballot"


def test_turnout_only_while_it_is_open(ballot, mandate) -> None:
    voting.cast(mandate("resident", party="HH-017"), ballot, "yes")
    stands = standing(ballot)
    assert (stands.count["state"], stands.voted, stands.groups, stands.expected) == ("sealed", 1, {}, None)
    assert [row["kind"] for chamber in stands.count["chambers"] for row in chamber["measures"]] == ["turnout"]
    with pytest.raises(WrongPhase) as refusal:
        voting.tally(ballot)
    assert refusal.value.code == "not_opened"


# Opening together


def test_enough_trustees_open_and_the_count_is_that_of_open_votes(ballot, mandate) -> None:
    chosen = ["yes", "no", "abstain", "yes", "yes", "no", "yes"]
    marks = many(ballot, chosen, mandate("resident"))
    end(ballot)
    give(mandate, ballot, "finance")
    key = BallotKey.objects.get(ballot=ballot)
    assert key.count is None
    with pytest.raises(WrongPhase) as refusal:
        voting.decide(mandate("planner"), ballot)
    assert refusal.value.code == "not_opened"
    give(mandate, ballot, "auditor")
    key.refresh_from_db()
    seats = [str(number) for number in ballot.roll.order_by("pk").values_list("seat_id", flat=True)]
    votes = [{"seat": seat, "choice": choice} for seat, choice in zip(seats, chosen, strict=False)]
    openly = rules.tally({"rule": ballot.rule, "seats": voting.roll_rows(ballot), "votes": votes})
    for told, want in zip(key.count["chambers"], openly["chambers"], strict=True):
        assert [
            {name: row[name] for name in want} for row, want in zip(told["measures"], want["measures"], strict=True)
        ] == (want["measures"])
    assert key.boards == [{"chamber": "owners", "votes": sorted([m, c] for m, c in zip(marks, chosen, strict=True))}]
    decision = voting.decide(mandate("planner"), ballot)
    assert decision.outcome == openly["state"] and decision.count == key.count == last("ballot.unseal")["count"]
    row = chambers(decision)[0]
    assert row.choices == {"yes": 4, "no": 2, "abstain": 1}
    assert Fraction(row.measures[1].reached) == Fraction(4, 7)
    assert not Vote.objects.exclude(choice="").exists() and not BallotShare.objects.exclude(opened=None).exists()


def test_one_trustee_is_not_enough_and_twice_is_once(ballot, mandate) -> None:
    many(ballot, ["yes"] * 6, mandate("resident"))
    end(ballot)
    give(mandate, ballot, "finance")
    give(mandate, ballot, "finance")
    assert BallotKey.objects.get(ballot=ballot).given == 1 and Entry.objects.filter(action="ballot.share").count() == 1
    given = ballot.key.shares.exclude(opened=None).get()
    share = bytes.fromhex(unsealing.sealing.unseal(given.opened, f"ballot share {given.pk}"))
    assert ballotkeys.public_of(ballotkeys.combine({given.trustee.number: share})) != bytes(ballot.key.public)


def test_no_share_before_the_close_nor_with_a_wrong_passphrase(ballot, mandate) -> None:
    with pytest.raises(WrongPhase) as refusal:
        give(mandate, ballot, "finance")
    assert refusal.value.code == "ballot_open"
    end(ballot)
    with pytest.raises(Invalid) as wrong:
        unsealing.give_share(mandate("finance"), ballot, passphrase("auditor"))
    assert wrong.value.code == "wrong_passphrase"
    with pytest.raises(NotAllowed):
        unsealing.give_share(mandate("resident"), ballot, passphrase("finance"))
    assert not Entry.objects.filter(action="ballot.share").exists()


def test_the_last_own_vote_counts_over_a_proxy(ballot, mandate) -> None:
    many(ballot, ["no"] * 5, mandate("resident"))
    voting.cast(mandate("neighbour"), ballot, "no")
    voting.cast(mandate("neighbour"), ballot, "yes")
    voting.cast(mandate("resident", party="HH-018"), ballot, "abstain")
    end(ballot)
    give(mandate, ballot, "finance")
    give(mandate, ballot, "developer")
    chosen = [choice for _mark, choice in BallotKey.objects.get(ballot=ballot).boards[0]["votes"]]
    assert sorted(chosen) == ["no", "no", "no", "no", "no", "yes"]


def test_a_vote_that_does_not_open_takes_part_and_is_for_nobody(ballot, mandate) -> None:
    many(ballot, ["yes"] * 6, mandate("resident"))
    first, second = ballot.votes.order_by("pk")[:2]
    # One is damaged, and one is a copy of another seat's.
    Vote.objects.filter(pk=first.pk).update(sealed=b"\x00" * 72)
    Vote.objects.filter(pk=second.pk).update(sealed=ballot.votes.order_by("pk")[3].sealed)
    end(ballot)
    give(mandate, ballot, "finance")
    give(mandate, ballot, "developer")
    key = BallotKey.objects.get(ballot=ballot)
    assert [row[1] for row in key.boards[0]["votes"]][:2] == ["invalid", "invalid"]
    assert key.count["chambers"][0]["measures"][1]["reached"] == "2/3"


def test_fewer_than_five_votes_are_not_published(ballot, mandate, signed_in) -> None:
    many(ballot, ["yes", "yes", "no", "yes"], mandate("resident"))
    end(ballot)
    give(mandate, ballot, "finance")
    give(mandate, ballot, "auditor")
    key = BallotKey.objects.get(ballot=ballot)
    chamber = key.count["chambers"][0]
    assert key.boards == [{"chamber": "owners", "votes": None}] and chamber["withheld"]
    assert [(row["passed"], row["reached"], row["favour"]) for row in chamber["measures"][1:]] == [
        (True, None, None)
    ] * 2
    voting.decide(mandate("planner"), ballot)
    for page in ("", "result/"):
        text = signed_in("auditor").get(f"{ROOM}ballots/{ballot.pk}/{page}").content.decode()
        assert "Fewer than five" in text and "3/4" not in text.partition("The rule of the decision")[0]


def test_a_vote_that_nobody_can_open_is_given_up_after_a_fortnight(ballot, mandate, zhuxi, signed_in) -> None:
    many(ballot, ["yes"] * 6, mandate("resident"))
    with pytest.raises(WrongPhase) as refusal:
        unsealing.give_up(mandate("planner"), ballot, "Two trustees lost theirs.")
    assert refusal.value.code == "ballot_open"
    end(ballot)
    give(mandate, ballot, "finance")
    with pytest.raises(WrongPhase) as refusal:
        unsealing.give_up(mandate("planner"), ballot, "Two trustees lost theirs.")
    assert refusal.value.code == "too_early"
    past = timezone.now() - unsealing.PATIENCE
    type(ballot).objects.filter(pk=ballot.pk).update(closes_at=past)
    client, sent = signed_in("planner"), {"reason": "Two trustees lost theirs."}
    assert client.post(f"{ROOM}ballots/{ballot.pk}/give-up/", sent).status_code == 302
    zhuxi.refresh_from_db()
    assert (zhuxi.phase, ballot.votes.count()) == ("negotiation", 6)
    assert not BallotShare.objects.exclude(opened=None).exists()
    for page in ("", "result/"):
        answer = client.get(f"{ROOM}ballots/{ballot.pk}/{page}")
        assert answer.status_code == 200 and "could not be opened" in answer.content.decode()
    with pytest.raises(WrongPhase) as refusal:
        give(mandate, ballot, "auditor")
    assert refusal.value.code == "given_up"
    again = voting.open_ballot(mandate("planner"), ballot.revision, tomorrow())
    assert again.state == "open"


def test_a_taken_share_is_that_of_the_log(ballot, mandate) -> None:
    end(ballot)
    _name, content = unsealing.take_share(mandate("finance"), ballot, passphrase("finance"))
    told = json.loads(content)
    assert (told["number"], told["ballot"]) == (1, ballot.pk)
    assert last("ballot.open")["secret"]["trustees"][0]["sha256"] == share_digest(told["share"])
    assert Entry.objects.filter(action="share.take").count() == 1


def share_digest(share: str) -> str:
    return sha256(base64.b64decode(share)).hexdigest()


def test_close_tells_the_trustees(ballot, mandate) -> None:
    end(ballot)
    voting.close_if_due(ballot)
    told = Telling.objects.get(topic="shares.wanted")
    assert len(told.audience["users"]) == 3 and told.link.endswith("/share/")


# What the pages say


def test_nothing_of_a_choice_is_on_any_page_before_the_opening(ballot, mandate, signed_in) -> None:
    """The same pages, whatever was chosen: only marks of time and of the form differ."""
    told = []
    for choice in ("yes", "no"):
        with transaction.atomic():
            many(ballot, [choice] * 6, mandate("resident"))
            voting.cast(mandate("resident", party="HH-017"), ballot, choice)
            told.append(everything(ballot, signed_in))
            transaction.set_rollback(True)
    assert told[0].keys() == told[1].keys()
    assert [name for name in told[0] if told[0][name] != told[1][name]] == []


def everything(ballot, signed_in) -> dict[str, str]:
    found = {}
    own = (
        f"ballots/{ballot.pk}/",
        f"ballots/{ballot.pk}/tally/",
        f"ballots/{ballot.pk}/share/",
        "mine/",
        "",
        "ballots/",
    )
    api = (f"ballots/{ballot.pk}/", f"ballots/{ballot.pk}/shares/", "ballots/", "mine/")
    for name in ("resident", "planner", "finance", "auditor", ""):
        client = signed_in(name)
        for path in (*(ROOM + page for page in own), *(f"/api/v1{ROOM}{page}" for page in api)):
            response = client.get(path)
            found[f"{name} {path}"] = f"{response.status_code} {plain(response.content.decode())}"
    return found


def plain(text: str) -> str:
    """Without what differs between any two answers: tokens, keys, versions, clocks."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce|name="key" value|data-live-version)="[^"]*"', "", text)
    return re.sub(r"\d{2}:\d{2}(:\d{2}(\.\d+)?)?", "", text)


def test_the_mark_is_shown_once(ballot, signed_in, mandate) -> None:
    client = signed_in("resident")
    session = client.session
    session["mandate:ZX-03-2026"] = mandate("resident", party="HH-017").pk
    session.save()
    page = client.get(f"{ROOM}ballots/{ballot.pk}/vote/?choice=yes").content.decode()
    assert "Secret: that you have voted is known" in page
    sent = {"choice": "yes", "key": "k9"}
    first = client.post(f"{ROOM}ballots/{ballot.pk}/vote/", sent)
    again = client.post(f"{ROOM}ballots/{ballot.pk}/vote/", sent)
    assert "mark of your vote" in first.content.decode() and "no-store" in first["Cache-Control"]
    assert "mark was shown then" in again.content.decode()
    assert "your choice is sealed" in client.get(f"{ROOM}ballots/{ballot.pk}/").content.decode()


def test_trustees_by_page_from_naming_to_result(mandate, zhuxi, signed_in) -> None:
    zhuxi.rule = RULE
    zhuxi.save(update_fields=["rule"])
    planner = signed_in("planner")
    sent = {"usernames": "\n".join(TRUSTEES), "needed": "2"}
    assert planner.post(f"{ROOM}trustees/", sent).status_code == 302
    for name in TRUSTEES:
        client, words = signed_in(name), passphrase(name)
        differ = client.post(f"{ROOM}trustees/accept/", {"passphrase": words, "again": words + "x"})
        assert differ.status_code == 422
        assert client.post(f"{ROOM}trustees/accept/", {"passphrase": words, "again": words}).status_code == 302
    assert "has accepted" in signed_in("").get(f"{ROOM}trustees/").content.decode()
    revision = latest(zhuxi).get(package__code="B")
    ballot = voting.open_ballot(mandate("planner"), revision, tomorrow())
    many(ballot, ["yes"] * 6, mandate("resident"))
    end(ballot)
    share = f"{ROOM}ballots/{ballot.pk}/share/"
    assert signed_in("finance").post(share, {"passphrase": "not the passphrase"}).status_code == 422
    for name in ("finance", "auditor"):
        assert signed_in(name).post(share, {"passphrase": passphrase(name)}).status_code == 302
    page = signed_in("planner").get(f"{ROOM}ballots/{ballot.pk}/").content.decode()
    assert "Opened and counted" in page
    voting.decide(mandate("planner"), ballot)
    text = signed_in("").get(f"{ROOM}ballots/{ballot.pk}/board.csv")
    assert b"".join(text.streaming_content).decode().count(",yes") == 6
    assert "board of marks" in signed_in("resident").get(f"{ROOM}ballots/{ballot.pk}/result/").content.decode()
    file = signed_in("finance").post(f"{share}file/", {"passphrase": passphrase("finance")})
    assert json.loads(file.content)["format"] == "tongchou-share/1"


def test_many_passphrases_are_slowed_down(ballot, signed_in, settings) -> None:
    end(ballot)
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "passphrase": "2/10m/key"}
    client, path = signed_in("developer"), f"{ROOM}ballots/{ballot.pk}/share/"
    got = [client.post(path, {"passphrase": "not the passphrase"}).status_code for _attempt in range(3)]
    assert got == [422, 422, 429]


def test_by_api(ballot, mandate, signed_in) -> None:
    root = f"/api/v1{ROOM}ballots/{ballot.pk}/"
    done = signed_in("neighbour").post(f"{root}votes/", {"choice": "no"}, content_type="application/json").json()
    assert done["choice"] == "" and len(done["mark"]) == 32
    assert signed_in("neighbour").get(root).json()["my_vote"] == "sealed"
    many(ballot, ["yes"] * 6, mandate("resident"))
    end(ballot)
    for name in ("finance", "developer"):
        body = {"passphrase": passphrase(name)}
        answer = signed_in(name).post(f"{root}shares/", body, content_type="application/json")
        assert answer.status_code == 200, answer.content
    assert answer.json()["opened_at"]
    board = signed_in("").get(f"{root}board/").json()
    assert [row["chamber"] for row in board] == ["owners"]
    assert {done["mark"]: "no"}.items() <= dict(board[0]["votes"]).items()
    voting.decide(mandate("planner"), ballot)
    result = signed_in("").get(f"{root}result/").json()
    assert result["chambers"][0]["choices"]["no"] == 1 and result["chambers"][0]["withheld"] is False
    roll = signed_in("auditor").get(f"{root}roll/?size=200").json()["results"]
    assert {row["choice"] for row in roll} <= {None, "sealed"}
    names = signed_in("").get(f"/api/v1{ROOM}trustees/").json()
    assert (names["needed"], len(names["trustees"])) == (2, 3)


def test_pages_take_the_same_statements_for_one_vote_and_for_ten(ballot, mandate, signed_in) -> None:
    def statements() -> list[int]:
        client, found = signed_in("planner"), []
        for page in ("", "share/", "board.csv", "result/"):
            with CaptureQueriesContext(connection) as captured:
                client.get(f"{ROOM}ballots/{ballot.pk}/{page}")
            found.append(len(captured))
        return found

    many(ballot, ["yes"] * 5, mandate("resident"))
    five = statements()
    many(ballot, ["yes"] * 15, mandate("resident"))
    assert statements() == five


@given(
    st.lists(st.sampled_from(["yes", "no", "abstain"]), min_size=5, max_size=12),
    st.lists(st.decimals("0.01", "999.99", places=2), min_size=12, max_size=12),
)
def test_opened_totals_are_those_of_an_open_count(chosen, weights) -> None:
    rule = {**RULE, "chambers": [{**RULE["chambers"][0], "who": {"kind": "household"}}]}
    seats = [
        {"seat": f"S{n}", "party": f"S{n}", "side": "public", "kind": "household", "weights": {"area": str(weight)}}
        for n, weight in enumerate(weights)
    ]
    votes = [{"seat": f"S{n}", "choice": choice} for n, choice in enumerate(chosen)]
    openly, opened = (
        rules.tally({"rule": rule, "seats": seats, "votes": votes}),
        rules.opened(rules.parse_rule(rule), seats, votes),
    )
    assert opened["state"] == openly["state"]
    for told, want in zip(opened["chambers"][0]["measures"], openly["chambers"][0]["measures"], strict=True):
        assert want.items() <= told.items()
        assert Fraction(told["favour"]) / Fraction(told["base"]) == Fraction(want["reached"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"secret": "yes"}, "not_a_truth"),
        ({"chambers": [{"code": "a", "who": {"side": "public"}, "method": "acceptance"}]}, "secret_votes_only"),
        ({"chambers": [{"code": "a", "who": {"side": "public"}, "method": "no_objection"}]}, "secret_votes_only"),
    ],
)
def test_rules_that_can_not_be_secret(change, code) -> None:
    with pytest.raises(rules.RuleRefused) as refusal:
        rules.parse_rule({**RULE, **change})
    assert [fault.code for fault in refusal.value.faults] == [code]


@pytest.mark.parametrize(
    ("weights", "reasons"),
    [
        (["10.00"] * 6, []),
        (["10.00"] * 5 + ["11.00"], ["unequal"]),
        (["10.00"] * 5 + ["51.00"], ["half"]),
        (["10.00", "12.00"] * 10, []),
    ],
)
def test_warnings_where_totals_show_choices(weights, reasons) -> None:
    rule = rules.parse_rule(RULE)
    seats = [
        {"seat": f"S{n}", "party": f"S{n}", "side": "public", "kind": "household", "weights": {"area": weight}}
        for n, weight in enumerate(weights)
    ]
    assert [reason for _chamber, _by, reason in rules.warnings(rule, seats)] == reasons


def test_rule_page_says_that_it_is_secret_and_warns(zhuxi, signed_in) -> None:
    codes = [f"HH-{number}" for number in range(150, 158)]
    chamber = {**RULE["chambers"][0], "who": {"parties": codes}}
    zhuxi.rule = {**RULE, "chambers": [chamber]}
    zhuxi.save(update_fields=["rule"])
    for page in ("rule/", "rule/edit/"):
        text = signed_in("planner").get(ROOM + page).content.decode()
        assert "Secret vote" in text and "fewer than twenty seats" in text


def test_editor_writes_secret(zhuxi) -> None:
    head = opened(RULE)[0]
    assert head["secret"] is True
    form = RuleForm({**head, "description": ""})
    assert form.is_valid() and form.cleaned_data["secret"] is True


def test_passphrases_cost_memory() -> None:
    """Tests take a cheap one; what is served does not."""
    source = inspect.getsource(ballotkeys)
    assert "COST = 2**16" in source

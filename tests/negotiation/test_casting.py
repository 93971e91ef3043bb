"""The vote in one round trip does what the long way does, and nothing where that would refuse."""

import json
import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import pytest
from celery import Celery
from django.core.cache import cache
from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Mandate, Party, Session, User
from accounts.refusals import Invalid
from accounts.sessions import SessionStore
from audit.log import room_scope
from audit.models import Commitment, Entry
from negotiation import casting, rules, voting
from negotiation.casting import cast_at_once, find_voter, voter_of
from negotiation.mandates import seat_person
from negotiation.models import Ballot, BallotSeat, Room, Sitting, Vote
from negotiation.permissions import look, role_group
from negotiation.queries.packages import latest
from negotiation.tasks import push_tally


@pytest.fixture
def ballot(mandate, zhuxi) -> Ballot:
    revision = latest(zhuxi).get(package__code="B")
    return voting.open_ballot(mandate("planner"), revision, timezone.now() + timedelta(days=1))


@pytest.fixture
def resident(mandate) -> Mandate:
    return mandate("resident", party="HH-017")


def plainly(mandate: Mandate, ballot: Ballot, choice: str = "yes", reason: str = "", key: str = "") -> object:
    return cast_at_once(voter_of(mandate, ballot), choice, reason, key)


def written() -> tuple[object, ...]:
    """The last vote, its entry and commitments, and the marks, but for numbers, salts and times."""
    vote = Vote.objects.latest("pk")
    entry = Entry.objects.filter(action="vote.cast").latest("id")
    body = json.loads(bytes(entry.body))
    said = body.pop("time"), body.pop("id"), body["actor"].pop("mandate")
    hidden = Commitment.objects.filter(entry=entry).values_list("path", "digest", "content")
    assert said[0] == vote.cast_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") and said[1] == str(entry.id)
    assert entry.time == vote.cast_at and [row[1] for row in hidden] == [said[2]]
    row = (vote.seat_id, vote.choice, vote.via, vote.reason, vote.mandate_id, vote.key)
    about = (entry.scope, entry.action, entry.party, entry.object_type, entry.object_id)
    marks = list(BallotSeat.objects.filter(own__gt="").values_list("seat", "own", "paper", "proxy"))
    return row, about, body, list(hidden), marks


def test_both_ways_write_the_same(ballot, resident) -> None:
    with patch("negotiation.voting.cast_at_once", return_value=None):
        voting.cast(resident, ballot, "no", key="k1")
    long_way = written()
    Vote.objects.all().delete()
    BallotSeat.objects.update(own="")
    with patch("negotiation.voting.keep_vote") as kept:
        vote = voting.cast(resident, ballot, "no", key="k1")
    assert not kept.called
    assert (vote.pk, vote.choice, vote.via, vote.seat.party.code) == (Vote.objects.get().pk, "no", "own", "HH-017")
    assert written() == long_way


def test_proxy_votes_as_a_proxy(ballot, resident) -> None:
    Mandate.objects.filter(pk=resident.pk).update(kind="proxy")
    resident.refresh_from_db()
    assert plainly(resident, ballot)
    assert BallotSeat.objects.get(proxy="yes").seat.party.code == "HH-017"


def logged(ballot: Ballot) -> list[dict[str, str]]:
    """The votes as an auditor counts them: the last entry of each seat and way."""
    last: dict[tuple[str, str], dict[str, str]] = {}
    entries = Entry.objects.filter(action="vote.cast").order_by(RawSQL("serial", ()))
    for body in entries.values_list("body", flat=True):
        data = json.loads(bytes(body))["data"]
        reason = {"reason": "committed"} if "reason" in data else {}
        last[data["seat"], data["via"]] = {"seat": data["seat"], "choice": data["choice"], "via": data["via"]} | reason
    return list(last.values())


@pytest.mark.parametrize("seed", range(4))
def test_table_marks_and_log_always_count_the_same(seed: int, ballot, mandate, zhuxi) -> None:
    dice = random.Random(seed)
    voters = [mandate("resident", party="HH-017"), mandate("finance"), mandate("developer"), mandate("planner")]
    voters += [
        seat_person(zhuxi, User.objects.create(username=f"p{row.pk}-{kind}"), row, kind)
        for row in Party.objects.filter(realm=zhuxi.code, kind="household").order_by("pk")[20:26]
        for kind in ("self", "proxy")
    ]
    for number in range(60):
        voter = dice.choice(voters)
        choice = dice.choice(["yes", "no", "abstain", "object", "accept", "decline"])
        with suppress(Invalid):
            voting.cast(voter, ballot, choice, reason=dice.choice(["", "Because."]), key=str(number))
        if number % 20 == 19:
            counted = voting.tally(ballot)
            rows = {"rule": ballot.rule, "seats": voting.roll_rows(ballot)}
            assert rules.tally(rows | {"votes": voting.marked_rows(ballot)}) == counted
            by_code = {"rule": ballot.rule, "seats": voting.logged_roll(rows["seats"]), "votes": logged(ballot)}
            assert rules.tally(by_code) == counted


def close(ballot: Ballot, _mandate: Mandate) -> None:
    Ballot.objects.filter(pk=ballot.pk).update(closes_at=timezone.now())


def end(ballot: Ballot, _mandate: Mandate) -> None:
    Ballot.objects.filter(pk=ballot.pk).update(state="closed")


def sit_later(ballot: Ballot, _mandate: Mandate) -> None:
    Sitting.objects.filter(ballot=ballot).update(opens_at=timezone.now() + timedelta(hours=1))


def revoke(_ballot: Ballot, mandate: Mandate) -> None:
    Mandate.objects.filter(pk=mandate.pk).update(revoked_at=timezone.now())


def expire(_ballot: Ballot, mandate: Mandate) -> None:
    Mandate.objects.filter(pk=mandate.pk).update(valid_to=timezone.now())


def leave(ballot: Ballot, mandate: Mandate) -> None:
    mandate.user.groups.remove(role_group(ballot.room, "public"))


def lock_out(_ballot: Ballot, mandate: Mandate) -> None:
    mandate.user.is_active = False


def name_another(ballot: Ballot, _mandate: Mandate) -> None:
    ballot.roll.update(deciding="named")


def strike(ballot: Ballot, _mandate: Mandate) -> None:
    ballot.roll.filter(seat__party__code="HH-017").delete()


def vote_before(ballot: Ballot, mandate: Mandate) -> None:
    voting.cast(mandate, ballot, "no", key="used")


@pytest.mark.parametrize(
    "change", [close, end, sit_later, revoke, expire, leave, lock_out, name_another, strike, vote_before]
)
def test_nothing_is_written_where_there_is_more_to_say(
    change: Callable[[Ballot, Mandate], None], ballot, resident
) -> None:
    change(ballot, resident)
    before = Vote.objects.count(), Entry.objects.count(), Commitment.objects.count()
    marks = list(BallotSeat.objects.exclude(own="").values_list("own", flat=True))
    assert plainly(resident, ballot, key="used") is None
    assert (Vote.objects.count(), Entry.objects.count(), Commitment.objects.count()) == before
    assert list(BallotSeat.objects.exclude(own="").values_list("own", flat=True)) == marks


@pytest.mark.parametrize(("choice", "reason"), [("accept", ""), ("object", ""), ("maybe", ""), ("yes", "Because.")])
def test_other_choices_and_reasons_go_the_long_way(choice: str, reason: str, ballot, resident) -> None:
    assert plainly(resident, ballot, choice, reason) is None
    assert not Vote.objects.exists()


@pytest.mark.parametrize("key", ["final", "secret"])
def test_rules_that_ask_for_more_go_the_long_way(key: str, ballot, resident, zhuxi) -> None:
    ballot.rule = ballot.rule | {key: True}
    assert plainly(resident, ballot) is None
    assert Room.objects.get(pk=zhuxi.pk).phase == "vote"


def session_of(client) -> SessionStore:
    return SessionStore(client.cookies["sessionid"].value)


def test_voter_is_found_by_session_with_the_mandate_that_the_pages_take(ballot, signed_in, zhuxi, mandate) -> None:
    client = signed_in("resident")
    shown = look(mandate("resident").user, zhuxi.code)
    assert find_voter(session_of(client), zhuxi.code, ballot.pk) == voter_of(shown.mandate, ballot)
    other = seat_person(zhuxi, shown.user, Party.objects.get(realm=zhuxi.code, code="HH-020"), "proxy")
    assert find_voter(session_of(client), zhuxi.code, ballot.pk) == voter_of(shown.mandate, ballot)
    client.post(f"/rooms/{zhuxi.code}/mandate/", {"mandate": other.pk})
    assert find_voter(session_of(client), zhuxi.code, ballot.pk) == voter_of(other, ballot)


def sign_out(client, _user: User) -> None:
    client.post("/accounts/logout/")


def let_run_out(_client, user: User) -> None:
    user.sessions.update(expire_date=timezone.now())


def change_password(_client, user: User) -> None:
    user.set_password("another-long-word")
    user.save()


def end_mandates(_client, user: User) -> None:
    user.mandates.update(revoked_at=timezone.now())


def change_owner(_client, user: User) -> None:
    """A row that says another person than its sealed content."""
    Session.objects.filter(user=user).update(user=User.objects.get(username="neighbour"))


@pytest.mark.parametrize("change", [sign_out, let_run_out, change_password, end_mandates, change_owner])
def test_nobody_else_is_a_voter(change: Callable[..., None], ballot, signed_in, zhuxi, mandate) -> None:
    client, user = signed_in("resident"), mandate("resident").user
    session = session_of(client)
    change(client, user)
    assert find_voter(session, zhuxi.code, ballot.pk) is None


def test_voter_of_nothing(ballot, signed_in, zhuxi, hekou, settings) -> None:
    session = session_of(signed_in("resident"))
    assert find_voter(session, hekou.code, ballot.pk) is None
    assert find_voter(session, zhuxi.code, ballot.pk + 1) is None
    assert find_voter(SessionStore(), zhuxi.code, ballot.pk) is None
    settings.AUTHENTICATION_BACKENDS = ["guardian.backends.ObjectPermissionBackend"]
    assert find_voter(session, zhuxi.code, ballot.pk) is None


def test_vote_by_form_takes_two_statements(ballot, signed_in, zhuxi, django_assert_num_queries) -> None:
    """Read the voter, write the vote: neither goes through Django's cursor, so that none is counted beside them."""
    client, path = signed_in("resident"), f"/rooms/{zhuxi.code}/ballots/{ballot.pk}/vote/"
    with django_assert_num_queries(0), patch("negotiation.casting._rows", wraps=casting._rows) as asked:
        answer = client.post(path, {"choice": "yes", "key": "k"})
    assert (answer.status_code, asked.call_count, Vote.objects.get().choice) == (302, 2, "yes")


def test_statements_are_prepared(ballot, resident) -> None:
    voting.cast(resident, ballot, "yes")
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        assert any("INSERT INTO negotiation_vote" in statement for (statement,) in cursor.fetchall())


def test_tally_of_a_plain_vote_has_it_sealed(ballot, resident, django_capture_on_commit_callbacks) -> None:
    cache.delete_many([f"tally-due:{ballot.pk}", f"seal-due:{room_scope(ballot.room.code).encode().hex()}"])
    with patch.object(Celery, "send_task") as sent:
        with django_capture_on_commit_callbacks(execute=True):
            voting.cast(resident, ballot, "yes")
        assert [call.args[0] for call in sent.call_args_list] == ["negotiation.tasks.push_tally"]
        push_tally(ballot.pk)
    assert sent.call_args.args == ("audit.tasks.sequence_scope", [room_scope(ballot.room.code)])

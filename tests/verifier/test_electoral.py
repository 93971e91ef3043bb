"""The verifier on the published electoral roll, and on votes of co-owners."""

import json
import re
from collections.abc import Callable

import pytest

from audit.models import Entry
from negotiation import coowners, voting
from negotiation.electoral import Change, answer_objection, correct_roll, object_to_roll
from tests.negotiation.rolls import co_owner, opened, over, published
from tests.verifier.conftest import SCOPE
from tests.verifier.test_audit_doc import table
from tests.verifier.test_papers import Rows, find, follow
from tongchou_verify.faults import Fault


@pytest.fixture
def rows(mandate, zhuxi, cast) -> Rows:
    """Published, objected to, corrected; one household decides together, one has named somebody; both vote."""
    planner, resident = mandate("planner"), mandate("resident", party="HH-017")
    brother = co_owner(planner, zhuxi, cast("observer"))
    neighbour = mandate("neighbour")
    published(planner, zhuxi)
    objection = object_to_roll(resident, zhuxi, "It has 90 m²", "HH-017")
    answer_objection(planner, objection, "So it is", upheld=True)
    changes = [
        Change("HH-017", {"floor_area": "90"}, deciding="all", document="Declaration"),
        Change("HH-018", deciding="named", named=neighbour.pk, document="Declaration"),
    ]
    correct_roll(planner, zhuxi, changes, "So it is")
    over(zhuxi)
    ballot = opened(planner, zhuxi)
    voting.cast(neighbour, ballot, "no")
    coowners.say(resident, ballot, "yes")
    coowners.say(brother, ballot, "yes")
    found = [json.loads(bytes(row.body)) for row in Entry.objects.filter(scope=SCOPE).order_by("time", "id")]
    for row in found:  # what the days of the roll say was made past above; the log never does so
        if row["action"] in ("roll.publish", "roll.correct"):
            row["data"]["ends"] = "2020-01-01"
    return found


def test_sound_log_is_sound(rows) -> None:
    course = follow(rows)
    ballot = next(iter(course.ballots.values()))
    assert {key: vote.choice for key, vote in ballot.votes.items()} == {
        ("HH-018", "own"): "no",
        ("HH-017", "own"): "yes",
    }
    assert (course.roll.number, course.contested, course.owed) == (2, set(), {})


def test_roll_without_days_of_objection_is_taken_over_at_once(mandate, zhuxi) -> None:
    planner = mandate("planner")
    published(planner, zhuxi, 0)
    correct_roll(planner, zhuxi, [Change("HH-017", {"floor_area": "90"})], "So it is")
    ballot = opened(planner, zhuxi)
    found = [json.loads(bytes(row.body)) for row in Entry.objects.filter(scope=SCOPE).order_by("time", "id")]
    assert follow(found).ballots[ballot.pk].opens


def test_keys_of_the_entries_are_named_in_the_page(rows) -> None:
    named = table()
    for row in rows:
        if row["action"] in ("roll.publish", "roll.correct", "roll.object", "roll.answer", "seat.say", "ballot.open"):
            assert set(row["data"]) <= set(re.findall(r"`([a-z_0-9]+)`", named[row["action"]])), row["action"]


def opening(rows: Rows) -> dict:
    return rows[find(rows, "ballot.open")]["data"]


def never_published(rows: Rows) -> None:
    del rows[find(rows, "roll.publish")]


def not_published_at_all(rows: Rows) -> None:
    for action in ("roll.publish", "roll.object", "roll.answer", "roll.correct"):
        del rows[find(rows, action)]


def not_corrected(rows: Rows) -> None:
    del rows[find(rows, "roll.correct")]


def not_answered(rows: Rows) -> None:
    del rows[find(rows, "roll.answer")]


def of_other_weights(rows: Rows) -> None:
    from hashlib import sha256

    from tongchou_verify import canonical

    data = opening(rows)
    data["seats"][40]["weights"]["area"] = "1.00"
    data["roll"] = sha256(canonical.write(data["seats"]).encode()).hexdigest()


def of_an_earlier_version(rows: Rows) -> None:
    opening(rows)["published"]["roll"] = 1


def too_early(rows: Rows) -> None:
    rows[find(rows, "roll.correct")]["data"]["ends"] = "2999-01-01"


def out_of_the_chain(rows: Rows) -> None:
    rows[find(rows, "roll.correct")]["data"]["before"] = "0" * 64


def alone(rows: Rows) -> None:
    last = [row for row in rows if row["action"] == "vote.cast"][-1]
    last["data"]["together"] = last["data"]["together"][:1]


def by_somebody_else(rows: Rows) -> None:
    """The resident has a proxy's mandate of the neighbour, and one of their own household."""
    vote = rows[find(rows, "vote.cast")]
    data = opening(rows)["deciding"]
    other = next(row for row in rows if row["action"] == "mandate.grant" and row["data"]["party"] == "HH-018")
    grant = json.loads(json.dumps(other))
    grant["data"] |= {"mandate": "ab" * 32, "kind": "self"}
    rows.insert(0, grant)
    assert data["HH-018"]["by"] == "named"
    vote["actor"] = {"mandate": "ab" * 32, "party": "HH-018"}


def said_by_a_stranger(rows: Rows) -> None:
    rows[find(rows, "seat.say")]["data"]["seat"] = "HH-150"


def answered_twice(rows: Rows) -> None:
    place = find(rows, "roll.answer")
    rows.insert(place, rows[place])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (never_published, "corrected before it was published"),
        (not_published_at_all, "the electoral roll was not published before"),
        (not_corrected, "was upheld, and the electoral roll is not corrected"),
        (not_answered, "to the electoral roll is not answered"),
        (of_other_weights, "seats are not those of version 2"),
        (of_an_earlier_version, "want version 2 of the electoral roll"),
        (too_early, "lies open for objections until 2999-01-01"),
        (out_of_the_chain, "does not follow the one before it"),
        (alone, "is not that of all its co-owners"),
        (by_somebody_else, "have not named the mandate that votes"),
        (said_by_a_stranger, "is no co-owner who decides with others"),
        (answered_twice, "was not made before, or is answered already"),
    ],
)
def test_what_may_not_be_is_found(rows, change: Callable[[Rows], None], words: str) -> None:
    change(rows)
    with pytest.raises(Fault, match=words):
        follow(rows)

"""The electoral roll: from rights to a published list, objections and answers, corrections in versions."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.refusals import Conflict, DutiesMissing, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import electoral, ruling, voting
from negotiation.electoral import Change, answer_objection, correct_roll, object_to_roll, publish_roll
from negotiation.models import RollObjection, Seat
from negotiation.queries import electoral as queries
from negotiation.rolls import latest_roll, standing_lines, version_digest
from negotiation.terms import digest
from notifications.models import Telling
from tests.negotiation.rolls import asking, opened, over, published, settled

HOUSE = "HH-017"


@pytest.fixture
def planner(mandate):
    return mandate("planner")


@pytest.fixture
def resident(mandate):
    return mandate("resident", party=HOUSE)


def line_of(roll, party: str = HOUSE):
    return roll.lines.get(seat__party__code=party)


def test_roll_says_what_the_rights_give(planner, zhuxi) -> None:
    roll = published(planner, zhuxi)
    seat = Seat.objects.get(room=zhuxi, party__code=HOUSE)
    line = line_of(roll)
    assert (roll.number, roll.lines.count(), line.chamber, line.deciding) == (1, 229, "owners", "any")
    assert Decimal(line.weights["area"]) == seat.area and Decimal(line.weights["value"]) == seat.value


def test_without_days_in_the_rule_a_vote_needs_no_published_roll(planner, zhuxi) -> None:
    assert opened(planner, zhuxi).electoral_roll is None


def test_vote_waits_for_the_roll_to_be_published_and_for_its_days(planner, zhuxi) -> None:
    asking(zhuxi)
    with pytest.raises(DutiesMissing) as refusal:
        opened(planner, zhuxi)
    assert "not published" in str(refusal.value.fields["roll_settled"])
    roll = published(planner, zhuxi)
    assert roll.ends == timezone.localdate() + timedelta(days=6)
    with pytest.raises(DutiesMissing) as refusal:
        opened(planner, zhuxi)
    assert "lies open" in str(refusal.value.fields["roll_settled"])
    over(zhuxi)
    assert opened(planner, zhuxi).electoral_roll == roll


@pytest.mark.parametrize("days", [-1, 31])
def test_roll_is_not_published_for_a_day_on_which_it_did_not_exist(planner, zhuxi, days: int) -> None:
    with pytest.raises(Invalid) as refusal:
        publish_roll(planner, zhuxi, timezone.localdate() + timedelta(days=days), "Town hall")
    assert set(refusal.value.fields) == {"published_on"}


def test_roll_may_be_published_for_tomorrow(planner, zhuxi) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert publish_roll(planner, asking(zhuxi, 2), tomorrow, "Town hall").ends == tomorrow + timedelta(days=3)


def test_only_the_convener_publishes_and_corrects(mandate, zhuxi, planner) -> None:
    for who in (mandate("finance"), mandate("resident", party=HOUSE)):
        with pytest.raises(NotAllowed):
            publish_roll(who, zhuxi, timezone.localdate(), "Town hall")
        with pytest.raises(NotAllowed):
            correct_roll(who, zhuxi, [Change(HOUSE, {"floor_area": "90"})], "x")


def test_everybody_in_the_room_is_told(planner, zhuxi) -> None:
    published(planner, zhuxi)
    telling = Telling.objects.get(topic="roll.published")
    assert (telling.audience, telling.link) == ({}, f"/rooms/{zhuxi.code}/roll/")


def test_correction_is_a_new_version_and_leaves_rights_and_seats_alone(planner, zhuxi) -> None:
    first = published(planner, zhuxi)
    before = Seat.objects.get(room=zhuxi, party__code=HOUSE).area
    second = correct_roll(planner, zhuxi, [Change(HOUSE, {"floor_area": "90.5"})], "Measured anew")
    assert (second.number, second.before, second.reason) == (2, first.digest, "Measured anew")
    assert (line_of(first).weights["area"], line_of(second).weights["area"]) == (f"{before:.2f}", "90.50")
    assert Seat.objects.get(room=zhuxi, party__code=HOUSE).area == before
    assert second.changes == [
        {"party": HOUSE, "was": {"floor_area": ""}, "now": {"floor_area": "90.50"}, "document": ""}
    ]


def test_vote_freezes_the_corrected_weights_and_says_the_version(planner, zhuxi) -> None:
    roll = settled(planner, zhuxi, Change(HOUSE, {"floor_area": "90.5"}))
    ballot = opened(planner, zhuxi)
    assert ballot.roll.get(seat__party__code=HOUSE).weights["area"] == "90.50"
    data = json.loads(bytes(Entry.objects.get(action="ballot.open").body))["data"]
    assert data["published"] == {"roll": 2, "digest": roll.digest}
    again = {"roll": 2, "before": roll.before, "seats": data["seats"], "deciding": data["deciding"]}
    assert digest(again) == roll.digest


def test_correction_of_a_weight_opens_days_of_its_own_and_one_of_co_owners_none(planner, zhuxi, cast) -> None:
    from tests.negotiation.rolls import co_owner

    published(planner, zhuxi)
    over(zhuxi)
    co_owner(planner, zhuxi, cast("factory"))
    declared = Change(HOUSE, deciding="all", document="Declaration of 3 May")
    assert correct_roll(planner, zhuxi, [declared], "x").ends == timezone.localdate()
    ends = correct_roll(planner, zhuxi, [Change(HOUSE, {"floor_area": "1"})], "x").ends
    assert ends == timezone.localdate() + timedelta(days=4)


def test_after_the_days_only_corrected_lines_may_be_objected_to(planner, resident, zhuxi) -> None:
    settled(planner, zhuxi)
    with pytest.raises(WrongPhase) as refusal:
        object_to_roll(resident, zhuxi, "Too small", HOUSE)
    assert refusal.value.code == "roll_days_over"
    correct_roll(planner, zhuxi, [Change(HOUSE, {"floor_area": "1"})], "x")
    for party in ("", "HH-018"):
        with pytest.raises(WrongPhase):
            object_to_roll(resident, zhuxi, "Wrong", party)
    assert object_to_roll(resident, zhuxi, "Too small", HOUSE).roll.number == 2


def test_struck_party_has_no_seat_in_the_vote_and_can_be_put_back(planner, zhuxi) -> None:
    settled(planner, zhuxi, Change(HOUSE, struck=True))
    assert not standing_lines(latest_roll(zhuxi)).filter(seat__party__code=HOUSE).exists()
    correct_roll(planner, zhuxi, [Change(HOUSE, struck=False)], "Struck by mistake")
    over(zhuxi)
    assert opened(planner, zhuxi).roll.filter(seat__party__code=HOUSE).exists()


def test_chamber_can_not_be_emptied(planner, zhuxi) -> None:
    published(planner, zhuxi)
    whole = [Change(line.seat.party.code, struck=True) for line in latest_roll(zhuxi).lines.filter(chamber="investors")]
    with pytest.raises(Invalid):
        correct_roll(planner, zhuxi, whole, "x")
    assert latest_roll(zhuxi).number == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (Change("NOBODY", {"floor_area": "1"}), "party"),
        (Change(HOUSE), "party"),
        (Change(HOUSE, {"floor_area": "-1"}), "floor_area"),
        (Change(HOUSE, {"floor_area": "1e3"}), "floor_area"),
        (Change(HOUSE, {"heads": "2"}), "heads"),
        (Change(HOUSE, deciding="lot", document="x"), "deciding"),
        (Change(HOUSE, deciding="all", document="x"), "deciding"),
        (Change(HOUSE, deciding="named", document="x"), "named"),
        (Change(HOUSE, deciding="named"), "document"),
    ],
)
def test_correction_that_can_not_be_is_refused_beside_its_field(planner, zhuxi, change, field: str) -> None:
    published(planner, zhuxi)
    with pytest.raises(Invalid) as refusal:
        correct_roll(planner, zhuxi, [change], "x")
    assert (set(refusal.value.fields), latest_roll(zhuxi).number) == ({field}, 1)


def test_nothing_is_corrected_before_it_is_published(planner, zhuxi) -> None:
    with pytest.raises(WrongPhase) as refusal:
        correct_roll(planner, zhuxi, [Change(HOUSE, struck=True)], "x")
    assert refusal.value.code == "roll_not_published"


def test_proxy_is_not_the_named_representative(planner, zhuxi, mandate) -> None:
    published(planner, zhuxi)
    proxy = mandate("resident", party="HH-018")
    with pytest.raises(Invalid):
        correct_roll(planner, zhuxi, [Change("HH-018", deciding="named", named=proxy.pk, document="x")], "x")


def test_open_objection_holds_the_vote_back_and_an_upheld_one_until_it_is_corrected(planner, resident, zhuxi) -> None:
    published(planner, zhuxi)
    objection = object_to_roll(resident, zhuxi, "It has 90 m²", HOUSE)
    over(zhuxi)
    for words in ("waits for an answer", "not corrected yet"):
        with pytest.raises(DutiesMissing) as refusal:
            opened(planner, zhuxi)
        assert words in str(refusal.value.fields["roll_settled"])
        if words == "waits for an answer":
            answer_objection(planner, objection, "The certificate says so", upheld=True)
    roll = correct_roll(planner, zhuxi, [Change(HOUSE, {"floor_area": "90"})], "The certificate says so")
    assert RollObjection.objects.get().corrected == roll
    over(zhuxi)
    assert opened(planner, zhuxi).electoral_roll == roll


def test_correction_of_another_line_does_not_settle_it(planner, resident, zhuxi) -> None:
    published(planner, zhuxi)
    answer_objection(planner, object_to_roll(resident, zhuxi, "90 m²", HOUSE), "Yes", upheld=True)
    correct_roll(planner, zhuxi, [Change("HH-018", {"floor_area": "90"})], "x")
    assert RollObjection.objects.get().corrected is None


def test_dismissed_objection_holds_nothing_back_and_is_answered_once(planner, resident, zhuxi) -> None:
    published(planner, zhuxi)
    objection = answer_objection(planner, object_to_roll(resident, zhuxi, "90 m²", HOUSE), "No", upheld=False)
    over(zhuxi)
    with pytest.raises(Conflict):
        answer_objection(planner, objection, "Yes", upheld=True)
    assert opened(planner, zhuxi).state == "open"


def test_objection_to_somebody_elses_line_is_told_to_them_and_to_the_convener(planner, resident, zhuxi) -> None:
    published(planner, zhuxi)
    object_to_roll(resident, zhuxi, "They moved away", "HH-018")
    told = [row.audience["parties"] for row in Telling.objects.filter(topic="roll.objected").order_by("pk")]
    assert told == [{"HH-018": ""}, {"GOV-NR": ""}]


def test_one_party_does_not_flood_the_convener(planner, resident, zhuxi) -> None:
    published(planner, zhuxi)
    for _time in range(electoral.MOST_OPEN):
        object_to_roll(resident, zhuxi, "Once more", HOUSE)
    with pytest.raises(Conflict):
        object_to_roll(resident, zhuxi, "Once more", HOUSE)


def test_who_looks_on_does_not_object(planner, mandate, zhuxi) -> None:
    published(planner, zhuxi)
    with pytest.raises(NotAllowed):
        object_to_roll(mandate("observer"), zhuxi, "x", HOUSE)


def test_roll_of_another_rule_is_published_anew_and_keeps_its_corrections(planner, zhuxi) -> None:
    settled(planner, zhuxi, Change(HOUSE, {"floor_area": "90"}))
    rule = {**zhuxi.rule, "weights": {"area": "site_area"}, "code": "own", "basis": "Resolution 7"}
    ruling.set_rule(planner, zhuxi, rule, "x", digest(zhuxi.rule))
    zhuxi.refresh_from_db()
    with pytest.raises(WrongPhase) as refusal:
        voting.taken_over(zhuxi, voting.base_roll(zhuxi))
    assert refusal.value.code == "roll_out_of_date"
    with pytest.raises(WrongPhase):
        correct_roll(planner, zhuxi, [Change(HOUSE, {"floor_area": "91"})], "x")
    roll = publish_roll(planner, zhuxi, timezone.localdate(), "Town hall")
    line = line_of(roll)
    assert (roll.number, line.corrected, Decimal(line.weights["area"])) == (
        3,
        {"floor_area": "90.00"},
        line.seat.site_area,
    )


def test_roll_of_other_rights_is_published_anew(planner, zhuxi) -> None:
    settled(planner, zhuxi)
    Seat.objects.filter(room=zhuxi, party__code=HOUSE).update(area=Decimal(7))
    with pytest.raises(WrongPhase) as refusal:
        opened(planner, zhuxi)
    assert refusal.value.code == "roll_out_of_date"


def test_nothing_of_it_changes_while_the_vote_is_open(planner, resident, zhuxi) -> None:
    settled(planner, zhuxi)
    opened(planner, zhuxi)
    for act in (
        lambda: publish_roll(planner, zhuxi, timezone.localdate(), "Hall"),
        lambda: correct_roll(planner, zhuxi, [Change(HOUSE, struck=True)], "x"),
        lambda: object_to_roll(resident, zhuxi, "x", HOUSE),
    ):
        with pytest.raises(WrongPhase):
            act()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([HOUSE, "HH-018", "HH-150", "HH-151"]),
            st.one_of(st.decimals(0, 10**6, places=2).map(str), st.just("struck")),
        ),
        max_size=5,
    )
)
def test_sums_and_chain_hold_through_any_corrections(planner, zhuxi, steps) -> None:
    """The sum of a version is that of the rights, but for what was corrected; each version names the one before."""
    zhuxi.rolls.all().delete()
    roll = published(planner, zhuxi)
    wanted = {line.seat.party.code: Decimal(line.weights["area"]) for line in standing_lines(roll)}
    for party, step in steps:
        struck = step == "struck"
        change = Change(party, struck=party in wanted) if struck else Change(party, {"floor_area": step})
        was = line_of(latest_roll(zhuxi), party)
        try:
            roll = correct_roll(planner, zhuxi, [change], "x")
        except Invalid:
            continue
        if struck and party in wanted:
            del wanted[party]
        elif struck:
            wanted[party] = Decimal(was.weights["area"])
        elif party in wanted:
            wanted[party] = Decimal(step)
    lines = list(standing_lines(roll))
    assert {line.seat.party.code: Decimal(line.weights["area"]) for line in lines} == wanted
    totals = queries.totals(viewer(planner), roll)
    assert sum(row.weights["area"] for row in totals) == sum(wanted.values())
    assert sum(row.seats for row in totals) == len(wanted)
    chain = list(zhuxi.rolls.order_by("number"))
    assert [row.before for row in chain] == ["", *(row.digest for row in chain[:-1])]
    assert all(version_digest(row.number, row.before, list(standing_lines(row))) == row.digest for row in chain)


def viewer(mandate):
    from negotiation.permissions import viewer_of

    return viewer_of(mandate, latest_room(mandate))


def latest_room(mandate):
    from negotiation.models import Room

    return Room.objects.get(code=mandate.party.realm)

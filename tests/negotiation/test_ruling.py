"""The room's rule is chosen before a text is fixed, with a reason, and everybody is told."""

import json

import pytest

from accounts.refusals import Conflict, Invalid, NotAllowed, WrongPhase
from audit.models import Entry
from negotiation import ruling
from negotiation.models import Room
from negotiation.queries.packages import latest
from negotiation.rules import preset
from negotiation.terms import digest
from notifications.models import Telling

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def planner(mandate):
    return mandate("planner")


def major(**changes: object) -> dict:
    """The Civil Code's rule for households, with the chambers of this room beside it."""
    chosen = preset("cn-civil-278-major")
    return {**chosen, **changes}


def test_rule_is_set_logged_and_told_and_notices_start_anew(planner, zhuxi) -> None:
    before, rule = digest(zhuxi.rule), major()
    room = ruling.set_rule(planner, zhuxi, rule, "街坊大会的意见", before)
    assert Room.objects.get(pk=room.pk).rule == rule
    entry = json.loads(bytes(Entry.objects.get(action="rule.set").body))["data"]
    assert (entry["rule"], entry["digest"], entry["before"], entry["notices"]) == (rule, digest(rule), before, ["B.1"])
    assert "街坊大会" not in json.dumps(entry, ensure_ascii=False)
    assert latest(zhuxi).get(package__code="B").notice_on is None
    assert Telling.objects.get(topic="rule.set").parameters["title"] == rule["title"]


def test_rule_is_refused_place_by_place(planner, zhuxi) -> None:
    broken = major(basis="别的法", notice_days=1)
    broken["chambers"].append({"code": "x", "who": {"kind": "nobody-here"}, "method": "acceptance"})
    with pytest.raises(Invalid) as refused:
        ruling.set_rule(planner, zhuxi, broken, "why", digest(zhuxi.rule))
    assert set(refused.value.fields) == {"basis", "notice_days"}
    with pytest.raises(Invalid) as refused:
        ruling.set_rule(planner, zhuxi, {**broken, "code": "own"}, "why", digest(zhuxi.rule))
    assert set(refused.value.fields) == {"chambers[1]"}
    with pytest.raises(Invalid) as refused:
        ruling.set_rule(planner, zhuxi, [], "why", digest(zhuxi.rule))
    assert len(refused.value.fields) == 1
    assert not Entry.objects.filter(action="rule.set").exists()


def test_rule_that_another_convener_replaced_is_not_replaced_again(planner, zhuxi) -> None:
    known = digest(zhuxi.rule)
    ruling.set_rule(planner, zhuxi, major(), "one", known)
    with pytest.raises(Conflict):
        ruling.set_rule(planner, zhuxi, major(title="另一个"), "two", known)


def test_same_rule_and_a_rule_without_reason_are_refused(planner, zhuxi) -> None:
    for rule, reason, field in ((zhuxi.rule, "why", "rule"), (major(), " ", "reason")):
        with pytest.raises(Invalid) as refused:
            ruling.set_rule(planner, zhuxi, {**rule, "basis": rule["basis"]}, reason, digest(zhuxi.rule))
        assert set(refused.value.fields) >= {field} or field == "rule"


def test_only_a_convener_sets_a_rule_and_not_once_the_text_is_fixed(mandate, planner, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        ruling.set_rule(mandate("developer"), zhuxi, major(), "why", digest(zhuxi.rule))
    Room.objects.filter(pk=zhuxi.pk).update(phase=Room.Phase.FIXING)
    with pytest.raises(WrongPhase):
        ruling.set_rule(planner, Room.objects.get(pk=zhuxi.pk), major(), "why", digest(zhuxi.rule))


# On the page


def editor_form(page, **changes: str) -> dict[str, str]:
    fields = {"known": page.context["known"], "start": page.context["start"]}
    rows = [
        page.context["head"],
        *(form for rows, _name in page.context["sets"] for form in [rows.management_form, *rows]),
    ]
    for form in rows:
        fields |= {field.html_name: "" if field.value() is None else field.value() for field in form}
    return {name: value for name, value in {**fields, **changes}.items() if value is not False}


def test_page_opens_every_rule_as_it_is(signed_in, zhuxi) -> None:
    client, path = signed_in("planner"), f"{ROOM}rule/edit/"
    for start in ("", "cn-civil-278-major", "cn-expropriation-hearing"):
        page = client.get(path, {"start": start})
        answer = client.post(path, {**editor_form(page), "try": "1"})
        assert answer.context["rule"] == (preset(start) if start else zhuxi.rule)


def test_page_tries_a_rule_and_sets_it(signed_in, zhuxi) -> None:
    client, path = signed_in("planner"), f"{ROOM}rule/edit/"
    page = client.get(path, {"start": "cn-civil-278-major"})
    form = editor_form(page, notice_days="30")
    tried = client.post(path, {**form, "try": "1", "t0-yes-heads": "140", "t0-yes-area": "11000"})
    assert tried.status_code == 200 and tried.context["count"]["state"] == "no_quorum"
    assert client.post(path, {**form, "set": "1", "reason": ""}).status_code == 422
    assert client.post(path, {**form, "set": "1", "reason": "顾问的意见"}).status_code == 302
    assert Room.objects.get(pk=zhuxi.pk).rule == major(notice_days=30)


def test_page_says_what_a_preset_does_not_leave_open(signed_in, zhuxi) -> None:
    client, path = signed_in("planner"), f"{ROOM}rule/edit/"
    form = editor_form(client.get(path, {"start": "cn-civil-278-major"}), **{"measures-0-needed": "1/2"})
    answer = client.post(path, {**form, "try": "1"})
    assert answer.status_code == 422 and set(answer.context["faults"]) == {"chambers[0].measures"}
    form |= {"measures-1-chamber": "lost", "code": "own"}
    answer = client.post(path, {**form, "try": "1"})
    assert answer.status_code == 422 and "chambers[1].who" in answer.context["faults"]


def test_everybody_may_try_the_rooms_rule(signed_in, zhuxi) -> None:
    page = signed_in("resident").get(f"{ROOM}rule/", {"t0-yes-heads": "999999"})
    assert page.status_code == 200 and page.context["trial_faults"]
    page = signed_in().get(f"{ROOM}rule/", {"t0-yes-heads": "1"})
    assert page.context["count"]["state"] in ("no_quorum", "rejected")


def test_api_tries_and_sets(signed_in, zhuxi) -> None:
    client, path = signed_in("planner"), f"/api/v1{ROOM}rule/"
    known = client.get(path).json()
    assert (known["rule"], len(known["presets"])) == (zhuxi.rule, 7)
    given = {"owners": {"yes": {"heads": "140", "area": "11000"}}}
    body = {"rule": major(), "given": given}
    tried = client.post(f"{path}trial/", json.dumps(body), content_type="application/json").json()
    assert (tried["state"], tried["chambers"][0]["measures"][0]["kind"]) == ("no_quorum", "turnout")
    body = {"rule": major(), "reason": "why", "known": known["digest"]}
    done = client.put(path, json.dumps(body), content_type="application/json")
    assert (done.status_code, done.json()["rule"]) == (200, major())
    assert client.put(path, json.dumps(body), content_type="application/json").status_code == 409

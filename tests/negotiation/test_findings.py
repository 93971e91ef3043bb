"""Findings: opened by an auditor, answered by the convener, closed or asked about again; each step an entry."""

import importlib
import json
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from guardian.models import GroupObjectPermission
from guardian.shortcuts import get_perms

from accounts.models import Mandate
from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.models import Commitment, Entry
from audit.sequencer import sequence_all
from negotiation import findings
from negotiation.calendars import first_day_after
from negotiation.disclosure import may_open
from negotiation.models import Finding, FindingStep
from negotiation.permissions import refresh_roles, viewer_of
from negotiation.queries.findings import counts
from negotiation.telling import spread_telling, tell_findings
from notifications.models import Telling

ROOM = "ZX-03-2026"
LOG = f"/rooms/{ROOM}/log/"
API = f"/api/v1{LOG}findings/"
STEPS = ("open", "answer", "ask_again", "close")


@pytest.fixture
def entry(db) -> Entry:
    return Entry.objects.filter(scope=f"room:{ROOM}", action="case.load").get()


@pytest.fixture
def finding(mandate, zhuxi, entry) -> Finding:
    return findings.open_finding(mandate("auditor"), zhuxi, entry, "Whose case is this?")


@pytest.fixture
def answered(finding, mandate) -> Finding:
    return findings.answer_finding(mandate("planner"), finding, "The department's.")


def late(finding: Finding) -> None:
    Finding.objects.filter(pk=finding.pk).update(due=timezone.localdate() - timedelta(days=1))


def data(action: str) -> dict:
    return json.loads(bytes(Entry.objects.filter(action=action).latest("time", "id").body))["data"]


def test_every_step_is_an_entry_with_its_words_committed(answered, mandate, entry) -> None:
    again = findings.ask_again(mandate("auditor"), answered, "Which department's?")
    findings.answer_finding(mandate("planner"), again, "Natural resources.")
    closed = findings.close_finding(mandate("auditor"), again, "settled", "Understood.")
    assert (closed.state, closed.verdict) == ("closed", "settled")
    assert [(row.kind, row.entry.action) for row in closed.steps.order_by("pk")] == [
        (kind, f"finding.{kind}") for kind in ("open", "answer", "ask_again", "answer", "close")
    ]
    due = (first_day_after(timezone.localdate(), working_days=10) - timedelta(days=1)).isoformat()
    common = {"finding": closed.pk, "entry": str(entry.pk)}
    said = [{"due": due}, {"late": False}, {"due": due}, {"verdict": "settled"}]
    for kind, more in zip(STEPS, said, strict=True):
        found = data(f"finding.{kind}")
        assert {key: found[key] for key in found if key != "text"} == common | more
    words = Commitment.objects.filter(entry__action__startswith="finding.", path="/data/text").order_by("entry__time")
    assert [bytes(row.content).decode() for row in words][:2] == ["Whose case is this?", "The department's."]
    assert b"Whose case" not in b"".join(bytes(row.body) for row in Entry.objects.all())


def test_ten_working_days_pass_over_a_weekend() -> None:
    friday = date(2026, 11, 27)
    assert first_day_after(friday, working_days=findings.ANSWER_DAYS) == date(2026, 12, 12)


@pytest.mark.parametrize("who", ["planner", "resident", "finance", "observer"])
def test_only_an_auditor_opens(who: str, mandate, zhuxi, entry) -> None:
    with pytest.raises(NotAllowed):
        findings.open_finding(mandate(who), zhuxi, entry, "x")
    assert not Finding.objects.exists()


def test_only_the_convener_answers_and_only_the_same_auditor_closes(finding, mandate) -> None:
    for who in ("auditor", "finance", "resident"):
        with pytest.raises(NotAllowed):
            findings.answer_finding(mandate(who), finding, "x")
    for who in ("planner", "finance"):
        with pytest.raises(NotAllowed):
            findings.close_finding(mandate(who), finding, "withdrawn", "x")
    other = mandate("finance")
    Mandate.objects.filter(pk=other.pk).update(roles=["auditor"])
    refresh_roles(other.user, finding.room)
    with pytest.raises(NotAllowed) as refused:
        findings.close_finding(mandate("finance"), finding, "withdrawn", "x")
    assert refused.value.code == "not_your_finding"


def test_order_of_steps(finding, mandate) -> None:
    auditor, planner = mandate("auditor"), mandate("planner")
    with pytest.raises(Conflict):
        findings.ask_again(auditor, finding, "Well?")
    with pytest.raises(Conflict):
        findings.close_finding(auditor, finding, "settled", "There is no answer.")
    findings.answer_finding(planner, finding, "So it is.")
    with pytest.raises(Conflict):
        findings.answer_finding(planner, finding, "Once more.")
    findings.close_finding(auditor, finding, "unsettled", "It is not.")
    for act in (
        lambda: findings.close_finding(auditor, finding, "settled", "x"),
        lambda: findings.ask_again(auditor, finding, "x"),
        lambda: findings.answer_finding(planner, finding, "x"),
    ):
        with pytest.raises(Conflict):
            act()
    assert FindingStep.objects.filter(finding=finding).count() == 3


def test_bad_words_and_foreign_entries_are_refused_whole(mandate, zhuxi, entry, answered) -> None:
    auditor, before = mandate("auditor"), Entry.objects.count()
    for text in ("", " \n", "x\x00", "x" * 4001):
        with pytest.raises(Invalid) as refused:
            findings.open_finding(auditor, zhuxi, entry, text)
        assert list(refused.value.fields) == ["text"]
    with pytest.raises(Invalid):
        findings.close_finding(auditor, answered, "perhaps", "x")
    with pytest.raises(Invalid):
        findings.open_finding(auditor, zhuxi, Entry.objects.filter(scope="room:HK-2026").first(), "x")
    assert (Entry.objects.count(), Finding.objects.count()) == (before, 1)


def test_nobody_answers_or_judges_themselves(mandate, zhuxi, entry, finding) -> None:
    """A person with both offices: under a convener's mandate not of their own finding, nor the other way round."""
    auditor, planner = mandate("auditor"), mandate("planner")
    office = {"document": "x", "valid_from": timezone.now() - timedelta(days=1)}
    both = Mandate.objects.create(user=auditor.user, party=planner.party, roles=["convener"], **office)
    refresh_roles(auditor.user, zhuxi)
    with pytest.raises(NotAllowed) as refused:
        findings.answer_finding(both, finding, "My own.")
    assert refused.value.code == "own_finding"
    with pytest.raises(NotAllowed) as refused:
        findings.open_finding(both, zhuxi, entry, "Under the wrong mandate.")
    assert refused.value.code == "other_mandate"
    other = Mandate.objects.create(user=planner.user, party=auditor.party, roles=["auditor"], **office)
    refresh_roles(planner.user, zhuxi)
    findings.answer_finding(planner, finding, "So it is.")
    with pytest.raises(NotAllowed) as refused:
        findings.close_finding(other, finding, "settled", "I like my answer.")
    assert refused.value.code == "own_answer"


def test_words_are_open_to_auditors_and_the_convener(answered, mandate, zhuxi) -> None:
    def readers(action: str, party: str) -> list[str]:
        people = ("auditor", "planner", "finance", "developer", "resident")
        return [who for who in people if may_open(viewer_of(mandate(who), zhuxi), action, "/data/text", party)]

    assert readers("finding.open", "AUDIT") == readers("finding.answer", "GOV-NR") == ["auditor", "planner"]


def test_convener_is_told_then_the_auditor(finding, mandate, zhuxi) -> None:
    def told() -> list[tuple[str, list[str], dict]]:
        rows = Telling.objects.filter(topic__startswith="finding.").order_by("pk")
        return [(row.topic, sorted(row.audience["parties"]), row.parameters) for row in rows]

    opened = {"finding": str(finding.pk), "day": finding.due.isoformat()}
    assert told() == [("finding.opened", ["GOV-NR"], opened)]
    spread_telling(Telling.objects.get(topic="finding.opened").pk)
    assert data("notice.deliver")["topic"] == "finding.opened"
    findings.answer_finding(mandate("planner"), finding, "So it is.")
    assert told()[-1] == ("finding.answered", ["AUDIT"], {"finding": str(finding.pk)})
    findings.close_finding(mandate("auditor"), finding, "settled", "Thanks.")
    assert told()[-1] == ("finding.closed", ["GOV-NR"], {"finding": str(finding.pk)})


def test_overdue_is_told_once_and_late_answers_say_so(finding, mandate) -> None:
    due = Telling.objects.filter(topic="finding.overdue")
    tell_findings()
    assert not due.exists()
    Finding.objects.filter(pk=finding.pk).update(due=timezone.localdate())
    tell_findings()
    assert not due.exists()  # the last day is not over
    late(finding)
    tell_findings()
    tell_findings()
    assert sorted(due.get().audience["parties"]) == ["AUDIT", "GOV-NR"]
    assert counts(viewer_of(mandate("auditor"), finding.room)) == {
        "open": 1, "answered": 0, "closed": 0, "overdue": 1, "total": 1,
    }  # fmt: skip
    findings.answer_finding(mandate("planner"), finding, "Sorry.")
    assert data("finding.answer")["late"] is True
    findings.ask_again(mandate("auditor"), finding, "And?")
    assert not Finding.objects.get().overdue


def test_pages_lead_from_an_entry_through_the_steps(entry, signed_in, zhuxi) -> None:
    auditor, planner = signed_in("auditor"), signed_in("planner")
    page = auditor.get(f"{LOG}entries/{entry.pk}/").content.decode()
    assert f"{LOG}entries/{entry.pk}/finding/" in page
    assert f"{LOG}entries/{entry.pk}/finding/" not in planner.get(f"{LOG}entries/{entry.pk}/").content.decode()
    assert auditor.post(f"{LOG}entries/{entry.pk}/finding/", {"text": ""}).status_code == 422
    assert auditor.post(f"{LOG}entries/{entry.pk}/finding/", {"text": "Whose case?"}).status_code == 302
    one = f"{LOG}findings/{Finding.objects.get().pk}/"
    assert f'href="{one}"' in planner.get(f"{LOG}entries/{entry.pk}/").content.decode()
    assert f"{one}answer/" in planner.get(one).content.decode()
    assert f"{one}answer/" not in auditor.get(one).content.decode()
    assert planner.post(f"{one}answer/", {"text": "Ours."}).url == one
    assert "Ours." in auditor.get(f"{one}close/").content.decode()
    assert auditor.post(f"{one}ask/", {"text": "Whose exactly?"}).url == one
    again = auditor.post(f"{one}ask/", {"text": "Whose exactly?"})
    assert again.status_code == 422 and "There is no answer to ask about." in again.content.decode()
    assert planner.post(f"{one}answer/", {"text": "The town's."}).url == one
    assert auditor.post(f"{one}close/", {"verdict": "settled", "text": "Good."}).url == one
    shown = planner.get(one).content.decode()
    assert "Settled: the answer is accepted" in shown and f"{one}answer/" not in shown
    # An entry that is a step leads to its finding, and so does the story.
    sequence_all(f"room:{ROOM}")
    step = FindingStep.objects.latest("pk").entry
    assert f'href="{one}"' in auditor.get(f"{LOG}entries/{step.pk}/").content.decode()
    story = auditor.get(f"{LOG}?action=finding").content.decode()
    assert f"closed finding {Finding.objects.get().pk}: Settled" in story
    assert "findings/" not in signed_in("finance").get(LOG).content.decode()


def test_list_is_filtered_and_paged_in_few_statements(
    mandate, zhuxi, signed_in, entry, finding, django_assert_num_queries
) -> None:
    auditor, client = mandate("auditor"), signed_in("planner")
    late(finding)
    numbers = lambda where="": [row.pk for row in client.get(f"{LOG}findings/{where}").context["rows"]]  # noqa: E731
    with django_assert_num_queries(11):
        client.get(f"{LOG}findings/")
    more = [findings.open_finding(auditor, zhuxi, entry, f"{n}") for n in range(24)]
    findings.answer_finding(mandate("planner"), more[0], "x")
    with django_assert_num_queries(11):
        client.get(f"{LOG}findings/")
    assert numbers() == [row.pk for row in more[:3:-1]]
    assert numbers("?state=overdue") == [finding.pk] == numbers("?page=2")[-1:]
    assert numbers("?state=answered") == [more[0].pk]
    assert numbers(f"?entry={entry.pk}&page=2")[-1] == finding.pk
    assert numbers(f"?entry={finding.steps.get().entry_id}") == []
    page = signed_in("auditor").get(LOG).content.decode()
    assert "24 open" in page and "✗ 1 overdue" in page


def test_api_does_all_of_it(signed_in, entry, zhuxi) -> None:
    auditor, planner = signed_in("auditor"), signed_in("planner")
    post = lambda client, where, **body: client.post(where, json.dumps(body), "application/json")  # noqa: E731
    made = post(auditor, API, entry=str(entry.pk), text="Whose case?")
    one = f"{API}{made.json()['id']}/"
    assert (made.status_code, made.json()["state"], made.json()["overdue"]) == (201, "open", False)
    assert post(planner, f"{one}question/", text="x").status_code == 403
    assert post(planner, f"{one}answer/", text="Ours.").json()["state"] == "answered"
    assert post(auditor, f"{one}question/", text="Whose?").json()["state"] == "open"
    refused = post(auditor, f"{one}close/", verdict="settled", text="x")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert post(auditor, f"{one}close/", verdict="withdrawn", text="A mistake.").json()["verdict"] == "withdrawn"
    steps = planner.get(one).json()["steps"]
    assert [(step["kind"], step["party"]) for step in steps] == [
        ("open", "AUDIT"), ("answer", "GOV-NR"), ("ask_again", "AUDIT"), ("close", "AUDIT"),
    ]  # fmt: skip
    assert [row["id"] for row in auditor.get(API, {"state": "closed"}).json()["results"]] == [made.json()["id"]]
    assert auditor.get(API, {"state": "x"}).status_code == 422
    assert post(auditor, API, entry="0199aaaa-0000-7000-8000-000000000000", text="x").status_code == 404


def test_rooms_that_are_there_get_the_rights_by_the_migration(zhuxi, cast) -> None:
    wanted = {"auditor": {"read_findings", "audit"}, "planner": {"read_findings"}, "finance": set()}
    rights = lambda who: set(get_perms(cast(who), zhuxi)) & {"read_findings", "audit"}  # noqa: E731
    GroupObjectPermission.objects.filter(permission__codename__in=["read_findings", "audit"]).delete()
    assert [rights(who) for who in wanted] == [set(), set(), set()]
    importlib.import_module("negotiation.migrations.0020_findings").give_rights(apps, None)
    assert {who: rights(who) for who in wanted} == wanted

"""The editor of a draft: a page of rows, saved while one types, by two people at once, with live gates."""

import copy
import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Mandate, User
from accounts.refusals import Conflict, NotAllowed
from audit.models import Entry
from negotiation import drafts, packages
from negotiation.models import Draft, DraftStep
from negotiation.permissions import refresh_roles
from negotiation.presence import be_present, others_present
from negotiation.queries.packages import latest
from tests.negotiation.test_packages import draft_form

PATH = "/rooms/ZX-03-2026/packages/D/draft/"


@pytest.fixture
def developer(mandate):
    return mandate("developer")


@pytest.fixture
def draft(developer, zhuxi):
    """A draft of 226 allocations and 267 flows, copied from package B."""
    return packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"), counter=True)


@pytest.fixture
def planner_draft(mandate, zhuxi):
    """The same of the convener's, who sees every row."""
    return packages.start_package(mandate("planner"), zhuxi, source=latest(zhuxi).get(package__code="B"))


@pytest.fixture
def colleague(developer, zhuxi):
    """Another person who acts for the developer."""
    user = User.objects.create_user("colleague", name="小林")
    Mandate.objects.create(user=user, party=developer.party, kind="representative", roles=developer.roles)
    refresh_roles(user, zhuxi)
    return user.mandates.get()


def with_title(draft: Draft, title: str) -> dict:
    return {**copy.deepcopy(draft.document), "title": title}


def stored(draft: Draft) -> Draft:
    return Draft.objects.get(pk=draft.pk)


def rows_of(page, kind: str):
    return next(rows["rows"] for rows in page.context["sets"] if rows["kind"] == kind)


# A page of rows


def test_page_shows_twenty_rows_and_saves_no_others(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    page = client.get(f"{PATH}?page-allocations=2")
    form = draft_form(page, **{"allocations-0-quantity": "77.00"})
    assert (len(rows_of(page, "allocations").initial_forms), form["allocations-0-row"]) == (20, 20)
    answer = client.post(PATH, {**form, "page-allocations": "2", "save": "1"})
    assert (answer.status_code, answer.url) == (302, f"{PATH}?saved=1&page-allocations=2")
    before, after = planner_draft.document["allocations"], stored(planner_draft).document["allocations"]
    assert after == [*before[:20], {**before[20], "quantity": "77.00"}, *before[21:]]


def test_row_is_taken_out_by_its_box_alone(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    form = draft_form(client.get(PATH), **{"allocations-3-DELETE": "on"})
    client.post(PATH, {**form, "save": "1"})
    before, after = planner_draft.document["allocations"], stored(planner_draft).document["allocations"]
    assert after == before[:3] + before[4:]


def test_search_finds_rows_by_code_and_by_name_and_keeps_what_was_written(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    form = draft_form(client.get(PATH), title="Written before the search")
    answer = client.post(PATH, {**form, "find": "hh-017", "found": "", "look": "1"})
    page = client.get(answer.url)
    assert stored(planner_draft).document["title"] == "Written before the search"
    assert {row.initial["party"] for row in rows_of(page, "allocations").initial_forms} == {"HH-017"}
    name = planner_draft.package.room.seats.get(party__code="HH-017").party.name
    assert len(rows_of(client.get(PATH, {"find": name}), "allocations").initial_forms) > 0


def test_search_by_name_finds_nothing_whose_name_may_not_be_read(signed_in, draft) -> None:
    name = draft.package.room.seats.get(party__code="HH-017").party.name
    page = signed_in("developer").get(PATH, {"find": name})
    assert [len(rows["rows"].initial_forms) for rows in page.context["sets"]] == [0, 0, 0]


def test_ticked_rows_go_to_the_bulk_change_after_a_save(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    form = draft_form(client.get(PATH), **{f"flows-{n}-pick": "on" for n in (1, 4)}, **{"flows-0-DELETE": "on"})
    answer = client.post(PATH, {**form, "bulk": "flows"})
    assert answer.url.endswith("/draft/bulk/?kind=flows&rows=1%2C+4")  # the row before them is out
    assert client.get(f"{answer.url}&way=percent&value=10").context["rows"].paginator.count == 2


def test_number_of_statements_does_not_grow_with_the_rows(
    signed_in, planner_draft, mandate, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in("planner")
    client.get(PATH)
    with django_assert_num_queries(STATEMENTS):
        client.get(PATH)
    few = {**planner_draft.document, "allocations": planner_draft.document["allocations"][:1], "flows": []}
    few.pop("negotiable", None)
    drafts.save_draft(mandate("planner"), planner_draft, few, planner_draft.version)
    with django_assert_num_queries(STATEMENTS):
        client.get(PATH)


STATEMENTS = 26

# What would break


def live(client, **changes: str):
    form = draft_form(client.get(PATH), **changes)
    return client.post(PATH, {**form, "totals": "1"})


def test_gates_are_told_while_one_types(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    assert (found := live(client).context["check"]).passed and found.faults == []
    item = planner_draft.document["allocations"][0]["item"]
    broken = live(client, **{"allocations-0-quantity": "9999999.00"}).context["check"]
    assert not broken.passed
    assert [line.key for line in broken.lines if line.mark == "broken"] == [f"gates.supply.{item}"]
    assert stored(planner_draft).version == 1


def test_fault_is_told_with_its_row_and_column_before_it_is_saved(signed_in, planner_draft) -> None:
    answer = live(signed_in("planner"), **{"flows-2-yuan": "much"})
    (fault,) = answer.context["check"].faults
    assert (fault.kind, fault.place, fault.field, fault.page) == ("flows", 2, "yuan", 1)
    assert "#flows-2" in answer.content.decode()


def test_gates_do_not_tell_a_fault_of_a_hidden_row(signed_in, developer, draft) -> None:
    rows = copy.deepcopy(draft.document["allocations"])
    place = next(n for n, row in enumerate(rows) if row["party"] == "HH-017")
    rows[place]["quantity"] = "secret"
    drafts.save_draft(developer, draft, {**draft.document, "allocations": rows}, 1)
    page = signed_in("developer").get(PATH)
    (fault,) = page.context["check"].faults
    assert (fault.kind, fault.place) == ("", None) and "secret" not in page.content.decode()


# Saved while one types


def autosave(client, form: dict, **changes: str):
    return client.post(PATH, {**form, **changes, "autosave": "1"})


def test_autosaves_of_one_person_are_one_step_and_one_entry(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    form = draft_form(client.get(PATH))
    entries = Entry.objects.filter(action="package.save")
    for version, title in ((1, "O"), (2, "On"), (3, "One")):
        answer = autosave(client, form, title=title, version=str(version)).json()
        assert (answer["version"], answer["steps"], entries.count()) == (version + 1, 1, 1)
    assert autosave(client, form, title="One", version="4").json()["version"] == 4  # nothing new
    client.post(f"{PATH}undo/", {"version": "4"})
    assert stored(planner_draft).document == planner_draft.document


def test_autosave_after_ten_minutes_is_a_step_of_its_own(mandate, planner_draft) -> None:
    planner = mandate("planner")
    one = drafts.autosave_draft(planner, planner_draft, with_title(planner_draft, "One"), 1)
    Draft.objects.filter(pk=one.pk).update(typing_since=timezone.now() - timedelta(minutes=11))
    two = drafts.autosave_draft(planner, one, with_title(one, "Two"), 2)
    assert [step.document["title"] for step in two.steps.filter(passing=False).order_by("version")] == [
        planner_draft.document["title"],
        "One",
    ]


def test_autosave_tells_where_each_row_stands_now(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    page = client.get(PATH)
    new = f"flows-{len(rows_of(page, 'flows').forms) - 1}"  # the empty row at the end
    last = len(planner_draft.document["flows"])
    typed = {f"{new}-source": "project", f"{new}-target": "pool", f"{new}-yuan": "5.00"}
    form = draft_form(page, **typed, **{"flows-1-DELETE": "on"})
    rows = autosave(client, form).json()["rows"]
    assert (rows["flows-0-row"], rows["flows-1-row"], rows["flows-2-row"]) == (0, None, 1)
    assert rows[f"{new}-row"] == last - 1
    found = {**form, **{name: "" if place is None else str(place) for name, place in rows.items()}, "version": "2"}
    autosave(client, found, **{f"{new}-yuan": "6.00"})
    flows = stored(planner_draft).document["flows"]
    assert len(flows) == last and flows[-1]["yuan"] == "6.00"


def test_autosave_does_not_write_over_a_colleague(signed_in, developer, draft) -> None:
    client = signed_in("developer")
    form = draft_form(client.get(PATH), title="Mine")
    drafts.save_draft(developer, draft, with_title(draft, "The colleague's"), 1)
    answer = autosave(client, form)
    assert answer.status_code == 409 and answer.json()["message"]
    assert stored(draft).document["title"] == "The colleague's"


def test_autosave_of_what_can_not_be_read_says_so(signed_in, planner_draft) -> None:
    client = signed_in("planner")
    form = draft_form(client.get(PATH), **{"dispositions-0-yields": "flat"})
    assert autosave(client, form).status_code == 422
    assert stored(planner_draft).version == 1


def test_few_states_in_between_are_kept(mandate, planner_draft) -> None:
    planner, current = mandate("planner"), planner_draft
    small = {**planner_draft.document, "allocations": [], "flows": []}
    for number in range(drafts.PASSING + 5):
        current = drafts.autosave_draft(planner, current, {**small, "title": f"T{number}"}, current.version)
    assert current.steps.filter(passing=True).count() == drafts.PASSING
    assert current.steps.filter(passing=False).count() == 1
    with pytest.raises(Conflict):
        drafts.document_at(current, 2)


# Two people at once


def test_changes_of_two_are_put_together(signed_in, developer, colleague, draft) -> None:
    client = signed_in("developer")
    form = draft_form(client.get(PATH), **{"flows-0-yuan": "111.00"})
    flows = copy.deepcopy(draft.document["flows"])
    places = [int(form["flows-0-row"]), int(form["flows-1-row"])]
    flows[places[1]]["yuan"] = "222.00"
    drafts.save_draft(colleague, draft, {**draft.document, "flows": flows, "title": "The colleague's"}, 1)
    assert client.post(PATH, {**form, "save": "1"}).status_code == 302
    saved = stored(draft)
    assert [saved.document["flows"][place]["yuan"] for place in places] == ["111.00", "222.00"]
    assert (saved.document["title"], saved.version) == ("The colleague's", 3)


def test_same_field_changed_by_both_stays_as_saved_and_is_told(signed_in, colleague, draft) -> None:
    client = signed_in("developer")
    form = draft_form(client.get(PATH), title="Mine", summary="Only mine")
    drafts.save_draft(colleague, draft, with_title(draft, "The colleague's"), 1)
    answer = client.post(PATH, {**form, "submit": "1"})
    (clash,) = answer.context["clashes"]
    assert (answer.status_code, clash.theirs, clash.mine) == (409, "The colleague's", "Mine")
    saved = stored(draft)  # not submitted: a person looks first
    assert (saved.document["title"], saved.document["summary"]) == ("The colleague's", "Only mine")
    assert answer.context["version"] == saved.version == 3


def test_page_that_is_too_old_is_shown_again_as_it_was_written(signed_in, developer, draft) -> None:
    client = signed_in("developer")
    form = draft_form(client.get(PATH), title="Mine")
    drafts.save_draft(developer, draft, with_title(draft, "Other"), 1)
    DraftStep.objects.all().delete()
    answer = client.post(PATH, {**form, "save": "1"})
    assert answer.status_code == 422 and answer.context["head"]["title"].value() == "Mine"
    assert stored(draft).document["title"] == "Other"


def test_only_the_proposers_people_save_together_or_by_themselves(mandate, draft) -> None:
    for act in (drafts.save_together, drafts.autosave_draft):
        with pytest.raises(NotAllowed):
            act(mandate("factory"), draft, draft.document, 1)


def test_colleagues_see_each_other_at_the_draft(signed_in, developer, colleague, draft) -> None:
    cache.clear()
    be_present(colleague.user_id, draft)
    page = signed_in("developer").get(f"{PATH}state/?version=1").content.decode()
    assert "小林" in page and "data-stale" not in page
    assert [row.user for row in others_present(colleague.user_id, draft)] == [developer.user]
    drafts.save_draft(colleague, draft, with_title(draft, "Later"), 1)
    assert "data-stale" in signed_in("developer").get(f"{PATH}state/?version=1").content.decode()
    assert signed_in("factory").get(f"{PATH}state/").status_code == 404


def test_api_puts_changes_together_only_when_asked(signed_in, colleague, draft) -> None:
    client, path = signed_in("developer"), f"/api/v1{PATH}"
    drafts.save_draft(colleague, draft, {**draft.document, "summary": "The colleague's"}, 1)
    body = {"version": 1, "title": "Mine"}

    def put(body: dict):
        return client.put(path, json.dumps(body), content_type="application/json")

    assert put(body).status_code == 409
    answer = put(body | {"together": True}).json()
    assert (answer["document"]["title"], answer["document"]["summary"]) == ("Mine", "The colleague's")
    assert answer["clashes"] == []

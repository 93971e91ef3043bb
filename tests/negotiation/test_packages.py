"""From a draft to a revision on the table, and what is refused on the way."""

import copy
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.models import Entry
from negotiation import drafts, packages, scorecards
from negotiation.models import Comment, Draft, Package, Revision, Scorecard
from negotiation.queries.packages import latest
from negotiation.terms import package_document
from negotiation.web.forms import DispositionForm


@pytest.fixture
def developer(mandate):
    return mandate("developer")


@pytest.fixture
def draft(developer, zhuxi):
    """A counter-proposal to package B, copied from it."""
    source = latest(zhuxi).get(package__code="B")
    return packages.start_package(developer, zhuxi, source=source, counter=True)


def changed(draft: Draft, **keys: object) -> dict[str, object]:
    return {**copy.deepcopy(draft.document), **keys}


def test_new_package_has_the_next_free_letter(draft) -> None:
    assert draft.package.code == "D"
    assert draft.document["counters"] == "B" and draft.document["proposer"] == "MKT-DEV"


def test_submitted_draft_becomes_a_revision_with_all_its_rows(developer, draft, zhuxi) -> None:
    revision = packages.submit_package(developer, draft, draft.version)
    source = latest(zhuxi).get(package__code="B")
    own, other = package_document(revision), package_document(source)
    for key in ("code", "proposer", "counters"):
        own.pop(key), other.pop(key, None)
    assert own == other
    assert revision.parent_id == source.pk
    assert not Draft.objects.filter(pk=draft.pk).exists()
    assert Scorecard.objects.get(revision=revision).state == "pending"


def test_card_of_a_submitted_revision_is_computed_once(developer, draft) -> None:
    revision = packages.submit_package(developer, draft, draft.version)
    first = scorecards.compute_card(revision)
    assert first.state == "done" and first.card["gates"]["passed"] is True
    assert scorecards.compute_card(revision).updated_at == first.updated_at
    assert Entry.objects.filter(action="card.score", object_id=str(revision.pk)).count() == 1


def test_next_revision_leaves_the_first_as_it_was(developer, draft) -> None:
    first = packages.submit_package(developer, draft, draft.version)
    digest, document = first.digest, package_document(first)
    again = packages.revise_package(developer, Package.objects.get(pk=first.package_id))
    saved = drafts.save_draft(developer, again, changed(again, title="Second thoughts"), again.version)
    second = packages.submit_package(developer, saved, saved.version)
    first = Revision.objects.get(pk=first.pk)
    assert (second.number, first.digest, package_document(first)) == (2, digest, document)


def test_stale_draft_is_not_overwritten(developer, draft) -> None:
    drafts.save_draft(developer, draft, changed(draft, title="One"), 1)
    with pytest.raises(Conflict):
        drafts.save_draft(developer, draft, changed(draft, title="Two"), 1)
    draft.refresh_from_db()
    assert draft.document["title"] == "One"


def test_draft_may_be_saved_with_faults_but_not_submitted(developer, draft) -> None:
    broken = changed(draft, title="", flows=[{"from": "project", "to": "project", "yuan": "-1"}])
    saved = drafts.save_draft(developer, draft, broken, draft.version)
    with pytest.raises(Invalid) as refusal:
        packages.submit_package(developer, saved, saved.version)
    assert {"title", "flows[0].category", "flows[0].year"} <= set(refusal.value.fields)
    assert Revision.objects.filter(package=draft.package).count() == 0


def test_empty_package_is_refused(developer, zhuxi) -> None:
    draft = packages.start_package(developer, zhuxi)
    saved = drafts.save_draft(developer, draft, changed(draft, title="Nothing"), draft.version)
    with pytest.raises(Invalid) as refusal:
        packages.submit_package(developer, saved, saved.version)
    assert set(refusal.value.fields) == {"terms"}


def test_another_party_neither_edits_nor_submits(mandate, draft) -> None:
    factory = mandate("factory")
    for act in (
        lambda: drafts.save_draft(factory, draft, draft.document, draft.version),
        lambda: packages.submit_package(factory, draft, draft.version),
        lambda: packages.discard_draft(factory, draft),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_code_and_proposer_can_not_be_forged(developer, draft) -> None:
    saved = drafts.save_draft(developer, draft, changed(draft, code="B", proposer="GOV-NR"), draft.version)
    assert (saved.document["code"], saved.document["proposer"]) == ("D", "MKT-DEV")


def test_discarded_first_draft_takes_its_package_along(developer, draft) -> None:
    packages.discard_draft(developer, draft)
    assert not Package.objects.filter(pk=draft.package_id).exists()


def test_each_act_is_in_the_log(developer, draft, zhuxi) -> None:
    saved = drafts.save_draft(developer, draft, draft.document, draft.version)
    packages.submit_package(developer, saved, saved.version)
    rows = Entry.objects.filter(scope="room:ZX-03-2026", object_id="D").order_by("id")
    assert list(rows.values_list("action", flat=True)) == ["package.start", "package.save", "package.submit"]


@pytest.mark.django_db(transaction=True)
def test_submitted_twice_at_once_is_one_revision(mandate, zhuxi) -> None:
    developer = mandate("developer")
    draft = packages.start_package(developer, zhuxi, source=latest(zhuxi).get(package__code="B"))

    def submit(_number: int) -> str:
        try:
            return str(packages.submit_package(developer, draft, draft.version).number)
        except Conflict:
            return "conflict"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(submit, range(4))) == ["1", "conflict", "conflict", "conflict"]
    assert Revision.objects.filter(package=draft.package).count() == 1


def test_form_reads_what_land_yields() -> None:
    form = DispositionForm({"yields": "flat 1200.00； shop=30;", "parcel": "P1", "action": "acquire"})
    form.full_clean()
    assert form.cleaned_data["yields"] == [{"item": "flat", "quantity": "1200.00"}, {"item": "shop", "quantity": "30"}]
    shown = DispositionForm(initial={"yields": form.cleaned_data["yields"]})["yields"].value()
    assert shown == "flat 1200.00; shop 30"


def test_form_says_how_yields_are_written() -> None:
    form = DispositionForm({"yields": "flat"})
    assert "flat 1200.00; shop 300" in form.errors["yields"][0]


def test_comment_on_an_allocation_names_its_row(signed_in, draft) -> None:
    room = "/rooms/ZX-03-2026/"
    page = signed_in("resident").get(f"{room}packages/B/").content.decode()
    links = re.findall(r"term=(/allocations/\d+)", page)
    # Of 226 rows the resident sees her own, her neighbour's for whom she acts, and those of bodies.
    assert links[0] == "/allocations/16" and len(links) == 8
    signed_in("resident").post(f"{room}comments/", {"body": "Smaller than mine", "package": "B", "term": links[0]})
    assert Comment.objects.get().term == "/allocations/16"


def draft_form(page, **changes: str) -> dict[str, str]:
    """What the editor's form would send, with some fields typed over."""
    fields = {}
    for rows in page.context["sets"]:
        formset = rows["rows"]
        for form in [formset.management_form, *formset.forms]:
            fields |= {field.html_name: "" if field.value() is None else field.value() for field in form}
    head = page.context["head"]
    fields |= {"title": head["title"].value(), "summary": head["summary"].value(), "version": page.context["version"]}
    return {name: value for name, value in {**fields, **changes}.items() if value is not False}


def test_draft_with_a_gap_is_saved_and_refused_beside_the_field(signed_in, draft) -> None:
    client, path = signed_in("developer"), f"/rooms/ZX-03-2026/packages/{draft.package.code}/draft/"
    page = client.get(path)
    form = draft_form(page, **{"flows-0-yuan": ""})
    assert client.post(path, {**form, "save": "1"}).status_code == 302
    place = int(form["flows-0-row"])  # the first row that a developer sees
    assert "yuan" not in Draft.objects.get(pk=draft.pk).document["flows"][place]
    answer = client.post(path, {**form, "version": "2", "submit": "1"})
    faulty = next(rows["rows"].forms[0] for rows in answer.context["sets"] if rows["rows"].prefix == "flows")
    assert answer.status_code == 422 and set(faulty.faults) == {"yuan"}

"""Required documents and dated promises: asked, promised, accepted, kept or broken by the database's day."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.refusals import Conflict, Invalid, NotAllowed
from audit.models import Commitment, Entry
from negotiation import documents
from negotiation.models import RequiredDocument
from negotiation.permissions import look
from negotiation.queries import documents as queries

ROOM = "/rooms/ZX-03-2026/"
DAY = timedelta(days=1)


@pytest.fixture
def convener(mandate):
    return mandate("planner")


@pytest.fixture
def document(convener, zhuxi) -> RequiredDocument:
    return documents.require_document(convener, zhuxi, "Soil survey", "MKT-TEX")


@pytest.fixture
def accepted(document, mandate, convener) -> RequiredDocument:
    documents.promise_document(mandate("factory"), document, timezone.localdate() + DAY)
    return documents.accept_promise(convener, document)


def state(document: RequiredDocument) -> str:
    return queries.with_state(RequiredDocument.objects.filter(pk=document.pk)).get().state


def due(document: RequiredDocument, day) -> None:
    RequiredDocument.objects.filter(pk=document.pk).update(due=day)


def test_document_goes_from_missing_to_promised_to_accepted_to_there(document, mandate, convener) -> None:
    assert state(document) == "missing"
    documents.promise_document(mandate("factory"), document, timezone.localdate() + DAY)
    assert state(document) == "promised"
    documents.accept_promise(convener, document)
    assert state(document) == "open"
    documents.receive_document(convener, document, "File 2026-17")
    assert state(document) == "kept"


def test_promise_holds_through_its_day_and_is_broken_after(accepted) -> None:
    due(accepted, timezone.localdate())
    assert state(accepted) == "open"
    due(accepted, timezone.localdate() - DAY)
    assert state(accepted) == "broken"


def test_broken_promise_is_kept_late_or_promised_anew(accepted, mandate, convener) -> None:
    due(accepted, timezone.localdate() - DAY)
    documents.promise_document(mandate("factory"), accepted, timezone.localdate() + DAY)
    assert state(accepted) == "promised"
    due(accepted, timezone.localdate() - DAY)
    documents.receive_document(convener, accepted, "File 2026-17")
    assert '"late":true' in bytes(Entry.objects.get(action="document.receive").body).decode()


def test_accepted_promise_is_not_moved_before_its_day(accepted, mandate) -> None:
    with pytest.raises(Conflict):
        documents.promise_document(mandate("factory"), accepted, timezone.localdate() + 9 * DAY)


def test_only_the_owing_party_promises(document, mandate) -> None:
    for who in ("developer", "finance", "resident", "planner"):
        with pytest.raises(NotAllowed) as refusal:
            documents.promise_document(mandate(who), document, timezone.localdate() + DAY)
        assert refusal.value.code == "not_your_document"


@pytest.mark.parametrize("who", ["factory", "finance", "resident", "auditor", "observer"])
def test_only_the_convener_requires_accepts_and_receives(who: str, document, mandate, zhuxi) -> None:
    acting = mandate(who)
    for act in (
        lambda: documents.require_document(acting, zhuxi, "Deed", "MKT-TEX"),
        lambda: documents.accept_promise(acting, document),
        lambda: documents.receive_document(acting, document, "File 1"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_day_of_a_promise_lies_in_the_future(document, mandate) -> None:
    for day in (timezone.localdate(), timezone.localdate() - DAY):
        with pytest.raises(Invalid) as refusal:
            documents.promise_document(mandate("factory"), document, day)
        assert set(refusal.value.fields) == {"due"}


@pytest.mark.parametrize(("title", "party", "field"), [(" ", "MKT-TEX", "title"), ("Deed", "NOBODY", "party")])
def test_faulty_requirement_is_refused_beside_its_field(convener, zhuxi, title, party, field) -> None:
    with pytest.raises(Invalid) as refusal:
        documents.require_document(convener, zhuxi, title, party)
    assert set(refusal.value.fields) == {field}


def test_nothing_is_accepted_without_a_promise(document, convener) -> None:
    with pytest.raises(Conflict):
        documents.accept_promise(convener, document)


def test_received_document_stays(document, convener, mandate) -> None:
    documents.receive_document(convener, document, "File 2026-17")
    with pytest.raises(Conflict):
        documents.receive_document(convener, document, "File 2026-18")
    with pytest.raises(Conflict):
        documents.promise_document(mandate("factory"), document, timezone.localdate() + DAY)


def test_title_stands_in_the_log_as_a_commitment(document) -> None:
    entry = Entry.objects.get(action="document.require")
    assert "Soil" not in bytes(entry.body).decode() and '"party":"MKT-TEX"' in bytes(entry.body).decode()
    texts = Commitment.objects.filter(entry=entry, path="/data/title")
    assert [bytes(row.content).decode() for row in texts] == ["Soil survey"]


def test_household_sees_its_own_documents_only(convener, zhuxi, cast) -> None:
    for code in ("HH-017", "HH-150", "MKT-TEX"):
        documents.require_document(convener, zhuxi, f"Deed of {code}", code)

    def titles(who: str) -> list[str]:
        return [row.title for row in queries.visible(look(cast(who), zhuxi.code))]

    assert titles("resident") == ["Deed of HH-017", "Deed of MKT-TEX"]
    assert titles("developer") == ["Deed of MKT-TEX"]
    assert len(titles("finance")) == 3
    assert queries.hidden_count(look(cast("developer"), zhuxi.code)) == 2


def test_what_one_owes_stands_under_what_comes_next(convener, zhuxi, signed_in) -> None:
    made = documents.require_document(convener, zhuxi, "Certificate of her flat", "HH-017")
    assert "You still have to bring:" in signed_in("resident").get(ROOM + "mine/").content.decode()
    RequiredDocument.objects.filter(pk=made.pk).update(
        due=timezone.localdate() - DAY, promised_by=convener, accepted_by=convener
    )
    page = signed_in("resident").get(ROOM + "mine/").content.decode()
    assert "Promise broken:" in page and "Certificate of her flat" in page
    assert "Certificate of her flat" not in signed_in("developer").get(ROOM).content.decode()


def test_page_leads_from_promise_to_receipt_without_script(document, signed_in) -> None:
    factory, planner = signed_in("factory"), signed_in("planner")
    place = f"{ROOM}documents/{document.pk}/"
    day = (timezone.localdate() + DAY).isoformat()
    assert factory.post(place + "promise/", {"due": day}).url == f"{ROOM}documents/"
    assert planner.post(place + "accept/", {"sure": "yes"}).url == f"{ROOM}documents/"
    assert "accepted against a promise" in factory.get(ROOM + "documents/").content.decode()
    assert planner.post(place + "receive/", {"reference": "File 7"}).url == f"{ROOM}documents/"
    again = planner.post(place + "receive/", {"reference": "File 8"})
    assert again.status_code == 422 and "there already" in again.content.decode()

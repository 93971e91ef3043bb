"""Households are invited by two persons together; the codes of their letters are kept nowhere."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import Mandate, Party, User
from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound
from accounts.sealing import seal
from audit.models import Entry
from negotiation import invitations
from negotiation.coming_in import recognise
from negotiation.mandates import revoke_mandate
from negotiation.models import Invitation, InvitationBatch, LetterFile
from negotiation.people import invite_person
from negotiation.sheets.households import template
from tests.negotiation.letters import ADDRESS, asked, codes, households, invited, letter, second_convener, waiting
from tests.negotiation.sheets.books import plain, repacked

ROOM = "ZX-03-2026"


@pytest.fixture
def convener(mandate) -> Mandate:
    return mandate("planner")


def test_template_names_each_party_of_the_public_side(zhuxi) -> None:
    page = load_workbook(io.BytesIO(template(zhuxi).content)).worksheets[0]
    known = set(zhuxi.seats.filter(party__side="public").values_list("party__code", flat=True))
    assert {page.cell(row, 1).value for row in range(2, page.max_row + 1)} == known
    acting = {page.cell(row, 1).value for row in range(2, page.max_row + 1) if page.cell(row, 3).value in ("yes", "是")}
    mandates = Mandate.objects.valid().filter(party__realm=zhuxi.code, party__side="public")
    assert acting == set(mandates.values_list("party__code", flat=True))


def test_nothing_comes_of_a_list_before_the_second_person(convener, zhuxi) -> None:
    before = User.objects.count(), Mandate.objects.count()
    batch = asked(convener, zhuxi)
    invitations.make_letters(batch)
    assert (User.objects.count(), Mandate.objects.count()) == before
    assert not LetterFile.objects.exists()


def test_confirmed_list_makes_accounts_mandates_and_letters(convener, zhuxi) -> None:
    batch = invited(convener, zhuxi)
    batch.refresh_from_db()
    made = [letter(code) for code in codes(convener, batch)]
    assert (batch.state, batch.done, batch.sealed) == ("done", 3, None)
    assert [row.address for row in made] == ["1号楼", "2号楼", "3号楼"]
    assert all(not row.mandate.user.has_usable_password() for row in made)
    assert {row.mandate.granted_by for row in made} == {convener.user}
    assert {tuple(row.mandate.roles) for row in made} == {("public",)}


def test_who_asked_can_not_confirm(convener, zhuxi) -> None:
    batch = asked(convener, zhuxi)
    with pytest.raises(NotAllowed) as refusal:
        invitations.confirm_invitations(convener, batch)
    assert refusal.value.code == "same_person"


@pytest.mark.parametrize("name", ["finance", "developer", "resident", "auditor"])
def test_only_another_convener_confirms(name: str, convener, zhuxi, mandate) -> None:
    with pytest.raises(NotAllowed):
        invitations.confirm_invitations(mandate(name), asked(convener, zhuxi))


def test_list_falls_when_its_asker_may_no_longer_ask(convener, zhuxi) -> None:
    second, batch = second_convener(zhuxi), asked(convener, zhuxi)
    revoke_mandate(second, zhuxi, convener, "left the office")
    with pytest.raises(NotAllowed):
        invitations.confirm_invitations(second, batch)


def test_withdrawn_list_keeps_no_names(convener, zhuxi) -> None:
    batch = invitations.withdraw_invitations(convener, asked(convener, zhuxi))
    assert (batch.state, batch.sealed) == ("withdrawn", None)
    with pytest.raises(Conflict):
        invitations.confirm_invitations(second_convener(zhuxi), batch)


def test_one_list_waits_at_a_time(convener, zhuxi) -> None:
    asked(convener, zhuxi)
    with pytest.raises(Conflict):
        asked(convener, zhuxi)


@pytest.mark.parametrize(
    ("cells", "cell"),
    [
        ({"A3": "H-999"}, "A3"),
        ({"A3": 17}, "A3"),
        ({"A3": "GOV-NR"}, "A3"),
        ({"D3": ""}, "D3"),
        ({"D3": "=1+1"}, "D3"),
        ({"D3": "名" * 81}, "D3"),
        ({"E3": "friend"}, "E3"),
        ({"E3": "representative"}, "F3"),
        ({"G3": "call me"}, "G3"),
        ({"I1": "Anything"}, "I1"),
    ],
)
def test_faulty_cell_is_named_and_nothing_can_be_asked(cells, cell: str, convener, zhuxi) -> None:
    filled = {"A3": "HH-001", "D3": "王", "H3": "1"}
    known = zhuxi.seats.filter(party__side="public").order_by("party__code")
    filled["A3"] = known.last().party.code
    batch = invitations.read_households(convener, zhuxi, households(zhuxi, 0, **filled | cells))
    assert cell in {fault["cell"] for fault in batch.faults}
    with pytest.raises(Invalid):
        invitations.invite_households(convener, batch)


def test_same_person_twice_or_acting_already_is_a_fault(convener, zhuxi, mandate) -> None:
    known = mandate("resident")
    cells = {"A2": known.party.code, "D2": known.user.name, "A3": known.party.code, "D3": "新", "A4": known.party.code}
    batch = invitations.read_households(convener, zhuxi, households(zhuxi, 0, **cells, D4="新"))
    assert [fault["cell"] for fault in batch.faults] == ["D2", "D4"]


def test_phone_typed_as_a_number_is_taken(convener, zhuxi) -> None:
    batch = invitations.read_households(convener, zhuxi, households(zhuxi, 0, D2="王", G2=13800000001, E2="本人"))
    assert not [fault for fault in batch.faults if fault["cell"] == "G2"]
    assert invitations.batch_rows(batch)[0]["phone"] == "13800000001"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"MZ not a workbook", "sheet_type"),
        (plain(), "sheet_type"),
        (repacked(plain(), xl__vbaProject_dot_bin=b"x"), "sheet_macros"),
        (repacked(plain(), xl__bomb_dot_xml=b"0" * 70_000_000), "sheet_bomb"),
    ],
)
def test_hostile_workbook_is_refused(content: bytes, code: str, convener, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        invitations.read_households(convener, zhuxi, content)
    assert refusal.value.code == code
    assert not InvitationBatch.objects.exists()


def test_letters_are_one_page_each_and_data_is_no_markup(convener, zhuxi) -> None:
    zhuxi.plan.title = "#set text(fill: red) $x$ *plan*"
    zhuxi.plan.save()
    batch = invited(convener, zhuxi)
    pdf = PdfReader(io.BytesIO(invitations.download_letters(convener, batch.files.get())))
    text = pdf.pages[0].extract_text()
    assert len(pdf.pages) == 3
    assert "#set text(fill: red) $x$ *plan*" in text.replace("\n", "")
    assert ADDRESS in text.replace("\u200b", "")


def test_codes_are_kept_nowhere_and_stand_in_no_log(convener, zhuxi) -> None:
    batch = invited(convener, zhuxi)
    code = codes(convener, batch)[0]
    kept = [str(row) for row in Invitation.objects.values()] + [str(row) for row in InvitationBatch.objects.values()]
    kept += [bytes(entry.body).decode() for entry in Entry.objects.filter(scope__contains=zhuxi.code)]
    found = "".join(kept)
    assert code not in found and code.replace("-", "") not in found
    assert "户主" not in found
    assert code.encode() not in bytes(LetterFile.objects.get().sealed)


def test_each_download_stands_in_the_log_and_printing_ends_them(convener, zhuxi) -> None:
    file = invited(convener, zhuxi).files.get()
    for _time in range(2):
        invitations.download_letters(convener, file)
    invitations.confirm_printed(convener, file)
    assert Entry.objects.filter(action="invitations.download").count() == 2
    assert set(Invitation.objects.values_list("state", flat=True)) == {"printed"}
    assert LetterFile.objects.get().sealed is None
    with pytest.raises(NotFound):
        invitations.download_letters(convener, file)
    with pytest.raises(Conflict):
        invitations.confirm_printed(convener, file)


def test_letters_are_made_in_chunks_and_go_on_where_they_stopped(convener, zhuxi, monkeypatch) -> None:
    monkeypatch.setattr(invitations, "CHUNK", 2)
    batch = invitations.confirm_invitations(second_convener(zhuxi), asked(convener, zhuxi, 5))
    assert invitations._make_chunk(batch)
    invitations.make_letters(batch)
    invitations.make_letters(batch)
    assert list(batch.files.order_by("number").values_list("letters", flat=True)) == [2, 2, 1]
    assert len(set(codes(convener, batch))) == 5
    assert sorted(Invitation.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5]


def test_replaced_letter_dies_at_once_and_the_new_one_takes_two(convener, zhuxi) -> None:
    code = codes(convener, invited(convener, zhuxi, 1))[0]
    old = letter(code)
    batch = invitations.replace_letter(convener, old, "lost")
    assert recognise(code) is None
    with pytest.raises(NotAllowed):
        invitations.confirm_invitations(convener, batch)
    second = Mandate.objects.get(user__username="deputy")
    invitations.make_letters(invitations.confirm_invitations(second, batch))
    fresh = codes(convener, batch)[0]
    assert fresh != code
    assert letter(fresh).mandate == old.mandate
    with pytest.raises(Conflict):
        invitations.replace_letter(convener, old, "again")


def test_convener_alone_gets_no_link_for_an_invited_household(convener, zhuxi) -> None:
    invited(convener, zhuxi, 1)
    username = Invitation.objects.get().mandate.user.username
    with pytest.raises(Invalid):
        invite_person(convener, zhuxi, username, "x")


def test_papers_that_nobody_printed_go_with_their_codes(convener, zhuxi) -> None:
    invited(convener, zhuxi, 1)
    LetterFile.objects.update(made_at=timezone.now() - timedelta(days=91))
    invitations.forget_old_letters()
    assert LetterFile.objects.get().sealed is None


def test_mandates_and_list_stand_in_the_log(convener, zhuxi) -> None:
    before = Entry.objects.filter(action="mandate.grant").count()
    second_convener_entries = 1
    invited(convener, zhuxi)
    assert Entry.objects.filter(action="mandate.grant").count() == before + 3 + second_convener_entries
    actions = Entry.objects.filter(action__startswith="invitations.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["invitations.ask", "invitations.confirm"]


def test_pages_take_as_many_statements_for_three_hundred_rows_as_for_ten(convener, zhuxi, signed_in) -> None:
    client = signed_in("planner")
    batch = waiting(convener, zhuxi, convener)
    paths = ("invitations/", "invitations/?text=1&state=made", "invitations/households.xlsx")
    paths += (f"invitations/lists/{batch.pk}/",)
    pages = [f"/rooms/{ROOM}/{path}" for path in paths] + [f"/api/v1/rooms/{ROOM}/invitations/"]
    counts = []
    for rows in (10, 300):
        fill(zhuxi, batch, rows)
        # Once to warm what is kept between requests.
        counts.append([(client.get(page), statements(client, page))[1] for page in pages])
    assert counts[0] == counts[1]


def fill(room, batch, rows: int) -> None:
    """So many lists, files and letters in all."""
    parties = list(Party.objects.filter(realm=ROOM, side="public").order_by("pk")[:200])
    file = batch.files.get(number=1)
    for number in range(Invitation.objects.count() + 1, rows + 1):
        person = User.objects.create(username=f"row{number}")
        mandate = Mandate.objects.create(user=person, party=parties[number % len(parties)], kind="self")
        facts = {"file": file, "mandate": mandate, "expires_at": timezone.now()}
        Invitation.objects.create(room=room, number=number, digest=f"d{number}", **facts)
        InvitationBatch.objects.create(room=room, asked_by=batch.asked_by, state="done", confirmed_by=mandate)
        LetterFile.objects.create(batch=batch, number=number, letters=1)
    batch.sealed = seal([dict.fromkeys(("party", "name", "kind"), "x")] * rows, f"households:{batch.key}")
    batch.save()


def statements(client, page: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    return len(caught)


def test_no_page_and_no_answer_shows_a_code(convener, zhuxi, signed_in) -> None:
    batch = invited(convener, zhuxi, 1)
    code = codes(convener, batch)[0]
    kept = Invitation.objects.get().digest
    client, number = signed_in("planner"), batch.pk
    pages = [f"/rooms/{ROOM}/{path}" for path in ("invitations/", f"invitations/lists/{number}/", "mandates/", "log/")]
    lists = f"/api/v1/rooms/{ROOM}/invitation-lists/"
    pages += [lists, f"{lists}{number}/", f"{lists}{number}/rows/", f"/api/v1/rooms/{ROOM}/invitations/"]
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert code not in text and kept not in text


def test_api_goes_the_same_way(convener, zhuxi, signed_in) -> None:
    second_convener(zhuxi)
    first, second = signed_in("planner"), signed_in("deputy")
    lists = f"/api/v1/rooms/{ROOM}/invitation-lists/"
    sent = first.post(lists, {"file": SimpleUploadedFile("a.xlsx", households(zhuxi, 2))})
    assert (sent.status_code, sent.json()["total"], sent.json()["faults"]) == (201, 2, [])
    one = f"{lists}{sent.json()['id']}/"
    assert second.get(one).status_code == 404
    assert first.post(f"{one}asking/", content_type="application/json").json()["state"] == "asked"
    assert first.post(f"{one}confirmation/", content_type="application/json").json()["code"] == "same_person"
    assert [row["name"] for row in second.get(f"{one}rows/").json()["rows"]] == ["户主1", "户主0"]
    assert second.post(f"{one}confirmation/", content_type="application/json").json()["state"] == "confirmed"
    invitations.make_letters(InvitationBatch.objects.get(pk=sent.json()["id"]))
    rows = first.get(f"/api/v1/rooms/{ROOM}/invitations/").json()["results"]
    assert [row["number"] for row in rows] == [2, 1]
    assert second.post(f"{one}files/1/printing/", content_type="application/json").status_code == 200
    gone = f"/rooms/{ROOM}/invitations/lists/{sent.json()['id']}/1.pdf"
    assert first.post(gone).status_code == 404
    body = {"reason": "lost"}
    again = first.post(f"/api/v1/rooms/{ROOM}/invitations/1/replacement/", body, content_type="application/json")
    assert (again.status_code, again.json()["replaces"]) == (201, 1)
    arrived = first.get(f"/api/v1/rooms/{ROOM}/invitations/arrivals/").json()
    assert arrived["came"] <= arrived["households"]

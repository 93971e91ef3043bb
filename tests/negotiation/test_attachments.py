"""Files at a room, a comment and a draft: kept by content, hashed into the log, open to those who may see the place."""

import hashlib
import io
import json
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from accounts.refusals import Conflict, Invalid, NotAllowed, NotFound, WrongPhase
from audit.models import Entry
from negotiation import attachments, comments, filestore, packages
from negotiation.attachments import add_attachment, remove_attachment
from negotiation.models import Attachment, Room
from negotiation.queries.packages import latest
from tests.negotiation.files import GPS, hidden_script, launching, located, pdf, picture, scripted

ROOM = "/rooms/ZX-03-2026/"


@pytest.fixture
def resident(mandate):
    return mandate("resident")


@pytest.fixture
def draft(mandate, zhuxi):
    return packages.start_package(mandate("developer"), zhuxi, source=latest(zhuxi).get(package__code="B"))


@pytest.mark.parametrize(
    ("content", "name", "kind", "kept"),
    [
        (picture("PNG"), "wall", "png", "wall.png"),
        (picture("JPEG"), "C:\\photos\\wall.PNG", "jpeg", "wall.jpg"),
        (picture("WEBP"), "../../etc/wall.webp", "webp", "wall.webp"),
        (pdf(), "evil\x00\u202efdp.exe", "pdf", "evil fdp.pdf"),
    ],
    ids=["png", "jpeg", "webp", "pdf"],
)
def test_kind_and_ending_follow_the_content(content, name, kind, kept, resident, zhuxi) -> None:
    made = add_attachment(resident, zhuxi, name, content)
    assert (made.kind, made.name) == (kind, kept)
    stored = filestore.read(made.sha256)
    assert (hashlib.sha256(stored).hexdigest(), len(stored)) == (made.sha256, made.size)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_type"),
        (b"MZ\x90\x00", "file_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "file_type"),
        (picture("GIF"), "file_type"),
        (picture("PNG")[:40], "file_broken"),
        (b"\x89PNG\r\n\x1a\n" + b"<html>", "file_broken"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "file_broken"),
        (b"%PDF-1.7 nothing more", "file_broken"),
        (pdf(scripted), "file_active"),
        (pdf(launching), "file_active"),
        (pdf(hidden_script), "file_active"),
        (pdf(hidden_script).replace(b"/JavaScript", b"/J#61vaScript"), "file_active"),
        (pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "file_active"),
        (pdf(lambda writer: writer.encrypt("secret", algorithm="RC4-128")), "file_locked"),
    ],
    ids=range(14),
)
def test_other_files_are_refused_by_their_content(content, code, resident, zhuxi) -> None:
    with pytest.raises(Invalid) as refusal:
        add_attachment(resident, zhuxi, "plan.pdf", content)
    assert refusal.value.code == code and set(refusal.value.fields) == {"file"}
    assert not Attachment.objects.exists()


def test_moving_picture_is_refused(resident, zhuxi) -> None:
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "blue")]
    stream = io.BytesIO()
    frames[0].save(stream, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(Invalid) as refusal:
        add_attachment(resident, zhuxi, "a.webp", stream.getvalue())
    assert refusal.value.code == "file_animated"


def test_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(resident, zhuxi) -> None:
    content = bytearray(picture("PNG"))
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    with pytest.raises(Invalid) as refusal:
        add_attachment(resident, zhuxi, "a.png", bytes(content))
    assert refusal.value.code in ("file_pixels", "file_broken")


def test_photograph_loses_place_and_camera_and_stands_upright(resident, zhuxi) -> None:
    assert Image.open(io.BytesIO(located())).getexif().get_ifd(GPS)
    made = add_attachment(resident, zhuxi, "a.jpg", located())
    kept = Image.open(io.BytesIO(filestore.read(made.sha256)))
    assert dict(kept.getexif()) == {} and kept.size == (6, 8)
    assert b"A camera" not in filestore.read(made.sha256)


def test_entry_holds_digest_and_size_but_not_the_name(resident, zhuxi) -> None:
    made = add_attachment(resident, zhuxi, "Wang Guifang's wall.png", picture())
    entry = Entry.objects.get(action="attachment.add")
    data = json.loads(bytes(entry.body))["data"]
    assert (data["sha256"], data["size"], data["kind"]) == (made.sha256, made.size, "png")
    assert b"Wang" not in bytes(entry.body)
    assert [bytes(row.content) for row in entry.commitments.filter(path="/data/name")] == [made.name.encode()]


def test_too_large_a_file_and_too_much_of_a_party_are_refused(resident, mandate, zhuxi, settings) -> None:
    settings.ATTACHMENT_BYTES = 100
    with pytest.raises(Invalid) as refusal:
        add_attachment(resident, zhuxi, "a.png", bytes(101))
    assert refusal.value.code == "file_too_large"
    settings.ATTACHMENT_BYTES, settings.ATTACHMENT_PARTY_BYTES = 10_000, len(picture()) + 60
    add_attachment(resident, zhuxi, "a.png", picture())
    with pytest.raises(Invalid) as refusal:
        add_attachment(resident, zhuxi, "b.png", picture())
    assert refusal.value.code == "files_too_large"
    add_attachment(mandate("developer"), zhuxi, "b.png", picture())


def test_only_its_author_attaches_to_a_comment(resident, mandate, zhuxi) -> None:
    said = comments.add_comment(resident, zhuxi, "Look at the wall")
    assert add_attachment(resident, zhuxi, "a.png", picture(), comment=said).comment == said
    with pytest.raises(NotAllowed) as refusal:
        add_attachment(mandate("developer"), zhuxi, "a.png", picture(), comment=said)
    assert refusal.value.code == "not_your_comment"


@pytest.mark.parametrize("name", ["auditor", "observer"])
def test_onlookers_attach_nothing(name: str, mandate, zhuxi) -> None:
    with pytest.raises(NotAllowed):
        add_attachment(mandate(name), zhuxi, "a.png", picture())


@pytest.mark.parametrize(("phase", "may"), [("negotiation", True), ("vote", True), ("decided", False)])
def test_files_come_to_the_room_while_comments_do(phase: str, may: bool, resident, zhuxi) -> None:
    Room.objects.filter(pk=zhuxi.pk).update(phase=phase)
    zhuxi.refresh_from_db()
    if may:
        add_attachment(resident, zhuxi, "a.png", picture())
    else:
        with pytest.raises(WrongPhase):
            add_attachment(resident, zhuxi, "a.png", picture())


def test_file_of_a_draft_goes_with_the_revision_and_stays(mandate, draft, zhuxi) -> None:
    developer = mandate("developer")
    made = add_attachment(developer, zhuxi, "plan.pdf", pdf(), package=draft.package)
    gone = add_attachment(developer, zhuxi, "old.png", picture(), package=draft.package)
    remove_attachment(developer, gone, "The wrong one")
    revision = packages.submit_package(developer, draft, draft.version)
    made.refresh_from_db()
    assert made.revision == revision
    entry = Entry.objects.get(action="package.submit", object_id=draft.package.code)
    assert json.loads(bytes(entry.body))["data"]["attachments"] == [made.sha256]
    with pytest.raises(WrongPhase) as refusal:
        remove_attachment(developer, made, "Regret")
    assert refusal.value.code == "file_submitted"


def test_another_party_neither_attaches_to_a_draft_nor_removes(mandate, draft, resident, zhuxi) -> None:
    own = add_attachment(resident, zhuxi, "a.png", picture())
    for act in (
        lambda: add_attachment(mandate("factory"), zhuxi, "a.png", picture(), package=draft.package),
        lambda: remove_attachment(mandate("factory"), own, "Not mine"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_removal_needs_a_reason_happens_once_and_leaves_a_trace(resident, zhuxi, signed_in) -> None:
    made = add_attachment(resident, zhuxi, "identity card.png", picture())
    with pytest.raises(Invalid):
        remove_attachment(resident, made, "  ")
    remove_attachment(resident, made, "Shows my card")
    with pytest.raises(Conflict):
        remove_attachment(resident, made, "Again")
    page = signed_in("developer").get(f"{ROOM}files/").content.decode()
    assert "Shows my card" in page and "identity card" not in page
    assert signed_in("developer").get(f"{ROOM}files/{made.pk}/").status_code == 404
    assert b"Shows my card" not in bytes(Entry.objects.get(action="attachment.remove").body)


@pytest.mark.django_db(transaction=True)
def test_bytes_leave_the_disk_with_the_last_attachment_of_them(resident, mandate, zhuxi) -> None:
    first = add_attachment(resident, zhuxi, "a.png", picture())
    second = add_attachment(mandate("developer"), zhuxi, "b.png", picture())
    assert first.sha256 == second.sha256
    remove_attachment(resident, first, "Mine goes")
    assert filestore.read(first.sha256)
    remove_attachment(mandate("developer"), second, "So does mine")
    with pytest.raises(NotFound):
        filestore.read(first.sha256)


def test_files_of_a_draft_that_is_thrown_away_go_with_it(mandate, draft, zhuxi) -> None:
    developer = mandate("developer")
    add_attachment(developer, zhuxi, "plan.pdf", pdf(), package=draft.package)
    with transaction.atomic():
        packages.discard_draft(developer, draft)
    assert not Attachment.objects.exists()


def test_file_of_a_draft_is_there_for_its_party_only(mandate, draft, zhuxi, signed_in) -> None:
    made = add_attachment(mandate("developer"), zhuxi, "plan.pdf", pdf(), package=draft.package)
    where = f"{ROOM}files/{made.pk}/"
    names = ("developer", "planner", "factory", "auditor", "stranger")
    assert [signed_in(name).get(where).status_code for name in names] == [200, 404, 404, 404, 404]
    lists = [signed_in(name).get(f"/api/v1{ROOM}attachments/").json()["results"] for name in names]
    assert [len(rows) for rows in lists] == [1, 0, 0, 0, 0]
    packages.submit_package(mandate("developer"), draft, draft.version)
    assert [signed_in(name).get(where).status_code for name in names] == [200] * 5


def test_file_is_saved_and_never_shown_in_the_page(resident, zhuxi, signed_in) -> None:
    made = add_attachment(resident, zhuxi, '围墙 "一".png', picture())
    answer = signed_in("").get(f"{ROOM}files/{made.pk}/")
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "image/png")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert hashlib.sha256(answer.content).hexdigest() == made.sha256


def test_household_is_named_by_its_code(resident, zhuxi, signed_in) -> None:
    add_attachment(resident, zhuxi, "a.png", picture())
    page = signed_in("developer").get(f"{ROOM}files/").content.decode()
    assert "HH-017" in page and "东街017户" not in page
    assert "东街017户" in signed_in("planner").get(f"{ROOM}files/").content.decode()


def test_page_takes_a_file_shows_it_and_tells_faults_beside_the_field(signed_in, zhuxi) -> None:
    client, where = signed_in("resident"), f"{ROOM}files/"
    assert client.post(where, {"file": SimpleUploadedFile("wall.png", picture())}).status_code == 302
    assert "wall.png" in client.get(where).content.decode()
    answer = client.post(where, {"file": SimpleUploadedFile("wall.png", b"MZ")})
    assert answer.status_code == 422 and set(answer.context["form"].errors) == {"file"}


def test_comment_shows_its_files_to_everyone(resident, zhuxi, signed_in) -> None:
    said = comments.add_comment(resident, zhuxi, "Look at the wall")
    made = add_attachment(resident, zhuxi, "wall.png", picture(), comment=said)
    page = signed_in("").get(f"{ROOM}comments/").content.decode()
    assert f"{ROOM}files/{made.pk}/" in page and "wall.png" in page
    assert f"comments/{said.pk}/files/" in signed_in("resident").get(f"{ROOM}comments/").content.decode()


def test_api_attaches_lists_serves_and_removes(signed_in, zhuxi) -> None:
    client, api = signed_in("resident"), f"/api/v1{ROOM}attachments/"
    made = client.post(api, {"file": SimpleUploadedFile("wall.png", picture())})
    assert made.status_code == 201
    body = made.json()
    assert client.get(f"{api}{body['id']}/").json() == body
    assert client.get(api).json()["results"] == [body]
    assert hashlib.sha256(client.get(f"{api}{body['id']}/file/").content).hexdigest() == body["sha256"]
    gone = client.post(f"{api}{body['id']}/removal/", {"reason": "Wrong"}, content_type="application/json")
    assert (gone.status_code, client.get(f"{api}{body['id']}/").status_code) == (204, 404)
    refused = client.post(api, {"file": SimpleUploadedFile("wall.png", b"MZ")})
    assert (refused.status_code, refused.json()["code"]) == (422, "file_type")


def test_stale_form_of_a_submitted_draft_attaches_nothing(mandate, draft, zhuxi) -> None:
    developer = mandate("developer")
    packages.submit_package(developer, draft, draft.version)
    with pytest.raises(Conflict):
        attachments.add_attachment(developer, zhuxi, "a.png", picture(), package=draft.package)

"""Notices on their pages: the count in the head, reading, choosing, stopping an e-mail, the digest, the outbox."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.refusals import Invalid, NotFound
from negotiation.telling import spread_telling, tell
from notifications import outbox
from notifications.digests import send_digests
from notifications.models import Digest, Message, Notice, Preference, Telling
from notifications.preferences import Wish, choose, read_token, stop, stop_token, wishes

JSON, TYPE = "{}", {"content_type": "application/json"}
HEAD = re.compile(r'<span class="count">.*?</span>(\d+\+?)</span>')


@pytest.fixture
def told(zhuxi, cast):
    """`told("package.submitted")`: everybody of the room is told this."""
    Telling.objects.filter(done_at=None).update(done_at=timezone.now())

    def do(topic: str = "package.submitted", **named: str) -> Telling:
        with transaction.atomic():
            tell(zhuxi, topic, "/rooms/ZX-03-2026/packages/A/", named or {"package": "A", "revision": "2"})
        telling = Telling.objects.order_by("-pk").first()
        spread_telling(telling.pk)
        return telling

    return do


@pytest.fixture
def resident(cast) -> User:
    User.objects.filter(username="resident").update(email="wang@example.org", language="en")
    return cast("resident")


class TestPage:
    def test_count_is_in_the_head_of_every_page_until_it_is_read(self, told, signed_in) -> None:
        client = signed_in("resident")
        assert HEAD.findall(client.get("/").content.decode()) == []
        told()
        told()
        for path in ("/", "/rooms/ZX-03-2026/", "/notices/"):
            assert HEAD.findall(client.get(path).content.decode()) == ["2"]
        notice = Notice.objects.filter(user__username="resident").first()
        answer = client.post(f"/notices/{notice.pk}/")
        assert answer.headers["Location"] == "/rooms/ZX-03-2026/packages/A/"
        assert HEAD.findall(client.get("/").content.decode()) == ["1"]
        client.post("/notices/read/")
        assert HEAD.findall(client.get("/").content.decode()) == []

    def test_count_is_one_statement_and_stops_at_99(self, told, signed_in, resident) -> None:
        telling = told()
        client = signed_in("resident")
        with CaptureQueriesContext(connection) as before:
            client.get("/notices/")
        common = {"room": telling.room, "title": "x", "topic": telling.topic, "parameters": telling.parameters}
        tellings = Telling.objects.bulk_create(Telling(**common) for _n in range(150))
        Notice.objects.bulk_create(Notice(telling=row, user=resident, link="/") for row in tellings)
        with CaptureQueriesContext(connection) as after:
            page = client.get("/notices/").content.decode()
        assert HEAD.findall(page) == ["99+"]
        assert len(after) == len(before)
        assert sum("notifications_notice" in row["sql"] and "COUNT" in row["sql"] for row in after) == 2

    def test_text_is_in_the_readers_language_and_names_the_room(self, told, signed_in, zhuxi) -> None:
        told()
        page = signed_in("resident").get("/notices/").content.decode()
        assert "Package A is on the table, revision 2." in page and str(zhuxi) in page

    def test_empty_page_says_what_will_be_there(self, signed_in, db) -> None:
        assert 'class="empty"' in signed_in("stranger").get("/notices/").content.decode()

    def test_anothers_notice_is_not_there(self, told, signed_in) -> None:
        told()
        notice = Notice.objects.filter(user__username="resident").first()
        assert signed_in("developer").post(f"/notices/{notice.pk}/").status_code == 404
        assert signed_in("developer").post(f"/api/v1/notices/{notice.pk}/read/", JSON, **TYPE).status_code == 404
        notice.refresh_from_db()
        assert notice.read_at is None

    def test_api_gives_the_same(self, told, signed_in) -> None:
        told()
        client = signed_in("resident")
        (row,) = client.get("/api/v1/notices/").json()["results"]
        assert (row["room"], row["topic"], row["link"]) == (
            "ZX-03-2026",
            "package.submitted",
            "/rooms/ZX-03-2026/packages/A/",
        )
        assert row["text"] == "Package A is on the table, revision 2." and row["read_at"] is None
        assert client.post(f"/api/v1/notices/{row['id']}/read/", JSON, **TYPE).json()["read_at"]


class TestChoosing:
    def test_choice_is_kept_and_followed(self, told, signed_in, resident) -> None:
        client = signed_in("resident")
        form = {f"{group}-{channel}": "never" for group in wishes(resident) for channel in ("email", "sms")}
        assert client.post("/notices/preferences/", form | {"table-email": "now"}).status_code == 302
        told()
        assert Message.objects.filter(user=resident).count() == 1
        choose(resident, {"table": Wish("never", "never")})
        told()
        assert Message.objects.filter(user=resident).count() == 1
        assert Notice.objects.filter(user=resident).count() == 2

    @pytest.mark.parametrize(
        ("group", "wish"),
        [("required", Wish("never", "never")), ("x", Wish("now", "now")), ("mine", Wish("now", "daily"))],
    )
    def test_what_can_not_be_chosen_is_refused(self, group: str, wish: Wish, resident) -> None:
        with pytest.raises(Invalid):
            choose(resident, {group: wish})
        assert not Preference.objects.exists()

    def test_page_says_that_required_ones_can_not_be_switched_off(self, signed_in, db) -> None:
        page = signed_in("resident").get("/notices/preferences/").content.decode()
        assert "A hearing is announced for …." in page and 'name="required' not in page

    def test_api_keeps_the_choice(self, signed_in, resident) -> None:
        client = signed_in("resident")
        kept = client.get("/api/v1/notices/preferences/").json()
        body = {"language": "en", "groups": [{"group": "mine", "email": "never", "sms": "now"}]}
        answer = client.put("/api/v1/notices/preferences/", body, content_type="application/json").json()
        assert answer["groups"][0] == {"group": "mine", "email": "never", "sms": "now"}
        assert answer["groups"][1:] == kept["groups"][1:] and "ballot.opened" in answer["required"]
        for wrong in ([], {"language": "fr", "groups": []}, {"language": "", "groups": [{"group": "required"}]}):
            assert client.put("/api/v1/notices/preferences/", wrong, content_type="application/json").status_code == 422


class TestStopping:
    def test_letter_can_be_ended_by_the_mail_program(self, told, resident) -> None:
        choose(resident, {"table": Wish("now", "never")})
        told()
        outbox.deliver_due()
        (sent,) = mail.outbox
        assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        address = sent.extra_headers["List-Unsubscribe"].strip("<>").removeprefix("http://localhost:8000")
        strict = Client(enforce_csrf_checks=True)
        assert strict.get(address).status_code == 200
        assert wishes(resident)["table"].email == "now"  # a look changes nothing
        assert strict.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
        assert wishes(resident)["table"] == Wish("never", "never")
        told("hearing.announced", day="2026-12-24")
        assert Message.objects.filter(user=resident).count() == 2

    def test_digest_is_ended_as_a_whole(self, told, resident) -> None:
        told()
        stop(stop_token(resident.pk, ""))
        assert "daily" not in {wish.email for wish in wishes(resident).values()}
        assert send_digests(timezone.localdate() + timedelta(1)) == 0

    @pytest.mark.parametrize("token", ["x", "x:y:z", "", "a" * 900])
    def test_token_that_we_have_not_signed_is_refused(self, token: str, db) -> None:
        with pytest.raises(NotFound):
            read_token(token)

    def test_token_for_another_purpose_is_refused(self, resident) -> None:
        from django.core import signing

        with pytest.raises(NotFound):
            read_token(signing.dumps([resident.pk, "mine"]))


class TestDigest:
    def test_waiting_notices_come_in_one_letter_once_a_day(self, told, resident) -> None:
        told()
        told("phase.entered", phase="Vote")
        assert not Message.objects.filter(user=resident).exists()
        tomorrow = timezone.localdate() + timedelta(1)
        assert send_digests(tomorrow) == 1
        assert send_digests(tomorrow) == 0
        outbox.deliver_due()
        (sent,) = mail.outbox
        assert "Package A is on the table" in sent.body and "The room is in another phase: Vote." in sent.body
        assert "/notices/stop/" in sent.extra_headers["List-Unsubscribe"]
        told()
        assert send_digests(tomorrow) == 0
        assert send_digests(tomorrow + timedelta(1)) == 1

    def test_what_was_read_meanwhile_is_left_out(self, told, resident) -> None:
        told()
        Notice.objects.filter(user=resident).update(read_at=timezone.now())
        assert send_digests(timezone.localdate() + timedelta(1)) == 0
        assert not Message.objects.exists()

    def test_digest_killed_halfway_goes_on_with_the_others(self, told, cast, resident, monkeypatch) -> None:
        User.objects.filter(username="factory").update(email="he@example.org")
        told()
        tomorrow, done = timezone.localdate() + timedelta(1), []

        def once(user, rows):
            if done:
                raise KeyboardInterrupt
            done.append(user)
            return letter(user, rows)

        from notifications.digests import digest_letter as letter

        monkeypatch.setattr("notifications.digests.digest_letter", once)
        with pytest.raises(KeyboardInterrupt):
            send_digests(tomorrow)
        monkeypatch.undo()
        assert (Digest.objects.count(), send_digests(tomorrow)) == (1, 1)
        assert Message.objects.values("user").distinct().count() == Message.objects.count() == 2


class TestOutbox:
    def test_addresses_are_masked_and_private_threads_are_not_there(self, told, signed_in, resident, zhuxi) -> None:
        choose(resident, {group: Wish("now", "never") for group in wishes(resident)})
        told("hearing.announced", day="2026-12-24")
        told("caucus.said", x="")
        client = signed_in("planner")
        page = client.get("/rooms/ZX-03-2026/outbox/").content.decode()
        rows = client.get("/api/v1/rooms/ZX-03-2026/outbox/").json()["results"]
        assert "wa***@example.org" in page and "wang@" not in page
        assert "A hearing is announced" in page and "private thread" not in page
        assert [row["to"] for row in rows] == ["wa***@example.org"]
        assert "/notices/stop/" not in page

    def test_convener_sees_whom_a_notice_has_not_reached_and_records_the_delivery(
        self, told, signed_in, resident
    ) -> None:
        telling, client = told("hearing.announced", day="2026-12-24"), signed_in("planner")
        path = f"/rooms/ZX-03-2026/outbox/{telling.pk}/"
        assert f"{path}HH-001/" in client.get(path).content.decode()
        assert client.post(f"{path}HH-001/", {"evidence": ""}).status_code == 422
        assert client.post(f"{path}HH-001/", {"evidence": "Receipt 7"}).headers["Location"] == path
        assert client.post(f"{path}HH-001/", {"evidence": "Receipt 7"}).status_code == 422
        assert f"{path}HH-001/" not in client.get(path).content.decode()
        assert "HH-017" not in client.get(path).content.decode()
        api = f"/api/v1/rooms/ZX-03-2026/required-notices/{telling.pk}/"
        body = {"party": "HH-002", "evidence": "Receipt 8"}
        assert client.post(api + "deliveries/", body, content_type="application/json").status_code == 201
        codes = [row["code"] for row in client.get(api + "unreached/?size=5").json()["results"]]
        assert "HH-001" not in codes and "HH-002" not in codes

    def test_pages_take_the_same_statements_however_many_rows(self, told, signed_in, resident) -> None:
        client = signed_in("planner")

        def cost(path: str) -> int:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(path).status_code == 200
            return len(captured)

        telling = told("hearing.announced", day="2026-12-24")
        paths = ["/rooms/ZX-03-2026/outbox/", f"/rooms/ZX-03-2026/outbox/{telling.pk}/"]
        before = [cost(path) for path in paths]
        for _n in range(60):
            outbox.post("sms", "13800000001", "x", room="ZX-03-2026")
            told("hearing.announced", day="2026-12-24")
        assert [cost(path) for path in paths] == before

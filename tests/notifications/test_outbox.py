"""The outbox: once, later again if it failed, held without a gateway, secret texts gone when sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from celery import current_app
from django.conf import settings as configuration
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from redis import Redis

from accounts.models import User
from notifications import outbox
from notifications.models import Message

State = Message.State


@pytest.mark.django_db
class TestSending:
    def test_email_leaves_with_its_key_as_message_id(self) -> None:
        message = outbox.post("email", "mei@example.org", "Text", subject="Sub\nject")
        assert outbox.deliver(message.pk).state == State.SENT
        (sent,) = mail.outbox
        assert (sent.to, sent.subject, sent.body) == (["mei@example.org"], "Sub ject", "Text")
        assert sent.extra_headers["Message-ID"] == f"<{message.key}@localhost>"

    def test_text_message_leaves_by_the_webhook_with_the_secret_header(self, gateway) -> None:
        message = outbox.post("sms", "13800000001", "你好")
        outbox.deliver_due()
        assert gateway.got == [{"to": "13800000001", "text": "你好", "key": str(message.key)}]
        assert gateway.headers[0]["X-Secret"] == "s3cret"

    def test_what_is_sent_is_not_sent_again(self, gateway) -> None:
        message = outbox.post("sms", "13800000001", "x")
        outbox.deliver_due()
        assert (outbox.deliver(message.pk), outbox.deliver_due(), len(gateway.got)) == (None, 0, 1)

    def test_redirect_is_a_failure_and_does_not_carry_the_secret_on(self, gateway) -> None:
        gateway.status = 302
        assert outbox.deliver(outbox.post("sms", "1", "x").pk).state == State.WAITING
        assert len(gateway.got) == 1

    @pytest.mark.parametrize("url", ["", "file:///etc/hostname", "http://127.0.0.1:1/"])
    def test_useless_address_of_the_gateway_is_a_failure(self, url: str, gateway, settings) -> None:
        settings.SMS_WEBHOOK_URL = url
        message = outbox.deliver(outbox.post("sms", "1", "x").pk)
        assert (message.state, message.attempts) == (State.WAITING, 1)
        assert message.error

    def test_message_without_a_gateway_is_held(self, settings) -> None:
        settings.SMS_GATEWAY, settings.EMAIL_BACKEND = "", outbox.CONSOLE
        rows = [outbox.post("sms", "1", "x"), outbox.post("email", "a@example.org", "x")]
        assert ([row.state for row in rows], outbox.deliver_due()) == ([State.HELD] * 2, 0)

    def test_held_message_is_released_once_there_is_a_gateway(self, gateway, settings) -> None:
        settings.SMS_GATEWAY = ""
        message = outbox.post("sms", "1", "x")
        settings.SMS_GATEWAY = "notifications.gateways.webhook"
        assert (outbox.release(Message.objects.filter(pk=message.pk)), outbox.deliver_due(), len(gateway.got)) == (
            1,
            1,
            1,
        )


@pytest.mark.django_db
class TestFailing:
    def test_failure_is_tried_again_ever_later_and_then_given_up(self, gateway) -> None:
        gateway.status = 503
        message, waits = outbox.post("sms", "1", "x"), []
        while message.state == State.WAITING:
            Message.objects.update(due_at=timezone.now())
            message = outbox.deliver(message.pk)
            waits.append(round((message.due_at - timezone.now()) / timedelta(minutes=1)))
        assert waits == [1, 4, 16, 64, 256, 1024]
        assert (message.state, message.attempts, len(gateway.got)) == (State.FAILED, 6, 6)
        assert "503" in message.error

    def test_failed_message_waits_for_its_time(self, gateway) -> None:
        gateway.status = 500
        outbox.post("sms", "1", "x")
        outbox.deliver_due()
        outbox.deliver_due()
        assert len(gateway.got) == 1

    def test_dead_gateway_is_left_alone_after_some_failures(self, gateway) -> None:
        gateway.status = 500
        for _n in range(outbox.ENOUGH + 3):
            outbox.post("sms", "1", "x")
        assert (outbox.deliver_due(), len(gateway.got)) == (0, outbox.ENOUGH)


@pytest.mark.django_db
class TestSecret:
    def test_secret_text_is_sealed_while_it_waits_and_gone_when_sent(self, gateway) -> None:
        message = outbox.post("sms", "1", "code 4711", secret=True)
        kept = Message.objects.get(pk=message.pk)
        assert kept.text == "" and b"4711" not in bytes(kept.sealed)
        assert outbox.words(kept) == "code 4711"
        outbox.deliver_due()
        assert (gateway.got[0]["text"], Message.objects.get(pk=message.pk).sealed) == ("code 4711", None)

    def test_failed_secret_is_kept_for_the_next_attempt(self, gateway) -> None:
        gateway.status = 500
        message = outbox.deliver(outbox.post("sms", "1", "code 4711", secret=True).pk)
        assert outbox.words(Message.objects.get(pk=message.pk)) == "code 4711"

    def test_text_sealed_with_a_lost_key_fails_and_says_so(self, gateway, settings) -> None:
        message = outbox.post("sms", "1", "x", secret=True)
        settings.PRIVATE_KEYS = ["another"]
        assert outbox.deliver(message.pk).error.startswith("CannotOpen")
        assert gateway.got == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("limei@example.org", "li***@example.org"),
        ("li@example.org", "***@example.org"),
        ("13800000001", "138****0001"),
        ("12345", "****"),
    ],
)
def test_masked_address_can_be_recognised_but_not_used(address: str, shown: str) -> None:
    assert outbox.masked(address) == shown


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_many_workers_send_each_message_once(self, gateway) -> None:
        for n in range(12):
            outbox.post("sms", str(n), "x")

        def work(_n: int) -> None:
            try:
                outbox.deliver_due()
            finally:
                connection.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(work, range(6)))
        assert sorted(int(row["to"]) for row in gateway.got) == list(range(12))

    def test_job_is_queued_after_the_commit_and_not_for_what_is_undone(self, gateway) -> None:
        queue, name = Redis.from_url(configuration.REDIS_URL), current_app.conf.task_default_queue
        before = queue.llen(name)
        with pytest.raises(KeyboardInterrupt), transaction.atomic():
            outbox.post("sms", "1", "x")
            raise KeyboardInterrupt
        assert (queue.llen(name), Message.objects.count()) == (before, 0)
        outbox.post("sms", "1", "x")
        assert (queue.llen(name), Message.objects.count()) == (before + 1, 1)

    def test_phone_number_belongs_to_one_person_and_none_to_many(self) -> None:
        User.objects.create(username="a")
        User.objects.create(username="b")
        User.objects.create(username="c", phone="13800000001")
        with pytest.raises(Exception, match="phone_once"):
            User.objects.create(username="d", phone="13800000001")


@pytest.mark.django_db
def test_command_lists_what_is_not_sent_and_puts_it_back(gateway, settings, capsys) -> None:
    settings.SMS_GATEWAY = ""
    outbox.post("sms", "13800000001", "a text that stays inside")
    call_command("outbox")
    shown = capsys.readouterr().out
    assert "sms held: 1" in shown and "138****0001" in shown
    assert "13800000001" not in shown and "stays inside" not in shown
    settings.SMS_GATEWAY = "notifications.gateways.webhook"
    call_command("outbox", "--release")
    assert "1 back in the queue\nsms waiting: 1" in capsys.readouterr().out
    assert outbox.deliver_due() == 1

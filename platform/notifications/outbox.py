"""The outbox: what goes to people by e-mail and text message.

`post` writes a row in the caller's transaction. A job sends it after the commit, under a lock of the row, so that two
workers never send it twice; what a lost job leaves behind is swept up. A failure is tried again, ever later. Where no
gateway is set the row is held, and the outbox page shows it.
"""

from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.sealing import seal, unseal
from notifications.models import Message

CONSOLE = "django.core.mail.backends.console.EmailBackend"  # prints: nobody gets what goes there
FIRST_WAIT = timedelta(minutes=1)
GROWTH = 4  # each wait is so many times the one before: 1, 4, 16, 64, 256 minutes
ATTEMPTS = 6
BATCH = 500  # of one job
ENOUGH = 5  # failures in one job


def post(
    channel: str,
    address: str,
    text: str,
    *,
    subject: str = "",
    user: User | None = None,
    room: str = "",
    secret: bool = False,
) -> Message:
    """Put a message into the outbox, in the transaction of the act that it tells of.

    A secret text is encrypted while it waits, and gone once it is sent.
    """
    message = compose(channel, address, text, subject=subject, user=user, room=room)
    if secret:
        message.text, message.sealed = "", seal(text, _context(message))
    message.save()
    transaction.on_commit(lambda: _enqueue(message), robust=True)
    return message


def compose(
    channel: str, address: str, text: str, *, subject: str = "", user: User | None = None, room: str = ""
) -> Message:
    """The row of a message, not yet written: for those who write many at once and call `send_soon`."""
    state = Message.State.WAITING if has_gateway(channel) else Message.State.HELD
    return Message(
        channel=channel,
        address=address,
        subject=" ".join(subject.split())[:200],
        text=text,
        user=user,
        room=room,
        state=state,
        due_at=timezone.now(),
    )


def send_soon() -> None:
    """Have everything that waits sent, once the transaction is committed."""
    transaction.on_commit(lambda: current_app.send_task("notifications.tasks.deliver_due"), robust=True)


def has_gateway(channel: str) -> bool:
    """Whether messages of this channel can leave the house."""
    if channel == Message.Channel.SMS:
        return bool(settings.SMS_GATEWAY)
    return bool(settings.EMAIL_BACKEND != CONSOLE)


def due() -> QuerySet[Message]:
    return Message.objects.filter(state=Message.State.WAITING, due_at__lte=timezone.now()).order_by("due_at", "pk")


def deliver_due(most: int = BATCH) -> int:
    """Try those messages whose time has come; how many were sent. Others may do the same at the same time.

    After some failures it stops: a gateway that is down should not keep a worker waiting. The next sweep goes on.
    """
    sent = failures = 0
    for number in list(due().values_list("pk", flat=True)[:most]):
        message = deliver(number)
        sent += message is not None and message.state == Message.State.SENT
        failures += message is not None and message.state != Message.State.SENT
        if failures == ENOUGH:
            break
    return sent


def deliver(number: int) -> Message | None:
    """Send this message if it still waits and nobody else is sending it; the message if it was tried.

    The lock is held while the gateway works. Only if the process dies between the gateway's yes and the commit is the
    message sent again, under the same key.
    """
    with transaction.atomic():
        rows = Message.objects.select_for_update(skip_locked=True).filter(state=Message.State.WAITING, pk=number)
        message = rows.filter(due_at__lte=timezone.now()).first()
        if message is None:
            return None
        _attempt(message)
        message.save(update_fields=["state", "attempts", "due_at", "error", "sent_at", "sealed"])
    return message


def release(messages: QuerySet[Message]) -> int:
    """Put held and failed messages back into the queue; how many."""
    with transaction.atomic():
        rows = messages.filter(state__in=(Message.State.HELD, Message.State.FAILED))
        count = rows.update(state=Message.State.WAITING, attempts=0, due_at=timezone.now(), error="")
        send_soon()
    return count


def words(message: Message) -> str:
    """The text as the receiver reads it. Raises CannotOpen if a secret's key is lost."""
    return str(unseal(message.sealed, _context(message))) if message.sealed is not None else message.text


def masked(address: str) -> str:
    """An address to recognise, not to use: `li***@example.org`, `138****0001`."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:2]}***@{host}" if len(name) > 2 else f"***@{host}"
    return f"{name[:3]}****{name[-4:]}" if len(name) > 7 else "****"


def _attempt(message: Message) -> None:
    message.attempts += 1
    try:
        _send(message)
    except Exception as error:  # a gateway is another's program: whatever it raises is its failure
        message.error = f"{type(error).__name__}: {error}".replace("\0", "")[:400]
        message.due_at = timezone.now() + FIRST_WAIT * GROWTH ** (message.attempts - 1)
        if message.attempts >= ATTEMPTS:
            message.state = Message.State.FAILED
    else:
        message.state, message.sent_at, message.error, message.sealed = Message.State.SENT, timezone.now(), "", None


def _send(message: Message) -> None:
    if message.channel == Message.Channel.SMS:
        import_string(settings.SMS_GATEWAY)(message.address, words(message), str(message.key))
        return
    headers = {"Message-ID": f"<{message.key}@{settings.LOG_ORIGIN}>", **message.headers}
    EmailMessage(message.subject, words(message), to=[message.address], headers=headers).send()


def _context(message: Message) -> str:
    return f"message:{message.key}"


def _enqueue(message: Message) -> None:
    if message.state == Message.State.WAITING:
        current_app.send_task("notifications.tasks.deliver", [message.pk])

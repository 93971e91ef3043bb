"""What is kept about telling people."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Party, new_salt
from notifications import topics


class Message(models.Model):
    """One e-mail or text message on its way out: the row is written with the act, sent after its commit."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        HELD = "held", _("held: no gateway is set")

    # Names the message to the gateway, so that one which gets it twice can tell.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    channel = models.CharField(max_length=8, choices=Channel)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    sealed = models.BinaryField(null=True)  # the text of a secret message until it is sent; `text` is empty then
    headers = models.JSONField(default=dict)  # of an e-mail
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()  # not tried before
    error = models.CharField(max_length=400, blank=True)
    room = models.CharField(max_length=64, blank=True)  # code of the room that it is about
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="message_due", condition=models.Q(state="waiting")),
            models.Index(fields=["room", "-id"], name="message_of_room"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class Telling(models.Model):
    """One thing to be told, written with its act; a job makes the notices of it.

    `audience` says whom, in words of the part that tells; `key` keeps what a clock tells from being told twice.
    """

    room = models.CharField(max_length=64)  # code
    title = models.CharField(max_length=200)  # the room's name
    topic = models.CharField(max_length=32)
    parameters = models.JSONField(default=dict)  # strings, for the topic's words
    link = models.CharField(max_length=400)  # a path of this site
    audience = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 many have none
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="telling_waiting", condition=models.Q(done_at=None)),
            models.Index(fields=["room", "topic", "-id"], name="telling_of_room"),
        ]

    def __str__(self) -> str:
        return f"{self.room} {self.topic}"

    @property
    def words(self) -> str:
        """In the language that is active."""
        return topics.words(self.topic, self.parameters)


class Notice(models.Model):
    """What one person was told on their page of notices."""

    class Digest(models.TextChoices):
        NONE = "", _("not in a digest")
        DUE = "due", _("in the next digest")
        DONE = "done", _("in a digest")

    telling = models.ForeignKey(Telling, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    link = models.CharField(max_length=400)
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=4, blank=True, choices=Digest)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["telling", "user"], name="notice_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="notice_of_user"),
            models.Index(fields=["user"], name="notice_unread", condition=models.Q(read_at=None)),
            models.Index(fields=["user"], name="notice_digest", condition=models.Q(digest="due")),
        ]

    def __str__(self) -> str:
        return f"{self.telling_id} → {self.user_id}"


class Delivery(models.Model):
    """A required notice on its way to one party: raw row of the proof. The log holds the root over all of them.

    By hand there is no user; `evidence` says how it was handed over.
    """

    class Channel(models.TextChoices):
        PAGE = "page", _("On the page")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        HAND = "hand", _("By hand")

    telling = models.ForeignKey(Telling, on_delete=models.PROTECT, related_name="deliveries")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=8, choices=Channel)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.CharField(max_length=400, blank=True)
    salt = models.BinaryField(default=new_salt)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["telling", "party", "user", "channel"], name="delivery_once", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.telling_id} → {self.party_id} {self.channel}"


class Preference(models.Model):
    """What a person chose for a group of topics; without a row the group's default holds."""

    class Rhythm(models.TextChoices):
        NOW = "now", _("At once")
        DAILY = "daily", _("Once a day, together")
        NEVER = "never", _("Never")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    group = models.CharField(max_length=12, choices=topics.Group)
    email = models.CharField(max_length=8, choices=Rhythm)
    sms = models.CharField(max_length=8, choices=Rhythm)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.group}"


class Digest(models.Model):
    """That a person's digest of one day was put into the outbox."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.day}"

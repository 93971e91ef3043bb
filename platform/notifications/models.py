"""What is kept about telling people."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


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

"""Proxies that a principal names on the page, until the convener answers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.ballots import Ballot
from negotiation.models.rooms import Room


class ProxyNaming(models.Model):
    """A principal's wish that somebody votes in its place; `mandate` is what came of it.

    `username` is kept as it was typed: who names a proxy does not learn who has an account.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for the convener")
        ACCEPTED = "accepted", _("Accepted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="proxy_namings")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    named_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=150)
    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, null=True, related_name="+")
    valid_to = models.DateTimeField()
    named_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=400, blank=True)
    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["room", "state", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "party"], condition=models.Q(state="asked"), name="one_proxy_waits_per_party"
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.state}"

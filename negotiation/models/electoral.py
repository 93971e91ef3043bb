"""The electoral roll of a room in its versions, the objections to it, and what co-owners say before they agree."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.rooms import Room, Seat


class Deciding(models.TextChoices):
    """How those who share a seat decide."""

    ANY = "any", _("any of them votes; the last vote counts")
    ALL = "all", _("all of them together")
    NAMED = "named", _("the representative that they have named")


class ElectoralRoll(models.Model):
    """One version of the roll. A version never changes; the first without a `reason` was published anew.

    `ends`: the first day after its days of objection. `before`: digest of the version before it. `base`: digest of what
    the seats' rights alone would give, so that it shows when they are others now.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="rolls")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    before = models.CharField(max_length=64, blank=True)
    rule_digest = models.CharField(max_length=64)
    base = models.CharField(max_length=64)
    published_on = models.DateField()
    place = models.CharField(max_length=200)
    ends = models.DateField()
    reason = models.TextField(max_length=2000, blank=True)
    changes = models.JSONField(default=list)
    made_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="roll_number_once_per_room")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.number}"


class RollLine(models.Model):
    """A seat on one version. `corrected`: column of a right → what counts instead of the rights' sum (m², yuan)."""

    roll = models.ForeignKey(ElectoralRoll, on_delete=models.CASCADE, related_name="lines")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    chamber = models.CharField(max_length=64)
    weights = models.JSONField()
    corrected = models.JSONField(default=dict)
    struck = models.BooleanField(default=False)
    deciding = models.CharField(max_length=8, choices=Deciding, default=Deciding.ANY)
    named = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roll", "seat"], name="seat_once_per_roll")]

    def __str__(self) -> str:
        return f"{self.roll_id} {self.seat_id}"


class RollObjection(models.Model):
    """An objection to a line, or because somebody is missing (`seat` is null then); answered by the convener.

    One that is upheld waits for the version that corrects the roll: `corrected`.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        UPHELD = "upheld", _("Upheld: the roll is corrected")
        DISMISSED = "dismissed", _("Dismissed")

    roll = models.ForeignKey(ElectoralRoll, on_delete=models.CASCADE, related_name="objections")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="roll_objections")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    corrected = models.ForeignKey(ElectoralRoll, on_delete=models.PROTECT, null=True, related_name="settled")

    class Meta:
        indexes = [models.Index(fields=["room", "state", "-id"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.party_id} {self.state}"


class CoOwnerChoice(models.Model):
    """What one of several co-owners who decide together says their seat should choose, until all say the same."""

    ballot = models.ForeignKey("Ballot", on_delete=models.CASCADE, related_name="co_owner_choices")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    choice = models.CharField(max_length=8)
    reason = models.TextField(max_length=2000, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ballot", "seat", "mandate"], name="one_choice_per_co_owner_and_ballot")
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.seat_id} {self.mandate_id}"

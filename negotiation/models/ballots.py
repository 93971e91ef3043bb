"""Ballots, votes and decisions."""

from django.db import models
from django.utils.translation import pgettext_lazy

from accounts.models import Mandate
from negotiation.models.electoral import Deciding, ElectoralRoll
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room, Seat


class Ballot(models.Model):
    """A vote on one revision. Opening freezes rule, revision, card and roll by digest."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("ballot", "Open")
        CLOSED = "closed", pgettext_lazy("ballot", "Closed")
        DECIDED = "decided", pgettext_lazy("ballot", "Decided")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="ballots")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="ballots")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    rule = models.JSONField()
    rule_digest = models.CharField(max_length=64)
    card_digest = models.CharField(max_length=64)
    roll_digest = models.CharField(max_length=64)
    # The published version whose lines are the roll, where one was published.
    electoral_roll = models.ForeignKey(ElectoralRoll, on_delete=models.PROTECT, null=True, related_name="+")
    opened_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room"], condition=models.Q(state__in=["open", "closed"]), name="one_ballot_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["state", "closes_at"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.revision_id} {self.state}"

    @property
    def is_secret(self) -> bool:
        """Whether choices are sealed; then nothing but who has voted is known before the trustees open them."""
        return self.rule.get("secret") is True


class Sitting(models.Model):
    """When one chamber of a ballot votes. It never changes once the ballot is open."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="sittings")
    chamber = models.CharField(max_length=64)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "chamber"], name="one_sitting_of_a_chamber")]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.chamber}"


class BallotSeat(models.Model):
    """One line of the frozen roll. `owners`: ids of the mandates that vote, where not any of the co-owners may.

    `own`, `paper`, `proxy`: the last choice that came in each way, so that a count while people vote reads no votes.
    What is decided is counted from the votes themselves.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="roll")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    chamber = models.CharField(max_length=64)
    weights = models.JSONField()
    own = models.CharField(max_length=8, blank=True)
    paper = models.CharField(max_length=8, blank=True)
    proxy = models.CharField(max_length=8, blank=True)
    deciding = models.CharField(max_length=8, choices=Deciding, default=Deciding.ANY)
    owners = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "seat"], name="seat_once_per_ballot")]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.seat_id}"


class Vote(models.Model):
    """One cast vote. All are kept; the last one of a seat counts (within one way of voting).

    Of a secret ballot `choice` is empty and `sealed` holds it. `mark`: by which the voter finds it on the board; it is
    told once, when the vote is cast, and not kept.
    """

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="votes")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=8, blank=True)
    sealed = models.BinaryField(null=True)
    via = models.CharField(max_length=8, default="own")
    reason = models.TextField(max_length=2000, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    cast_at = models.DateTimeField()
    key = models.CharField(max_length=64, blank=True)
    mark = ""

    class Meta:
        indexes = [models.Index(fields=["ballot", "seat", "-id"])]
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "seat", "key"], condition=~models.Q(key=""), name="vote_once_per_idempotency_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.seat_id} {self.choice}"


class Decision(models.Model):
    """The outcome of a ballot with its whole arithmetic."""

    ballot = models.OneToOneField(Ballot, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12)
    count = models.JSONField()
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    published_on = models.DateField(null=True)
    published_place = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.outcome}"

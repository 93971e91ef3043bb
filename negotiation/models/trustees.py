"""Who holds the keys of secret ballots, and what is kept of them."""

from django.db import models
from django.utils.functional import cached_property

from accounts.models import Mandate
from negotiation.models.ballots import Ballot
from negotiation.models.rooms import Room


class Trust(models.Model):
    """The trustees as the convener named them: `needed` of them together open a ballot. The last naming stands."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="trusts")
    needed = models.PositiveSmallIntegerField()
    named_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    stands = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=models.Q(stands=True), name="one_trust_stands_per_room")
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.needed}"


class Trustee(models.Model):
    """One of them. Until the trust is accepted there is no key; `locked` opens with the trustee's passphrase only."""

    trust = models.ForeignKey(Trust, on_delete=models.CASCADE, related_name="trustees")
    number = models.PositiveSmallIntegerField()
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    public = models.BinaryField(null=True)
    locked = models.BinaryField(null=True)
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trust", "number"], name="trustee_once_per_number")]

    def __str__(self) -> str:
        return f"{self.trust_id} {self.number}"


class BallotKey(models.Model):
    """The public key of a secret ballot. Once it was opened: the published count, and the board of each chamber."""

    ballot = models.OneToOneField(Ballot, on_delete=models.CASCADE, related_name="key")
    trust = models.ForeignKey(Trust, on_delete=models.PROTECT, related_name="+")
    public = models.BinaryField()
    count = models.JSONField(null=True)
    boards = models.JSONField(null=True)
    opened_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.opened_at}"

    @cached_property
    def given(self) -> int:
        """How many trustees have given their share."""
        return self.shares.exclude(given_at=None).count()


class BallotShare(models.Model):
    """A trustee's share of the ballot's key, sealed to the trustee. `opened` is there from its giving to the count."""

    key = models.ForeignKey(BallotKey, on_delete=models.CASCADE, related_name="shares")
    trustee = models.ForeignKey(Trustee, on_delete=models.PROTECT, related_name="+")
    sealed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    opened = models.BinaryField(null=True)
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "trustee"], name="share_once_per_trustee")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.trustee_id}"

"""What a party says that nobody may read: encrypted, one row a party. `accounts.sealing` opens it."""

from django.db import models

from accounts.models import Party
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room


class Valuation(models.Model):
    """What a party tells the mediator alone: what items are worth to it (× price), the gain it must reach (yuan)."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "party"], name="valuation_once_per_party")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.party_id}"


class Acceptance(models.Model):
    """Which revisions a party would accept. That it has answered may be known, what it said may not."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "party"], name="acceptance_once_per_party")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.party_id}"


class Accord(models.Model):
    """Every side would accept this revision: what the sealed acceptances disclosed when it became so."""

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="accord")
    found_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return str(self.revision)

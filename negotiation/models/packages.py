"""Packages, their drafts, their immutable revisions, and the three kinds of terms."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.rooms import CatalogueItem, Room
from units.models import AREA, MONEY, Parcel


class Package(models.Model):
    """A proposal. Its text is in its revisions; what is not yet on the table is in its draft."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="packages")
    code = models.CharField(max_length=64)
    proposer = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="packages")
    latest = models.ForeignKey("Revision", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "code"], name="package_code_once_per_room")]

    def __str__(self) -> str:
        return self.code


class Draft(models.Model):
    """The next revision of a package while it is being written; only its party sees it.

    `typing_since` is when the person who saved it last began to type, if the page saved it by itself.
    """

    package = models.OneToOneField(Package, on_delete=models.CASCADE, related_name="draft")
    document = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)
    typing_since = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.package} draft {self.version}"


class Revision(models.Model):
    """An immutable version of a package. `digest` is SHA-256 over the canonical JSON of its document."""

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=400)
    summary = models.TextField(null=True)  # noqa: DJ001  (absent and empty are two things in a case file)
    parent = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="counters")
    negotiable = models.JSONField(null=True)
    digest = models.CharField(max_length=64)
    submitted_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(auto_now_add=True)
    notice_on = models.DateField(null=True)
    notice_place = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "number"], name="revision_number_once_per_package")]

    def __str__(self) -> str:
        return f"{self.package.code}.{self.number}"

    @property
    def standing(self) -> list[Party]:
        """The parties that propose it with the package's own, without those that withdrew their support."""
        return [row.party for row in self.joint.all() if row.withdrawn_at is None]


class Disposition(models.Model):
    """What becomes of a parcel, or of a part of it. Areas in m²."""

    class Action(models.TextChoices):
        RETAIN = "retain", _("Retain")
        PROTECT = "protect", _("Protect")
        ACQUIRE = "acquire", _("Acquire")
        CLEAR = "clear", _("Clear")
        REPLOT = "replot", _("Replot")
        SWAP = "swap", _("Swap")
        RECLAIM = "reclaim", _("Reclaim")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="dispositions")
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="dispositions")
    action = models.CharField(max_length=16, choices=Action)
    land_use = models.CharField(max_length=16)
    site_area = models.DecimalField(**AREA)
    floor_area = models.DecimalField(**AREA)
    recipient = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    responsible = models.ForeignKey(Party, on_delete=models.CASCADE, null=True, related_name="+")
    yields = models.JSONField(null=True)
    uses = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.parcel} {self.action}"


class Allocation(models.Model):
    """A party gets a quantity of a catalogue item in a year."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="allocations")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="allocations")
    item = models.ForeignKey(CatalogueItem, on_delete=models.CASCADE, related_name="allocations")
    quantity = models.DecimalField(**MONEY)
    year = models.IntegerField()

    class Meta:
        indexes = [models.Index(fields=["revision", "party"])]

    def __str__(self) -> str:
        return f"{self.party} {self.quantity} {self.item}"


class Flow(models.Model):
    """Money from one end to the other. An end is a party's code, `project`, `pool` or `outside`."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="flows")
    source = models.CharField(max_length=64)
    target = models.CharField(max_length=64)
    category = models.CharField(max_length=64)
    stage = models.CharField(max_length=16)
    year = models.IntegerField()
    yuan = models.DecimalField(**MONEY)

    class Meta:
        indexes = [models.Index(fields=["revision", "source"]), models.Index(fields=["revision", "target"])]

    def __str__(self) -> str:
        return f"{self.source} → {self.target} {self.yuan}"

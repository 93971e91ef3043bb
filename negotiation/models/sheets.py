"""Drafts as workbooks: what an upload would change, and the steps that a draft can go back."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.packages import Draft


class DraftStep(models.Model):
    """A draft as it was before one of its last saves. `version` is the one it had then.

    `passing`: a state in the middle of somebody's typing. Changes made from it can be put together with later ones;
    going a step back passes over it.
    """

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="steps")
    version = models.PositiveIntegerField()
    document = models.JSONField()
    saved_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField()
    passing = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "version"], name="draft_step_once_per_version")]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.version}"


class SheetImport(models.Model):
    """A file that one mandate has uploaded over a draft of a certain version: read, shown, applied whole or not.

    It is a workbook, or plots as geodata; `system` is the coordinate system of those: an EPSG number as the sender has
    chosen it, and once the file is read the name of what it was converted from. `content` is kept only until it is
    read. `rows` are the terms of the file, by kind, as `[place, row]`; `faults` what is wrong in which cell, and there
    are `more_faults` that are not listed.
    """

    class Form(models.TextChoices):
        WORKBOOK = "workbook", _("Workbook")
        PLOTS = "plots", _("Plots")

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being read")
        DONE = "done", _("Read")
        FAILED = "failed", _("Failed")
        APPLIED = "applied", _("Applied")

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="imports")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    form = models.CharField(max_length=8, choices=Form, default=Form.WORKBOOK)
    system = models.CharField(max_length=200, blank=True)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    rows = models.JSONField(default=dict)
    kept = models.JSONField(default=list)  # kinds without a sheet in the file: they stay as they are
    faults = models.JSONField(default=list)
    more_faults = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.sha256[:8]} {self.state}"


class SheetChange(models.Model):
    """One row that an import would add, change or take out. `fields` maps a key to its old and new value."""

    class Change(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        REMOVED = "removed", _("Taken out")

    sheet = models.ForeignKey(SheetImport, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=12)
    change = models.CharField(max_length=8, choices=Change)
    line = models.PositiveIntegerField(null=True)  # row of the sheet; none for what the file lacks
    row = models.JSONField()  # the row as it will be, or was
    fields = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["sheet", "change", "id"])]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.kind} {self.change}"

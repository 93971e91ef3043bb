"""Letters that bring households in: lists waiting for their second person, sealed papers, what is kept of each code."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from negotiation.models.rooms import Room


class InvitationBatch(models.Model):
    """A list of households to be invited. No account is made of it before a second convener confirms.

    `sealed` holds its rows (`accounts.sealing`) until the letters are made; `faults` what is wrong in which cell of the
    workbook. A batch that `replaces` a letter holds one row. `address` is what the letters name for coming in.
    """

    class State(models.TextChoices):
        READ = "read", _("Read, not yet asked for")
        ASKED = "asked", _("Waits for the second person")
        CONFIRMED = "confirmed", _("Letters are being made")
        DONE = "done", _("Letters are made")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="invitation_batches")
    key = models.UUIDField(default=uuid4)  # what its rows are sealed for
    state = models.CharField(max_length=10, choices=State, default=State.READ)
    asked_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    replaces = models.ForeignKey("Invitation", on_delete=models.PROTECT, null=True, related_name="replacements")
    sealed = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)  # of the workbook
    address = models.CharField(max_length=400, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    more_faults = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["state", "updated_at"]), models.Index(fields=["room", "-id"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.pk} {self.state}"


class LetterFile(models.Model):
    """At most 200 letters as one PDF, sealed until somebody says that they are printed; then it is gone."""

    batch = models.ForeignKey(InvitationBatch, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    letters = models.PositiveIntegerField()
    sealed = models.BinaryField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    printed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="letter_file_once_per_number")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.number}"


class Invitation(models.Model):
    """One letter: whose mandate it brings in, and the keyed hash of its code. The code itself is kept nowhere."""

    class State(models.TextChoices):
        MADE = "made", _("Made")
        PRINTED = "printed", _("Printed")
        PASSWORD = "password", _("Came in, with a password")
        PHONE = "phone", _("Came in, with a phone")
        REPLACED = "replaced", _("Replaced")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="invitations")
    file = models.ForeignKey(LetterFile, on_delete=models.PROTECT, related_name="invitations")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="invitations")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.MADE)
    phone = models.CharField(max_length=20, blank=True)  # as the list has it: to call, never to sign in
    address = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=400, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True)  # of the replacement

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "number"], name="letter_number_once_per_room")]
        indexes = [models.Index(fields=["room", "state"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.number} {self.state}"


class PhoneCheck(models.Model):
    """A code that was sent to a phone and is not typed yet, as a keyed hash."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="check_of_phone")
    phone = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.invitation_id} {self.tries}"

"""What a procedure leaves behind: reviews, demanded hearings, meetings, overrides, promised documents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room

LONGEST = 4000


class LegalReview(models.Model):
    """A named person's legal opinion on one revision. `document` is its text, or the number of its file."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="reviews")
    person = models.CharField(max_length=80)
    reviewed_on = models.DateField()
    document = models.TextField(max_length=LONGEST)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.revision_id} {self.reviewed_on}"


class Meeting(models.Model):
    """A hearing or another meeting of the room: announced, then held with minutes, or cancelled with a reason."""

    class Kind(models.TextChoices):
        HEARING = "hearing", _("Hearing")
        MEETING = "meeting", _("Meeting")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="meetings")
    kind = models.CharField(max_length=8, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    begins_at = models.DateTimeField()
    place = models.CharField(max_length=400)
    agenda = models.TextField(max_length=LONGEST)
    minutes = models.TextField(max_length=20_000, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    planned_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["room", "-begins_at", "-id"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.kind} {self.begins_at:%Y-%m-%d}"


class Attendance(models.Model):
    """A party that was present."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["meeting", "party"], name="party_once_per_meeting")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.party_id}"


class Resolution(models.Model):
    """What a meeting resolved, where it fits about a revision or one of its terms (a JSON pointer)."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="resolutions")
    text = models.TextField(max_length=LONGEST)
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, related_name="resolutions")
    term = models.CharField(max_length=80, blank=True)

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.text[:40]}"


class HearingDemand(models.Model):
    """A seat of the public side demands a hearing, or the convener declares one; the next hearing settles it."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="hearing_demands")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    declared = models.BooleanField(default=False)
    reason = models.TextField(max_length=LONGEST)
    settled_by = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="settled")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["room", "party"], condition=models.Q(settled_by=None), name="one_open_demand_per_party"
            )
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.party_id}"


class Override(models.Model):
    """Going on although duties are missing: asked by the convener, good only when a second person confirms in time."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a second person")
        CONFIRMED = "confirmed", _("Confirmed by a second person")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        LAPSED = "lapsed", _("Lapsed")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="overrides")
    phase = models.CharField(max_length=16)
    duties = models.JSONField()
    reason = models.TextField(max_length=LONGEST)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    until = models.DateField()
    confirmed_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=models.Q(state="asked"), name="one_override_asked")
        ]
        indexes = [models.Index(fields=["room", "-id"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.phase} {self.state}"


class RequiredDocument(models.Model):
    """A document that a party must bring; until it is there, a dated promise may stand for it (容缺)."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(max_length=200)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    required_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    due = models.DateField(null=True)
    promised_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, null=True, related_name="+")
    reference = models.CharField(max_length=200, blank=True)
    received_on = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["room", "received_on", "due"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.title}"

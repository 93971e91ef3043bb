"""Comments, who agrees with them, and their answers."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Party, User
from negotiation.models.packages import Revision
from negotiation.models.rooms import Room, Seat
from negotiation.searching import fold, grams
from units.models import Parcel


class Answer(models.Model):
    """The convener's reasoned answer to one comment, or to several like ones."""

    class Verdict(models.TextChoices):
        ADOPTED = "adopted", _("Adopted")
        PARTLY = "partly", _("Partly adopted")
        NOT_ADOPTED = "not_adopted", _("Not adopted")
        EXPLAINED = "explained", _("Explained")

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="answers")
    verdict = models.CharField(_("answer"), max_length=12, choices=Verdict)
    reason = models.TextField(_("reason"), max_length=4000)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.SET_NULL, null=True, related_name="answers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["room", "verdict"])]

    def __str__(self) -> str:
        return f"{self.pk} {self.verdict}"


class Comment(models.Model):
    """Said about the room, a package's revision, one of its terms (a JSON pointer), or a parcel.

    `folded` and `grams` are the body as the search reads it; `agreed` counts the agreements; `hidden` follows the
    newest hiding.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, related_name="comments")
    term = models.CharField(max_length=80, blank=True)
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, null=True, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    quote = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("comment"), max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)
    answer = models.ForeignKey(Answer, on_delete=models.SET_NULL, null=True, related_name="comments")
    agreed = models.PositiveIntegerField(default=0)
    hidden = models.BooleanField(default=False)
    folded = models.TextField(default="")
    grams = ArrayField(models.IntegerField(), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["room", "parent", "-id"]),
            models.Index(fields=["room", "parent", "-agreed", "-id"]),
            models.Index(fields=["room", "party", "created_at"]),
            models.Index(fields=["revision", "parent", "-id"]),
            models.Index(fields=["parcel", "parent", "-id"]),
            models.Index(fields=["parent", "id"]),
            GinIndex(fields=["grams"], name="comment_grams", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.body[:40]}"

    def save(self, *args: object, **kwargs: object) -> None:
        if self._state.adding:
            self.index()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def index(self) -> "Comment":
        """Fill in what the search reads; for rows that are written without `save`."""
        self.folded = fold(self.body)
        self.grams = grams(self.room_id, self.body)
        return self


class Agreement(models.Model):
    """A seat's "I agree" with a comment. It goes when it is taken back; the log keeps both."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="agreements")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "seat"], name="agreement_once_per_seat")]

    def __str__(self) -> str:
        return f"{self.comment_id} {self.seat_id}"


class Clustering(models.Model):
    """Groups of like comments without an answer, as the planner last had them looked for: a list of lists of ids."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being computed")
        DONE = "done", _("Computed")
        FAILED = "failed", _("Failed")

    room = models.OneToOneField(Room, on_delete=models.CASCADE, related_name="clustering")
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    groups = models.JSONField(default=list)
    covered = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    found_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.room_id} {self.state}"


class CommentVisit(models.Model):
    """When somebody last read a room's comments. What came after `since` is new; None on the first visit."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    since = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "user"], name="one_visit_per_person")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.user_id} {self.seen_at}"

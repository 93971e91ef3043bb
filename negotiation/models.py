"""Rooms, packages and their revisions, comments, ballots and decisions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Mandate, Party
from units.models import AREA, MONEY, ImplementationPlan, Parcel


class Room(models.Model):
    """The table at which one plan is negotiated. Its `code` is the plan's."""

    class Phase(models.TextChoices):
        NEGOTIATION = "negotiation", _("Negotiation")
        VOTE = "vote", _("Vote")
        DECIDED = "decided", _("Decided")

    plan = models.OneToOneField(ImplementationPlan, on_delete=models.CASCADE, related_name="room")
    code = models.CharField(max_length=64, unique=True)
    phase = models.CharField(max_length=16, choices=Phase, default=Phase.NEGOTIATION)
    published = models.BooleanField(default=False)
    rule = models.JSONField()
    limits = models.JSONField(null=True)
    outside_options = models.JSONField(null=True)
    coalitions = models.JSONField(null=True)
    extensions = models.JSONField(null=True)
    loaded_digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("read_room", "Read the room"),
            ("read_households", "Read every household's rows"),
            ("read_names", "Read the names behind codes"),
            ("read_log", "Read and export the decision log"),
            ("propose", "Put packages on the table"),
            ("comment", "Comment"),
            ("vote", "Vote"),
            ("convene", "Answer comments, open ballots, decide"),
        ]

    def __str__(self) -> str:
        return self.plan.title


class Seat(models.Model):
    """A party's place at the table. Weights come from its rights: m² of floor area, yuan."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="seats")
    area = models.DecimalField(**AREA, default=0)
    site_area = models.DecimalField(**AREA, default=0)
    value = models.DecimalField(**MONEY, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "party"], name="seat_once_per_party")]

    def __str__(self) -> str:
        return f"{self.room_id}/{self.party}"


class CatalogueItem(models.Model):
    """What can be allocated. `price` is yuan per unit at year 0."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="catalogue")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    price = models.DecimalField(**MONEY)
    divisible = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "code"], name="item_code_once_per_room")]

    def __str__(self) -> str:
        return self.name


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
    """The next revision of a package while it is being written; only its party sees it."""

    package = models.OneToOneField(Package, on_delete=models.CASCADE, related_name="draft")
    document = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    saved_by = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(auto_now=True)

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


class Scorecard(models.Model):
    """What scoring found for one revision, by one engine over one input."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being computed")
        DONE = "done", _("Computed")
        FAILED = "failed", _("Failed")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="scorecards")
    engine = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.PENDING)
    card = models.JSONField(null=True)
    error = models.CharField(max_length=400, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "engine"], name="card_once_per_engine")]
        indexes = [models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.engine} {self.state}"


class Mediation(models.Model):
    """One question to the mediator about one revision, and its answer (`tongchou-suggestion/1`)."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        RUNNING = "running", _("Being computed")
        DONE = "done", _("Computed")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    class Mode(models.TextChoices):
        IMPROVE = "improve", _("Could everyone do better?")
        FAIR = "fair", _("What would be the fairest?")
        NASH = "nash", _("Where would the three sides meet?")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="mediations")
    mode = models.CharField(max_length=8, choices=Mode)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    step = models.CharField(max_length=80, blank=True)
    result = models.JSONField(null=True)
    error = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["revision", "-id"]), models.Index(fields=["state", "updated_at"])]

    def __str__(self) -> str:
        return f"{self.revision_id} {self.mode} {self.state}"


class Valuation(models.Model):
    """What a party tells the mediator alone: what items are worth to it (× price), the gain it must reach (yuan)."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="+")
    multipliers = models.JSONField(default=dict)
    walk_away = models.DecimalField(**MONEY, null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "party"], name="valuation_once_per_party")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.party_id}"


class Comment(models.Model):
    """Said about the room, a package's revision, or one of its terms (a JSON pointer)."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="comments")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, null=True, related_name="comments")
    term = models.CharField(max_length=80, blank=True)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="replies")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(_("comment"), max_length=4000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["room", "parent", "-id"]),
            models.Index(fields=["revision", "parent", "-id"]),
            models.Index(fields=["parent", "id"]),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.body[:40]}"


class Answer(models.Model):
    """The convener's reasoned answer to a comment."""

    class Verdict(models.TextChoices):
        ADOPTED = "adopted", _("Adopted")
        PARTLY = "partly", _("Partly adopted")
        NOT_ADOPTED = "not_adopted", _("Not adopted")
        EXPLAINED = "explained", _("Explained")

    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="answer")
    verdict = models.CharField(_("answer"), max_length=12, choices=Verdict)
    reason = models.TextField(_("reason"), max_length=4000)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.comment_id} {self.verdict}"


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


class BallotSeat(models.Model):
    """One line of the frozen roll."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="roll")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    chamber = models.CharField(max_length=64)
    weights = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ballot", "seat"], name="seat_once_per_ballot")]

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.seat_id}"


class Vote(models.Model):
    """One cast vote. All are kept; the last one of a seat counts (within one way of voting)."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="votes")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="votes")
    choice = models.CharField(max_length=8)
    via = models.CharField(max_length=8, default="own")
    reason = models.TextField(max_length=2000, blank=True)
    mandate = models.ForeignKey(Mandate, on_delete=models.PROTECT, related_name="+")
    cast_at = models.DateTimeField()
    key = models.CharField(max_length=64, blank=True)

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

    def __str__(self) -> str:
        return f"{self.ballot_id} {self.outcome}"

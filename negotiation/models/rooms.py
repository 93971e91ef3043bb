"""A room: the table, its seats and what can be allocated at it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Party
from units.models import AREA, MONEY, ImplementationPlan


class Room(models.Model):
    """The table at which one plan is negotiated. Its `code` is the plan's.

    `procedure` names the declared phases that it goes through; `text` is the revision fixed as the one to be voted on.
    """

    class Phase(models.TextChoices):
        PREPARATION = "preparation", _("Preparation")
        NOTICE = "notice", _("Public notice")
        NEGOTIATION = "negotiation", _("Negotiation")
        FIXING = "fixing", _("Fixing the text")
        VOTE = "vote", _("Vote")
        DECIDED = "decided", _("Decided")
        PUBLICATION = "publication", _("Publication")

    class Procedure(models.TextChoices):
        SIMPLE = "simple", _("Simple procedure")
        FULL = "full", _("Full procedure")

    plan = models.OneToOneField(ImplementationPlan, on_delete=models.CASCADE, related_name="room")
    code = models.CharField(max_length=64, unique=True)
    phase = models.CharField(max_length=16, choices=Phase, default=Phase.NEGOTIATION)
    phase_since = models.DateTimeField(default=timezone.now)
    procedure = models.CharField(max_length=8, choices=Procedure, default=Procedure.SIMPLE)
    text = models.ForeignKey("Revision", on_delete=models.SET_NULL, null=True, related_name="+")
    published = models.BooleanField(default=False)
    max_proxies = models.PositiveSmallIntegerField(default=2)  # principals that one person may be the proxy of
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
            ("read_findings", "Read the auditor's findings"),
            ("audit", "Open findings in the decision log, and close them"),
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

"""People, the parties they act for, and their right to do so."""

import secrets
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    MARKET = "market", _("Market")
    PUBLIC = "public", _("Public")
    NONE = "none", _("No side")  # auditors and observers: at the table, without a seat


class User(AbstractUser):
    """A person who signs in."""

    name = models.CharField(_("name"), max_length=80, blank=True)
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)  # "": the site's
    first_name = last_name = None  # type: ignore[assignment]
    objects: ClassVar[UserManager["User"]] = UserManager()  # type: ignore[assignment]

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(fields=["phone"], condition=~Q(phone=""), name="phone_once")]

    def __str__(self) -> str:
        return self.name or self.username


class Session(AbstractBaseSession):
    """A browser's session, which knows who is signed in: so both can be asked for at once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from accounts.sessions import SessionStore

        return SessionStore


class Party(models.Model):
    """Who sits at a table: a department, a company, a household, a collective.

    A party's code is unique inside its `realm`, the code of the case that names it.
    """

    realm = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    side = models.CharField(max_length=12, choices=Side)
    kind = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "code"], name="party_code_once_per_realm")]

    def __str__(self) -> str:
        return self.name


def new_salt() -> bytes:
    """32 random bytes, for a commitment of the decision log."""
    return secrets.token_bytes(32)


class MandateQuerySet(models.QuerySet["Mandate"]):
    def valid(self) -> "MandateQuerySet":
        """Those that hold at this moment."""
        now = timezone.now()
        return self.filter(Q(valid_to=None) | Q(valid_to__gt=now), valid_from__lte=now, revoked_at=None)


class Mandate(models.Model):
    """A user's right to act for a party."""

    class Kind(models.TextChoices):
        SELF = "self", _("Own right")
        REPRESENTATIVE = "representative", _("Representative")
        PROXY = "proxy", _("Proxy")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="mandates")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="mandates")
    kind = models.CharField(max_length=16, choices=Kind)
    document = models.CharField(_("document"), max_length=200, blank=True)
    roles = models.JSONField(default=list)  # names of the room's roles that it gives while it holds
    valid_from = models.DateTimeField(default=timezone.now)
    valid_to = models.DateTimeField(null=True, blank=True)
    salt = models.BinaryField(default=new_salt, editable=False)  # of its commitment in the decision log
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=400, blank=True)
    objects = MandateQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "party"])]

    def __str__(self) -> str:
        return f"{self.user} → {self.party}"

    @property
    def holds(self) -> bool:
        """Whether it may be used at this moment."""
        return self.held_at(timezone.now())

    def held_at(self, moment: datetime) -> bool:
        """The same for another moment, as far as is known now."""
        began, ended = self.valid_from <= moment, self.valid_to is not None and self.valid_to <= moment
        return self.revoked_at is None and began and not ended

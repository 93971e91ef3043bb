"""Regions, planning units, parcels, rights, indicators and plans.

A case file is its own name space: what it names is unique inside its plan (docs/decisions/0006).
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Party

AREA: dict[str, Any] = {"max_digits": 20, "decimal_places": 6}
MONEY: dict[str, Any] = {"max_digits": 24, "decimal_places": 6}
RATE: dict[str, Any] = {"max_digits": 24, "decimal_places": 12}


class Region(models.Model):
    """An administrative region in the tree above a plan's unit."""

    realm = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "code"], name="region_code_once_per_realm")]

    def __str__(self) -> str:
        return self.name


class PlanningUnit(models.Model):
    """详细规划单元: the area that a plan lies in, with its outline (GeoJSON, EPSG:4490)."""

    realm = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="units")
    geometry = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["realm", "code"], name="unit_code_once_per_realm")]

    def __str__(self) -> str:
        return self.name


class ImplementationPlan(models.Model):
    """What a room negotiates: a comprehensive implementation plan, or a unit's detailed plan itself."""

    class Kind(models.TextChoices):
        PLANNING_UNIT = "planning_unit", _("Detailed-planning unit")
        IMPLEMENTATION_PLAN = "implementation_plan", _("Comprehensive implementation plan")

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=24, choices=Kind)
    title = models.CharField(max_length=400)
    summary = models.TextField(null=True)  # noqa: DJ001  (absent and empty are two things in a case file)
    unit = models.ForeignKey(PlanningUnit, on_delete=models.CASCADE, related_name="plans")
    base_year = models.IntegerField()
    years = models.IntegerField()
    discount_rate = models.DecimalField(**RATE)

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    """What is counted over the parcels."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.CASCADE, related_name="indicators")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=40)
    measure = models.CharField(max_length=16)
    land_use = models.JSONField()
    zone = models.CharField(max_length=16, null=True)  # noqa: DJ001

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="indicator_code_once_per_plan")]

    def __str__(self) -> str:
        return self.name


class Target(models.Model):
    """A limit handed down from the plans above."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.CASCADE, related_name="targets")
    indicator = models.ForeignKey(Indicator, on_delete=models.CASCADE, related_name="targets")
    op = models.CharField(max_length=2)
    value = models.DecimalField(**MONEY)
    rigid = models.BooleanField()
    tolerance = models.DecimalField(**RATE, null=True)
    source = models.CharField(max_length=400, null=True)  # noqa: DJ001

    def __str__(self) -> str:
        return f"{self.indicator} {self.op} {self.value}"


class Parcel(models.Model):
    """A piece of land as it is today. Areas in m²."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.CASCADE, related_name="parcels")
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    land_use = models.CharField(max_length=16)
    site_area = models.DecimalField(**AREA)
    floor_area = models.DecimalField(**AREA)
    zone = models.CharField(max_length=16)
    geometry = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="parcel_code_once_per_plan")]

    def __str__(self) -> str:
        return self.name


class Right(models.Model):
    """A party's share in a parcel; `value` is appraised, in yuan."""

    plan = models.ForeignKey(ImplementationPlan, on_delete=models.CASCADE, related_name="rights")
    code = models.CharField(max_length=64)
    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="rights")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="rights")
    kind = models.CharField(max_length=40)
    class_code = models.CharField(max_length=64)
    site_area = models.DecimalField(**AREA)
    floor_area = models.DecimalField(**AREA)
    value = models.DecimalField(**MONEY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="right_code_once_per_plan")]
        indexes = [models.Index(fields=["plan", "party"])]

    def __str__(self) -> str:
        return self.code

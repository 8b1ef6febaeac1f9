"""Regions, countries and their agencies; who works there is in membership."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """One of the six regions of the WCO."""

    class Manager(models.Manager):
        def get_by_natural_key(self, code: str) -> Region:
            return self.get(code=code)

    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)

    objects = Manager()

    class Meta:
        ordering = ["short_name"]

    def __str__(self) -> str:
        return self.short_name

    def natural_key(self) -> tuple[str]:
        return (self.code,)


class Country(models.Model):
    """A Member of the WCO, a country or a customs territory, by its two-letter code; ZZ stands for an example."""

    class Manager(models.Manager):
        def get_by_natural_key(self, alpha2: str) -> Country:
            return self.get(alpha2=alpha2)

    alpha2 = models.CharField(max_length=2, unique=True)
    alpha3 = models.CharField(max_length=3, blank=True, default="")
    name = models.CharField(max_length=120)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="countries")
    is_state = models.BooleanField(default=False)
    is_example = models.BooleanField(default=False)
    footnote = models.TextField(blank=True, default="")

    objects = Manager()

    class Meta:
        ordering = ["name"]
        verbose_name = _("country or territory")
        verbose_name_plural = _("countries and territories")

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.alpha2,)

    natural_key.dependencies = ["accounts.region"]  # type: ignore[attr-defined]


class Agency(models.Model):
    """The customs or the police of one country; "police" means every police service with duties at the border.

    `last_left_at` is when somebody was last moved from this agency to another place. It shows that the agency had
    people until then, which memberships and invitations no longer show.
    """

    class Kind(models.TextChoices):
        CUSTOMS = "customs", _("Customs")
        POLICE = "police", _("Police")

    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="agencies")
    kind = models.CharField(max_length=8, choices=Kind)
    last_left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "agencies"
        constraints = [
            models.UniqueConstraint(fields=["country", "kind"], name="agency_once"),
            models.CheckConstraint(condition=models.Q(kind__in=["customs", "police"]), name="agency_kind_known"),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

"""What a person may be: their role, and the country and agency it is for. One person, one membership."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .country import Agency, Country
from .user import User


class Role(models.TextChoices):
    """The roles of the product; what each may do is one table, diagnostic/permissions.py."""

    RESPONDENT = "respondent", _("Respondent")
    COORDINATOR = "coordinator", _("Coordinator")
    OBSERVER = "observer", _("Observer")
    REVIEWER = "reviewer", _("Reviewer")
    ADMINISTRATOR = "administrator", _("Administrator")
    PARTNER = "partner", _("Partner")


AGENCY_ROLES = (Role.RESPONDENT, Role.COORDINATOR)
COUNTRY_ROLES = (*AGENCY_ROLES, Role.OBSERVER)
SECRETARIAT_ROLES = (Role.REVIEWER, Role.ADMINISTRATOR)


def belongs_where_its_role_says(prefix: str) -> models.CheckConstraint:
    """A role of an agency has country and agency, an observer a country only, every other role neither."""
    in_agency = Q(role__in=[str(role) for role in AGENCY_ROLES], country__isnull=False, agency__isnull=False)
    in_country = Q(role=str(Role.OBSERVER), country__isnull=False, agency__isnull=True)
    abroad = [str(role) for role in (*SECRETARIAT_ROLES, Role.PARTNER)]
    outside = Q(role__in=abroad, country__isnull=True, agency__isnull=True)
    return models.CheckConstraint(condition=in_agency | in_country | outside, name=f"{prefix}_belongs_where_role_says")


class Membership(models.Model):
    """The one role a person holds; `agency` is always an agency of `country`."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="membership")
    role = models.CharField(max_length=16, choices=Role)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.CharField(_("organisation"), max_length=120, blank=True, default="")

    class Meta:
        constraints = [belongs_where_its_role_says("membership")]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.user}"

    @property
    def is_in_secretariat(self) -> bool:
        return self.role in SECRETARIAT_ROLES

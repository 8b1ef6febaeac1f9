"""The reminder of actions that are due soon or overdue: its recipients and text.

It contains the numbers and due dates of actions, and no text that people wrote.
"""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from cpch.accounts.letter import Letter, letter_to
from cpch.accounts.models import Country, Role, User
from diagnostic.core.action_plan import OPEN
from diagnostic.models import ActionReminder, AuditEntry


def write_reminders(entry: AuditEntry) -> list[Letter]:
    """To the active coordinators of both agencies of a country; none if no action is still open with that due date."""
    country = Country.objects.get(alpha2=entry.detail["country"])
    reminders = _load_standing(entry.detail["reminders"])
    if not reminders:
        return []
    context: dict[str, object] = {
        "country": country.name,
        "overdue": [item for item in reminders if item.urgency == "overdue"],
        "soon": [item for item in reminders if item.urgency == "soon"],
        "link": settings.BASE_URL + reverse("plan", kwargs={"country": country.alpha2}),
    }
    people = User.objects.filter(is_active=True, membership__country=country, membership__role=str(Role.COORDINATOR))
    return [letter_to(person, "reminders/email", context) for person in people.order_by("pk")]


def _load_standing(keys: Collection[int]) -> list[ActionReminder]:
    """The reminders whose action is still open with that due date, earliest first (1 query)."""
    found = ActionReminder.objects.filter(pk__in=keys, action__state__in=OPEN, due_on=F("action__due_on"))
    return list(found.select_related("action").order_by("due_on", "action__number"))

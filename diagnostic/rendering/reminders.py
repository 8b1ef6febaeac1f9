"""The e-mail that reminds of actions whose day is near or past: to whom it goes and what it says.

It holds numbers and days of actions, and nothing that somebody wrote.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse

from cpch.accounts.models import Country, Role, User
from diagnostic.models import ActionReminder


def load_reminders(keys: Collection[int]) -> list[ActionReminder]:
    """Those reminders with their actions and countries, what is due first at their head (1 query)."""
    found = ActionReminder.objects.filter(pk__in=keys).select_related("action__country")
    return list(found.order_by("due_on", "action__number"))


def coordinators_of(country: Country) -> QuerySet[User]:
    """Who may change the plan of `country`: its active coordinators, of both agencies."""
    people = User.objects.filter(is_active=True, membership__country=country, membership__role=str(Role.COORDINATOR))
    return people.order_by("pk")


def write_reminder(country: Country, reminders: Collection[ActionReminder], base_url: str) -> dict[str, object]:
    """What the templates of the e-mail need; they put it into the language that is active as they are printed."""
    return {
        "country": country.name,
        "overdue": [item for item in reminders if item.urgency == "overdue"],
        "soon": [item for item in reminders if item.urgency == "soon"],
        "link": base_url + reverse("plan", kwargs={"country": country.alpha2}),
    }

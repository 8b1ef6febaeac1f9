"""Reminding a country's coordinators of the actions whose day is near or past, once for each."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from cpch.accounts.models import Country
from diagnostic.core.action_plan import OPEN, SOON, URGENT
from diagnostic.models import Action, ActionReminder

from .audit import record
from .clock import now


def countries_to_remind(today: date) -> list[Country]:
    """The countries with an action that is due soon or overdue and was not reminded of as such (1 query)."""
    return list(Country.objects.filter(Exists(_waiting(today).filter(country=OuterRef("pk")))).order_by("pk"))


@transaction.atomic
def remind(*, country: Country, today: date) -> list[int]:
    """Record a reminder of every action of `country` that needs one, queue the e-mail, and return the actions' keys.

    Of two concurrent calls, one gets the actions and the other none. The entry in the site's log, without a person,
    queues the e-mail.
    """
    Country.objects.select_for_update().get(pk=country.pk)
    made = [
        ActionReminder(action=action, urgency=action.urgency(today), due_on=action.due_on, made_at=now())
        for action in _waiting(today).filter(country=country).order_by("due_on", "number")
    ]
    keys = [item.pk for item in ActionReminder.objects.bulk_create(made)]
    if keys:
        record(act="plan.remind", country=country.alpha2, reminders=keys)
    return keys


def _waiting(today: date) -> QuerySet[Action]:
    told = ActionReminder.objects.filter(action=OuterRef("pk"), due_on=OuterRef("due_on"))
    is_told = {urgency: Exists(told.filter(urgency=urgency)) for urgency in URGENT}
    overdue = Q(due_on__lt=today) & ~is_told["overdue"]
    soon = Q(due_on__gte=today, due_on__lte=today + SOON) & ~is_told["soon"]
    return Action.objects.filter(overdue | soon, state__in=OPEN)

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
    """Note down a reminder of every action of `country` that waits for one, order their e-mail, and return their keys.

    Of two who do this at once, one gets them and the other none. The log outside any assessment holds it as an act of
    nobody; its entry is the order.
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

"""Reminds coordinators of the actions of their plans that are due soon or overdue; to be run once a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cpch.accounts.models import Country
from diagnostic.actions.clock import now
from diagnostic.actions.reminders import countries_to_remind, remind
from diagnostic.tasks import mail_reminders


class Command(BaseCommand):
    """Hand the worker one e-mail for each country whose actions wait for a reminder; run again, it finds none."""

    help = "Remind coordinators of the actions of their country's plan that are due soon or overdue."

    def handle(self, **options: Any) -> None:
        today = now().date()
        made = [count for country in countries_to_remind(today) if (count := self._remind(country, today))]
        self.stdout.write(f"Actions reminded of: {sum(made)}, in plans of countries: {len(made)}.")

    @transaction.atomic
    def _remind(self, country: Country, today: date) -> int:
        """Note the reminders down and queue their e-mails, both or neither; how many actions they are of."""
        keys = remind(country=country, today=today)
        if keys:
            mail_reminders.enqueue(reminder_ids=keys)
        return len(keys)

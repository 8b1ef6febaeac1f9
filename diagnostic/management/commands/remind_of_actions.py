"""Reminds coordinators of the actions of their plans that are due soon or overdue; to be run once a day."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from diagnostic.actions.clock import now
from diagnostic.actions.reminders import countries_to_remind, remind


class Command(BaseCommand):
    """Queue one e-mail for each country with actions that need a reminder; a second run finds none."""

    help = "Remind coordinators of the actions of their country's plan that are due soon or overdue."

    def handle(self, **options: Any) -> None:
        today = now().date()
        reminded = [remind(country=country, today=today) for country in countries_to_remind(today)]
        made = [len(keys) for keys in reminded if keys]
        self.stdout.write(f"Actions reminded of: {sum(made)}, in plans of countries: {len(made)}.")

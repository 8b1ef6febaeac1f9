"""Says whether the instrument's fixtures hold together, and prints the version's digest; needs no database."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diagnostic.core.instrument_builder import InstrumentError
from diagnostic.instruments import CURRENT, instrument_from_fixtures
from diagnostic.management.fixture_faults import fixture_faults


class Command(BaseCommand):
    """Every code resolves, levels are 1 to 5, criteria and resources exist, follow-ups do not run in a circle.

    What each file holds is looked at first, then what all rows make together.
    """

    help = "Check the instrument's fixtures and print the digest of the version."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        faults = fixture_faults(*CURRENT)
        if faults:
            raise CommandError("\n".join(faults))
        try:
            instrument = instrument_from_fixtures(CURRENT[0])
        except InstrumentError as error:
            raise CommandError("\n".join(error.faults)) from error
        counts = {
            "questions": instrument.questions,
            "themes": instrument.themes,
            "criteria": instrument.criteria,
            "weaknesses": [question for question in instrument.questions if question.weakness],
            "solutions": [question for question in instrument.questions if question.solution],
            "guidance": instrument.guidance,
            "next steps": instrument.next_steps,
            "resources": instrument.resources,
        }
        self.stdout.write(f"{instrument.id} {instrument.version}: {instrument.title}")
        self.stdout.write(", ".join(f"{len(items)} {noun}" for noun, items in counts.items()))
        self.stdout.write(f"SHA-256 {instrument.digest}")

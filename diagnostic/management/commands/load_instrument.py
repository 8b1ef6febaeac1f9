"""Loads the countries and the instrument's fixtures; a version that is loaded already stays as it is."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cpch.accounts.models import Country
from diagnostic.instruments import CURRENT, fixture_files, get_instrument, instrument_from_fixtures
from diagnostic.models import Assessment, InstrumentVersion


class Command(BaseCommand):
    """Refuses to change an instrument version that an assessment uses: an edit is a new version."""

    help = "Load the countries and the instrument from the fixtures, where they are not loaded yet."

    def handle(self, **options: Any) -> None:
        self._load_countries()
        self._load_instrument()

    def _load_countries(self) -> None:
        if not Country.objects.filter(alpha2="ZZ").exists():
            call_command("loaddata", settings.BASE_DIR / "fixtures" / "countries.yaml", verbosity=0)

    @transaction.atomic
    def _load_instrument(self) -> None:
        wanted = instrument_from_fixtures()
        held = InstrumentVersion.objects.filter(code=CURRENT[0], version=CURRENT[1]).first()
        if held is not None:
            if get_instrument(*CURRENT).digest == wanted.digest:
                return
            if Assessment.objects.filter(instrument=held).exists():
                raise CommandError(
                    f"{held} is in use and its fixtures differ from what is loaded. A version in use is never edited: "
                    "give the change a new version in a folder of its own."
                )
        call_command("loaddata", *fixture_files(CURRENT[0]), verbosity=0)
        get_instrument.cache_clear()
        self.stdout.write(f"Loaded {CURRENT[0]} {CURRENT[1]}, digest {wanted.digest}.")

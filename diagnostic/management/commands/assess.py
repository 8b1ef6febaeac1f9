"""Scores a filled-in diagnostic from a file and prints the result; needs no database and no account."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import AssessmentFile, InterchangeError, parse_assessment
from diagnostic.core.json_reader import MAX_BYTES
from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.responses import NATIONAL, VOICES
from diagnostic.core.result import Result, score
from diagnostic.core.result_file import result_to_json
from diagnostic.instruments import instrument_from_fixtures, read_yaml
from diagnostic.rendering.process import Renderer, RenderingFailed


class Command(BaseCommand):
    """Exit status 0 with a result; 2 with a `path: message` line for each fault where the file is not valid."""

    help = "Score a filled-in diagnostic (design: Interchange) and print the result as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the interchange file, or - for standard input")
        parser.add_argument("--voice", choices=VOICES, default=NATIONAL, help="whose answers to score")
        parser.add_argument("--pdf", metavar="OUT.pdf", type=Path, help="write the report there too")

    def handle(self, *, file: str, voice: str, pdf: Path | None, **options: Any) -> None:
        # The renderer loads what it needs while the file is read and scored.
        with Renderer() if pdf else nullcontext() as renderer:
            instrument = instrument_from_fixtures()
            filled = self._parse(file, instrument, voice)
            result = score(instrument, filled.voices, voice, filled.target_level)
            if renderer is not None and pdf is not None:
                self._write(pdf, renderer, report_of(instrument, filled, result))
        content = result_to_json(result, instrument, filled.country, filled.period)
        self.stdout.write(json.dumps(content, ensure_ascii=False, indent=1))

    def _parse(self, file: str, instrument: Instrument, voice: str) -> AssessmentFile:
        try:
            return parse_assessment(self._read(file), instrument, countries(), voice)
        except InterchangeError as error:
            for fault in error.faults:
                self.stderr.write(str(fault), self.style.NOTICE)
            sys.exit(2)

    def _read(self, file: str) -> bytes:
        try:
            if file == "-":
                return sys.stdin.buffer.read(MAX_BYTES + 1)
            with Path(file).open("rb") as source:
                return source.read(MAX_BYTES + 1)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}", returncode=2) from error

    def _write(self, path: Path, renderer: Renderer, report: Report) -> None:
        try:
            path.write_bytes(renderer.render(report))
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except RenderingFailed as error:
            raise CommandError(f"the report could not be rendered: {error}") from error


@cache
def countries() -> dict[str, dict[str, Any]]:
    """What is known of every country that a file may name, by its two-letter code."""
    rows = read_yaml(settings.BASE_DIR / "fixtures" / "countries.yaml")
    return {row["fields"]["alpha2"]: row["fields"] for row in rows if row["model"] == "accounts.country"}


def report_of(instrument: Instrument, filled: AssessmentFile, result: Result) -> Report:
    """The report of a file: marked TLP:AMBER, its state "not submitted" (design: Interchange)."""
    country = countries()[filled.country]
    facts = ReportFacts(
        country=country["name"],
        period=filled.period,
        title=filled.title,
        country_footnote=country.get("footnote", ""),
        is_example=country.get("is_example", False),
    )
    is_chosen = filled.target_level is not None
    return build_report(instrument, result, filled.voices, facts, is_target_chosen=is_chosen)

"""Scores a filled-in diagnostic from a file and prints the result; needs no database and no account."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from diagnostic.core.editions import reduce_to
from diagnostic.core.formats import EDITIONS, FORMATS, FORMATS_OF, FULL
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import AssessmentFile, InterchangeError, parse_assessment
from diagnostic.core.json_reader import MAX_BYTES
from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.response_rules import Fault
from diagnostic.core.responses import NATIONAL, VOICES
from diagnostic.core.result import Result, score
from diagnostic.core.result_file import result_to_json
from diagnostic.core.words import Message
from diagnostic.instruments import instrument_from_fixtures, read_yaml
from diagnostic.rendering.pdf.data import MOST_BYTES, Unreadable, read_pdf_data
from diagnostic.rendering.process import PROGRAMS, Renderer, RenderingFailed
from diagnostic.rendering.xlsx import render_xlsx

SHOWN = ("level", "working_level", "index", "lowest_level", "highest_level")
"""What must be the same in a report and in the result of the answers that it carries."""


class Command(BaseCommand):
    """Exit status 0 with a result; 2 with a `path: message` line for each fault where the file is not valid."""

    help = "Score a filled-in diagnostic (design: Interchange) and print the result as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("file", metavar="FILE", nargs="?", help="the interchange file, or - for standard input")
        source.add_argument("--from-pdf", metavar="REPORT.pdf", help="the answers that a report carries, instead")
        parser.add_argument("--voice", choices=VOICES, help="whose answers to score; else those that a report is of")
        parser.add_argument("--pdf", metavar="OUT.pdf", type=Path, help="write the report there too")
        parser.add_argument("--docx", metavar="OUT.docx", type=Path, help="write it as a Word document there too")
        parser.add_argument("--xlsx", metavar="OUT.xlsx", type=Path, help="write answers and results as a workbook too")
        parser.add_argument("--edition", choices=EDITIONS, default=FULL, help="which edition to write")

    def handle(
        self, *, file: str | None, from_pdf: str | None, voice: str | None, edition: str, **options: Any
    ) -> None:
        targets: dict[str, Path] = {kind: options[kind] for kind in FORMATS if options[kind]}
        for kind in targets:
            if kind not in FORMATS_OF[edition]:
                self._stop(f"--{kind}", _("there is no such file of the edition %(edition)s"), edition=edition)
        self._check_targets([*([from_pdf or file] if from_pdf or file else []), *map(str, targets.values())], targets)
        with ExitStack() as stack:
            # What makes the files loads what it needs while the file is read and scored.
            renderers = {kind: stack.enter_context(Renderer(kind=kind)) for kind in targets if kind in PROGRAMS}
            instrument = instrument_from_fixtures()
            data, shown = self._take_out(from_pdf) if from_pdf else (self._read(str(file), MAX_BYTES), b"")
            voice = voice or voice_of(shown)
            filled = self._parse(data, instrument, voice)
            result = score(instrument, filled.voices, voice, filled.target_level)
            if targets:
                report = reduce_to(report_of(instrument, filled, result), edition, instrument)
                for kind, path in targets.items():
                    self._write(path, report, renderers.get(kind))
        content = result_to_json(result, instrument, filled.country, filled.period)
        self._compare(content, shown)
        # In ASCII, so that a terminal or pipe of any encoding can take it.
        self.stdout.write(json.dumps(content, indent=1))

    def _check_targets(self, named: Sequence[str], targets: Mapping[str, Path]) -> None:
        """Refuse, before anything is made, to write two files over each other or over what is read."""
        places = [Path(name).resolve() for name in named if name != "-"]
        for place in places:
            if places.count(place) > 1:
                self._stop(place.name, _("the same file is named twice"))
        for kind, path in targets.items():
            if not path.parent.is_dir():
                self._stop(f"--{kind} {path}", _("there is no such folder"))

    def _parse(self, data: bytes, instrument: Instrument, voice: str) -> AssessmentFile:
        try:
            return parse_assessment(data, instrument, countries(), voice)
        except InterchangeError as error:
            self._refuse(error.faults)

    def _refuse(self, faults: Iterable[Fault]) -> NoReturn:
        for fault in faults:
            self.stderr.write(str(fault), self.style.NOTICE)
        sys.exit(2)

    def _stop(self, path: str, text: str, **values: object) -> NoReturn:
        """Refuse for one reason that lies outside the file: in what was asked, or on the disk."""
        self._refuse([Fault(path, Message(text, values))])

    def _read(self, file: str, most: int) -> bytes:
        """The bytes of `file`, and one more than `most` where it has too many."""
        try:
            if file == "-":
                return sys.stdin.buffer.read(most + 1)
            with Path(file).open("rb") as source:
                return source.read(most + 1)
        except OSError as error:
            self._stop(file, str(error.strerror))

    def _take_out(self, file: str) -> tuple[bytes, bytes]:
        """The interchange file that a report carries, and the result that it shows."""
        try:
            return read_pdf_data(self._read(file, MOST_BYTES))
        except Unreadable as error:
            self._refuse([Fault("$", error.message)])

    def _compare(self, computed: dict[str, Any], shown: bytes) -> None:
        """Tell where a report's own result is another: an edition without some answers, or a changed file."""
        try:
            told = json.loads(shown or b"{}")
            differs = told.get("voice") == computed["voice"] and any(told.get(name) != computed[name] for name in SHOWN)
        except (ValueError, AttributeError, RecursionError):
            differs = True
        if differs:
            self.stderr.write("$: " + str(_("the report itself shows another result than its answers give")))

    def _write(self, path: Path, report: Report, renderer: Renderer | None) -> None:
        """Write one file: by the process that makes it, or the workbook."""
        try:
            path.write_bytes(renderer.render(report) if renderer else render_xlsx(report))
        except OSError as error:
            self._stop(str(path), str(error.strerror))
        except RenderingFailed as error:
            raise CommandError(f"the report could not be rendered: {error}") from error


def voice_of(result_file: bytes) -> str:
    """Whose answers the result that a report carries is of; the national ones where it does not say so."""
    try:
        voice = json.loads(result_file or b"{}").get("voice")
    except (ValueError, AttributeError, RecursionError):
        return NATIONAL
    return voice if voice in VOICES else NATIONAL


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
        alpha2=filled.country,
        period=filled.period,
        title=filled.title,
        country_footnote=country.get("footnote", ""),
        is_example=country.get("is_example", False),
    )
    is_chosen = filled.target_level is not None
    return build_report(instrument, result, filled.voices, facts, is_target_chosen=is_chosen)

"""Reports of the example files, built without a database."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from diagnostic.core.editions import reduce_to
from diagnostic.core.formats import EDITIONS
from diagnostic.core.instrument import Instrument
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.responses import Response
from diagnostic.core.result import score
from diagnostic.instruments import instrument_from_fixtures
from diagnostic.rendering.pdf.document import html_to_pdf
from diagnostic.rendering.process import write_order

EXAMPLES = Path(__file__).parent.parent / "core" / "examples"
SUBMITTED = {
    "mode": "joint",
    "state": "submitted",
    "submission_number": 1,
    "digest": "ed" * 32,
    "submitted_at": "2026-03-12T09:40:00+00:00",
    "submitted_by": "Nadia Ferrand",
}


@pytest.fixture(scope="session")
def instrument() -> Instrument:
    return instrument_from_fixtures()


@pytest.fixture(scope="session")
def printed(instrument: Instrument) -> Callable[[str], tuple[str, bytes]]:
    """One of the three cases, or "partners" or "brief" of the typical one: its HTML and its PDF, each rendered once."""

    @cache
    def render(name: str) -> tuple[str, bytes]:
        from tests.rendering.cases import CASES

        is_edition = name in EDITIONS
        report = CASES["typical" if is_edition else name](instrument)
        report = reduce_to(report, name, instrument) if is_edition else report
        order = write_order(report, "en")
        return order["html"], html_to_pdf(**order)

    return render


@pytest.fixture(scope="session")
def make_report(instrument: Instrument) -> Callable[..., Report]:
    """A report of an example file; `answers` replaces some of its national answers, the rest goes into the facts."""

    def make(
        name: str = "joint-session",
        answers: dict[str, Response] | None = None,
        previous: dict[str, Response] | None = None,
        **facts: object,
    ) -> Report:
        file = parse_assessment((EXAMPLES / f"{name}.json").read_bytes(), instrument, {"ZZ"})
        voices = {**file.voices, "national": {**file.voices["national"], **(answers or {})}}
        return build_report(
            instrument,
            score(instrument, voices, target_level=file.target_level),
            voices,
            ReportFacts(**{"country": "Example Country", "period": file.period, "title": file.title, **facts}),
            is_target_chosen=file.target_level is not None,
            previous_period="2025" if previous is not None else "",
            previous_responses=previous,
        )

    return make

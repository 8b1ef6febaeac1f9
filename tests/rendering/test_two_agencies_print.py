"""The first pages of a report of two agencies, whose open answers and attestations take the most room."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from pypdf import PdfReader

from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import FULL, AttestationLine, Report
from diagnostic.core.responses import Response
from diagnostic.rendering.html import render_html
from diagnostic.rendering.pdf.document import html_to_pdf
from diagnostic.rendering.process import read_static_files
from tests.rendering.conftest import SUBMITTED

SIGNED = (
    AttestationLine("customs", "Nadia Ferrand", "2026-03-12T09:30:00+00:00"),
    AttestationLine("police", "Nadia Ferrand", "2026-03-12T09:35:00+00:00", "Ada Example, Head of Crime Investigation"),
)


@pytest.fixture(params=[FULL, "partners"])
def report(request: pytest.FixtureRequest, make_report: Callable[..., Report], instrument: Instrument) -> Report:
    facts = SUBMITTED | {
        "mode": "separate",
        "is_example": True,
        "is_disclosed_to_partners": True,
        "period": "2026, second half",
    }
    full = make_report("two-voices", previous={"A.1": Response(level=2)}, attestations=SIGNED, **facts)
    return full if request.param == FULL else for_partners(full, sensitive_questions(instrument))


def test_the_contents_and_the_brief_take_a_page_each(report: Report) -> None:
    pdf = html_to_pdf(render_html(report), read_static_files(), report.digest)
    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert "Contents In brief" in pages[1]
    assert "How to read this report" in pages[1]
    assert "the section of the handbook it rests on." in pages[1]
    assert ": in brief" in pages[2]
    assert "Coverage" in pages[2]
    assert "Priorities" in pages[3]


def test_only_an_edition_with_the_digest_says_that_it_stands_on_the_cover(report: Report) -> None:
    print_ = render_html(report)
    assert "Both agencies agreed to the same text" in print_
    assert ("whose digest stands on the cover" in print_) == (report.edition == FULL)


def test_the_cover_keeps_its_picture_below_its_facts(report: Report) -> None:
    pdf = html_to_pdf(render_html(report), read_static_files(), report.digest)
    heights: dict[str, float] = {}

    def note(text: str, page: list[float], matrix: list[float], *_font: object) -> None:
        height = page[1] * matrix[4] + page[3] * matrix[5] + page[5]
        heights.update(dict.fromkeys(text.split(), height))

    PdfReader(io.BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    assert heights["Instrument"] > heights["Collaboration"]

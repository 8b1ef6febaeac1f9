"""The printed report, read back from the PDF: its structure, its words, its glyphs, its edges, its bytes."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from pypdf import PdfReader

from diagnostic.core.report_data import AttestationLine, Report
from diagnostic.core.responses import Evidence, Response
from diagnostic.rendering.html import render_html
from diagnostic.rendering.pdf.document import HandedOver, RefusedAddress, html_to_pdf
from diagnostic.rendering.process import Renderer, RenderingFailed, read_static_files, render_pdf, write_order
from tests.rendering.conftest import SUBMITTED
from tests.rendering.outline import elements

ARABIC = "تتعاون الجمارك والشرطة في الموانئ والمطارات منذ عام 2021"
RUSSIAN = "Таможня и полиция обмениваются сведениями через офицеров связи"
CHINESE = "海关与警察通过联络官交换信息，并在主要港口开展联合行动"
WORD = "w" * 900
HOSTILE = '<img src="file:///etc/passwd"> <style>@import url(http://127.0.0.1:1)</style> &amp; {{ 7|add:7 }}'
LONG = "\n".join(["Officers meet every month at the port, and what they agree is written down."] * 130)


@pytest.fixture(scope="module")
def report(make_report: Callable[..., Report]) -> Report:
    return make_report(**SUBMITTED)


@pytest.fixture(scope="module")
def pdf(report: Report) -> bytes:
    return html_to_pdf(**write_order(report, "en"))


@pytest.fixture(scope="module")
def extreme(make_report: Callable[..., Report]) -> bytes:
    answers = {
        "A.1": Response(level=3, basis="written", narrative=f"{ARABIC}\n{RUSSIAN}\n{CHINESE}"),
        "A.2.1": Response(level=3, narrative=f"{WORD} end"),
        "A.2.2": Response(level=2, narrative=LONG),
        "A.3.1": Response(level=2, narrative=HOSTILE, evidence=(Evidence("E" * 400, "R" * 300),)),
        "A.10": Response(status="not_applicable", reason=RUSSIAN),
        "A.12": Response(status="unknown", reason=ARABIC),
    }
    signed = AttestationLine("police", ARABIC, "2026-03-12T09:40:00+00:00", "N" * 200)
    report = make_report(answers=answers, country="بلد المثال", period="2026", attestations=(signed,), **SUBMITTED)
    return html_to_pdf(**write_order(report, "en"))


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def words(pdf: bytes) -> str:
    """The text of all pages, with every run of white space as one blank."""
    return " ".join(" ".join(page.extract_text() for page in read(pdf).pages).split())


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_it_is_tagged_and_says_its_language_its_title_and_both_of_its_standards(pdf: bytes) -> None:
    root = read(pdf).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] == "true" or root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert read(pdf).metadata.title == "Example Country: Customs–Police Cooperation Diagnostic, 2026"  # type: ignore[union-attr]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    metadata = root["/Metadata"].get_object()
    assert "/Filter" not in metadata
    for words in (b'pdfuaid:part="1"', b'pdfaid:part="3" pdfaid:conformance="A"'):
        assert words in metadata.get_data()


def test_headings_tables_and_pictures_stand_in_the_structure(pdf: bytes) -> None:
    found = list(elements(read(pdf)))
    kinds = {element["/S"] for element in found}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure", "/Sect"} <= kinds
    figures = [element for element in found if element["/S"] == "/Figure"]
    assert all(element.get("/Alt") for element in figures)
    assert any("index of 2.3" in element["/Alt"] for element in figures)


def test_the_bookmarks_lead_to_every_section_and_every_answer(pdf: bytes) -> None:
    def titles(outline: list[Any]) -> Iterator[str]:
        for item in outline:
            if isinstance(item, list):
                yield from titles(item)
            else:
                yield item.title

    found = list(titles(read(pdf).outline))
    for title in ("Level 2 Communication", "Priorities", "Roadmap", "Annex A. All answers"):
        assert title in found
    assert sum(title.startswith("A.") for title in found) == 27


def test_the_contents_name_the_page_on_which_each_section_begins(pdf: bytes) -> None:
    pages = [" ".join(page.extract_text().split()) for page in read(pdf).pages]
    for title in ("Profile by theme", "Findings and solutions", "Annex A. All answers", "Annex C. Resources"):
        number = re.search(rf"{re.escape(title)}[ .]*?(\d+)", pages[1])
        assert number, title
        assert title in pages[int(number[1]) - 1]


def test_every_page_carries_the_marking_twice_and_all_but_the_cover_its_number(pdf: bytes) -> None:
    pages = [page.extract_text() for page in read(pdf).pages]
    assert all(page.count("TLP:AMBER") >= 2 for page in pages)
    for number, page in enumerate(pages[1:], start=2):
        assert f"Page {number} of {len(pages)}" in page


def test_it_holds_the_level_the_priorities_every_question_and_every_narrative(pdf: bytes, report: Report) -> None:
    text = squeezed(words(pdf))
    for part in (
        "Level 2 Communication",
        *(line.text for line in report.recommendations),
        *(answer.text for answer in report.answers),
        *(answer.given.narrative for answer in report.answers),
        *(answer.given.reason for answer in report.answers),
        *(item.title for answer in report.answers for item in answer.given.evidence),
        "(3 + 7/3 + 2 + 3 + 7/3 + 2 + 5/3) / 7 = 7/3",
        *("ed" * 16,),
        "12 March 2026, 09:40 UTC",
        "Nadia Ferrand",
    ):
        assert squeezed(part) in text, part


def test_empty_parts_have_no_heading(make_report: Callable[..., Report]) -> None:
    html = render_html(make_report("blank"))
    for title in ("Priorities", "Findings and solutions", "Roadmap", "Since last time", "Annex C", "compared"):
        assert f">{title}" not in html
    assert ">What is still open<" in html


def test_the_same_data_gives_the_same_bytes_in_any_process(report: Report, pdf: bytes) -> None:
    assert render_pdf(report) == pdf
    assert b"/CreationDate" not in pdf


def test_what_people_write_is_printed_as_the_text_it_is(extreme: bytes) -> None:
    assert squeezed(HOSTILE) in squeezed(words(extreme))


def test_nothing_but_the_stylesheet_is_fetched(
    make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    fetch = HandedOver.fetch

    def record(self: HandedOver, url: str, headers: Any = None) -> Any:
        asked.append(url)
        return fetch(self, url, headers)

    monkeypatch.setattr(HandedOver, "fetch", record)
    report = make_report("blank", answers={"A.1": Response(level=1, narrative=HOSTILE)}, country=HOSTILE)
    html_to_pdf(**write_order(report, "en"))
    assert asked == ["https://static.invalid/css/report.css"]


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:1/",
        "https://static.invalid/../etc/passwd",
        "https://static.invalid/css/app.css",
        "data:text/css,p{color:red}",
        "/etc/passwd",
    ],
)
def test_every_other_address_ends_the_rendering(address: str) -> None:
    html = f'<html lang="en"><title>x</title><link rel="stylesheet" href="{address}"><p>x'
    with pytest.raises(RefusedAddress):
        html_to_pdf(html, read_static_files(), "0" * 32)


def test_every_script_is_set_in_embedded_glyphs_and_none_is_missing(extreme: bytes) -> None:
    fonts = {}
    for page in read(extreme).pages:
        fonts |= {name: font.get_object() for name, font in page["/Resources"]["/Font"].items()}
    names = " ".join(str(font["/BaseFont"]) for font in fonts.values())
    for family in ("Noto-Sans", "Noto-Serif", "Noto-Sans-Arabic", "Noto-Sans-CJK-SC"):
        assert family in names
    assert "DejaVu" not in names
    for font in fonts.values():
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(descriptor)
        assert "<0000> <0000>" not in font["/ToUnicode"].get_object().get_data().decode("latin-1")
    text = squeezed(words(extreme))
    assert squeezed(RUSSIAN) in text
    assert CHINESE in text


def test_long_words_and_long_texts_are_wrapped_and_whole(extreme: bytes) -> None:
    text = squeezed(words(extreme))
    assert WORD + "end" in text
    assert "E" * 400 in text
    assert words(extreme).count("Officers meet every month at the port") == 130


def test_no_text_leaves_the_page_or_its_margins(extreme: bytes, pdf: bytes) -> None:
    for number, box in [*boxes(extreme), *boxes(pdf)]:
        left, right = (0, 595.3) if number == 1 else (56, 539.5)
        assert box[0] >= left, (number, box)
        assert box[2] <= right, (number, box)


def boxes(pdf: bytes) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """Each word's box on its page, in points, as poppler finds it."""
    found = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True).stdout  # noqa: S607
    number = 0
    for line in found.decode("utf-8").splitlines():
        number += "<page " in line
        match = re.search(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"', line)
        if match:
            yield number, tuple(float(edge) for edge in match.groups())  # type: ignore[misc]


def test_a_report_of_the_size_of_the_example_stays_small(pdf: bytes) -> None:
    assert len(pdf) <= 200_000


def test_bootstrap_is_not_in_the_print(report: Report) -> None:
    assert list(read_static_files()) == ["css/report.css"]
    assert "bootstrap" not in render_html(report)


def test_a_rendering_that_fails_says_why(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diagnostic.rendering.process.read_static_files", dict)
    with Renderer() as renderer, pytest.raises(RenderingFailed, match="a report may not read"):
        renderer.render(report)


def test_neither_a_web_process_nor_the_worker_loads_weasyprint() -> None:
    program = (
        "import sys, cpch.wsgi, diagnostic.tasks, diagnostic.views.reports\n"
        "from django.urls import get_resolver; get_resolver().url_patterns\n"
        "sys.exit('weasyprint' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()

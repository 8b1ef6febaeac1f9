"""The printed report is archival and accessible at once, and built of what its page is built of, in the same order."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import page
import pydyf
import pytest
from pypdf import PdfReader
from pypdf.generic import NullObject
from weasyprint.pdf.stream import Stream as Drawing

from diagnostic.rendering.pdf import document as rendering
from diagnostic.rendering.pdf.archive import UNCLEAR_END, compress_streams
from diagnostic.rendering.report_text import language_of
from tests.rendering.outline import elements, kids, outline_of_html, outline_of_pdf, tell

PROFILES = ("3a", "ua1")
GOLDEN = Path(__file__).parent / "golden"
NAMES = ("sparse", "typical", "extreme")
FEWEST_LINES = 18
"""A page with fewer, what runs in its head and foot among them, is less than a third full."""
Printed = Callable[[str], tuple[str, bytes]]


def read(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def print_body(body: str, head: str = "<title>A document</title>", **more: Any) -> bytes:
    """A small document, printed as a report is."""
    html = f'<!doctype html><html lang="en"><head>{head}</head><body>{body}</body></html>'
    return rendering.html_to_pdf(html, {}, "0" * 32, **more)


def faults(pdf: bytes) -> set[str]:
    """The rules of both profiles that `pdf` breaks, by name."""
    reports = [page.validate_pdf_bytes(pdf, profile=profile) for profile in PROFILES]
    assert all(report.rules.total > 100 for report in reports)
    return {fault.rule_id.partition("-")[2] for report in reports for fault in report.failures}


def is_null(value: Any) -> bool:
    return isinstance(value.get_object(), NullObject)


@pytest.mark.parametrize("name", [*NAMES, "partners", "brief"])
def test_it_conforms_to_both_profiles(name: str, printed: Printed) -> None:
    assert faults(printed(name)[1]) == set()


@pytest.mark.parametrize("name", [*NAMES, "partners", "brief"])
def test_no_page_is_all_but_empty(name: str, printed: Printed) -> None:
    order = ["pdftotext", "-layout", "-", "-"]
    told = subprocess.run(order, input=printed(name)[1], check=True, capture_output=True).stdout.decode()
    lines = [len(re.findall(r"^.*\S", page, re.MULTILINE)) for page in told.split("\f")[:-1]]
    assert min(lines) >= FEWEST_LINES, lines


@pytest.mark.parametrize(
    ("body", "head", "rule"),
    [
        ('<svg viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>', "<title>T</title>", "FIGURE-ALTERNATIVE-TEXT-001"),
        ("<h1>One</h1><h3>Three</h3>", "<title>T</title>", "HEADING-NESTING-001"),
        ("<p>Text.</p>", "", "METADATA-TITLE-001"),
    ],
)
def test_a_document_that_is_built_wrong_does_not(body: str, head: str, rule: str) -> None:
    assert faults(print_body("<h1>One</h1><p>Text.</p>")) == set()
    assert rule in faults(print_body(body, head))


def test_nor_does_one_that_names_one_standard_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "name_both_standards", lambda pdf: None)
    assert {"ID-SCHEMA-001", "ID-PART-001", "METADATA-FILTER-001"} <= faults(print_body("<p>Text.</p>"))


@pytest.mark.parametrize("name", NAMES)
def test_every_heading_table_and_picture_of_the_page_is_there_in_its_order(name: str, printed: Printed) -> None:
    html, pdf = printed(name)
    wanted, found = outline_of_html(html), outline_of_pdf(read(pdf))
    assert found == wanted
    assert {kind for kind, _what in found[0]} >= {"H1", "H2", "Table", "Figure"}


def test_what_is_not_in_the_reports_language_says_so_in_its_order(printed: Printed) -> None:
    html, pdf = printed("extreme")
    found = [str(element["/Lang"]) for element in elements(read(pdf)) if "/Lang" in element]
    assert found == re.findall(r'<p [^>]*lang="([^"]+)"', html)
    assert set(found) == {"und-Arab", "und-Cyrl", "und-Hani"}


@pytest.mark.parametrize(
    ("text", "around", "told"),
    [
        ("Officers meet.", "en", ""),
        ("2021 تتعاون الجمارك", "en", "und-Arab"),
        ("تتعاون الجمارك", "ar", ""),
        ("تتعاون الجمارك", "fa", ""),
        ("Officers meet.", "ar", "und-Latn"),
        ("Таможня", "fr-ca", "und-Cyrl"),
        ("Таможня", "ru", ""),
        ("海关", "zh-hans", ""),
        ("海关", "ru", "und-Hani"),
        ("협력", "en", "ko"),
        ("Συνεργασία", "el", ""),
        ("Officers", "el", "und-Latn"),
        ("42 %", "en", ""),
        ("", "en", ""),
    ],
)
def test_a_line_says_what_its_letters_tell_of_its_language(text: str, around: str, told: str) -> None:
    assert language_of(text, around) == told


@pytest.mark.parametrize("name", NAMES)
def test_the_golden_structure_of_the_report_is_kept(name: str, printed: Printed) -> None:
    found = tell(*outline_of_pdf(read(printed(name)[1])))
    kept = GOLDEN / f"{name}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        kept.write_text(found, encoding="utf-8")
    assert found == kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_head_says_its_scope_and_every_picture_what_it_shows_and_where(name: str, printed: Printed) -> None:
    pdf = read(printed(name)[1])
    assert {element["/A"]["/Scope"] for element in elements(pdf) if element["/S"] == "/TH"} == {"/Row", "/Column"}
    for figure in (element for element in elements(pdf) if element["/S"] == "/Figure"):
        assert figure["/Alt"].strip()
        left, bottom, right, top = figure["/A"]["/BBox"]
        assert 0 <= left < right <= 596
        assert 0 <= bottom < top <= 842


def test_what_a_page_break_cuts_is_one_again_and_repeated_heads_are_read_once() -> None:
    rows = "".join(f'<tr><th scope="row">{row}</th><td><p>Cell {row}</p></td></tr>' for row in range(200))
    table = f'<table><thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead><tbody>{rows}</tbody></table>'
    text = f"<p>{'Words of one long paragraph. ' * 900}</p>"
    pdf = read(print_body(f"<main><section><h1>One</h1>{table}{text}</section><section><h2>Two</h2></section></main>"))
    kinds = [element["/S"] for element in elements(pdf)]
    assert len(pdf.pages) > 8
    assert outline_of_pdf(pdf)[0] == [("H1", None), ("Table", ["CC", *["R."] * 200]), ("H2", None)]
    assert [kinds.count(kind) for kind in ("/Part", "/Sect", "/THead", "/TBody", "/P")] == [1, 2, 1, 1, 201]
    content = b"".join(page.get_contents().get_data() for page in pdf.pages)
    assert content.count(b"<</Type /Pagination>>\nBDC") >= 2 * 4


def test_every_mark_on_a_page_leads_to_the_element_that_holds_it(printed: Printed) -> None:
    pdf = read(printed("typical")[1])
    tree = pdf.trailer["/Root"]["/StructTreeRoot"]
    numbers = tree["/ParentTree"]["/Nums"]
    held = [list(numbers[place + 1].get_object()) for place in range(0, 2 * len(pdf.pages), 2)]
    pages = {page.indirect_reference.idnum: place for place, page in enumerate(pdf.pages)}  # type: ignore[union-attr]
    found = set()
    for element in elements(pdf):
        for kid in element["/K"]:
            if isinstance(kid, int):
                found.add((pages[element.raw_get("/Pg").idnum], int(kid)))  # type: ignore[attr-defined]
                assert held[pages[element.raw_get("/Pg").idnum]][kid].get_object() == element  # type: ignore[attr-defined]
        assert all(kid["/P"].get_object() == element for kid in kids(element))
    meant = {(place, mark) for place, marks in enumerate(held) for mark, at in enumerate(marks) if not is_null(at)}
    assert found == meant
    assert len(found) > 1000


def test_a_table_in_a_margin_and_what_runs_there_are_artifacts(printed: Printed) -> None:
    pdf = read(printed("sparse")[1])
    content = pdf.pages[2].get_contents().get_data()
    assert content.count(b"/Pagination") >= 4
    assert all("TLP:AMBER" in page.extract_text() for page in pdf.pages)


def test_no_stream_ends_so_that_its_length_is_unclear() -> None:
    texts = [b"z" * number for number in range(300)]
    unclear = next(text for text in texts if zlib.compress(text, 9).endswith(b"\r"))
    pdf = pydyf.PDF()
    drawing = Drawing(None, (0, 0, 1, 1), {}, {}, None, {}, None, compress=True)
    drawing.stream.append(unclear)
    other = pydyf.Stream([unclear], compress=True)
    plain = pydyf.Stream([b"0"], compress=True)
    for stream in (drawing, other, plain):
        pdf.add_object(stream)
    compress_streams(pdf)
    assert b"\r\n" not in drawing.data
    assert zlib.decompress(drawing.stream[0]).strip() == unclear
    assert other.stream == [unclear]
    assert "Filter" not in other.extra
    assert zlib.decompress(plain.stream[0]) == b"0"


def test_a_document_with_an_unclear_end_is_written_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    once = print_body("<h1>One</h1>")
    assert UNCLEAR_END not in once
    monkeypatch.setattr(rendering, "UNCLEAR_END", b"%PDF")
    last = print_body("<h1>One</h1>")
    assert faults(last) == set()
    assert len(read(last).xref_objStm) == len(read(once).xref_objStm) + rendering.MOST_WRITINGS - 1


def test_the_colours_have_their_profile_and_every_font_is_embedded(printed: Printed) -> None:
    pdf = read(printed("extreme")[1])
    (intent,) = pdf.trailer["/Root"]["/OutputIntents"]
    assert intent["/S"] == "/GTS_PDFA1"
    assert intent["/DestOutputProfile"]["/N"] == 3
    assert b"sRGB" in intent["/DestOutputProfile"].get_data()

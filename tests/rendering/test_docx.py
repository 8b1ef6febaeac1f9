"""The report as a Word document: its structure against the HTML it shares with the PDF, its words, its bytes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from django.conf import settings
from docx import Document
from docx.oxml.ns import qn
from weasyprint import HTML

from diagnostic.core.editions import for_brief
from diagnostic.core.instrument import Instrument
from diagnostic.core.report_data import Report
from diagnostic.core.responses import Response
from diagnostic.rendering.docx import render_docx
from diagnostic.rendering.docx.document import html_to_docx
from diagnostic.rendering.docx.runs import DOTS
from diagnostic.rendering.html import render_html
from diagnostic.rendering.process import RenderingFailed, write_docx_order
from tests.rendering.cases import ARABIC, CASES, CHINESE, RUSSIAN, SECRET, WORD, partners_of
from tests.rendering.conftest import SUBMITTED

SVG = "{http://www.w3.org/2000/svg}"
HEADINGS = ("h1", "h2", "h3", "h4")
UNSEEN = re.compile(f"[\\s\u2066-\u2069{''.join(DOTS.values())}]")
HOSTILE = '=HYPERLINK("http://127.0.0.1") { DDEAUTO c:\\\\cmd } <w:fldSimple w:instr="x"/> &amp; \x01\x0b\ufffe end'
FIELDS = {"PAGE", "NUMPAGES", r'TOC \o "1-1" \u \h \z \b Listed'}
TEXT_WIDTH = 9638
SECONDS = 180


def write(report: Report, language: str = "en") -> bytes:
    return html_to_docx(**write_docx_order(report, language))


@pytest.fixture(scope="module")
def typical(instrument: Instrument) -> Report:
    return CASES["typical"](instrument)


@pytest.fixture(scope="module")
def extreme(instrument: Instrument) -> Report:
    return CASES["extreme"](instrument)


@pytest.fixture(scope="module")
def typical_docx(typical: Report) -> bytes:
    return write(typical)


@pytest.fixture(scope="module")
def extreme_docx(extreme: Report) -> bytes:
    return write(extreme)


def body_of(docx: bytes) -> Any:
    return Document(io.BytesIO(docx)).element.body


def text_of(element: Any) -> str:
    return "".join(node.text or "" for node in element.iter(qn("w:t")))


def seen(text: str) -> str:
    return UNSEEN.sub("", text)


def html_of(report: Report) -> Element:
    root: Element = HTML(string=render_html(report)).etree_element
    return next(iter(root.iter("body")))


def words_of(element: Element) -> Iterator[str]:
    """What is read in `element`: not the drawings, nor what runs in head and foot, nor the contents."""
    classes = element.get("class", "").split()
    if not isinstance(element.tag, str) or element.tag == f"{SVG}svg":
        return
    if "contents" in classes or "caption" in classes or any(name.startswith("running-") for name in classes):
        return
    yield element.text or ""
    for child in element:
        yield from words_of(child)
        yield child.tail or ""


def outline_level(paragraph: Any) -> int | None:
    """1 to 3 for a heading and 1 for the title, by Word's own styles alone: its navigation knows no others."""
    name = paragraph.style.name
    found = re.fullmatch(r"Heading ([1-3])", name)
    return int(found[1]) if found else 1 if name == "Title" else None


@pytest.mark.parametrize("name", ["typical_docx", "extreme_docx"])
def test_its_headings_are_those_of_the_pdf_in_order(name: str, request: pytest.FixtureRequest) -> None:
    document: Any = Document(io.BytesIO(request.getfixturevalue(name)))
    headings = [
        (outline_level(paragraph), seen(text_of(paragraph._p)))
        for paragraph in document.paragraphs
        if outline_level(paragraph)
    ]
    html = html_of(request.getfixturevalue(name.removesuffix("_docx")))
    expected = [
        (int(element.tag[1]), seen("".join(element.itertext()))) for element in html.iter() if element.tag in HEADINGS
    ]
    assert len(expected) > 40
    assert headings == expected


@pytest.mark.parametrize("name", ["typical_docx", "extreme_docx"])
def test_it_says_every_word_of_the_pdf_once_and_in_order(name: str, request: pytest.FixtureRequest) -> None:
    body = body_of(request.getfixturevalue(name))
    for paragraph in list(body.iter(qn("w:p"))):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val")) == "toc1":
            paragraph.getparent().remove(paragraph)
    html = html_of(request.getfixturevalue(name.removesuffix("_docx")))
    assert seen(text_of(body)) == seen("".join(words_of(html)))


def test_its_contents_list_what_stands_behind_them(typical: Report, typical_docx: bytes) -> None:
    body = body_of(typical_docx)
    listed = {link.get(qn("w:anchor")): text_of(link) for link in body.iter(qn("w:hyperlink"))}
    marks = {mark.get(qn("w:name")): mark.getparent() for mark in body.iter(qn("w:bookmarkStart"))}
    assert len(listed) > 8
    for anchor, words in listed.items():
        assert seen(text_of(marks[anchor])) == seen(words)
    heads = [head for main in html_of(typical).iter("main") for head in main.iter("h1")]
    assert [seen(words) for words in listed.values()] == [seen("".join(head.itertext())) for head in heads[1:]]
    (block,) = body.iter(qn("w:sdt"))
    assert block.find(f".//{qn('w:docPartGallery')}").get(qn("w:val")) == "Table of Contents"
    assert len(list(block.iter(qn("w:hyperlink")))) == len(listed)


def test_nothing_greets_its_reader_with_a_warning(typical_docx: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(typical_docx)) as file:
        text = b"".join(file.read(name) for name in file.namelist() if name.endswith(".xml")).decode()
    assert "w:dirty" not in text
    assert "w:updateFields" not in text


def test_what_the_sheet_holds_together_stays_together(typical_docx: bytes) -> None:
    paragraphs = list(body_of(typical_docx).iter(qn("w:p")))
    texts = [text_of(paragraph) for paragraph in paragraphs]
    by_text = dict(zip(texts, paragraphs, strict=True))
    kept = "What was answered here before is kept and not counted:"
    for words in ("Police answered", "Basis: Written and practised", kept):
        assert by_text[words].find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is not None, words
    last = texts.index("Annex B. How the level is found") - 1
    assert paragraphs[last].find(f"{qn('w:pPr')}/{qn('w:keepNext')}") is None


@pytest.mark.parametrize("name", ["typical_docx", "extreme_docx"])
def test_its_tables_repeat_their_heads_and_keep_their_widths(name: str, request: pytest.FixtureRequest) -> None:
    body = body_of(request.getfixturevalue(name))
    html = html_of(request.getfixturevalue(name.removesuffix("_docx")))
    tables = list(body.iter(qn("w:tbl")))
    heads = [table for table in tables if table.find(f"{qn('w:tr')}/{qn('w:trPr')}/{qn('w:tblHeader')}") is not None]
    assert len(heads) == len([table for table in html.iter("table") if table.find("thead") is not None]) > 5
    for table in tables:
        look = table.find(f"{qn('w:tblPr')}/{qn('w:tblLook')}")
        assert look.get(qn("w:firstRow" if table in heads else "w:firstColumn")) == "1"
        assert table.find(f"{qn('w:tblPr')}/{qn('w:tblLayout')}").get(qn("w:type")) == "fixed"
        columns = [int(column.get(qn("w:w"))) for column in table.iter(qn("w:gridCol"))]
        assert min(columns) > 0
        assert sum(columns) <= TEXT_WIDTH + len(columns)
        for row in table.iter(qn("w:tr")):
            assert sum(int(cell.get(qn("w:w"))) for cell in row.iter(qn("w:tcW"))) == pytest.approx(sum(columns), abs=9)


def test_every_picture_says_what_it_shows(typical: Report, typical_docx: bytes) -> None:
    said = [picture.get("descr") for picture in body_of(typical_docx).iter(qn("wp:docPr"))]
    shown = [
        drawing.findtext(f"{SVG}desc") or drawing.findtext(f"{SVG}title")
        for parent in html_of(typical).iter()
        if not str(parent.tag).startswith(SVG)
        for drawing in parent.findall(f"{SVG}svg")
    ]
    assert [seen(words) for words in said] == [seen(words or "") for words in shown]
    assert len(said) > 20
    assert all(said)


def test_its_pictures_show_something(typical_docx: bytes) -> None:
    from PIL import Image

    with zipfile.ZipFile(io.BytesIO(typical_docx)) as file:
        names = [name for name in file.namelist() if name.startswith("word/media/")]
        for name in names:
            colours = Image.open(io.BytesIO(file.read(name))).convert("RGB").getcolors(1 << 20)
            assert colours is None or len(colours) > 1, name


def test_what_people_wrote_becomes_no_field_no_link_and_no_markup(
    make_report: Callable[..., Report],
) -> None:
    report = make_report(
        answers={"A.1": Response(level=3, narrative=HOSTILE, reason=HOSTILE)}, country=f"Land {HOSTILE}", title=HOSTILE
    )
    docx = write(report)
    with zipfile.ZipFile(io.BytesIO(docx)) as file:
        parts = {name: file.read(name).decode("utf-8") for name in file.namelist() if name.endswith((".xml", ".rels"))}
    codes = {code.strip() for part in parts.values() for code in re.findall(r"<w:instrText[^>]*>([^<]*)<", part)}
    assert {code.replace("&quot;", '"') for code in codes} == FIELDS
    for part in parts.values():
        assert "<w:fldSimple" not in part
        assert 'TargetMode="External"' not in part
    assert "DDEAUTO" in text_of(body_of(docx))
    assert "\x01" not in text_of(body_of(docx))


def test_the_edition_for_partners_holds_nothing_sensitive(
    typical: Report, typical_docx: bytes, instrument: Instrument
) -> None:
    def whole(docx: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(docx)) as file:
            return b"".join(name.encode() + file.read(name) for name in file.namelist())

    assert SECRET.encode() in whole(typical_docx)
    assert SECRET.encode() not in whole(write(partners_of(typical, instrument)))


def test_the_same_report_gives_the_same_bytes_in_any_process(typical: Report, typical_docx: bytes) -> None:
    assert render_docx(typical) == typical_docx
    with zipfile.ZipFile(io.BytesIO(typical_docx)) as file:
        assert {item.date_time for item in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_its_properties_say_title_language_author_and_when(typical: Report, typical_docx: bytes) -> None:
    properties = Document(io.BytesIO(typical_docx)).core_properties
    assert properties.title == "Example Country: Customs–Police Cooperation Diagnostic, 2026"
    assert (properties.language, properties.author) == ("en", "Example Country")
    assert properties.created is not None
    assert properties.created.isoformat().startswith(typical.facts.submitted_at[:16])
    assert properties.comments == ""


def test_the_marking_and_the_pages_run_in_head_and_foot(typical_docx: bytes) -> None:
    document: Any = Document(io.BytesIO(typical_docx))
    section = document.sections[0]
    for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
        assert "TLP:AMBER" in text_of(part._element)
    assert "Example Country, 2026" in text_of(section.header._element)
    assert "Example Country" not in text_of(section.first_page_header._element)
    marking = document.styles["Marking"]
    assert str(marking.font.color.rgb) == "FFC000"
    assert marking.element.rPr.find(qn("w:shd")).get(qn("w:fill")) == "000000"


def test_lines_of_other_scripts_run_their_own_way_in_fonts_that_hold_them(extreme_docx: bytes) -> None:
    document: Any = Document(io.BytesIO(extreme_docx))
    lines = {text_of(line): line for line in document.element.body.iter(qn("w:p"))}
    arabic, russian = lines[ARABIC], lines[RUSSIAN]
    assert arabic.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None
    assert arabic.find(f".//{qn('w:rtl')}") is not None
    assert russian.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is None
    assert russian.find(f".//{qn('w:rtl')}") is None
    fonts = document.styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    assert (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:cs"))) == ("Noto Sans CJK SC", "Noto Sans Arabic")


def test_a_right_to_left_language_turns_pages_tables_and_lines_round(typical: Report) -> None:
    body = body_of(write(typical, "ar"))
    assert all(section.find(qn("w:bidi")) is not None for section in body.iter(qn("w:sectPr")))
    assert all(table.find(f"{qn('w:tblPr')}/{qn('w:bidiVisual')}") is not None for table in body.iter(qn("w:tbl")))
    heading = next(line for line in body.iter(qn("w:p")) if "Heading1" in str(line.pPr.style))
    assert heading.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None


def test_an_office_opens_the_full_report_and_shows_all_of_it(extreme_docx: bytes, tmp_path: Path) -> None:
    words = open_in_office(extreme_docx, tmp_path)
    for told in (RUSSIAN, CHINESE, WORD, "Annex A. All answers", "E" * 400, "R" * 300):
        assert seen(told) in seen(words)
    pages = [int(number) for number in re.findall(r"Page (\d+) of \d+", words)]
    assert pages == list(range(2, len(pages) + 2))
    assert words.count("TLP:AMBER") >= 2 * len(pages)


def test_an_office_opens_the_brief_on_two_pages(make_report: Callable[..., Report], tmp_path: Path) -> None:
    words = open_in_office(write(for_brief(make_report(**SUBMITTED))), tmp_path)
    assert re.findall(r"Page (\d+) of (\d+)", words) == [("1", "2"), ("2", "2")]
    assert "Annex" not in words


def open_in_office(docx: bytes, folder: Path) -> str:
    """The text of `docx` as LibreOffice prints it, with a profile of its own."""
    office = shutil.which("soffice")
    assert office is not None, "script/test installs LibreOffice"
    source = folder / "report.docx"
    source.write_bytes(docx)
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    order = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(source)]
    subprocess.run(order, check=True, capture_output=True, timeout=SECONDS)
    pdf = folder / "report.pdf"
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout  # noqa: S607


def test_a_web_worker_that_names_it_loads_nothing_heavy() -> None:
    words = (
        "import sys; import diagnostic.rendering.docx; "
        "print([name for name in ('docx', 'lxml', 'weasyprint', 'pypdfium2', 'PIL') if name in sys.modules])"
    )
    told = subprocess.run(
        [sys.executable, "-c", f"import django; django.setup(); {words}"],
        cwd=settings.BASE_DIR,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout.strip() == "[]"


def test_a_process_that_fails_says_why(typical: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("diagnostic.rendering.process.render_html", lambda report, language: "<p>no report")
    with pytest.raises(RenderingFailed, match="StopIteration"):
        render_docx(typical)

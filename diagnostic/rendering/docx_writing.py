"""A Word document written element by element: styles, numbered headings, head and foot, tables, text safe in XML.

The same calls give the same bytes. python-docx is slow to load and to find styles by name, so nothing outside the
functions that write a document imports this module, and paragraphs name their style by its identifier.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm

from .report_text import direction_of

UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold."""
RIGHT_TO_LEFT = re.compile(
    "([\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
    "(?:[\u0020-\u0040\u0590-\u08ff\u200c\u200d\ufb1d-\ufdff\ufe70-\ufefc]*"
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc])?)"
)
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in the package: the first that its format knows."""
NOT_KEPT = ("stylesWithEffects", "customXml", "webSettings", "thumbnail", "theme")
"""What python-docx's template brings and no draft needs."""
SETTINGS = (
    '<w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/><w:compat><w:compatSetting '
    'w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
)
"""Laid out as Word has done since 2013, not as the template's older one."""
PAGE_WIDTH, PAGE_HEIGHT, MARGIN = 210, 297, 25
TEXT_WIDTH = PAGE_WIDTH - 2 * MARGIN
CLAUSES, BULLETS = 1, 2


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one character style ("" for the paragraph's own)."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A number that Word works out: PAGE or NUMPAGES."""

    code: str


@dataclass(frozen=True, slots=True)
class Tab:
    """Goes on at the next tab stop."""


Piece = Run | Field | Tab


def twips(millimetres: float) -> int:
    """`millimetres` in twentieths of a point, Word's unit of length."""
    return round(millimetres * 1440 / 25.4)


def printable(text: str) -> str:
    """`text` as XML can hold it: a sign that it cannot is replaced by U+FFFD, never dropped."""
    return UNPRINTABLE.sub("\ufffd", text)


def make(tag: str, parent: BaseOxmlElement | None = None, /, **attributes: str | int) -> BaseOxmlElement:
    """A new element, at the end of `parent` where one is given; attributes are in Word's namespace."""
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    if parent is not None:
        parent.append(element)
    return element


def new_document(*, title: str, language: str, styles: str, is_rtl: bool) -> WordDocument:
    """An empty A4 document in `language`; `styles` are its `w:style` elements as XML.

    Headings of the style Heading1 count themselves; a paragraph of the style Bullet is an item of a list.
    """
    document = Document()
    part = document.part
    for holder in (part.rels, part.package.rels):
        for key in [key for key, relation in holder.items() if relation.reltype.rsplit("/", 1)[-1] in NOT_KEPT]:
            del holder[key]
    _replace(part._styles_part.element, parse_xml(f"<w:styles {NAMESPACE}>{styles}</w:styles>"))
    _replace(part.numbering_part.element, parse_xml(_numbering()))
    _replace(document.settings.element, parse_xml(f"<w:settings {NAMESPACE}>{SETTINGS}</w:settings>"))
    properties = document.core_properties
    _clear(properties._element)
    properties.title, properties.language = printable(title)[:255], language
    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH), Mm(PAGE_HEIGHT)
    section.left_margin = section.right_margin = Mm(MARGIN)
    section.top_margin, section.bottom_margin = Mm(30), Mm(36)
    section.header_distance, section.footer_distance = Mm(12), Mm(10)
    if is_rtl:
        _insert_before_grid(section._sectPr, make("w:bidi"))
    return document


def _insert_before_grid(section: BaseOxmlElement, element: BaseOxmlElement) -> None:
    """Where the standard's order of a section's properties has it."""
    grid = section.find(qn("w:docGrid"))
    if grid is None:
        section.append(element)
    else:
        grid.addprevious(element)


def _replace(old: BaseOxmlElement, new: BaseOxmlElement) -> None:
    _clear(old)
    for child in list(new):
        old.append(child)


def _clear(element: BaseOxmlElement) -> None:
    for child in list(element):
        element.remove(child)


def _numbering() -> str:
    lists = (
        (CLAUSES, "decimal", "%1.", "Heading1", 10),
        (BULLETS, "bullet", "•", "Bullet", 6),
    )
    parts = [
        f'<w:abstractNum w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
        f'<w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/><w:lvlText w:val="{text}"/>'
        f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{twips(indent)}" w:hanging="{twips(indent)}"/></w:pPr>'
        "</w:lvl></w:abstractNum>"
        for number, form, text, style, indent in lists
    ]
    parts += [f'<w:num w:numId="{item[0]}"><w:abstractNumId w:val="{item[0]}"/></w:num>' for item in lists]
    return f"<w:numbering {NAMESPACE}>{''.join(parts)}</w:numbering>"


def write_lines(body: BaseOxmlElement, style: str, text: str, run_style: str = "") -> None:
    """`text` as it was typed, a paragraph a line, each in the direction of its first letter."""
    for line in printable(text).rstrip().splitlines():
        write(body, style, [Run(line, run_style)], direction=direction_of(line))


def write(body: BaseOxmlElement, style: str, pieces: Iterable[Piece], direction: str = "") -> BaseOxmlElement:
    """One paragraph at the end of `body`, before the section's own properties; returns it."""
    paragraph = make("w:p")
    properties = make("w:pPr", paragraph)
    make("w:pStyle", properties, val=style)
    if direction:
        make("w:bidi", properties, val=int(direction == "rtl"))
    for piece in pieces:
        for run in _runs(piece):
            paragraph.append(run)
    end = body.find(qn("w:sectPr"))
    if end is None:
        body.append(paragraph)
    else:
        end.addprevious(paragraph)
    return paragraph


def _runs(piece: Piece) -> Iterable[BaseOxmlElement]:
    if isinstance(piece, Tab):
        run = make("w:r")
        make("w:tab", run)
        yield run
    elif isinstance(piece, Field):
        yield _mark("begin")
        run = make("w:r")
        code = make("w:instrText", run)
        code.text = f" {piece.code} "
        code.set(SPACE, "preserve")
        yield run
        yield _mark("separate")
        yield _text_run("1", "", is_rtl=False)
        yield _mark("end")
    else:
        for number, text in enumerate(RIGHT_TO_LEFT.split(printable(piece.text))):
            if text:
                yield _text_run(text, piece.style, is_rtl=number % 2 == 1)


def _mark(kind: str) -> BaseOxmlElement:
    run = make("w:r")
    make("w:fldChar", run, fldCharType=kind)
    return run


def _text_run(text: str, style: str, *, is_rtl: bool) -> BaseOxmlElement:
    run = make("w:r")
    if style or is_rtl:
        properties = make("w:rPr", run)
        if style:
            make("w:rStyle", properties, val=style)
        if is_rtl:
            make("w:rtl", properties)
    words = make("w:t", run)
    words.text = text
    words.set(SPACE, "preserve")
    return run


Cell = Sequence[tuple[str, Sequence[Piece]]]
"""A table's cell: its paragraphs, each a style and what it says."""


def write_table(
    body: BaseOxmlElement, head: Sequence[str], rows: Iterable[Sequence[Cell]], widths: Sequence[float], *, is_rtl: bool
) -> None:
    """A table with a head that is repeated on each page; `widths` in millimetres. A row stays on one page if it can."""
    table = make("w:tbl")
    properties = make("w:tblPr", table)
    make("w:tblStyle", properties, val="Grid")
    if is_rtl:
        make("w:bidiVisual", properties)
    make("w:tblW", properties, w=twips(sum(widths)), type="dxa")
    make("w:tblLayout", properties, type="fixed")
    make("w:tblLook", properties, firstRow=1, lastRow=0, firstColumn=1, lastColumn=0, noHBand=1, noVBand=1)
    grid = make("w:tblGrid", table)
    for width in widths:
        make("w:gridCol", grid, w=twips(width))
    _row(table, [[("TableHead", [Run(words)])] for words in head], widths, is_head=True)
    for cells in rows:
        _row(table, cells, widths, is_head=False)
    end = body.find(qn("w:sectPr"))
    assert end is not None
    end.addprevious(table)
    write(body, "AfterTable", [])


def _row(table: BaseOxmlElement, cells: Sequence[Cell], widths: Sequence[float], *, is_head: bool) -> None:
    row = make("w:tr", table)
    properties = make("w:trPr", row)
    make("w:cantSplit", properties)
    if is_head:
        make("w:tblHeader", properties)
    for width, paragraphs in zip(widths, cells, strict=True):
        cell = make("w:tc", row)
        make("w:tcW", make("w:tcPr", cell), w=twips(width), type="dxa")
        for style, pieces in paragraphs or [("TableText", [])]:
            write(cell, style, pieces)


def write_head_and_foot(
    document: WordDocument, head: Iterable[tuple[str, Sequence[Piece]]], foot: Iterable[tuple[str, Sequence[Piece]]]
) -> None:
    """The head and the foot of every page: paragraphs, each a style and what it says."""
    section = document.sections[0]
    for part, paragraphs in ((section.header, head), (section.footer, foot)):
        part.is_linked_to_previous = False
        element = part._element
        _clear(element)
        for style, pieces in paragraphs:
            write(element, style, pieces)


def to_bytes(document: WordDocument) -> bytes:
    """The document as a file. Its package holds no time, so that the same document gives the same bytes."""
    saved, out = io.BytesIO(), io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as given, zipfile.ZipFile(out, "w") as kept:
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            kept.writestr(entry, given.read(name))
    return out.getvalue()

"""The pages: their size and edges, what runs in head and foot, and the place where two columns stand side by side."""

from __future__ import annotations

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from .styles import NAMESPACE, twips
from .xml import make

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
SIDE, TOP, BOTTOM, EDGE = 20.0, 30.0, 26.0, 14.0
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
NEXT_PAGE, CONTINUOUS = "nextPage", "continuous"
COLUMNS = (84.0, 8.0, 78.0)
"""Two columns and the space between them, in millimetres."""


def write_section(kind: str, *, columns: bool = False) -> BaseOxmlElement:
    """What ends a section; `kind` says where it starts (NEXT_PAGE or CONTINUOUS)."""
    first, gap, second = (twips(width) for width in COLUMNS)
    cols = (
        f'<w:cols w:num="2" w:equalWidth="0"><w:col w:w="{first}" w:space="{gap}"/><w:col w:w="{second}"/></w:cols>'
        if columns
        else '<w:cols w:space="720"/>'
    )
    return parse_xml(
        f'<w:sectPr {NAMESPACE}><w:type w:val="{kind}"/>'
        f'<w:pgSz w:w="{twips(PAGE_WIDTH)}" w:h="{twips(PAGE_HEIGHT)}"/>'
        f'<w:pgMar w:top="{twips(TOP)}" w:right="{twips(SIDE)}" w:bottom="{twips(BOTTOM)}" w:left="{twips(SIDE)}" '
        f'w:header="{twips(EDGE)}" w:footer="{twips(EDGE)}" w:gutter="0"/>{cols}</w:sectPr>'
    )


def start_columns(body: BaseOxmlElement) -> None:
    """From here on two columns, on the same page."""
    _end(body, write_section(CONTINUOUS if _sections(body) else NEXT_PAGE))


def end_columns(body: BaseOxmlElement) -> None:
    """From here on the whole width again, on the same page."""
    _end(body, write_section(CONTINUOUS, columns=True))


def end_document(body: BaseOxmlElement, references: str, *, has_cover: bool, is_rtl: bool) -> None:
    """Close the last section, and give head and foot to the first; the others go on with them.

    `references` is XML that names the parts of head and foot.
    """
    body.append(write_section(CONTINUOUS if _sections(body) else NEXT_PAGE))
    sections = _sections(body)
    for number, reference in enumerate(parse_xml(references)):
        sections[0].insert(number, reference)
    if has_cover:
        make("w:titlePg", sections[0])
    if is_rtl:
        for section in sections:
            make("w:bidi", section)


def add_running(
    holder: BaseOxmlElement, style: str, runs: list[BaseOxmlElement], marking: BaseOxmlElement, *, is_rtl: bool
) -> None:
    """One line of head or foot: `runs` where a line begins, the marking where it ends."""
    paragraph = make("w:p", holder)
    properties = make("w:pPr", paragraph)
    make("w:pStyle", properties, val=style)
    make("w:tab", make("w:tabs", properties), val="right", pos=twips(TEXT_WIDTH))
    if is_rtl:
        make("w:bidi", properties)
    for run in runs:
        paragraph.append(run)
    make("w:tab", make("w:r", paragraph))
    paragraph.append(marking)


def _sections(body: BaseOxmlElement) -> list[BaseOxmlElement]:
    return list(body.iter(qn("w:sectPr")))


def _end(body: BaseOxmlElement, section: BaseOxmlElement) -> None:
    last = body[-1]
    if last.tag != qn("w:p"):
        last = make("w:p", body)
    properties = last.find(qn("w:pPr"))
    if properties is None:
        properties = make("w:pPr")
        last.insert(0, properties)
    properties.append(section)

"""One paragraph: its style, what differs from it, and its runs."""

from __future__ import annotations

from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from .place import Place
from .styles import BY_NAME, lay_out_apart, size_apart, style_id, twips
from .xml import make

AFTER_PROPERTIES = 1
BEFORE_BIDI = frozenset({qn("w:pBdr"), qn("w:tabs")})
"""What stands in front of the direction among a paragraph's properties (ISO/IEC 29500-1, 17.3.1.26)."""


def add_paragraph(place: Place, style: str, *, is_rtl: bool, breaks_page: bool = False) -> BaseOxmlElement:
    """A new paragraph at `place`; runs are added by the caller."""
    paragraph = make("w:p", place.holder)
    properties = make("w:pPr", paragraph)
    make("w:pStyle", properties, val=style_id(style))
    if breaks_page:
        make("w:pageBreakBefore", properties)
    look = BY_NAME[style]
    apart = lay_out_apart(look, is_rtl=place.starts_right)
    properties.extend(part for part in apart if part.tag in BEFORE_BIDI)
    if is_rtl:
        make("w:bidi", properties)
    properties.extend(part for part in apart if part.tag not in BEFORE_BIDI)
    indent = place.indent + (2 if look.start else 0)
    if indent and not look.hanging:
        make("w:ind", properties, **{"left" if is_rtl == place.starts_right else "right": twips(indent)})
    if place.ends:
        make("w:jc", properties, val="right" if not is_rtl else "left")
    return paragraph


def set_size(paragraph: BaseOxmlElement, style: str) -> None:
    """Write the runs of `paragraph` in the size of `style`, where its built-in style has another."""
    for run in paragraph.iter(qn("w:r")):
        for part in size_apart(BY_NAME[style]):
            properties = run.find(qn("w:rPr"))
            if properties is None:
                properties = make("w:rPr")
                run.insert(0, properties)
            mark = properties.find(qn("w:rtl"))
            properties.insert(len(properties) if mark is None else properties.index(mark), part)


def keep_with_next(paragraph: BaseOxmlElement) -> None:
    """Let no page break come behind `paragraph`; anything else that may stand there is left as it is."""
    properties = paragraph.find(qn("w:pPr"))
    if properties is not None and properties.find(qn("w:keepNext")) is None:
        properties.insert(AFTER_PROPERTIES, make("w:keepNext"))


def bookmark(paragraph: BaseOxmlElement, number: int, name: str) -> None:
    """Let links and the contents lead to the beginning of `paragraph`."""
    end_bookmark(paragraph, number, AFTER_PROPERTIES)
    start_bookmark(paragraph, number, name)


def start_bookmark(paragraph: BaseOxmlElement, number: int, name: str) -> None:
    """Begin, in front of the text of `paragraph`, what the bookmark `name` encloses."""
    paragraph.insert(AFTER_PROPERTIES, make("w:bookmarkStart", id=number, name=name))


def end_bookmark(paragraph: BaseOxmlElement, number: int, place: int = -1) -> None:
    """End the bookmark `number`: at the end of `paragraph`, or at the `place` given."""
    end = make("w:bookmarkEnd", id=number)
    paragraph.insert(len(paragraph) if place < 0 else place, end)

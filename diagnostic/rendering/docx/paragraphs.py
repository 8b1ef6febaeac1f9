"""One paragraph: its style, what differs from it, and its runs."""

from __future__ import annotations

from docx.oxml.xmlchemy import BaseOxmlElement

from .place import Place
from .styles import LOOKS, style_id, twips
from .xml import make

AFTER_PROPERTIES = 1
BY_NAME = {look.name: look for look in LOOKS}


def add_paragraph(place: Place, style: str, *, is_rtl: bool, breaks_page: bool = False) -> BaseOxmlElement:
    """A new paragraph at `place`; runs are added by the caller."""
    paragraph = make("w:p", place.holder)
    properties = make("w:pPr", paragraph)
    make("w:pStyle", properties, val=style_id(style))
    if breaks_page:
        make("w:pageBreakBefore", properties)
    look = BY_NAME[style]
    if is_rtl:
        make("w:bidi", properties)
    indent = place.indent + (2 if look.start else 0)
    if indent and not look.hanging:
        make("w:ind", properties, **{"left" if is_rtl == place.starts_right else "right": twips(indent)})
    if place.ends:
        make("w:jc", properties, val="right" if not is_rtl else "left")
    return paragraph


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

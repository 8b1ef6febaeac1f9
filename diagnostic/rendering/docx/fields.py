"""The fields of the document, all of them: page numbers and the contents. Nothing of a report's text gets in here."""

from __future__ import annotations

from collections.abc import Sequence

from docx.oxml.xmlchemy import BaseOxmlElement

from .runs import text_run
from .xml import make

PAGE, PAGES = "PAGE", "NUMPAGES"
LISTED = "Listed"
"""The bookmark around all that the contents list."""
CONTENTS = rf'TOC \o "1-1" \u \h \z \b {LISTED}'


def field_runs(code: str, shown: str = "1", style: str = "") -> list[BaseOxmlElement]:
    """The runs of the field `code`, showing `shown` until it is worked out."""
    return [_mark("begin"), _code(code), _mark("separate"), text_run(shown, style), _mark("end")]


def write_contents(body: BaseOxmlElement, entries: Sequence[tuple[str, str]], width: int) -> None:
    """The contents: one line for each of `entries` (heading, bookmark), right tab at `width` twips.

    Only a word processor knows on which page a heading stands. Until it is asked to work that out, by the command above
    them, the lines lead to the headings and name no page.
    """
    block = make("w:sdt", body)
    gallery = make("w:docPartObj", make("w:sdtPr", block))
    make("w:docPartGallery", gallery, val="Table of Contents")
    make("w:docPartUnique", gallery)
    holder = make("w:sdtContent", block)
    for number, (words, name) in enumerate(entries):
        paragraph = make("w:p", holder)
        properties = make("w:pPr", paragraph)
        make("w:pStyle", properties, val="toc1")
        make("w:tab", make("w:tabs", properties), val="right", leader="dot", pos=width)
        if number == 0:
            paragraph.append(_mark("begin"))
            paragraph.append(_code(CONTENTS))
            paragraph.append(_mark("separate"))
        make("w:hyperlink", paragraph, anchor=name, history=1).append(text_run(words))
        if number == len(entries) - 1:
            paragraph.append(_mark("end"))


def _mark(kind: str) -> BaseOxmlElement:
    run = make("w:r")
    make("w:fldChar", run, fldCharType=kind)
    return run


def _code(words: str) -> BaseOxmlElement:
    run = make("w:r")
    code = make("w:instrText", run)
    code.text = f" {words} "
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run

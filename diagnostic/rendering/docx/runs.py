"""Words inside a paragraph, as Word's runs: how they look, which way they run, which breaks and pictures they hold.

Text goes into text elements and nowhere else, so that nothing a person wrote can become a field or markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from xml.etree.ElementTree import Element

from docx.oxml.xmlchemy import BaseOxmlElement

from .pictures import SVG, Picture
from .styles import style_id
from .xml import make

Break = Literal["line", "tab", "column"]
ISOLATES = re.compile("[\u2066-\u2069]")
BLANKS = re.compile("[ \t\n\r\f]+")
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
RIGHT_TO_LEFT_RUN = re.compile(
    f"([{RIGHT_TO_LEFT}](?:[^A-Za-z\u00c0-\u024f\u0370-\u052f\u3000-\u9fff]*[{RIGHT_TO_LEFT}])?)"
)
DOTS = {"present": "\u25cf", "partial": "\u25d0"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text in one look, or what stands in its place; `style` is a character style."""

    text: str = ""
    style: str = ""
    is_bold: bool = False
    breaks: Break | None = None
    picture: Picture | None = None
    goes_to: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    style: str = ""
    is_bold: bool = False
    keeps_blanks: bool = False


STYLES = {"words": "Handbook Words", "source": "Aside", "code": "Code"}


def pieces_of(
    nodes: Iterable[str | Element], pictures: dict[int, Picture], *, keeps_blanks: bool = False
) -> list[Piece]:
    """What `nodes`, text and inline elements, say, with blanks collapsed as a browser does unless they are kept."""
    found = [piece for node in nodes for piece in _pieces(node, Look(keeps_blanks=keeps_blanks), pictures)]
    return found if keeps_blanks else _collapsed(found)


def _pieces(node: str | Element, look: Look, pictures: dict[int, Picture]) -> Iterable[Piece]:
    if isinstance(node, str):
        yield Piece(_clean(node), look.style, look.is_bold)
        return
    if node.tag == "br":
        yield Piece(breaks="line")
        return
    if node.tag == f"{SVG}svg":
        yield Piece(picture=pictures[id(node)])
        if "authority-sign" in node.get("class", "").split():
            yield Piece("\u00a0")
        return
    classes = node.get("class", "").split()
    if "caption" in classes:
        return
    if "level-no" in classes:
        yield Piece(f"\u00a0{''.join(node.itertext()).strip()}\u00a0", f"Level {classes[-1].removeprefix('l')}")
        return
    if "dot" in classes:
        yield Piece(f"{DOTS.get(classes[-1], '')} ", look.style, look.is_bold)
        return
    for name in classes:
        if name in STYLES:
            look = replace(look, style=STYLES[name])
    if node.tag in ("b", "strong"):
        look = replace(look, is_bold=True)
    for part in content(node):
        yield from _pieces(part, look, pictures)
    if "code" in classes:
        yield Piece(breaks="tab")


def content(element: Element) -> Iterable[str | Element]:
    """The text and the elements that `element` holds, in order."""
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            yield child
        if child.tail:
            yield child.tail


def _clean(text: str) -> str:
    return ISOLATES.sub("", text)


def _collapsed(pieces: Iterable[Piece]) -> list[Piece]:
    kept: list[Piece] = []
    ends_blank = True
    for piece in pieces:
        if piece.breaks or piece.picture:
            if piece.breaks and kept and kept[-1].text.endswith(" "):
                kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(" "))
            kept.append(piece)
            ends_blank = piece.breaks is not None
            continue
        text = BLANKS.sub(" ", piece.text)
        text = text.removeprefix(" ") if ends_blank else text
        if text:
            kept.append(replace(piece, text=text))
            ends_blank = text.endswith(" ")
    if kept and kept[-1].text.endswith(" "):
        kept[-1] = replace(kept[-1], text=kept[-1].text.rstrip(" "))
    return [piece for piece in kept if piece.text or piece.breaks or piece.picture]


def write_runs(paragraph: BaseOxmlElement, pieces: Sequence[Piece], draw: object) -> None:
    """Add `pieces` to `paragraph`; `draw` makes the run of a picture."""
    for piece in pieces:
        if piece.picture is not None:
            paragraph.append(draw(piece.picture))  # type: ignore[operator]
        elif piece.breaks is not None:
            paragraph.append(_break(piece.breaks))
        else:
            for number, text in enumerate(RIGHT_TO_LEFT_RUN.split(piece.text)):
                if text:
                    paragraph.append(text_run(text, piece.style, is_bold=piece.is_bold, is_rtl=number % 2 == 1))


def text_run(text: str, style: str = "", *, is_bold: bool = False, is_rtl: bool = False) -> BaseOxmlElement:
    """One run of `text` that runs one way."""
    run = make("w:r")
    if style or is_bold or is_rtl:
        properties = make("w:rPr", run)
        if style:
            make("w:rStyle", properties, val=style_id(style))
        if is_bold:
            make("w:b", properties)
            make("w:bCs", properties)
        if is_rtl:
            make("w:rtl", properties)
    words = make("w:t", run)
    words.text = text
    words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _break(kind: Break) -> BaseOxmlElement:
    run = make("w:r")
    if kind == "tab":
        make("w:tab", run)
    elif kind == "column":
        make("w:br", run, type="column")
    else:
        make("w:br", run)
    return run


def is_blank(pieces: Sequence[Piece]) -> bool:
    """Whether nothing of `pieces` can be seen."""
    return not any(piece.picture or piece.text.strip() for piece in pieces)

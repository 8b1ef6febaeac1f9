"""The report's drawings as pictures that every word processor shows: drawn as in the PDF, with its fonts, then dotted.

Every drawing becomes one page of one PDF, and every page one PNG.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from xml.etree.ElementTree import Element, tostring

import pypdfium2
from weasyprint import CSS, HTML

from .sheet import Sheet, span_of

SVG = "{http://www.w3.org/2000/svg}"
DOTS_PER_INCH = 220
POINTS_PER_INCH = 72
PAGE_WIDTH, TEXT_WIDTH = 210.0, 170.0
GAP = 2.0
"""What a picture leaves free behind it in a cell, in millimetres."""
ALONE = """
@page {
  margin: 0;
  @top-left { content: none } @top-right { content: none }
  @bottom-left { content: none } @bottom-right { content: none }
}
body > div { break-before: page; position: relative; line-height: 1; overflow: hidden }
body > div > svg { display: block !important; margin: 0 !important }
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing as a PNG, its size in millimetres, and what it says to who cannot see it; "" where it only adorns."""

    png: bytes
    width: float
    height: float
    title: str
    description: str


@dataclass(frozen=True, slots=True)
class _Drawing:
    svg: Element
    captions: tuple[Element, ...]
    width: float
    height: float


def draw_pictures(root: Element, sheet: Sheet, css: str) -> Mapping[int, Picture]:
    """Every `<svg>` below `root` as a picture, by the identity of its element."""
    drawings = list(_drawings(root, sheet))
    if not drawings:
        return {}
    pages = pypdfium2.PdfDocument(_print(drawings, css))
    return {
        id(item.svg): Picture(
            _png(pages[number]), item.width, item.height, _words(item.svg, "title"), _words(item.svg, "desc")
        )
        for number, item in enumerate(drawings)
    }


def _drawings(root: Element, sheet: Sheet) -> Iterable[_Drawing]:
    rooms = dict(_rooms(root, sheet))
    for parent in root.iter():
        if not isinstance(parent.tag, str) or parent.tag.startswith(SVG):
            continue
        for svg in parent.findall(f"{SVG}svg"):
            room = rooms.get(id(parent), PAGE_WIDTH)
            width = min(sheet.width(svg, room) or room, room)
            _left, _top, wide, high = (float(value) for value in svg.get("viewBox", "0 0 1 1").split())
            captions = tuple(item for item in parent if "caption" in item.get("class", "").split())
            yield _Drawing(svg, captions, width, width * high / wide)


def _rooms(root: Element, sheet: Sheet) -> Iterable[tuple[int, float]]:
    """How wide the cell of a table is, for every cell."""
    for table in root.iter("table"):
        widths = sheet.columns(table, TEXT_WIDTH)
        for row in table.iter("tr"):
            column = 0
            for cell in row:
                after = column + span_of(cell)
                yield id(cell), sum(widths[column:after]) - GAP
                column = after


def _print(drawings: Iterable[_Drawing], css: str) -> bytes:
    pages, rules = [], [ALONE]
    for number, item in enumerate(drawings):
        width, height = f"{item.width:.3f}mm", f"{item.height:.3f}mm"
        rules.append(
            f"@page p{number} {{ size: {width} {height} }} .p{number} {{ page: p{number}; width: {width}; "
            f"height: {height} }} .p{number} > svg {{ width: {width} !important; height: {height} !important }}"
        )
        parts = "".join(_markup(part) for part in (item.svg, *item.captions))
        pages.append(f'<div class="p{number}">{parts}</div>')
    document = HTML(string=f"<!doctype html><title>.</title><body>{''.join(pages)}")
    pdf: bytes = document.write_pdf(stylesheets=[CSS(string=css), CSS(string="\n".join(rules))])
    return pdf


def _markup(element: Element) -> str:
    """`element` as HTML, whose parser knows by itself what belongs to SVG."""
    bare = deepcopy(element)
    bare.tail = None
    for part in bare.iter():
        part.tag = str(part.tag).removeprefix(SVG)
    return tostring(bare, encoding="unicode")


def _png(page: pypdfium2.PdfPage) -> bytes:
    out = io.BytesIO()
    image = page.render(scale=DOTS_PER_INCH / POINTS_PER_INCH).to_pil().convert("RGB")
    image.save(out, "PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return out.getvalue()


def _words(svg: Element, name: str) -> str:
    return " ".join("".join(svg.findtext(f"{SVG}{name}", "")).split())

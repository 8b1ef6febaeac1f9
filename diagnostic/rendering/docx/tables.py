"""Tables: columns as wide as in print, header rows that repeat, rows that stay whole where they can."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from ..shapes import INK, LINE
from .paragraphs import keep_with_next
from .place import Place, classes_of
from .sheet import Sheet, span_of
from .styles import NAMESPACE, border, twips
from .xml import make

WHOLE_ROW = 1500
"""A row with more letters than this may break across pages."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How the tables of one class look; `padding` above and below a cell, `gap` behind it, in millimetres."""

    style: str = "Table Text"
    padding: float = 1.2
    gap: float = 3
    has_lines: bool = True
    is_centred: bool = False


MANNERS = {
    "cover-facts": Manner("Facts", 0.6, 3, has_lines=False),
    "facts": Manner("Small Facts", 0.6, 3, has_lines=False),
    "tally": Manner("Table Figure", 1, 4, has_lines=False),
    "priorities": Manner("Priority", 2, 3),
    "profile": Manner("Table Text", 0.8, 2, is_centred=True),
    "roadmap": Manner("Table Text", 1.6, 3.5),
    "findings": Manner("Table Text", 1.6, 3.5),
}
CELLS = {"meta": "Priority Aside", "rank": "Rank"}
BOLD = frozenset({"code", "no"})

Fill = Callable[[Element, Place], None]


def write_table(table: Element, place: Place, sheet: Sheet, fill: Fill) -> None:
    """`table` at `place`; `fill` writes what a cell holds into the cell."""
    classes = classes_of(table)
    manner = next((found for name, found in MANNERS.items() if name in classes), Manner())
    rows = list(table.iter("tr"))
    heads = {id(row) for part in table.findall("thead") for row in part.iter("tr")}
    widths = sheet.columns(table, place.width - place.indent)
    written = make("w:tbl", place.holder)
    _describe(written, manner, widths, place, has_head=bool(heads))
    weaver = _Weaver(manner, widths, place, sheet, fill)
    for above, row in zip((None, *rows), rows, strict=False):
        weaver.add_row(written, row, above, is_head=id(row) in heads)
    _hold_together(written, table, rows, sheet)
    make_gap(place)


def _hold_together(written: BaseOxmlElement, table: Element, rows: Sequence[Element], sheet: Sheet) -> None:
    """Let no page break come between rows that the style sheet holds together."""
    is_whole = sheet.keeps(table, "inside")
    for line, row, below in zip(written.iter(qn("w:tr")), rows, rows[1:], strict=False):
        if is_whole or sheet.keeps(row, "after") or sheet.keeps(below, "before"):
            for paragraph in line.iter(qn("w:p")):
                keep_with_next(paragraph)


def make_gap(place: Place) -> None:
    """A paragraph of no height, which Word needs between tables."""
    paragraph = make("w:p", place.holder)
    make("w:pStyle", make("w:pPr", paragraph), val="TableEnd")


def _describe(table: BaseOxmlElement, manner: Manner, widths: Iterable[float], place: Place, *, has_head: bool) -> None:
    lines = border("bottom", 0.5, LINE, 0) + border("insideH", 0.5, LINE, 0) if manner.has_lines else ""
    bidi = "<w:bidiVisual/>" if place.is_rtl else ""
    pad = twips(manner.padding)
    inner = (
        f'<w:top w:w="{pad}" w:type="dxa"/><w:left w:w="0" w:type="dxa"/>'
        f'<w:bottom w:w="{pad}" w:type="dxa"/><w:right w:w="{twips(manner.gap)}" w:type="dxa"/>'
    )
    widths = list(widths)
    properties = (
        f'<w:tblPr {NAMESPACE}>{bidi}<w:tblW w:w="{sum(map(twips, widths))}" w:type="dxa"/>'
        f'<w:tblInd w:w="{twips(place.indent)}" w:type="dxa"/>'
        f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{inner}</w:tblCellMar>'
        f'<w:tblLook w:val="0000" w:firstRow="{int(has_head)}" w:lastRow="0" w:firstColumn="1" w:lastColumn="0" '
        'w:noHBand="1" w:noVBand="1"/></w:tblPr>'
    )
    table.append(parse_xml(properties))
    grid = make("w:tblGrid", table)
    for width in widths:
        make("w:gridCol", grid, w=twips(width))


@dataclass(frozen=True, slots=True)
class _Weaver:
    manner: Manner
    widths: Sequence[float]
    place: Place
    sheet: Sheet
    fill: Fill

    def add_row(self, table: BaseOxmlElement, row: Element, above: Element | None, *, is_head: bool) -> None:
        line = make("w:tr", table)
        properties = make("w:trPr", line)
        if sum(len(text) for text in row.itertext()) < WHOLE_ROW:
            make("w:cantSplit", properties)
        if is_head:
            make("w:tblHeader", properties)
        edges = self._edges(row, above, is_head=is_head)
        column = 0
        for cell in row:
            after = column + span_of(cell)
            box = make("w:tc", line)
            self._describe_cell(box, cell, sum(self.widths[column:after]), edges, is_head=is_head)
            self._fill_cell(box, cell, sum(self.widths[column:after]), is_head=is_head)
            column = after

    def _edges(self, row: Element, above: Element | None, *, is_head: bool) -> str:
        """What differs from the table's lines: a stronger one below its head, none within what belongs together."""
        if is_head:
            return border("bottom", 0.75, INK, 0)
        top = '<w:top w:val="nil"/>' if above is not None and self._is_open(above) else ""
        return top + ('<w:bottom w:val="nil"/>' if self._is_open(row) else "")

    def _is_open(self, row: Element) -> bool:
        return any(self.sheet.says(cell, "border-block-end") == "none" for cell in row)

    def _ends(self, cell: Element) -> bool:
        return self.sheet.says(cell, "text-align") == "end"

    def _describe_cell(self, box: BaseOxmlElement, cell: Element, width: float, edges: str, *, is_head: bool) -> None:
        properties = make("w:tcPr", box)
        make("w:tcW", properties, w=twips(width), type="dxa")
        if span_of(cell) > 1:
            make("w:gridSpan", properties, val=span_of(cell))
        if edges:
            properties.append(parse_xml(f"<w:tcBorders {NAMESPACE}>{edges}</w:tcBorders>"))
        if is_head and not self._ends(cell):
            properties.append(parse_xml(f'<w:tcMar {NAMESPACE}><w:right w:w="0" w:type="dxa"/></w:tcMar>'))
        if is_head or self.manner.is_centred:
            make("w:vAlign", properties, val="bottom" if is_head else "center")

    def _fill_cell(self, box: BaseOxmlElement, cell: Element, width: float, *, is_head: bool) -> None:
        classes = classes_of(cell)
        style = next((CELLS[name] for name in CELLS if name in classes), self.manner.style)
        inner = replace(
            self.place,
            holder=box,
            width=width - self.manner.gap,
            indent=0,
            style="Table Head" if is_head else style,
            is_bold=cell.tag == "th" and not is_head and bool(classes & BOLD),
            ends=self._ends(cell),
        )
        self.fill(cell, inner)

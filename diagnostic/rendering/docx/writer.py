"""Walks the report's HTML and writes it as Word's headings, paragraphs, tables and pictures, in the same order.

The words are those of the printed report: nothing is worded here, so that the two cannot come apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from docx.oxml.xmlchemy import BaseOxmlElement

from .drawings import Gallery
from .fields import LISTED, write_contents
from .paragraphs import add_paragraph, bookmark, keep_with_next, set_size, start_bookmark
from .pictures import SVG, Picture
from .place import Place, classes_of, runs_right_to_left
from .runs import Piece, content, is_blank, pieces_of, write_runs
from .sections import PAGE_HEIGHT, end_columns, start_columns
from .sheet import Sheet
from .styles import TIGHT, twips
from .tables import write_table

BLOCKS = frozenset(
    {"p", "div", "section", "main", "figure", "figcaption", "table", "h1", "h2", "h3", "h4", "ul", "ol", "li", "body"}
)
PARAGRAPHS = {
    "mark": "Mark",
    "subtitle": "Subtitle",
    "kicker": "Kicker",
    "standing": "Standing",
    "lead": "Lead",
    "intro": "Intro",
    "note": "Note",
    "source": "Source",
    "term": "Term",
    "terms": "Small Print",
    "state": "Answer",
    "chosen": "Answer",
    "fact": "Fact",
    "evidence": "Fact",
    "levels": "Answer",
    "remark-head": "Remark",
}
RUNNING = "running-"
LISTED_ID = 1
FIRST = frozenset({"Heading 1", "Part Heading", "Headline"})
COVER_FOOT = 24
"""How far the picture of the cover ends above the lower edge of the page, in millimetres."""


@dataclass
class Writer:
    """Writes one document; a heading of the first level becomes a line of the contents."""

    pictures: Mapping[int, Picture]
    sheet: Sheet
    gallery: Gallery
    contents: list[tuple[str, str]]
    breaks_page: bool = False
    count: int = field(default=0)

    def write(self, element: Element, place: Place) -> None:
        """All that `element` holds, at `place`."""
        place = place.inside(element)
        inline: list[str | Element] = []
        for node in content(element):
            if isinstance(node, str) or node.tag not in BLOCKS:
                inline.append(node)
                continue
            self._loose(inline, place)
            inline = []
            self._kept(node, place)
        self._loose(inline, place)

    def write_cell(self, cell: Element, place: Place) -> None:
        """What `cell` holds; an empty cell gets its empty paragraph."""
        self.write(cell, place)
        if len(place.holder) < 2:
            add_paragraph(place, place.style, is_rtl=place.is_rtl)

    def _kept(self, element: Element, place: Place) -> None:
        """One block, held together with what is before, inside and behind it as the style sheet asks."""
        mark = len(place.holder)
        if mark and self.sheet.keeps(element, "before"):
            keep_with_next(place.holder[-1])
        self._block(element, place)
        written = list(place.holder)[mark:]
        for paragraph in written if self.sheet.keeps(element, "after") else ():
            keep_with_next(paragraph)
        for paragraph in written[:-1] if self.sheet.keeps(element, "inside") else ():
            keep_with_next(paragraph)

    def _block(self, element: Element, place: Place) -> None:
        classes = classes_of(element)
        if any(name.startswith(RUNNING) for name in classes):
            return
        if self.sheet.says(element, "break-before") == "page":
            self.breaks_page = True
        if element.tag in ("h1", "h2", "h3", "h4"):
            self._heading(element, place)
        elif element.tag == "table":
            self._table(element, place, classes)
        elif "split" in classes:
            self._columns(element, place)
        elif "cover-picture" in classes:
            self._cover(element, place)
        elif element.tag == "p":
            self._paragraph(element, place, classes)
        elif element.tag == "figcaption":
            self._text(content(element), replace(place, style="Caption"))
        elif element.tag == "figure":
            self.write(element, replace(place, style="Figure"))
        elif "said" in classes:
            self.write(element, replace(place, style="Said"))
        else:
            self.write(element, place)

    def _heading(self, element: Element, place: Place) -> None:
        style = _heading_style(element, place)
        if style == "Heading 1" and not self.breaks_page:
            style = "Part Heading"
        paragraph = self._text(content(element), replace(place, style=style))
        if paragraph is not None and style in FIRST:
            words = " ".join("".join(element.itertext()).split())
            name = next((name for heading, name in self.contents if heading == words), "")
            if not name:
                return
            self.count += 1
            bookmark(paragraph, LISTED_ID + self.count, name)
            if self.count == 1:
                start_bookmark(paragraph, LISTED_ID, LISTED)

    def _table(self, table: Element, place: Place, classes: frozenset[str]) -> None:
        if "contents" in classes:
            write_contents(place.holder, self.contents, twips(place.width))
        elif "rows" in classes:
            self._lines(table, replace(place, style="Criterion"))
        elif "split" in place.within:
            self._lines(table, replace(place, style="Figure Line"))
        else:
            write_table(table, place.inside(table), self.sheet, self.write_cell)

    def _lines(self, table: Element, place: Place) -> None:
        """A table of two columns as lines with a tab: what stands beside it is no table's business."""
        for row in table.iter("tr"):
            first, second = row
            self._put([*self._pieces(content(first)), Piece(breaks="tab"), *self._pieces(content(second))], place)

    def _columns(self, element: Element, place: Place) -> None:
        start_columns(place.holder)
        for number, column in enumerate(element):
            width = self.sheet.width(column, place.width) or place.width - 92
            mark = len(place.holder)
            self.write(column, replace(place, width=width, within=place.within | {"split"}))
            if number:
                first = place.holder[mark]
                write_runs(first, [Piece(breaks="column")], self.gallery.inline)
                run = first[-1]
                first.remove(run)
                first.insert(1, run)
        end_columns(place.holder)

    def _cover(self, element: Element, place: Place) -> None:
        svg = element.find(f"{SVG}svg")
        if svg is None:
            return
        picture = self.pictures[id(svg)]
        paragraph = add_paragraph(place, "Figure", is_rtl=place.is_rtl)
        paragraph.append(self.gallery.behind(picture, PAGE_HEIGHT - COVER_FOOT - picture.height))

    def _paragraph(self, element: Element, place: Place, classes: frozenset[str]) -> None:
        style = next((style for name, style in PARAGRAPHS.items() if name in classes), place.style)
        inner = replace(
            place,
            style=style,
            is_rtl=runs_right_to_left(element, place.is_rtl),
            is_bold=place.is_bold or "blocks" in classes,
        )
        if any(child.tag not in BLOCKS for child in element) or not len(element):
            nodes = [element] if "words" in classes else content(element)
            self._text(_spaced(nodes) if "standing" in classes else nodes, inner)

    def _loose(self, nodes: list[str | Element], place: Place) -> None:
        if nodes and not is_blank(self._pieces(nodes)):
            self._text(nodes, place)

    def _text(self, nodes: Iterable[str | Element], place: Place) -> BaseOxmlElement | None:
        keeps = "said" in place.within
        pieces = self._pieces(nodes, keeps_blanks=keeps)
        if is_blank(pieces) and not keeps:
            return None
        return self._put(pieces, place)

    def _put(self, pieces: list[Piece], place: Place) -> BaseOxmlElement:
        style = "Brief Intro" if place.style == "Intro" and "brief" in place.within else place.style
        if "tight" in place.within:
            style = TIGHT.get(style, style)
        paragraph = add_paragraph(place, style, is_rtl=place.is_rtl, breaks_page=self.breaks_page)
        self.breaks_page = False
        if place.is_bold:
            pieces = [replace(piece, is_bold=True) for piece in pieces]
        write_runs(paragraph, pieces, self.gallery.inline)
        set_size(paragraph, style)
        return paragraph

    def _pieces(self, nodes: Iterable[str | Element], *, keeps_blanks: bool = False) -> list[Piece]:
        return pieces_of(nodes, self.pictures, keeps_blanks=keeps_blanks)


def _heading_style(element: Element, place: Place) -> str:
    classes = classes_of(element)
    if element.tag == "h1":
        if "cover" in place.within:
            return "Long Title" if "long" in classes else "Title"
        return "Heading 1" if "section-title" in classes else "Headline"
    if element.tag == "h2":
        if "answer" in place.within:
            return "Question"
        if "thread" in place.within:
            return "Thread"
        if "split" in place.within:
            return "Column Heading"
        return "Ruled Heading" if "about-title" in classes else "Heading 2"
    return "Heading 3"


def _spaced(nodes: Iterable[str | Element]) -> Iterable[str | Element]:
    """Elements that print apart from each other, with a wide blank behind each."""
    for node in nodes:
        yield node
        if not isinstance(node, str):
            yield "\u2003"

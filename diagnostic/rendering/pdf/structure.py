"""Puts the structure tree of a PDF right after WeasyPrint has built it page by page.

A section, table or paragraph that goes over a page break becomes one element again. A table's head that is repeated on
the next page and what stands in the margins become artifacts. Heads of rows and columns say which they are, and
pictures say where they lie. The rules are those of ISO 14289-1 (PDF/UA-1, 7.1, 7.5, 7.8) and ISO 32000-1 (14.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pydyf
from weasyprint.formatting_structure.boxes import MarginBox
from weasyprint.pdf import tags

POINTS = 0.75
"""The points of one CSS pixel."""
SCOPES = {"row": "/Row", "rowgroup": "/Row", "col": "/Column", "colgroup": "/Column"}
REPEATED = ("/THead", "/TFoot")
PIECEMEAL = ("/Table", "/TR")
"""Elements of which every part may go on after a page break, and not only the last."""
BARE = {"Type", "S", "K", "Pg", "P"}
WHOLE = ("/Link", "/Figure")


class Structure:
    """The structure elements of one document, each with the box that it was made for."""

    def __init__(self) -> None:
        self.boxes: dict[int, Any] = {}
        self.margins: list[range] = []

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Keep, while WeasyPrint builds the tree, what it knows of each element and does not write."""
        build = tags._build_box_tree

        def note(box: Any, parent: Any, pdf: pydyf.PDF, *given: Any) -> Iterator[Any]:
            first = len(pdf.objects)
            for element in build(box, parent, pdf, *given):
                self.boxes.setdefault(element.number, box)
                yield element
            if isinstance(box, MarginBox):
                self.margins.append(range(first, len(pdf.objects)))

        tags._build_box_tree = note
        try:
            yield
        finally:
            tags._build_box_tree = build

    def put_right(self, pdf: pydyf.PDF) -> set[int]:
        """Correct the tree of `pdf`, which was built while this watched; the numbers of the elements left empty."""
        tree = _Tree(pdf, self.boxes)
        tree.put_right(self.margins)
        return tree.emptied


class _Tree:
    """The tree while it is put right: elements by their reference, and what each page marks."""

    def __init__(self, pdf: pydyf.PDF, boxes: dict[int, Any]) -> None:
        self.pdf = pdf
        self.boxes = boxes
        self.pages = {reference: self.of(reference) for reference in pdf.page_references}
        self.marks: dict[bytes, dict[int, int]] = {}
        self.emptied: set[int] = set()
        root = self.of(pdf.catalog["StructTreeRoot"])
        self.document = self.of(root["K"][0])
        self.numbers = self.of(root["ParentTree"])["Nums"]

    def of(self, reference: bytes) -> Any:
        return self.pdf.objects[int(reference.split()[0])]

    def kids(self, element: pydyf.Dictionary) -> list[Any]:
        """The elements right below; what is marked on the page itself is none."""
        return [self.of(kid) for kid in element.get("K", ()) if isinstance(kid, bytes)]

    def put_right(self, margins: list[range]) -> None:
        for margin in margins:
            for number in margin:
                self.make_artifact(self.pdf.objects[number])
        self.join_pages()
        self.fold(self.document)
        for number, box in self.boxes.items():
            element = self.pdf.objects[number]
            self.say_language(element, box)
            if element.get("S") in ("/TH", "/TD"):
                self.say_scope(element, box)
            elif element.get("S") == "/Figure":
                self.say_place(element, box)

    def join_pages(self) -> None:
        """What stands at the end of a page and at the beginning of the next becomes one, down to the cut."""
        kept: list[bytes] = []
        for reference in self.document["K"]:
            if kept and self.goes_on(self.of(kept[-1]), self.of(reference)):
                self.join(self.of(kept[-1]), self.of(reference))
            else:
                kept.append(reference)
        self.document["K"][:] = kept

    def goes_on(self, first: pydyf.Dictionary, second: pydyf.Dictionary) -> bool:
        """Whether `second` is the same element of the HTML as `first`, on a later page."""
        one, other = self.boxes.get(first.number), self.boxes.get(second.number)
        if one is None or other is None or one.element is None:
            return False
        is_same = one.element is other.element and one.element_tag == other.element_tag
        return is_same and first["S"] == second["S"] not in WHOLE and first["Pg"] != second["Pg"]

    def join(self, first: pydyf.Dictionary, second: pydyf.Dictionary) -> None:
        """Move what `second` holds into `first`, which it continues."""
        before = self.kids(first)
        candidates = before if first["S"] in PIECEMEAL else before[-1:]
        for kid in self.kids(second):
            known = next((item for item in candidates if self.goes_on(item, kid)), None)
            if known is None:
                kid["P"] = first.reference
                first["K"].append(kid.reference)
            elif kid["S"] in REPEATED:
                self.make_artifact(kid)
            else:
                self.join(known, kid)
        self.empty(second)

    def fold(self, element: pydyf.Dictionary) -> None:
        """Have every element hold its own text, where WeasyPrint puts each line into an element that says nothing.

        They were half of the tree. One that says something, as its language, or stands on another page stays.
        """
        held: list[Any] = []
        for kid in element["K"]:
            below = self.of(kid) if isinstance(kid, bytes) else None
            if below is None or below["Type"] != "/StructElem":
                held.append(kid)
                continue
            self.fold(below)
            if self.says_nothing(below) and below["Pg"] == element.get("Pg"):
                for mark in below["K"]:
                    self.numbers[2 * self.pages[below["Pg"]]["StructParents"] + 1][mark] = element.reference
                held += below["K"]
                self.empty(below)
            else:
                held.append(kid)
        element["K"][:] = held

    def says_nothing(self, element: pydyf.Dictionary) -> bool:
        """Whether `element` is a span with text alone, and nothing told of it."""
        is_bare = element["S"] == "/Span" and element.keys() == BARE
        return is_bare and all(isinstance(kid, int) for kid in element["K"])

    def empty(self, element: pydyf.Dictionary) -> None:
        element.clear()
        self.emptied.add(element.number)

    def make_artifact(self, element: Any) -> None:
        """Take `element` and all below it out of the structure; what they mark on the page is an artifact then."""
        if not isinstance(element, dict) or element.get("Type") != "/StructElem":
            return
        for mark in element.get("K", ()):
            if isinstance(mark, int):
                self.unmark(element["Pg"], mark)
        below = self.kids(element)
        self.empty(element)
        for kid in below:
            self.make_artifact(kid)

    def unmark(self, page: bytes, mark: int) -> None:
        """Turn `/P <</MCID 7>> BDC` of the page's content into an artifact's beginning."""
        content = self.of(self.pages[page]["Contents"]).stream
        if page not in self.marks:
            self.marks[page] = {
                part["MCID"]: place for place, part in enumerate(content) if isinstance(part, dict) and "MCID" in part
            }
        place = self.marks[page][mark]
        content[place - 1], content[place] = "/Artifact", pydyf.Dictionary({"Type": "/Pagination"})
        self.numbers[2 * self.pages[page]["StructParents"] + 1][mark] = b"null"

    def say_scope(self, cell: pydyf.Dictionary, box: Any) -> None:
        """A head's scope in place of identifiers, which two pages of one table would share."""
        cell.pop("ID", None)
        cell["A"].pop("Headers", None)
        if cell["S"] == "/TH":
            cell["A"]["Scope"] = SCOPES[box.element.get("scope", "col")]
        elif len(cell["A"]) == 1:
            del cell["A"]

    def say_language(self, element: pydyf.Dictionary, box: Any) -> None:
        """The language of what is in another than the document's."""
        is_own = element and box.element is not None and box.element_tag == box.element.tag
        if is_own and box.element.get("lang") and box.element.tag != "html":
            element["Lang"] = pydyf.String(box.element.get("lang"))

    def say_place(self, figure: pydyf.Dictionary, box: Any) -> None:
        """The picture's rectangle in points from the page's lower left corner."""
        _left, _bottom, _right, height = self.pages[figure["Pg"]]["MediaBox"]
        x, y = box.content_box_x(), box.content_box_y()
        left, right = x * POINTS, (x + box.width) * POINTS
        top, bottom = height - y * POINTS, height - (y + box.height) * POINTS
        figure["A"]["BBox"] = pydyf.Array([left, bottom, right, top])

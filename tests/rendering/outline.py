"""What a document is built of, read from its HTML and from the structure tree of its PDF, to be compared.

Both give the same parts in reading order: headings by level, tables by the kind of their cells row by row, pictures by
their alternative text.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from pypdf import PdfReader

Part = tuple[str, Any]
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
SCOPES = {"row": "R", "col": "C", "/Row": "R", "/Column": "C"}


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Part] = []
        self.titles: list[str] = []
        self.text: list[str] | None = None
        self.is_in_picture = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag in HEADINGS:
            self.parts.append((tag.upper(), None))
            self.text = []
        elif tag == "table":
            self.parts.append(("Table", []))
        elif tag == "tr":
            self.table().append("")
        elif tag in ("th", "td"):
            self.table()[-1] += SCOPES[given.get("scope") or "col"] if tag == "th" else "."
        elif tag == "svg":
            self.parts.append(("Figure", ""))
            self.is_in_picture = True
        elif tag == "title" and self.is_in_picture:
            self.text = []

    def table(self) -> list[str]:
        """The rows of the table that is open: none here stands in another."""
        return next(rows for kind, rows in reversed(self.parts) if kind == "Table")

    def handle_endtag(self, tag: str) -> None:
        if tag == "svg":
            self.is_in_picture = False
        if self.text is None:
            return
        text = " ".join("".join(self.text).split())
        if tag == "title":
            self.parts[-1] = ("Figure", text)
            self.text = None
        elif tag in HEADINGS:
            self.titles.append(text)
            self.text = None

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)


def outline_of_html(html: str) -> tuple[list[Part], list[str]]:
    """The parts of `html`, and the titles of its headings."""
    reader = _Outline()
    reader.feed(html)
    return reader.parts, reader.titles


def elements(pdf: PdfReader) -> Iterator[dict[str, Any]]:
    """Every element of the structure tree, in reading order."""

    def walk(node: Any) -> Iterator[dict[str, Any]]:
        if "/S" in node:
            yield node
        for kid in kids(node):
            yield from walk(kid)

    yield from walk(pdf.trailer["/Root"]["/StructTreeRoot"])


def kids(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The elements right below `node`."""
    for kid in node.get("/K", []):
        found = kid.get_object()
        if isinstance(found, dict) and found.get("/Type") == "/StructElem":
            yield found


def outline_of_pdf(pdf: PdfReader) -> tuple[list[Part], list[str]]:
    """The parts of the PDF as its structure tree has them, and the titles of its bookmarks."""
    parts: list[Part] = []
    for element in elements(pdf):
        kind = str(element["/S"]).removeprefix("/")
        if kind.lower() in HEADINGS:
            parts.append((kind, None))
        elif kind == "Table":
            parts.append((kind, ["".join(_cell(cell) for cell in kids(row)) for row in _rows(element)]))
        elif kind == "Figure":
            parts.append((kind, " ".join(element.get("/Alt", "").split())))
    return parts, list(_titles(pdf.outline))


def _rows(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for kid in kids(node):
        if kid["/S"] == "/TR":
            yield kid
        elif kid["/S"] in ("/THead", "/TBody", "/TFoot"):
            yield from _rows(kid)


def _cell(cell: dict[str, Any]) -> str:
    return SCOPES[cell["/A"]["/Scope"]] if cell["/S"] == "/TH" else "."


def _titles(outline: list[Any]) -> Iterator[str]:
    for item in outline:
        if isinstance(item, list):
            yield from _titles(item)
        else:
            yield " ".join(item.title.split())


def tell(parts: list[Part], titles: list[str]) -> str:
    """The parts one a line, headings with the titles of `titles` in order: what is kept as golden structure."""
    left = iter(titles)
    lines = []
    for kind, what in parts:
        if kind == "Table":
            widest = max(len(row) for row in what)
            heads = sum(cell != "." for row in what for cell in row)
            lines.append(f"  Table, {len(what)} rows, {widest} columns, {heads} heads")
        elif kind == "Figure":
            lines.append(f"  Figure: {what}")
        else:
            lines.append(f"{kind} {next(left)}")
    return "\n".join(lines) + "\n"

"""What the report's style sheet lays down for elements of its HTML, so that Word's columns are as wide as the PDF's.

Only what a page layout needs is read; how letters look in Word is said in styles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import cssselect2
import tinycss2

READ = frozenset({"width", "break-before", "break-inside", "break-after", "text-align", "border-block-end"})
LENGTH = re.compile(r"([\d.]+)(mm|%)$")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The declarations that hold for each element, by its identity; nothing is inherited."""

    declared: Mapping[int, Mapping[str, str]]

    def says(self, element: Element, name: str) -> str:
        """The value declared for `element`, "" where none is."""
        return self.declared.get(id(element), {}).get(name, "")

    def keeps(self, element: Element, side: str) -> bool:
        """Whether no page breaks `side` ("before", "inside" or "after") `element`."""
        return self.says(element, f"break-{side}") == "avoid"

    def width(self, element: Element, room: float) -> float | None:
        """The width of `element` in millimetres, of the `room` that it stands in; None where it takes what is left."""
        found = LENGTH.match(self.says(element, "width"))
        if found is None:
            return None
        value = float(found[1])
        return value if found[2] == "mm" else room * value / 100

    def columns(self, table: Element, room: float) -> list[float]:
        """The columns of `table` in millimetres: what is declared for its widest row, the rest shared by the others."""
        total = self.width(table, room) or room
        rows = list(table.iter("tr"))
        widest = max(rows, key=lambda row: (len(row), -rows.index(row)))
        given = [self.width(cell, total) for cell in widest for _column in range(span_of(cell))]
        taken = sum(width for width in given if width is not None)
        free = given.count(None)
        if not free:
            return [width * total / taken for width in given if width is not None]
        share = (total - taken) / free
        return [share if width is None else width for width in given]


def span_of(cell: Element) -> int:
    """How many columns `cell` takes."""
    return int(cell.get("colspan", "1"))


def read_sheet(css: str, root: Element) -> Sheet:
    """What `css` declares for the elements below `root`, as the cascade decides it."""
    matcher: Any = cssselect2.Matcher()
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        if rule.type != "qualified-rule":
            continue
        values = _values(rule.content)
        for selector in cssselect2.compile_selector_list(rule.prelude) if values else ():
            matcher.add_selector(selector, values)
    declared = {}
    for element in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
        values = {}
        for _specificity, _order, pseudo, found in sorted(matcher.match(element), key=lambda match: match[:2]):
            values.update({} if pseudo else found)
        if values:
            declared[id(element.etree_element)] = values
    return Sheet(declared)


def _values(content: Any) -> dict[str, str]:
    return {
        item.lower_name: tinycss2.serialize(item.value).strip()
        for item in tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
        if item.type == "declaration" and item.lower_name in READ
    }

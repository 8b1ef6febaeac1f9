"""Where in the document the next paragraph goes, and how it looks by default there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from docx.oxml.xmlchemy import BaseOxmlElement

INDENTS = {"answer": 14.0, "own": 4.0, "country": 12.0}
"""How far a part stands in, in millimetres, by its class."""


@dataclass(frozen=True, slots=True)
class Place:
    """`within` are the classes of the elements around; `width` and `indent` in millimetres.

    `is_rtl` is how text runs here, `starts_right` how the whole document does: what stands in or is marked with an edge
    is so on the document's side, whichever way its own text runs.
    """

    holder: BaseOxmlElement
    width: float
    indent: float = 0
    style: str = "Normal"
    is_rtl: bool = False
    starts_right: bool = False
    is_bold: bool = False
    ends: bool = False
    within: frozenset[str] = frozenset()

    def inside(self, element: Element) -> Place:
        """The same place, within `element`."""
        classes = classes_of(element)
        return replace(
            self,
            within=self.within | classes,
            indent=self.indent + sum(INDENTS.get(name, 0) for name in classes),
            is_rtl=runs_right_to_left(element, self.is_rtl),
        )


def classes_of(element: Element) -> frozenset[str]:
    """The classes of `element`."""
    return frozenset(element.get("class", "").split())


def runs_right_to_left(element: Element, inherited: bool) -> bool:
    """Whether the text of `element` starts on the right."""
    direction = element.get("dir")
    return inherited if direction is None else direction == "rtl"

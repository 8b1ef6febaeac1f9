"""Elements of WordprocessingML, made one by one."""

from __future__ import annotations

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement


def make(tag: str, parent: BaseOxmlElement | None = None, /, **attributes: str | int | float) -> BaseOxmlElement:
    """A new element, at the end of `parent` where one is given; attributes are in Word's namespace."""
    element: BaseOxmlElement = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), str(value))
    if parent is not None:
        parent.append(element)
    return element

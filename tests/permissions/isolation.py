"""Finds typed text that stands on a page or in an e-mail without being isolated, by its markers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

MARKER = re.compile(r"zq-([a-z_]+)-([a-z_]+)-qz")
ALONE = re.compile(rf"{MARKER.pattern}(@example\.org)?")
ISOLATED = re.compile("\u2068[^\u2068\u2069\n]*\u2069")
NOT_READ = {"script", "style", "svg"}
"""Where no text stands beside others; the drawings of a result are shared with the report, and are not isolated yet."""
SPOKEN = {"aria-label", "title", "alt", "placeholder"}


def find_unisolated(page: HtmlElement) -> Iterator[str]:
    """The markers of a page, with their place, that neither an element nor characters isolate.

    What scripts put on the page counts too: `<template>` elements, and `data-` attributes, of which one that holds
    nothing but a typed text is put there alone.
    """
    for text in page.xpath("//text()[contains(., 'zq-')]"):
        inside = text.getparent() if text.is_text else text.getparent().getparent()
        path = [inside, *inside.iterancestors()]
        if any(_isolates(element) or element.tag in NOT_READ for element in path):
            continue
        where = "/".join(str(element.tag) for element in reversed(path[:3]))
        yield from _markers(ISOLATED.sub("", text), where)
    for value in page.xpath("//@*[contains(., 'zq-')]"):
        element, name = value.getparent(), value.attrname
        is_data = name.startswith("data-")
        if name in SPOKEN or (is_data and not ALONE.fullmatch(value.strip())):
            yield from _markers(ISOLATED.sub("", value), f"{element.tag}[{name}]")
        is_typed = element.tag == "input" and element.get("type", "text") in ("text", "search")
        if name == "value" and is_typed and not _isolates(element):
            yield from _markers(str(value), "input")


def find_unisolated_in_text(text: str) -> list[str]:
    """The markers in plain text that are not isolated."""
    return list(_markers(ISOLATED.sub("", text), "text"))


def _isolates(element: Any) -> bool:
    return element.tag == "bdi" or element.get("dir") == "auto"


def _markers(text: str, where: str) -> Iterator[str]:
    for found in MARKER.finditer(text):
        yield f"{found[0]} in {where}"

"""The style sheets of the rooms: a page that shows a room's parts links its sheet, and every sheet is linked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import tinycss2

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = {
    path.relative_to(ROOT / "templates").as_posix(): path.read_text() for path in ROOT.glob("templates/**/*.*")
}
SHEETS = {path.stem: path.read_text() for path in ROOT.glob("static/css/*.css")}
EVERYWHERE = {"base", "forms", "app", "kept", "contrast"}
ROOMS = sorted(SHEETS.keys() - EVERYWHERE - {"report"})
PAGES = sorted(name for name, text in TEMPLATES.items() if "{% block main %}" in text and name != "base.html")
# What a view or a form draws, and the page gets as it is.
DRAWN = {
    "answers/theme.html": [name for name in TEMPLATES if name.startswith(("answers/_", "forms/"))],
    "results/result.html": ["results/_body.html"],
}
STATES = re.compile(r":(?:not|has|is)\((?:[^()]|\([^()]*\))*\)")


def parts_of(name: str) -> set[str]:
    """The template and all that it includes."""
    found: set[str] = set()
    waiting = [name, *DRAWN.get(name, [])]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r'{% include "([^"]+)"', TEMPLATES[name])
    return found


@cache
def classes_of(page: str) -> set[str]:
    """The classes that may stand on the page."""
    values = [value for part in parts_of(page) for value in re.findall(r'class="([^"]*)"', TEMPLATES[part])]
    return set(re.findall(r"[\w-]+", " ".join(values)))


def selectors_in(rules: list) -> Iterator[str]:
    for rule in rules:
        if rule.type == "qualified-rule":
            yield from STATES.sub("", tinycss2.serialize(rule.prelude)).split(",")
        elif rule.type == "at-rule" and rule.content and rule.at_keyword == "media":
            yield from selectors_in(tinycss2.parse_rule_list(rule.content))


@cache
def styled_in(room: str) -> frozenset[frozenset[str]]:
    """For each rule of the room's sheet the classes that it needs, whatever the state of what it styles."""
    sheet = tinycss2.parse_stylesheet(SHEETS[room])
    return frozenset(frozenset(re.findall(r"\.([a-zA-Z][\w-]*)", selector)) for selector in selectors_in(sheet))


@pytest.mark.parametrize("page", PAGES)
def test_a_page_links_the_sheet_of_every_room_whose_parts_it_shows(page: str) -> None:
    shown = {room for room in ROOMS if any(needed <= classes_of(page) for needed in styled_in(room))}
    assert shown <= set(re.findall(r"{% static 'css/(\w+)\.css' %}", TEMPLATES[page]))


@pytest.mark.parametrize("room", ROOMS)
def test_a_rooms_sheet_styles_by_class_and_some_page_links_it(room: str) -> None:
    assert frozenset() not in styled_in(room)
    assert any(f"css/{room}.css" in TEMPLATES[page] for page in PAGES)

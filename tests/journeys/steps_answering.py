"""How a person of a journey answers: whatever an interchange file holds, through the controls of the theme pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from playwright.sync_api import expect

from diagnostic.instruments import instrument_from_fixtures

SAVED = re.compile(r"^Saved \d")
ALL_SAVED = re.compile(r"All answers saved")


def fill_theme(page: Any, answers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Give those of `answers` that the open theme page shows, in the page's order; return their codes."""
    shown = page.locator("section.question").evaluate_all("all => all.map(one => one.dataset.question)")
    given = [code for code in shown if code in answers]
    for code in given:
        fill_answer(page, code, answers[code])
    page.get_by_role("heading", level=1).click()
    expect(page.locator("[data-bar-state]")).to_have_text(ALL_SAVED)
    for code in given:
        expect(question(page, code).locator("[data-save]")).to_have_text(SAVED)
    return given


def fill_answer(page: Any, code: str, answer: Mapping[str, Any]) -> None:
    """Give one answer, each of its members through its own control. Raises `KeyError` for a member without one."""
    for member, value in answer.items():
        CONTROLS[member](page, code, value)


def question(page: Any, code: str) -> Any:
    """The part of a theme page that holds one question."""
    return page.locator(f'section.question[data-question="{code}"]')


def continue_to_next(page: Any) -> None:
    """Press the button at the foot; the page leaves once everything is saved."""
    before = page.url
    page.locator("[data-continue]").click()
    page.wait_for_url(lambda url: url.split("#")[0] != before.split("#")[0])


def codes_asked(answers: Mapping[str, Any]) -> list[str]:
    """The codes of `answers` in the handbook's order."""
    return [item.code for item in instrument_from_fixtures().questions if item.code in answers]


def choose(page: Any, code: str, name: str, value: Any) -> None:
    """Choose one of a group of radio buttons or check boxes."""
    question(page, code).locator(f'input[name="{code}-{name}"][value="{value}"]').check()


def _status(page: Any, code: str, status: str) -> None:
    if status != "answered":
        choose(page, code, "answer", status)


def _each(name: str) -> Any:
    def give(page: Any, code: str, chosen: Mapping[str, str]) -> None:
        for key, value in chosen.items():
            choose(page, code, f"{name}_{key}", value)

    return give


def _all(name: str) -> Any:
    def give(page: Any, code: str, chosen: list[str]) -> None:
        for value in chosen:
            choose(page, code, name, value)

    return give


def _text(name: str) -> Any:
    def give(page: Any, code: str, text: str) -> None:
        question(page, code).locator(f'textarea[name="{code}-{name}"]').fill(text)

    return give


def _evidence(page: Any, code: str, documents: list[Mapping[str, str]]) -> None:
    adding = question(page, code).locator(".evidence-new")
    for document in documents:
        adding.locator("summary").click()
        adding.get_by_label("Title of the document").fill(document["title"])
        adding.get_by_label("Reference, if it has one").fill(document.get("reference", ""))
        adding.locator("summary").click()
        expect(adding.get_by_label("Title of the document")).to_have_value("")


CONTROLS = {
    "status": _status,
    "level": lambda page, code, level: choose(page, code, "answer", level),
    "basis": lambda page, code, basis: choose(page, code, "basis", basis),
    "authority": _each("authority"),
    "areas": _each("area"),
    "topics": _all("topics"),
    "challenges": _all("challenges"),
    "reason": _text("reason"),
    "narrative": _text("narrative"),
    "evidence": _evidence,
}

"""What people typed never widens a page: at 320 px, where WCAG 1.4.10 asks it, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.urls import reverse

from diagnostic.actions import reviews, submissions
from diagnostic.core.responses import Response as Answer
from tests.factories import (
    AGREED,
    empty_agency,
    example_answers,
    fill,
    make_people,
    save_answer,
    sign,
    start_assessment,
)

from .axe import is_too_wide
from .steps_browsing import visit

pytestmark = pytest.mark.django_db(transaction=True)

WORD = "W" * 900
PERIOD = "P" * 40
WIDTHS = (320, 390, 1280)
OF_THE_COUNTRY = (
    *("detail", "check", "settings", "missing", "report", "log", "withdraw"),
    *("result", "what-if", "theme"),
)


@pytest.mark.looks
def test_a_word_of_900_letters_breaks_wherever_it_is_read(new_page: Callable) -> None:
    people = make_people()
    empty_agency(people)
    answers = {**example_answers(), "A.10": Answer(status="unknown", reason=WORD)}
    blank = start_assessment(people.coordinator, period=PERIOD, title=WORD[:200])
    assessment = fill(blank, people.coordinator, answers)
    save_answer(assessment, people.coordinator, "A.1", level=3, basis="both", narrative=WORD)
    sign(assessment, people.coordinator)
    sign(assessment, people.coordinator, "police", replace(AGREED, name=WORD[:200], reference=WORD[:200]))
    coordinator = visit(new_page, people.coordinator)
    coordinator.sign_in()
    paths = [reverse("assessment-list"), *(path_of(name, assessment.pk) for name in OF_THE_COUNTRY)]
    assert too_wide(coordinator.page, paths) == []

    submission = submissions.submit(assessment=assessment, by=people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    reviews.ask(submission=submission, question="A.1", text=WORD, by=people.reviewer)
    reviewer = visit(new_page, people.reviewer)
    reviewer.sign_in()
    names = (("review-detail",), ("review-question", "A.1"), ("review-question", "A.10"), ("review-question", "A.5.2"))
    paths = [reverse("review-queue"), *(reverse(name, args=[submission.pk, *rest]) for name, *rest in names)]
    paths += [
        reverse(name, args=[submission.pk]) for name in ("review-return", "submission-detail", "submission-report")
    ]
    assert too_wide(reviewer.page, paths) == []

    reviews.return_for_clarification(submission=submission, remark=WORD, by=people.reviewer)
    paths = [path_of(name, assessment.pk) for name in ("detail", "theme")]
    assert too_wide(coordinator.page, paths) == []


def path_of(name: str, pk: object) -> str:
    if name == "theme":
        return reverse("theme", args=[pk, "national", "framework"])
    return reverse(name if name in ("result", "what-if") else f"assessment-{name}", args=[pk])


def too_wide(page: Any, paths: list[str]) -> list[tuple[str, int]]:
    """The pages that have to be scrolled sideways, and at which width."""
    found = []
    for path in paths:
        assert page.goto(path).status == 200
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if is_too_wide(page):
                found.append((path, width))
    return found

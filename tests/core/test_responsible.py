"""Names in the text on an action's responsible person: found ignoring case, never within another, replaced alone."""

from __future__ import annotations

import pytest

from diagnostic.core.action_plan import MAX_RESPONSIBLE
from diagnostic.core.responsible import hand_to, let_go, names_person


@pytest.mark.parametrize(
    ("text", "name", "is_named"),
    [
        ("Ada Example", "Ada Example", True),
        ("ada  EXAMPLE, head of risk", "Ada Example", True),
        ("Éva Kovács", "éva kovács", True),
        ("E\u0301va Kova\u0301cs", "Éva Kovács", True),
        ("Ada Examples", "Ada Example", False),
        ("Head of risk", "Ada Example", False),
        ("", "Ada Example", False),
        ("anyone", "", False),
        ("A. (B)", "A. (B)", True),
    ],
)
def test_a_person_is_found_by_their_whole_name(text: str, name: str, is_named: bool) -> None:
    assert names_person(text, name) is is_named


def test_the_rest_of_the_text_stays() -> None:
    assert hand_to("Ada Example, head of risk", "Ada Example", "Ben Other") == "Ben Other, head of risk"
    assert hand_to("Customs: ADA EXAMPLE", "Ada Example", r"Ben \1") == r"Customs: Ben \1"
    assert let_go("Ada Example, head of risk", "Ada Example") == "head of risk"
    assert let_go("Ben Other / Ada Example", "Ada Example") == "Ben Other"
    assert let_go("Ada Example", "Ada Example") == ""
    assert let_go("Head of risk", "Ada Example") == "Head of risk"


def test_a_text_that_would_be_too_long_is_the_new_name_alone() -> None:
    long = "Ada Example " + "x" * (MAX_RESPONSIBLE - 12)
    assert hand_to(long, "Ada Example", "Bartholomew Another") == "Bartholomew Another"
    assert len(hand_to("Ada Example", "Ada Example", "y" * 200)) == MAX_RESPONSIBLE


@pytest.mark.parametrize(("typed", "name"), [("محمدرضا", "محمد\u200cرضا"), ("محمد\u200cرضا", "محمدرضا")])
def test_a_name_is_found_whatever_nobody_sees_in_it(typed: str, name: str) -> None:
    assert hand_to(f"{typed}, head of risk", name, "Ada Example") == "Ada Example, head of risk"

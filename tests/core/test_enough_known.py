"""A level needs answers to three quarters of the scored questions, known in whatever way."""

from __future__ import annotations

import pytest

from diagnostic.core.instrument import Instrument
from diagnostic.core.scoring import Standing, find_place, stated_level
from diagnostic.instruments import instrument_from_fixtures


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return instrument_from_fixtures()


def standings_with(instrument: Instrument, open_count: int, not_applicable: int) -> dict[str, Standing]:
    """Level 3 everywhere, except for this many questions without a criterion, which are open or not applicable."""
    asked_of = {criterion.question for criterion in instrument.criteria}
    free = [question.code for question in instrument.scored if question.code not in asked_of]
    others = free[:open_count], free[open_count : open_count + not_applicable]
    assert len(others[0]) + len(others[1]) == open_count + not_applicable, "too few questions of no criterion"
    found = {question.code: Standing("answered", 3, "both") for question in instrument.scored}
    found |= dict.fromkeys(others[0], Standing("unknown"))
    return found | dict.fromkeys(others[1], Standing("not_applicable"))


@pytest.mark.parametrize(
    ("open_count", "not_applicable", "is_stated"),
    [(0, 0, True), (5, 0, True), (6, 0, False), (5, 4, True), (0, 8, True)],
)
def test_what_is_not_applicable_is_known(
    instrument: Instrument, open_count: int, not_applicable: int, is_stated: bool
) -> None:
    standings = standings_with(instrument, open_count, not_applicable)
    level = stated_level(standings, find_place(instrument, standings))

    assert len(standings) == 21, "the numbers above are of twenty-one scored questions"
    assert (level is not None) is is_stated

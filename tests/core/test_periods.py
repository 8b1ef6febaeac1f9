"""A country's periods, read from what was frozen."""

from __future__ import annotations

from fractions import Fraction

import pytest

from diagnostic.core.periods import find_change, has_one_rule, read_period


def snapshot(period="2025", level=2, index="12/5", version="1.0", scoring=1):
    return {
        "result": {
            "period": period,
            "level": level,
            "index": index and {"exact": index, "shown": "9.9"},
            "themes": [{"id": "framework", "score": {"exact": "5/2", "shown": "2.5"}}, {"id": "risk", "score": None}],
            "instrument": "cpch-2018",
            "instrument_version": version,
            "scoring_version": scoring,
        }
    }


def test_the_figures_are_those_that_were_frozen():
    held = read_period(snapshot())
    assert (held.period, held.level, held.index) == ("2025", 2, Fraction(12, 5))
    assert held.scores == {"framework": Fraction(5, 2), "risk": None}


def test_what_was_not_stated_is_none():
    held = read_period(snapshot(level=None, index=None))
    assert (held.level, held.index) == (None, None)


@pytest.mark.parametrize(("other", "is_same"), [({}, True), ({"version": "1.1"}, False), ({"scoring": 2}, False)])
def test_figures_compare_only_where_instrument_and_scoring_are_the_same(other, is_same):
    assert has_one_rule([read_period(snapshot()), read_period(snapshot("2026", **other))]) is is_same
    assert has_one_rule([])


@pytest.mark.parametrize(
    ("scores", "change"),
    [
        ([], None),
        ([Fraction(2)], None),
        ([Fraction(2), None], None),
        ([None, Fraction(2)], None),
        ([Fraction(4), Fraction(2), Fraction(5, 2)], Fraction(1, 2)),
        ([Fraction(3), Fraction(2)], Fraction(-1)),
    ],
)
def test_change_is_from_the_period_before_the_last_one(scores, change):
    assert find_change(scores) == change

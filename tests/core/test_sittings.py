"""Which revisions of an answer form one sitting, and how sittings fill pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.core.sittings import PAUSE, Saved, group_by_sitting, split_into_pages

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
ADA, BEN = 1, 2


def history(*saves: tuple[int, timedelta | float]) -> list[Saved]:
    """Revisions by person and minutes after noon."""
    return [
        Saved(number, by, NOON + (after if isinstance(after, timedelta) else timedelta(minutes=after)))
        for number, (by, after) in enumerate(saves, start=1)
    ]


def numbers(sittings):
    return [[saved.number for saved in sitting] for sitting in sittings]


def test_what_one_person_saves_with_short_pauses_is_one_sitting_however_long_it_lasts():
    assert numbers(group_by_sitting(history((ADA, 0), (ADA, 29), (ADA, 58), (ADA, 87)))) == [[1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("pause", "sittings"),
    [
        (PAUSE - timedelta(microseconds=1), [[1, 2]]),
        (PAUSE, [[1], [2]]),
        (timedelta(days=1), [[1], [2]]),
    ],
)
def test_a_pause_of_half_an_hour_ends_it(pause, sittings):
    assert numbers(group_by_sitting(history((ADA, 0), (ADA, pause)))) == sittings


def test_another_person_in_between_ends_it():
    assert numbers(group_by_sitting(history((ADA, 0), (ADA, 1), (BEN, 2), (ADA, 3)))) == [[1, 2], [3], [4]]


def test_a_text_that_was_set_aside_stands_alone():
    first, aside, last = history((ADA, 0), (ADA, 1), (ADA, 2))
    aside = Saved(aside.number, aside.by, aside.at, was_kept=False)
    assert numbers(group_by_sitting([first, aside, last])) == [[1], [2], [3]]


def test_the_order_is_that_of_the_numbers_and_a_clock_set_back_ends_nothing():
    saves = history((ADA, 0), (ADA, -120), (ADA, 1), (BEN, -300))
    assert numbers(group_by_sitting(reversed(saves))) == [[1, 2], [3], [4]]


def test_pages_hold_whole_sittings_the_latest_first():
    sittings = group_by_sitting(history((ADA, 0), (ADA, 1), (BEN, 2), (ADA, 3), (ADA, 4), (ADA, 5)))
    assert [numbers(page) for page in split_into_pages(sittings, 4)] == [[[4, 5, 6], [3]], [[1, 2]]]
    assert split_into_pages([], 4) == []


def test_a_sitting_longer_than_a_page_is_divided():
    sittings = group_by_sitting(history(*((ADA, minute) for minute in range(7))))
    assert [numbers(page) for page in split_into_pages(sittings, 3)] == [[[5, 6, 7]], [[2, 3, 4]], [[1]]]


@given(
    saves=st.lists(st.tuples(st.sampled_from((ADA, BEN)), st.integers(-90, 90)), max_size=30),
    most=st.integers(1, 8),
)
def test_every_revision_is_on_exactly_one_page_and_no_page_is_too_long(saves, most):
    revisions = history(*saves)
    pages = split_into_pages(group_by_sitting(revisions), most)
    assert all(0 < sum(map(len, page)) <= most for page in pages)
    shown = [saved for page in pages for sitting in page for saved in reversed(sitting)]
    assert shown == revisions[::-1]

"""Two texts side by side: nothing of either is lost, and what is marked is what differs."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.core.differences import Piece, mark_differences

TEXTS = st.text(alphabet="ab \n.,é漢", max_size=60)


def without(kind, pieces):
    return "".join(piece.text for piece in pieces if piece.kind != kind)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_out_of_the_pieces(before, after):
    pieces = mark_differences(before, after)
    assert without("added", pieces) == before
    assert without("removed", pieces) == after
    assert all(piece.text for piece in pieces)


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text):
    assert {piece.kind for piece in mark_differences(text, text)} <= {"same"}


def test_only_the_words_that_changed_are_marked():
    assert mark_differences("Two meetings a year.", "Three meetings a year.") == (
        Piece("removed", "Two"),
        Piece("added", "Three"),
        Piece("same", " meetings a year."),
    )


def test_what_is_added_at_the_end_leaves_the_rest_alone():
    assert mark_differences("An MOU.", "An MOU. It was signed.") == (
        Piece("same", "An MOU."),
        Piece("added", " It was signed."),
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 5000, "b a " * 2500),
        (" ".join(f"w{n % 70}" for n in range(2500)), " ".join(f"w{n * 7 % 70}" for n in range(2500))),
        ("x" * 10_000, "y" * 10_000),
        (", " * 5000, ". " * 5000),
    ],
)
def test_two_texts_made_to_be_slow_are_compared_in_time(before, after):
    start = time.perf_counter()
    pieces = mark_differences(before, after)
    assert time.perf_counter() - start < 2
    assert without("added", pieces) == before
    assert without("removed", pieces) == after


def test_a_space_in_common_does_not_tear_a_change_into_words():
    pieces = mark_differences("We met often.", "An MOU signed in 2021.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("removed", "We met often"),
        ("added", "An MOU signed in 2021"),
        ("same", "."),
    ]

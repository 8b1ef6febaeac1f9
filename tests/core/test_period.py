"""Two names of a period that look the same are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.core.period import write_period


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026", "2026"),
        ("２０２６", "2026"),
        ("20\u200b26", "2026"),
        ("\ufeff2026\u2060", "2026"),
        ("20\u00ad26", "2026"),
        ("\u202e2026\u202c", "2026"),
        (" First  half\u00a02026 ", "First half 2026"),
        ("Anne\u0301e 2026", "Ann\u00e9e 2026"),
        ("\u200b\u200d", ""),
        ("٢٠٢٦", "٢٠٢٦"),
    ],
)
def test_a_period_is_kept_as_it_is_seen(given: str, kept: str) -> None:
    assert write_period(given) == kept


@given(st.text())
def test_what_is_kept_is_kept_again(text: str) -> None:
    assert write_period(write_period(text)) == write_period(text)

"""The path converter `id` for the primary key of a row in a URL; cpch/urls.py registers it."""

from __future__ import annotations

from django.urls.converters import IntConverter

MOST_DIGITS = 9
"""Numbers with so many digits fit into every column that a URL refers to."""


class RowNumber(IntConverter):
    """A number from 1; one too large for its column becomes 0, which no row has, so the page is not found."""

    def to_python(self, value: str) -> int:
        return int(value) if len(value) <= MOST_DIGITS else 0

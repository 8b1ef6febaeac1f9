"""The path converter `id`: the primary key of a row in a URL."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import IntConverter

MOST_DIGITS = 9
"""Numbers with so many digits fit into every column that a URL refers to."""


class RowNumber(IntConverter):
    """A number from 1; one too large for its column becomes 0, which no row has, so the page is not found."""

    def to_python(self, value: str) -> int:
        return int(value) if len(value) <= MOST_DIGITS else 0


register_converter(RowNumber, "id")

"""The form field for the documents behind an answer: any number of rows of a title and a reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django import forms

from diagnostic.core.responses import Evidence
from diagnostic.core.visible_text import says_nothing

from .text import with_line_feeds


class EvidenceWidget(forms.Widget):
    """Reads the rows by their repeated names, `<name>_title` and `<name>_reference`; a row without either is none."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Evidence]:
        titles, references = _values(data, f"{name}_title"), _values(data, f"{name}_reference")
        rows = zip_longest(titles, references, fillvalue="")
        return [
            Evidence(title, reference)
            for title, reference in rows
            if not (says_nothing(title) and says_nothing(reference))
        ]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_title" not in data


class EvidenceField(forms.Field):
    """Cleans to a tuple of `Evidence`; what a row may hold is `core.response_rules`."""

    widget = EvidenceWidget

    def to_python(self, value: Sequence[Evidence] | None) -> tuple[Evidence, ...]:
        return tuple(Evidence(with_line_feeds(item.title), with_line_feeds(item.reference)) for item in value or ())


def _values(data: Mapping[str, Any], name: str) -> list[str]:
    return data.getlist(name) if hasattr(data, "getlist") else list(data.get(name, ()))

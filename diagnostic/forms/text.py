"""How a form takes free text: as it was typed, with the line ends of a browser made those of the file."""

from __future__ import annotations

from django import forms

from diagnostic.core.visible_text import says_nothing


def with_line_feeds(text: str | None) -> str:
    """`text` with CRLF converted to LF (design: Interchange); "" for text without visible characters."""
    plain = (text or "").replace("\r\n", "\n")
    return "" if says_nothing(plain) else plain


class TextField(forms.Field):
    """Free text; what it may hold is `core.response_rules`, so that form and file have one set of rules."""

    widget = forms.Textarea

    def to_python(self, value: str | None) -> str:
        return with_line_feeds(value)

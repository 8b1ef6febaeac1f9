"""Isolates typed text, so that its writing direction cannot reorder the text around it."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE = "\u2068", "\u2069"

register = template.Library()


@register.filter
def bdi(text: Any) -> SafeString:
    """`text`, escaped, in a `bdi` element; "" if it is empty."""
    return format_html("<bdi>{}</bdi>", text) if text else mark_safe("")


@register.filter
def isolate(text: Any) -> str:
    """`text` between isolating characters, for places without elements: titles, attributes and e-mails."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_DIRECTIONAL_ISOLATE}" if text else ""


def say(words: Any, **typed: Any) -> SafeString:
    """The sentence `words`, escaped, with each of its `%(name)s` isolated. Raises `KeyError` if one is missing."""
    return mark_safe(str(escape(words)) % {name: bdi(text) for name, text in typed.items()})  # noqa: S308 - escaped

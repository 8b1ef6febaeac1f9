"""What the report's templates need beyond loops: question codes that no line may break."""

from __future__ import annotations

import re

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

CODE = re.compile(r"\bA\.\d+(?:\.\d+)?")


@register.filter
def whole_codes(text: str) -> SafeString:
    """`text`, escaped, with every question code kept on one line."""
    return mark_safe(CODE.sub(r'<span class="nb">\g<0></span>', escape(text)))  # noqa: S308 - escaped before

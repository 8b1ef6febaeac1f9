"""Gives every page of a signed-in person what it needs to keep unsent text in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from cpch.accounts.keeping import masked_key

register = template.Library()


@register.simple_tag(takes_context=True)
def keeping_key(context: Mapping[str, Any]) -> str:
    """The signed-in person's key, masked for this page; empty until they have fully signed in.

    Error pages may be rendered without a request, and then have no key.
    """
    request = context.get("request")
    return masked_key(request) if request is not None else ""

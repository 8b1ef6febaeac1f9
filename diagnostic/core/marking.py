"""The markings of TLP 2.0 (FIRST) in their order: which of several holds for what is put together of them."""

from __future__ import annotations

from collections.abc import Iterable

MARKINGS: tuple[str, ...] = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")
"""From the one that may go anywhere to the one that may go nowhere."""


def strictest(markings: Iterable[str], default: str = "TLP:AMBER") -> str:
    """The strictest of `markings`; `default` where there are none. Raises `ValueError` for an unknown one."""
    return max(markings, key=MARKINGS.index, default=default)

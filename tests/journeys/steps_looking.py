"""Pictures of a page, for whoever wants to look at it."""

from __future__ import annotations

import os
from typing import Any


def take(page: Any, name: str) -> None:
    """Save the page as it is, wide and narrow, in the folder that SHOTS names; nothing without one."""
    folder = os.environ.get("SHOTS")
    for width in (1280, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

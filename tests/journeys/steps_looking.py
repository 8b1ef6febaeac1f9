"""Screenshots for visual inspection."""

from __future__ import annotations

import os
from typing import Any


def take(page: Any, name: str) -> None:
    """Save wide and narrow screenshots of the page in the folder named by SHOTS; does nothing without it."""
    folder = os.environ.get("SHOTS")
    for width in (1280, 390) if folder else ():
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)

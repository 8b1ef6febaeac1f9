"""What a page shown in the browser must pass everywhere: axe at WCAG 2.2 A and AA, and no sideways scrolling."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
WIDTHS = (1280, 390)


def find_faults(page: Any, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """One line for each thing that axe finds on the page as it stands, at each width in px; the window is put back."""
    before = page.viewport_size
    faults = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": before["height"]})
        faults += [f"{_name(page)} at {width} px: {fault}" for fault in _look(page)]
    page.set_viewport_size(before)
    return faults


def _look(page: Any) -> list[str]:
    faults = []
    for found in Axe().run(page, options=WCAG).response["violations"]:
        for node in found["nodes"]:
            faults.append(f"{found['id']}, {found['help']}: {node['html'][:200]}")
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("wider than its window")
    return faults


def _name(page: Any) -> str:
    return f"{page.title()} ({page.url})"

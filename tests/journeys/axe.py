"""What a page shown in the browser must pass everywhere: axe at WCAG 2.2 A and AA, and no sideways scrolling."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.db import connection

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
WIDTHS = (1280, 390)


def find_faults(page: Any, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    """What is wrong with the page as it stands at each width in px, a line each; the window is put back."""
    before = page.viewport_size
    faults = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": before["height"]})
        faults += find_faults_here(page)
    page.set_viewport_size(before)
    return faults


def find_faults_here(page: Any) -> list[str]:
    """What is wrong with the page as it stands in its window, a line each."""
    place = f"{page.title()} ({page.url}) at {page.viewport_size['width']} px"
    faults = [
        f"{place}: {found['id']}, {found['help']}: {node['html'][:200]}"
        for found in violations(page)
        for node in found["nodes"]
    ]
    if is_too_wide(page):
        faults.append(f"{place}: wider than its window")
    return faults


def violations(page: Any) -> list[dict[str, Any]]:
    """What axe finds, on SQLite: no other database changes how a page is made, so it is judged in one half of the run.

    Its script is brought to a document once, for it is larger than most pages.
    """
    if connection.vendor != "sqlite":
        return []
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return page.evaluate("async options => (await axe.run(options)).violations", WCAG)


def is_too_wide(page: Any) -> bool:
    """Whether a reader would have to scroll sideways."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")

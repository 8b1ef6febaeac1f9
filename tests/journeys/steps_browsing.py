"""How a person of a journey uses the browser: opening it, signing in, looking at a page, moving by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from cpch.accounts.models import User
from tests.factories import PASSWORD

from . import axe

TABS = 250
PATIENCE = 15_000


class Visitor:
    """One person at one browser; every page that `look` is shown is judged, and every complaint is kept."""

    def __init__(self, page: Any, user: User):
        self.page, self.user = page, user
        self.faults: list[str] = []
        self._kinds: set[str] = set()
        page.set_default_timeout(PATIENCE)
        page.on("console", self._hear)

    def sign_in(self) -> None:
        """Through the sign-in page, as anybody does."""
        self.page.goto("/")
        self.page.get_by_label("E-mail address").fill(self.user.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.go(self.page.get_by_role("button", name="Sign in"))
        expect(self.page.locator(".site-nav .user")).to_contain_text(self.user.full_name)

    def follow(self, name: str, kind: str) -> None:
        """Click the one link of that name in the main part or the bar of the assessment, and look."""
        self.go(self.page.get_by_role("link", name=name, exact=True).first)
        self.look(kind)

    def go(self, control: Any) -> None:
        """Click what leads to another page, and wait until that is whole."""
        with self.page.expect_navigation():
            control.click()

    def look(self, kind: str, widths: tuple[int, ...] = axe.WIDTHS) -> None:
        """Judge the page as it stands at `widths`, the first time that this person meets a page of that kind."""
        expect(self.page.get_by_role("heading", level=1)).to_have_count(1)
        if kind not in self._kinds:
            self._kinds.add(kind)
            self.faults += axe.find_faults(self.page, widths)

    def _hear(self, line: Any) -> None:
        if line.type == "error":
            self.faults.append(f"{self.page.url}, console: {line.text}")


def visit(new_page: Callable, user: User, **options: Any) -> Visitor:
    """A person at a browser of their own; `**options` go to its context."""
    return Visitor(new_page(**options), user)


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus stands on `selector`, and see that the focus shows. Fails after 250 steps."""
    for _step in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate(OUTLINE), f"{selector} has the focus and does not show it"
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard on {page.url}")


def enter(page: Any) -> None:
    """Press Enter on what leads to another page, and wait for that."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


OUTLINE = """() => {
  const shows = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  for (let at = document.activeElement; at && at !== document.body; at = at.parentElement) if (shows(at)) return true;
  return false;
}"""

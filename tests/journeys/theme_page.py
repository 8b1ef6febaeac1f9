"""A theme's page as a browser shows it: its fields, what it says about saving, and what is stored."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from playwright.sync_api import expect

from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment
from diagnostic.queries import load_rows_by_voice, to_response

SAVES = "**/questions/**"
PATIENCE = 15_000


def theme_url(assessment: Assessment, theme: str = "framework") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": "national", "theme": theme})


def field(page: Any, name: str) -> Any:
    return page.locator(f'[id="{name}"]')


def state(page: Any, code: str) -> Any:
    """What the page says about the saving of one answer."""
    return page.locator(f'[id="{code}"] [data-save]')


def bar(page: Any) -> Any:
    return page.locator("[data-save-bar]")


def expect_saved(page: Any, code: str) -> None:
    expect(state(page, code)).to_have_text(re.compile(r"^Saved \d\d:\d\d$"), timeout=PATIENCE)


def expect_all_saved(page: Any) -> None:
    expect(page.locator("[data-bar-state]")).to_have_text(re.compile("^All answers saved"), timeout=PATIENCE)


def expect_retrying(page: Any) -> None:
    expect(page.locator("[data-bar-hint]")).to_contain_text("Next try in", timeout=PATIENCE)


def stored(assessment: Assessment, code: str) -> Answer:
    return to_response(load_rows_by_voice(assessment, ("national",))["national"][code])


def drafts(page: Any) -> list[str]:
    return page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('cpch-kept.'))")

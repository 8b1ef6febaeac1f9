"""What the tests of the theme pages share: their addresses, what a form sends, what is stored."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment
from diagnostic.queries import load_rows_by_voice, to_response

MOST_QUERIES_OF_A_PAGE = 7


def theme_url(assessment: Assessment, theme: str = "framework", voice: str = "national") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": voice, "theme": theme})


def save_url(assessment: Assessment, code: str, voice: str = "national") -> str:
    return reverse("response-save", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


def fields(code: str, version: int = 0, **values: Any) -> dict[str, Any]:
    """What a form sends for one question."""
    return {f"{code}-{name}": value for name, value in {"version": version, **values}.items()}


def stored(assessment: Assessment, code: str, voice: str = "national") -> Answer:
    return to_response(load_rows_by_voice(assessment, (voice,))[voice][code])


def page(client: Client, assessment: Assessment, theme: str = "framework") -> str:
    return client.get(theme_url(assessment, theme)).content.decode()


def section(text: str, code: str) -> str:
    """The part of a page that is one question."""
    start = text.index(f'id="{code}" aria-labelledby')
    return text[start : text.index("</section>", start)]

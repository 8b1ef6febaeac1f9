"""A theme's page drawn around its questions, and remembered whole for as long as nothing that it shows has changed.

As with a single question, nothing of the person who reads and no token is in a drawing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.cache import caches
from django.db.models import Subquery
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from diagnostic.core import workflow
from diagnostic.models import Assessment, Response
from diagnostic.queries import find_previous

from .answer_page import ThemePage, load_page


@dataclass(frozen=True, slots=True)
class DrawnTheme:
    """The parts of a theme's page; `is_open` where something may be changed, so that a form stands around `body`."""

    name: str
    url: str
    is_open: bool
    rail: str
    body: str


def draw_theme(
    page: ThemePage, unsaved: Mapping[str, str] | None = None, outcomes: Mapping[str, str] | None = None
) -> DrawnTheme:
    """The page with its questions as they stand, or as `unsaved` has them; `outcomes` are told in the rail."""
    drawn = unsaved or {}
    is_open = page.is_open or bool(drawn)
    context = {
        "page": page,
        "assessment": page.assessment,
        "is_open": is_open,
        "rail": page.rail(outcomes or {}),
        "sections": [drawn.get(question.code) or page.section(question) for question in page.questions],
    }
    return DrawnTheme(
        name=page.theme.name,
        url=page.url,
        is_open=is_open,
        rail=mark_safe(render_to_string("answers/_rail.html", context)),  # noqa: S308
        body=mark_safe(render_to_string("answers/_body.html", context)),  # noqa: S308
    )


def recall_theme(assessment: Assessment, voice: str, theme: str, *, may_write: bool) -> DrawnTheme | None:
    """The page as it stands, from memory where nothing has changed; None where there is none (at most 4 queries)."""
    if assessment.state == workflow.RETURNED:
        # What the secretariat asks is read with it, and that reader waits for nobody.
        return _draw_anew(assessment, voice, theme, may_write=may_write)
    key = f"theme:{assessment.pk}:{voice}:{theme}:{get_language()}:{may_write}"
    stamp = _stamp(assessment, voice)
    held_stamp, held = caches["fragments"].get(key, ("", None))
    if held_stamp == stamp:
        return held
    drawn = _draw_anew(assessment, voice, theme, may_write=may_write)
    if drawn is not None:
        caches["fragments"].set(key, (stamp, drawn))
    return drawn


def _draw_anew(assessment: Assessment, voice: str, theme: str, *, may_write: bool) -> DrawnTheme | None:
    page = load_page(assessment, voice, theme, may_write=may_write)
    return draw_theme(page) if page is not None else None


def _stamp(assessment: Assessment, voice: str) -> str:
    """What changes whenever the page does: state, day, last period's submission, each answer's version (1 query)."""
    previous = Subquery(find_previous(assessment).values("pk")[:1])
    rows = Response.objects.filter(assessment_id=assessment.pk, voice=voice).order_by("question")
    versions = list(rows.values_list("pk", "version", "saved_at", previous))
    shown = (assessment.instrument_digest, assessment.state, timezone.now().date(), versions)
    return hashlib.sha256(repr(shown).encode()).hexdigest()

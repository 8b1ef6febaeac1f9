"""A theme's page drawn around its questions, and remembered whole for as long as nothing that it shows has changed.

As with a single question, nothing of the person who reads but their role, and no token, is in a drawing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from cpch.prepared import PreparedRead, Slot
from diagnostic.core import workflow
from diagnostic.models import Assessment, Response
from diagnostic.permissions import can_answer
from diagnostic.queries import Previous, load_previous

from .answer_page import ThemePage, load_page
from .plan_beside import Beside, load_frame_rows

VERSIONS = PreparedRead(
    lambda: (
        Response.objects.filter(
            assessment_id=Slot("assessment_id", models.UUIDField()), voice=Slot("voice", models.CharField())
        )
        .only("question", "version")
        .order_by()
    )
)


@dataclass(frozen=True, slots=True)
class DrawnTheme:
    """The parts of a theme's page; `is_open` where something may be changed, so that a form stands around `body`."""

    name: str
    url: str
    is_open: bool
    bar: str
    rail: str
    body: str
    scripts: str


def draw_theme(
    page: ThemePage, reader: Any, unsaved: Mapping[str, str] | None = None, outcomes: Mapping[str, str] | None = None
) -> DrawnTheme:
    """The page with its questions as they stand, or as `unsaved` has them; `outcomes` are told in the rail."""
    drawn = unsaved or {}
    is_open = page.is_open or bool(drawn)
    context = {
        "page": page,
        "assessment": page.assessment,
        "stage": "answer",
        "user": reader,
        "is_open": is_open,
        "rail": page.rail(outcomes or {}),
        "sections": [drawn.get(question.code) or page.section(question) for question in page.questions],
    }
    return DrawnTheme(
        name=page.theme.name,
        url=page.url,
        is_open=is_open,
        bar=render_to_string("components/_context.html", context),
        rail=render_to_string("answers/_rail.html", context),
        body=render_to_string("answers/_body.html", context),
        scripts=render_to_string("answers/_scripts.html", context),
    )


def recall_theme(assessment: Assessment, voice: str, theme: str, reader: Any) -> DrawnTheme | None:
    """The page as it stands, from memory where nothing has changed; None where there is none (at most 4 queries)."""
    may_write = can_answer(reader, assessment, voice)
    states, plan = load_frame_rows(assessment)
    frame = _frame(assessment, voice, states, plan)
    if assessment.state == workflow.RETURNED:
        # What the secretariat asks is read too, and is not remembered.
        previous = _recall_previous(assessment, voice, frame)
        return _draw_anew(
            load_page(assessment, voice, theme, may_write=may_write, previous=previous, plan=plan), reader
        )
    key = f"theme:{assessment.pk}:{voice}:{theme}:{get_language()}:{reader.membership.role}:{may_write}"
    held = caches["fragments"].get(key)
    if held is not None and held.frame == frame and held.versions == _versions(assessment, voice):
        return held.drawn
    previous = _recall_previous(assessment, voice, frame)
    page = load_page(assessment, voice, theme, may_write=may_write, previous=previous, plan=plan)
    drawn = _draw_anew(page, reader)
    if page is not None and drawn is not None:
        versions = sorted((row.question, row.version) for row in page.rows.values())
        caches["fragments"].set(key, Held(frame, versions, drawn))
    return drawn


@dataclass(frozen=True, slots=True)
class Held:
    """A drawing, and how things stood when it was made."""

    frame: str
    versions: list[tuple[str, int]]
    drawn: DrawnTheme


def _draw_anew(page: ThemePage | None, reader: Any) -> DrawnTheme | None:
    return draw_theme(page, reader) if page is not None else None


def _versions(assessment: Assessment, voice: str) -> list[tuple[str, int]]:
    return sorted((row.question, row.version) for row in VERSIONS.all(assessment_id=assessment.pk, voice=voice))


def _frame(assessment: Assessment, voice: str, states: Sequence[object], plan: Sequence[Beside]) -> str:
    """A key for everything on the page other than the answers.

    It consists of the date, the settings of the assessment, whether the agency of this voice (and no other) has
    declared, when any assessment of the country last changed its state, because only that changes last period's
    answers, and the plan from then.
    """
    shown = (
        timezone.now().date(),
        (assessment.country.name, assessment.period, assessment.marking, assessment.instrument_digest),
        (assessment.state, assessment.state_changed_at, assessment.has_declared(voice)),
        states,
        plan,
    )
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _recall_previous(assessment: Assessment, voice: str, frame: str) -> Previous | None:
    key = f"previous:{assessment.pk}:{voice}"
    held_frame, previous = caches["fragments"].get(key, ("", None))
    if held_frame != frame:
        previous = load_previous(assessment, voice)
        caches["fragments"].set(key, (frame, previous))
    return previous

"""A country's level, index and themes over its periods, from what it handed in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language_bidi
from django.views.decorators.http import require_http_methods

from diagnostic.core import workflow
from diagnostic.core.editions import to_shown
from diagnostic.core.periods import PeriodResult, has_one_rule, read_period
from diagnostic.instruments import instrument_of, instrument_submitted
from diagnostic.models import Assessment, Submission
from diagnostic.permissions import can_read_everything, submissions_visible_to
from diagnostic.rendering.charts import draw_trace
from diagnostic.rendering.over_time import LAYOUTS, Point, draw_over_time, drawn_count, say_change, say_score

from .access import load_assessment


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """One period as the table tells it."""

    submission: Submission
    result: PeriodResult
    index: str
    change: str


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """One theme: its strip, its score in each period, and what changed since the period before."""

    name: str
    strip: str
    scores: tuple[str, ...]
    change: str


@login_required
@require_http_methods(["GET", "HEAD"])
def over_time(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The periods of the assessment's country that its reader may see, each by its last submission."""
    assessment = load_assessment(request, pk)
    submissions = _load_submissions(request.user, assessment)
    results = [read_period(json.loads(submission.snapshot)) for submission in submissions]
    if not can_read_everything(request.user, assessment):
        results = [_as_shown(item) for item in results]
    # The names are those of the last period on the page.
    instrument = instrument_submitted(submissions[-1]) if submissions else instrument_of(assessment)
    names = [level.name for level in instrument.continuum]
    points = [Point(item.period, item.level, item.index) for item in results]
    context: dict[str, Any] = {
        "assessment": assessment,
        "instrument": instrument,
        "country": submissions[-1].received.country if submissions else assessment.country.name,
        "rows": _rows(submissions, results),
        "periods": [item.period for item in results],
        "themes": [_theme(theme.name, [item.scores.get(theme.id) for item in results]) for theme in instrument.themes],
        "level_names": names,
        "is_comparable": has_one_rule(results),
        "cut": [layout for layout in LAYOUTS if drawn_count(len(points), layout) < len(points)],
    }
    if points:
        is_rtl = get_language_bidi()
        for layout in LAYOUTS:
            context[layout] = draw_over_time(points, names, layout, prefix=f"over-time-{layout}", is_rtl=is_rtl)
    return render(request, "history/over_time.html", context)


def _as_shown(result: PeriodResult) -> PeriodResult:
    """The period to the one decimal that is shown: no level can be reckoned from it that its reader may not read."""
    return replace(
        result,
        index=None if result.index is None else to_shown(result.index),
        scores={theme: None if score is None else to_shown(score) for theme, score in result.scores.items()},
    )


def _load_submissions(user: Any, assessment: Assessment) -> list[Submission]:
    """The last submission of each of the country's assessments that `user` may see, the oldest first (1 query)."""
    visible = submissions_visible_to(user).exclude(assessment__state=workflow.WITHDRAWN)
    last = visible.filter(assessment=OuterRef("assessment")).order_by("-number").values("pk")[:1]
    found = visible.filter(assessment__country=assessment.country_id, pk=Subquery(last))
    return list(found.order_by("assessment__started_at", "pk"))


def _rows(submissions: Sequence[Submission], results: Sequence[PeriodResult]) -> list[PeriodRow]:
    indexes = [result.index for result in results]
    return [
        PeriodRow(submission, result, say_score(result.index), say_change(indexes[: place + 1]))
        for place, (submission, result) in enumerate(zip(submissions, results, strict=True))
    ]


def _theme(name: str, scores: list[Fraction | None]) -> ThemeRow:
    return ThemeRow(name, draw_trace(scores), tuple(say_score(score) for score in scores), say_change(scores))

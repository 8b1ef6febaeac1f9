"""How far a country has come with its plan: as a whole, by theme, by agency, by period, and what it moved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.core.action_plan import Progress, count_by, count_progress, find_level, has_moved
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import score
from diagnostic.instruments import current_instrument, instrument_submitted
from diagnostic.models import Action, Submission
from diagnostic.permissions import submissions_visible_to
from diagnostic.queries import snapshot_voices
from diagnostic.rendering.words import AGENCY_WORDS

from .plan_page import Plan, Row, last_submission, load_plan_page


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar: the state it stands for, where it begins and how wide it is, in per cent of what counts."""

    state: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one theme, agency or period."""

    name: str
    progress: Progress
    bar: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """An action whose level is higher than when it was planned."""

    row: Row
    before: int
    now: int


@login_required
@require_http_methods(["GET", "HEAD"])
def progress(request: HttpRequest, country: str) -> HttpResponse:
    """The figures of the plan, and which of its actions may have moved a level since they were planned."""
    plan = load_plan_page(request, country)
    last = last_submission(submissions_visible_to(request.user), plan.country.pk)
    context = {
        "whole": line("", count_progress((row.action for row in plan.rows), plan.today)),
        "groups": [
            (_("By theme"), _("Theme"), list(_by_theme(plan))),
            (_("By agency"), _("Agency"), list(_by_agency(plan))),
            (_("By the assessment they were made on"), _("Period"), list(_by_period(plan))),
        ],
        "last": last,
        "moved": list(find_moved_rows(plan.rows, last)) if last else [],
    }
    return render(request, "action_plan/progress.html", plan.as_context("progress") | context)


def line(name: str, figures: Progress) -> Line:
    """The figures with their bar: done, under way, planned; what was dropped has no part in it."""
    segments, start = [], 0.0
    for state in ("done", "under_way", "planned"):
        width = round(getattr(figures, state) * 100 / figures.counted, 2) if figures.counted else 0.0
        segments.append(Segment(state, round(start, 2), width))
        start += width
    return Line(name, figures, tuple(segments))


def _by_theme(plan: Plan) -> Iterable[Line]:
    names = {theme.id: theme.name for theme in current_instrument().themes} | {"": _("The cooperation as a whole")}
    known = [row.action for row in plan.rows]
    for theme, figures in count_by(known, list(names), lambda action: (action.theme,), plan.today).items():
        if theme or figures.total:
            yield line(names[theme], figures)


def _by_agency(plan: Plan) -> Iterable[Line]:
    known = [row.action for row in plan.rows]
    for agency, figures in count_by(known, AGENCIES, lambda action: action.agencies, plan.today).items():
        yield line(str(AGENCY_WORDS[agency]), figures)


def _by_period(plan: Plan) -> Iterable[Line]:
    made_on = {row.action.assessment_id: row.action.assessment for row in plan.rows}
    ordered = sorted(made_on.values(), key=lambda item: item.started_at)
    known = [row.action for row in plan.rows]
    figures = count_by(known, [item.pk for item in ordered], lambda action: (action.assessment_id,), plan.today)
    for assessment in ordered:
        yield line(assessment.period, figures[assessment.pk])


def find_moved_rows(rows: Iterable[Row], last: Submission) -> Iterable[Moved]:
    """The rows whose level is higher in `last` than when they were planned, on an assessment before it (no query)."""
    result = score(instrument_submitted(last), snapshot_voices(last), NATIONAL)
    for row in rows:
        action: Action = row.action
        if action.assessment.started_at >= last.assessment.started_at:
            continue
        now = find_level(result, action.question, action.theme)
        if has_moved(action.state, action.level_before, now):
            assert action.level_before is not None
            assert now is not None
            yield Moved(row, action.level_before, now)

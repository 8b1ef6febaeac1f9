"""The plan by the days on which its actions are due: a month on a page, and all of them as a calendar file."""

from __future__ import annotations

import re
from calendar import Calendar
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.views.decorators.http import require_http_methods

from diagnostic.actions import audit
from diagnostic.core.action_plan import DROPPED
from diagnostic.rendering.calendar_file import DueDay, render_calendar

from .plan_page import Plan, Row, load_plan_page

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Day:
    """One cell of the grid; the days around the month are there to fill its weeks, and empty."""

    on: date
    is_in_month: bool
    is_today: bool
    rows: tuple[Row, ...]


@login_required
@require_http_methods(["GET", "HEAD"])
def calendar(request: HttpRequest, country: str) -> HttpResponse:
    """What is due in one month, what is overdue, and what has no day yet."""
    plan = load_plan_page(request, country)
    first = _month(request.GET.get("month", ""), plan.today)
    weeks = [[_day(plan, on, first) for on in week] for week in Calendar().monthdatescalendar(first.year, first.month)]
    context = {
        "first": first,
        "before": first - timedelta(days=1),
        "after": first + timedelta(days=31),
        "weeks": weeks,
        "days": [day for week in weeks for day in week if day.rows],
        "week_days": [(WEEKDAYS[place], WEEKDAYS_ABBR[place]) for place in range(7)],
        "undated": [row for row in plan.open_rows if row.action.due_on is None],
        "is_this_month": first == plan.today.replace(day=1),
    }
    return render(request, "action_plan/calendar.html", plan.as_context("calendar") | context)


def _month(text: str, today: date) -> date:
    """The first day of the month that is named as year-month, else of the present one."""
    found = MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else today.replace(day=1)


def _day(plan: Plan, on: date, first: date) -> Day:
    is_in_month = (on.year, on.month) == (first.year, first.month)
    rows = [row for row in plan.rows if row.action.due_on == on and row.action.state != DROPPED] if is_in_month else []
    return Day(on, is_in_month, on == plan.today, tuple(rows))


@login_required
@require_http_methods(["GET"])
def file(request: HttpRequest, country: str) -> HttpResponse:
    """Every action that has a day, for a calendar program."""
    plan = load_plan_page(request, country)
    days = [
        DueDay(
            key=str(row.action.pk),
            number=row.action.number,
            title=row.action.title,
            due_on=row.action.due_on,
            url=f"{settings.BASE_URL}{row.url}",
            version=row.action.version,
            changed_at=row.action.changed_at,
            is_dropped=row.action.state == DROPPED,
        )
        for row in plan.rows
        if row.action.due_on
    ]
    audit.record(act="plan.download", by=request.user, assessment=plan.latest, country=plan.country.alpha2)
    content = render_calendar(plan.country.name, plan.marking, days)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    name = f"cpch-plan-{plan.country.alpha2.lower()}.ics"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response

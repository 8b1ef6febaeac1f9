"""The country's plan from earlier assessments, as it stands beside the questions that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.db.models import F
from django.urls import reverse

from cpch.prepared import PreparedRead, Slot
from diagnostic.actions.clock import now
from diagnostic.core import workflow
from diagnostic.core.action_plan import DONE, OPEN, Urgency, find_urgency, is_from_last_time
from diagnostic.models import Action, Assessment

FIRST = 4
"""How many actions the overview of an assessment names."""

COLUMNS = (
    "number",
    "title",
    "question",
    "theme",
    "state",
    "due_on",
    "state_changed_at",
)

WITH_ACTIONS = PreparedRead(
    lambda: (
        Assessment.objects.filter(country_id=Slot("country_id", models.BigAutoField()))
        .only("started_at", "state_changed_at", "state")
        .annotate(**{f"action_{name}": F(f"actions__{name}") for name in COLUMNS})
        .order_by("actions__number")
    )
)
"""Every assessment of a country, once for each action that was made on it, or once without any."""


@dataclass(frozen=True, slots=True)
class Beside:
    """One action that was made on an earlier assessment, for who answers now."""

    country: str
    number: int
    title: str
    question: str
    theme: str
    state: str
    due_on: date | None
    urgency: Urgency

    @property
    def url(self) -> str:
        return reverse("plan-action", kwargs={"country": self.country, "number": self.number})

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def state_name(self) -> str:
        return str(Action.State(self.state).label)


@dataclass(frozen=True, slots=True)
class PlanBefore:
    """The plan that an assessment opens with, in short: the open actions that are due first, and the figures."""

    first: tuple[Beside, ...]
    open_count: int
    done_count: int
    overdue_count: int


def say_plan_before(assessment: Assessment) -> PlanBefore | None:
    """The plan from last time for the overview of `assessment`; None where there is none (1 query)."""
    plan = load_beside(assessment)
    if not plan:
        return None
    waiting = sorted((item for item in plan if item.is_open), key=lambda item: (item.due_on or date.max, item.number))
    return PlanBefore(
        first=tuple(waiting[:FIRST]),
        open_count=len(waiting),
        done_count=sum(item.state == DONE for item in plan),
        overdue_count=sum(item.urgency == "overdue" for item in plan),
    )


def load_frame_rows(assessment: Assessment) -> tuple[list[tuple[datetime, datetime]], tuple[Beside, ...]]:
    """When each assessment of the country was started and last changed its state; the plan from before (1 query)."""
    rows = _load(assessment)
    states = sorted({(row.started_at, row.state_changed_at) for row in rows})
    return states, _beside(assessment, rows)


def load_beside(assessment: Assessment) -> tuple[Beside, ...]:
    """The plan from the assessments before this one (1 query)."""
    return _beside(assessment, _load(assessment))


def _load(assessment: Assessment) -> list[Any]:
    return WITH_ACTIONS.all(country_id=assessment.country_id)


def _beside(assessment: Assessment, rows: Sequence[Any]) -> tuple[Beside, ...]:
    """The open actions of earlier assessments, and those ended since the last that was handed in was started."""
    earlier = [row for row in rows if row.started_at < assessment.started_at]
    handed_in = (row.started_at for row in earlier if row.state in workflow.HANDED_IN)
    since = max(handed_in, default=None)
    return tuple(_build(assessment, earlier, since))


def _build(assessment: Assessment, rows: Sequence[Any], since: datetime | None) -> Iterable[Beside]:
    today = now().date()
    for row in rows:
        number, state, due_on = row.action_number, row.action_state, row.action_due_on
        if number is None or not is_from_last_time(state, row.action_state_changed_at, since):
            continue
        yield Beside(
            country=assessment.country.alpha2,
            number=number,
            title=row.action_title,
            question=row.action_question,
            theme=row.action_theme,
            state=state,
            due_on=due_on,
            urgency=find_urgency(state, due_on, today),
        )

"""The country's plan from earlier assessments, as it stands beside the questions that it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

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


@dataclass(frozen=True, slots=True)
class Beside:
    """One action that was made on an earlier assessment, for who answers now."""

    number: int
    title: str
    question: str
    theme: str
    state: str
    due_on: date | None
    urgency: Urgency
    url: str

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
    rows = list(_joined(assessment))
    states = sorted({(started_at, changed_at) for started_at, changed_at, *_rest in rows})
    return states, _beside(assessment, rows)


def load_beside(assessment: Assessment) -> tuple[Beside, ...]:
    """The plan from the assessments before this one (1 query)."""
    return _beside(assessment, list(_joined(assessment)))


def _joined(assessment: Assessment) -> QuerySet[Any]:
    """Every assessment of the country, once for each action that was made on it, or once without any."""
    found = Assessment.objects.filter(country_id=assessment.country_id)
    columns = [F(f"actions__{name}") for name in COLUMNS]
    return found.order_by("actions__number").values_list("started_at", "state_changed_at", "state", *columns)


def _beside(assessment: Assessment, rows: Sequence[tuple[Any, ...]]) -> tuple[Beside, ...]:
    """The open actions of earlier assessments, and those ended since the last that was handed in was started."""
    earlier = [row for row in rows if row[0] < assessment.started_at]
    handed_in = (started_at for started_at, _changed_at, state, *_action in earlier if state in workflow.HANDED_IN)
    since = max(handed_in, default=None)
    return tuple(_build(assessment, earlier, since))


def _build(assessment: Assessment, rows: Sequence[tuple[Any, ...]], since: datetime | None) -> Iterable[Beside]:
    today = now().date()
    for _started_at, _changed_at, _state, number, title, question, theme, state, due_on, ended_at in rows:
        if number is None or not is_from_last_time(state, ended_at, since):
            continue
        url = reverse("plan-action", kwargs={"country": assessment.country.alpha2, "number": number})
        yield Beside(number, title, question, theme, state, due_on, find_urgency(state, due_on, today), url)

"""The action plan beside a result: which recommendations are planned already, and what earlier actions moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Subquery
from django.urls import reverse

from diagnostic.core import workflow
from diagnostic.core.action_plan import DONE, UNDER_WAY, find_level, has_moved, is_from_last_time
from diagnostic.core.result import Result
from diagnostic.models import Action, Assessment
from diagnostic.permissions import actions_visible_to
from diagnostic.rendering.result_advice import Planned

from .plan_page import say_about


@dataclass(frozen=True, slots=True)
class MovedAction:
    """An action of an earlier assessment, with the level that it was planned at and the one of this result."""

    action: Action
    url: str
    about: str
    before: int
    now: int


@dataclass(frozen=True)
class ResultPlan:
    """The plan of the country as this result shows it; `worked_on` counts the actions from last time that could.

    `by_recommendation` has the open action of each recommendation, else the latest.
    """

    by_recommendation: Mapping[str, Planned] = field(default_factory=dict)
    moved: tuple[MovedAction, ...] = ()
    worked_on: int = 0


def load_result_plan(user: Any, assessment: Assessment, result: Result) -> ResultPlan:
    """What of the plan `user` sees beside the `result` of `assessment` (1 query)."""
    last = Assessment.objects.filter(
        country=assessment.country_id, started_at__lt=assessment.started_at, state__in=workflow.HANDED_IN
    )
    found = actions_visible_to(user).filter(country=assessment.country_id).select_related("assessment")
    last_started_at = Subquery(last.order_by("-started_at").values("started_at")[:1])
    actions = list(found.annotate(last_started_at=last_started_at).order_by("number"))
    earlier = [
        item
        for item in actions
        if item.assessment.started_at < assessment.started_at
        and is_from_last_time(item.state, item.state_changed_at, item.last_started_at)
    ]
    return ResultPlan(
        by_recommendation=_by_recommendation(actions, assessment),
        moved=tuple(_moved(earlier, assessment, result)),
        worked_on=sum(item.state in (DONE, UNDER_WAY) for item in earlier),
    )


def _by_recommendation(actions: list[Action], assessment: Assessment) -> Mapping[str, Planned]:
    """An open action stands for its recommendation whichever assessment it was made on; an ended one for its own."""
    held = [item for item in actions if item.recommendation and (item.is_open or item.assessment_id == assessment.pk)]
    held.sort(key=lambda item: item.is_open)
    alpha2 = assessment.country.alpha2
    return {
        item.recommendation: Planned(
            item.number, url_of(item, alpha2), str(item.get_state_display()).lower(), item.is_open
        )
        for item in held
    }


def url_of(action: Action, country: str) -> str:
    """The page of `action` in the plan of the country of that two-letter code."""
    return reverse("plan-action", kwargs={"country": country, "number": action.number})


def _moved(earlier: list[Action], assessment: Assessment, result: Result) -> list[MovedAction]:
    alpha2, found = assessment.country.alpha2, []
    for action in earlier:
        before, now = action.level_before, find_level(result, action.question, action.theme)
        if has_moved(action.state, before, now):
            assert before is not None
            assert now is not None
            found.append(MovedAction(action, url_of(action, alpha2), say_about(action), before, now))
    return found

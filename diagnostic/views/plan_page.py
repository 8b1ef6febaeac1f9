"""What every page of an action plan shows: its actions as their reader sees them, and the frame around them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from cpch.accounts.models import Country
from diagnostic.actions.clock import now
from diagnostic.core.action_plan import Urgency
from diagnostic.core.marking import strictest
from diagnostic.instruments import instrument_of
from diagnostic.models import Action, Assessment, Submission
from diagnostic.permissions import actions_visible_to, can_change_plan, can_plan, can_work_on_plan, has_drafts

from .access import load_plan_country


@dataclass(frozen=True, slots=True)
class Row:
    """One action, what it is about in words, and how near its day is."""

    action: Action
    url: str
    about: str
    urgency: Urgency

    @property
    def key(self) -> tuple[date, int]:
        """What is due first stands first; what has no day, last."""
        return (self.action.due_on or date.max, self.action.number)


@dataclass(frozen=True)
class Plan:
    """The plan of a country as its reader sees it; `may_work` may say how far an action is, `may_change` all else."""

    country: Country
    rows: tuple[Row, ...]
    today: date
    may_change: bool
    may_work: bool
    drafts_of: Assessment | None = None
    """The latest assessment that an action was made on, where its drafting kit is there for this reader."""

    @property
    def marking(self) -> str:
        """The strictest marking of the assessments that the actions were made on."""
        return strictest(row.action.assessment.marking for row in self.rows)

    @property
    def latest(self) -> Assessment | None:
        """The latest assessment that an action was made on: its log tells who took the plan away. None without any."""
        return latest_of(self.rows)

    @cached_property
    def open_rows(self) -> tuple[Row, ...]:
        """What still waits for somebody, what is due first at its head."""
        return tuple(sorted((row for row in self.rows if row.action.is_open), key=lambda row: row.key))

    @cached_property
    def overdue(self) -> tuple[Row, ...]:
        return tuple(row for row in self.open_rows if row.urgency == "overdue")

    def as_context(self, page: str) -> dict[str, Any]:
        """What the frame needs; `page` is the page's own name."""
        return {"plan": self, "country": self.country, "today": self.today, "page": page}


def load_plan_page(request: HttpRequest, code: str) -> Plan:
    """The plan of the country of that code, as this person sees it (2 queries). Raises `Http404`."""
    country = load_plan_country(request, code)
    actions = actions_visible_to(request.user).filter(country=country).select_related("assessment")
    rows = build_rows(actions, country)
    latest = latest_of(rows)
    return Plan(
        country=country,
        rows=rows,
        today=now().date(),
        may_change=can_change_plan(request.user, country.pk),
        may_work=can_work_on_plan(request.user, country.pk),
        drafts_of=latest if latest and has_drafts(request.user, latest) else None,
    )


def latest_of(rows: Iterable[Row]) -> Assessment | None:
    """The latest assessment that an action of `rows` was made on; None without any."""
    return max((row.action.assessment for row in rows), key=lambda item: item.started_at, default=None)


def build_rows(actions: Iterable[Action], country: Country) -> tuple[Row, ...]:
    """The `actions` of `country` as rows, in the order given; their assessments must be loaded."""
    today = now().date()
    return tuple(
        Row(
            action,
            reverse("plan-action", kwargs={"country": country.alpha2, "number": action.number}),
            say_about(action),
            action.urgency(today),
        )
        for action in actions
    )


def say_about(action: Action) -> str:
    """The question and the theme that an action concerns; "" where it is about neither."""
    instrument = instrument_of(action.assessment)
    theme = instrument.theme_by_id.get(action.theme)
    return ", ".join(part for part in (action.question, theme.name if theme else "") if part)


def load_plannable(user: Any, country: Country) -> list[Assessment]:
    """The assessments that `user` may make an action on, the latest first (1 query)."""
    found = Assessment.objects.filter(country=country).exclude(state=Assessment.State.WITHDRAWN)
    return [item for item in found.select_related("country").order_by("-started_at") if can_plan(user, item)]


def last_submission(visible: QuerySet[Submission], country_id: int) -> Submission | None:
    """The last submission of the country's latest assessment that was handed in, of those `visible` (1 query)."""
    found = visible.filter(assessment__country=country_id).exclude(assessment__state=Assessment.State.WITHDRAWN)
    return found.order_by("-assessment__started_at", "-number").first()

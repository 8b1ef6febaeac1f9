"""Lays the action plan of the demonstration over its years, by the product's own acts at the times of its file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from cpch.accounts.models import User
from diagnostic.actions import action_plan
from diagnostic.actions.clock import replay
from diagnostic.core.action_plan import BOTH, ActionDetails
from diagnostic.models import Action, Assessment


def lay_plan(file: Path, coordinators: Mapping[str, User]) -> None:
    """Play every action of `file`; `coordinators` are those of customs and of the police, by agency."""
    for entry in yaml.safe_load(file.read_text(encoding="utf-8")):
        Entry(entry, coordinators).play()


class Entry:
    """One action of the file, from its planning to where the file takes it."""

    def __init__(self, entry: Mapping[str, Any], coordinators: Mapping[str, User]):
        self.entry = entry
        self.coordinators = coordinators
        self.by = self._person(entry["lead"])

    def play(self) -> None:
        with replay(_moment(self.entry["at"])):
            action = self._plan()
        for step in self.entry.get("then", ()):
            with replay(_moment(step["at"])):
                self._do(Action.objects.get(pk=action.pk), step)

    def _person(self, agency: str) -> User:
        return self.coordinators["customs" if agency == BOTH else agency]

    def _plan(self) -> Action:
        assessment = Assessment.objects.select_related("country").get(country__alpha2="ZZ", period=self.entry["period"])
        if "title" in self.entry:
            theme = self.entry.get("theme", "")
            return action_plan.add(assessment=assessment, details=self._details(), theme=theme, by=self.by)
        action = action_plan.plan(assessment=assessment, recommendation=self.entry["recommendation"], by=self.by)
        details = self._details(action.title)
        return action_plan.change(action=action, details=details, base_version=action.version, by=self.by)

    def _details(self, title: str = "") -> ActionDetails:
        due_on: date | None = self.entry.get("due_on")
        return ActionDetails(
            title=self.entry.get("title", title),
            lead=self.entry["lead"],
            support=self.entry.get("support", ""),
            responsible=self.entry.get("responsible", ""),
            due_on=due_on,
        )

    def _do(self, action: Action, step: Mapping[str, Any]) -> None:
        by = self._person(step["by"]) if "by" in step else self.by
        if "comment" in step:
            action_plan.comment(action=action, text=step["comment"], by=by)
            return
        action_plan.move(
            action=action,
            act=step["act"],
            source=action.state,
            reason=step.get("reason", ""),
            proof=step.get("proof", ""),
            by=by,
        )


def _moment(text: Any) -> datetime:
    """A time of the file, in UTC."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)

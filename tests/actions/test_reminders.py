"""Reminders of a plan's actions: once for each day and urgency, to coordinators, without a word that somebody wrote."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from diagnostic.actions import action_plan, reminders
from diagnostic.actions.clock import replay
from diagnostic.core.action_plan import ActionDetails
from diagnostic.mail.letters import LETTERS
from diagnostic.models import Action, ActionReminder, Assessment, OutboxItem
from tests import factories
from tests.outbox import deliver

pytestmark = pytest.mark.django_db
TITLE, PERSON = "SECRET-TITLE", "SECRET-PERSON"


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.fill(factories.start_assessment(people.coordinator), people.coordinator)


def add(assessment: Assessment, people: factories.People, days: int | None) -> Action:
    due = None if days is None else today() + timedelta(days=days)
    details = ActionDetails(f"{TITLE} {days}", "both", responsible=PERSON, due_on=due)
    return action_plan.add(assessment=assessment, details=details, by=people.coordinator)


def today() -> date:
    return timezone.now().date()


def remind() -> list[Any]:
    """Run the command and the worker; return the e-mails."""
    call_command("remind_of_actions", stdout=StringIO())
    return deliver()


def told() -> list[tuple[int, str]]:
    return list(ActionReminder.objects.order_by("action__number", "pk").values_list("action__number", "urgency"))


def test_what_is_due_soon_or_overdue_is_told_once_to_each_coordinator(
    people: factories.People, assessment: Assessment
) -> None:
    for days in (-1, 0, 30, 31, None):
        add(assessment, people, days)
    messages = remind()
    assert told() == [(1, "overdue"), (2, "soon"), (3, "soon")]
    assert {message.to[0] for message in messages} == {people.coordinator.email, people.police_coordinator.email}
    assert [len(message.to) for message in messages] == [1, 1]
    assert remind() == []


def test_it_says_numbers_and_days_and_nothing_that_somebody_wrote(
    people: factories.People, assessment: Assessment
) -> None:
    late, near = add(assessment, people, -2), add(assessment, people, 5)
    message = remind()[0]
    assert message.subject == "Example Country: 1 action of the plan is overdue"
    body = message.body
    assert body.index("Overdue") < body.index("action 1, due") < body.index("Due within") < body.index("action 2, due")
    assert f"action {late.number}, due {late.due_on:%-d %B %Y}" in body
    assert f"action {near.number}, due {near.due_on:%-d %B %Y}" in body
    assert "/plan/ZZ/" in body
    assert TITLE not in body + message.subject
    assert PERSON not in body + message.subject


def test_it_is_told_again_when_its_day_has_passed_and_when_it_gets_another(
    people: factories.People, assessment: Assessment
) -> None:
    action = add(assessment, people, 3)
    assert remind()
    with replay(timezone.now() + timedelta(days=4)):
        assert "is overdue" in remind()[0].subject
        assert remind() == []
    action_plan.change(
        action=action,
        details=ActionDetails(TITLE, "both", due_on=today() + timedelta(days=20)),
        base_version=action.version,
        by=people.coordinator,
    )
    assert "is due soon" in remind()[0].subject
    assert told() == [(1, "soon"), (1, "overdue"), (1, "soon")]


@pytest.mark.parametrize("act", ["complete", "drop"])
def test_nobody_is_reminded_of_what_has_ended(people: factories.People, assessment: Assessment, act: str) -> None:
    action = add(assessment, people, -5)
    Action.objects.filter(pk=action.pk).update(
        state="done" if act == "complete" else "dropped", reason="" if act == "complete" else "No money."
    )
    assert remind() == []


def test_each_reads_it_in_their_own_language(people: factories.People, assessment: Assessment, settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("fr", "Français")]
    people.police_coordinator.language = "fr"
    people.police_coordinator.save(update_fields=["language"])
    add(assessment, people, -1)
    reminders.remind(country=people.coordinator.membership.country, today=today())
    entry = OutboxItem.objects.get(kind="reminder").entry
    used = {letter.to: letter.language for letter in LETTERS["reminder"](entry)}
    assert used == {people.coordinator.email: "en", people.police_coordinator.email: "fr"}


def test_an_action_that_was_done_before_the_e_mail_went_out_is_not_in_it(
    people: factories.People, assessment: Assessment
) -> None:
    done, late = add(assessment, people, -2), add(assessment, people, -1)
    call_command("remind_of_actions", stdout=StringIO())
    Action.objects.filter(pk=done.pk).update(state="done")
    message = deliver()[0]
    assert f"action {late.number}, due" in message.body
    assert f"action {done.number}, due" not in message.body


def test_nothing_is_sent_if_all_of_them_were_done(people: factories.People, assessment: Assessment) -> None:
    add(assessment, people, -1)
    call_command("remind_of_actions", stdout=StringIO())
    Action.objects.update(state="dropped", reason="No money.")
    assert deliver() == []


def test_another_countrys_coordinators_and_those_who_left_get_nothing(
    people: factories.People, assessment: Assessment
) -> None:
    people.police_coordinator.is_active = False
    people.police_coordinator.save(update_fields=["is_active"])
    add(assessment, people, -1)
    assert [message.to for message in remind()] == [[people.coordinator.email]]

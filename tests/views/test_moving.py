"""Moving a person to another role or agency of the country, or role in the secretariat, and their open items."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cpch.accounts import actions as accounts
from cpch.accounts.models import Role, User
from cpch.accounts.permissions import Place
from diagnostic.actions import assignments, handover
from diagnostic.actions.errors import ActionRefused
from diagnostic.handover_queries import load_left
from diagnostic.models import Assessment, Assignment, AuditEntry
from tests import factories
from tests.factories import fill, make_submission, sign, start_assessment
from tests.views.leaving import confirm, invited, led_by, membership, page, say
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db


def test_a_move_changes_role_and_agency_and_voids_what_was_attested(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    sign(assessment, people.coordinator)
    shown = page(client, people.administrator, people.coordinator, "person-move", to="coordinator-police")
    assert "not be able to act for police in 1 assessment in which they acted for customs" in say(shown)

    assert confirm(client, shown).status_code == 302

    moved = membership(people.coordinator)
    assert (moved.role, moved.agency.kind, moved.country.alpha2) == ("coordinator", "police", "ZZ")
    assert Assessment.objects.get(pk=assessment.pk).standing_attestations == {}
    entry = AuditEntry.objects.get(act="person.moved")
    assert entry.detail == {
        "person": people.coordinator.pk,
        "before": {"role": "coordinator", "agency": "customs"},
        "after": {"role": "coordinator", "agency": "police"},
    }
    client.force_login(people.police_coordinator)
    told = unisolated(say(client.get(reverse("assessment-check", args=[assessment.pk]))))
    assert f"because {people.administrator.full_name} changed their role" in told


def test_the_role_is_chosen_first_and_nothing_happens_before_it_is_confirmed(
    client: Client, people: factories.People
) -> None:
    first = page(client, people.administrator, people.respondent, "person-move")
    assert {code for code, _label in first.context["form"].fields["to"].choices} == {
        "coordinator-customs",
        "respondent-police",
        "coordinator-police",
        "observer",
    }
    assert page(client, people.administrator, people.respondent, "person-move", to="observer").status_code == 200
    for wrong in ("reviewer", "respondent-customs", "partner", "x"):
        assert page(client, people.administrator, people.respondent, "person-move", to=wrong).status_code == 422
    assert membership(people.respondent).role == Role.RESPONDENT


def test_only_what_cannot_be_kept_is_handed_over(people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    led_by(people.coordinator, people.coordinator, assessment)
    invited(people.coordinator)
    observer = invited(people.coordinator, "o@example.org", Role.OBSERVER)
    person, by = membership(people.coordinator), people.administrator

    as_respondent = load_left(person, by, Place("respondent", "customs"))
    as_police = load_left(person, by, Place("coordinator", "police"))

    assert (len(as_respondent.actions), len(as_respondent.invitations)) == (0, 2)
    assert (len(as_police.actions), len(as_police.invitations)) == (1, 1)
    assert observer not in as_police.invitations


def test_nobody_moves_between_a_country_and_the_secretariat_or_out_of_their_hands(people: factories.People) -> None:
    cases = [
        (people.respondent, Place("reviewer"), people.administrator),
        (people.reviewer, Place("respondent", "customs"), people.administrator),
        (people.reviewer, Place("partner"), people.administrator),
        (people.partner, Place("reviewer"), people.administrator),
        (people.administrator, Place("reviewer"), people.administrator),
        (people.respondent, Place("observer"), people.coordinator),
        (people.respondent, Place("observer"), people.reviewer),
        (people.respondent, Place("observer", "customs"), people.administrator),
        (people.respondent, Place("coordinator"), people.administrator),
    ]
    for user, to, by in cases:
        person = membership(user)
        for act in (
            lambda person=person, to=to, by=by: accounts.move(person=person, to=to, by=by),
            lambda person=person, to=to, by=by: handover.move(person=person, to=to, choices={}, seen="", by=by),
        ):
            with pytest.raises(PermissionDenied):
                act()


@pytest.mark.parametrize("who", ["coordinator", "police_coordinator", "respondent", "observer", "foreigner"])
def test_the_page_of_a_move_is_the_administrators(client: Client, people: factories.People, who: str) -> None:
    response = page(client, getattr(people, who), people.police_respondent, "person-move")
    assert response.status_code == (404 if who == "foreigner" else 403)


def test_a_reviewer_becomes_administrator_and_keeps_what_is_assigned(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    assignments.assign(
        assessment=submission.assessment,
        reviewer=people.reviewer,
        due_on=timezone.now().date(),
        by=people.administrator,
    )
    shown = page(client, people.administrator, people.reviewer, "person-move", to="administrator")

    assert confirm(client, shown).status_code == 302
    assert membership(people.reviewer).role == Role.ADMINISTRATOR
    assert Assignment.objects.get().reviewer == people.reviewer


def test_who_is_moved_into_a_role_with_a_second_factor_is_led_to_its_setup_in_the_open_session(
    client: Client, people: factories.People, settings: Any
) -> None:
    settings.SECOND_FACTOR_REQUIRED_OF = "secretariat"
    own = Client()
    own.force_login(people.reviewer)
    accounts.move(person=membership(people.reviewer), to=Place("administrator"), by=people.administrator)

    assert own.get(reverse("people"))["Location"] == reverse("security")


def test_a_move_to_the_same_role_is_refused(people: factories.People) -> None:
    person = membership(people.respondent)
    place = Place("respondent", "customs")
    seen = load_left(person, people.administrator, place).stamp
    with pytest.raises(ActionRefused):
        handover.move(person=person, to=place, choices={}, seen=seen, by=people.administrator)


# Appearance


@pytest.mark.looks
@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_pass_axe_and_work_by_their_own_buttons(new_page: Any, width: int) -> None:
    from tests.journeys.axe import find_faults_here

    people = factories.make_people()
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    sign(assessment, people.coordinator)
    led_by(people.coordinator, people.coordinator, assessment)
    invited(people.coordinator)
    opened = new_page(viewport={"width": width, "height": 900}, java_script_enabled=True)
    opened.goto(reverse("account_login"))
    opened.fill("#id_login", people.administrator.email)
    opened.fill("#id_password", factories.PASSWORD)
    opened.click("main button")
    opened.goto(reverse("person-move", args=[people.coordinator.pk]))
    assert find_faults_here(opened) == []
    opened.check("text=Observer")
    opened.click("main button")
    assert find_faults_here(opened) == []

    opened.goto(reverse("person-deactivate", args=[people.coordinator.pk]))
    assert find_faults_here(opened) == []
    opened.click("main button.btn-primary")
    assert find_faults_here(opened) == []

    for select in opened.query_selector_all("main select"):
        select.select_option(index=1)
    opened.click("main button.btn-primary")
    opened.wait_for_url("**" + reverse("people"))
    assert not User.objects.get(pk=people.coordinator.pk).is_active

"""Deactivating a person: their open items are shown, settled with the act, and never come back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpch.accounts import actions as accounts
from cpch.accounts.models import CoordinatorProposal, Invitation, Role, User
from cpch.accounts.permissions import Place
from diagnostic.actions import action_plan, assignments, handover, reviews
from diagnostic.actions.audit_check import find_contradictions
from diagnostic.handover_queries import load_left
from diagnostic.models import Action, Assessment, Assignment, Attestation, AuditEntry, Declaration, OpeningRequest
from diagnostic.views.log_words import say_entry
from tests import factories
from tests.factories import declare, fill, make_submission, make_user, sign, start_assessment
from tests.views.leaving import confirm, invited, led_by, membership, page, say
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

SECRET = "SECRET-OF-THE-PLAN"


# Attestations


def test_an_attestation_that_was_not_submitted_is_voided_and_both_agencies_are_told(
    client: Client, people: factories.People
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    sign(assessment, people.coordinator)
    sign(assessment, people.police_coordinator)

    assert confirm(client, page(client, people.administrator, people.coordinator)).status_code == 302

    assessment.refresh_from_db()
    assert set(assessment.standing_attestations) == {"police"}
    entry = AuditEntry.objects.get(chain__assessment=assessment, act="attestation.void")
    assert entry.detail == {"agencies": ["customs"], "because": "deactivated", "person": people.coordinator.full_name}
    assert f"deactivated {people.coordinator.full_name}, which voided" in unisolated(say_entry(entry))
    assert list(find_contradictions(Assessment.objects.get(pk=assessment.pk))) == []
    colleague = make_user(Role.RESPONDENT, agency="customs")
    for reader in (people.police_coordinator, colleague):
        client.force_login(reader)
        told = say(client.get(reverse("assessment-check", args=[assessment.pk])))
        assert f"because {people.administrator.full_name} deactivated their account" in unisolated(told)


def test_what_was_submitted_stands(client: Client, people: factories.People) -> None:
    submission = make_submission(people.coordinator)
    confirm(client, page(client, people.administrator, people.coordinator))

    assert Attestation.objects.filter(submission=submission).count() == 2
    assert not AuditEntry.objects.filter(act="attestation.void").exists()


def test_reactivating_brings_nothing_back(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    sign(assessment, people.coordinator)
    invitation = invited(people.coordinator)
    chosen = {handover.key_of(invitation): "none"}
    assert confirm(client, page(client, people.administrator, people.coordinator), **chosen).status_code == 302
    assert User.objects.get(pk=people.coordinator.pk).deactivated_at is not None

    client.post(reverse("person-reactivate", args=[people.coordinator.pk]))

    person = User.objects.get(pk=people.coordinator.pk)
    assert (person.is_active, person.deactivated_at) == (True, None)
    assessment.refresh_from_db()
    invitation.refresh_from_db()
    assert assessment.standing_attestations == {}
    assert not invitation.is_open


# Visibility


def test_an_administrator_sees_numbers_and_no_content_of_what_is_not_submitted(
    client: Client, people: factories.People
) -> None:
    planned = start_assessment(people.coordinator, period="FOURTH-PERIOD")
    led_by(people.coordinator, people.coordinator, planned, SECRET)
    for period in ("FIRST-PERIOD", "SECOND-PERIOD"):
        assessment = fill(start_assessment(people.coordinator, period=period), people.coordinator)
        sign(assessment, people.coordinator)
    apart = start_assessment(people.coordinator, mode="separate", period="THIRD-PERIOD")
    fill(apart, people.coordinator, voice="customs")
    declare(apart, people.coordinator)

    told = say(page(client, people.administrator, people.coordinator))

    assert "2 attestations that were not submitted become void" in told
    assert "1 declaration that answers are complete stands" in told
    assert "responsible person of 1 open action." in told
    assert not [word for word in (SECRET, "-PERIOD", "Action 1") if word in told]


def test_a_coordinator_sees_each_item(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    led_by(people.respondent, people.coordinator, assessment, "Meet the new minister")

    assert "Action 1: Meet the new minister" in say(page(client, people.coordinator, people.respondent))


def test_a_coordinator_is_not_told_of_the_other_agencys_declaration(client: Client, people: factories.People) -> None:
    apart = start_assessment(people.coordinator, mode="separate")
    before = load_left(membership(people.observer), people.coordinator).stamp
    # Once the police's coordinator, now an observer, whom either agency's coordinators deactivate.
    declaration = Declaration.objects.create(assessment=apart, agency="police", declared_by=people.observer)
    Assessment.objects.filter(pk=apart.pk).update(police_declaration=declaration)
    OpeningRequest.objects.create(assessment=apart, agency="police", reason="Soon.", requested_by=people.observer)

    told = say(page(client, people.coordinator, people.observer))
    assert not [word for word in ("declaration", "request") if word in told]
    assert load_left(membership(people.observer), people.coordinator).stamp == before
    told = say(page(client, people.police_coordinator, people.observer))
    assert "1 declaration" in told
    assert "1 request to open the comparison stands" in told


def test_a_proposal_stands_and_is_the_administrators_to_decide(client: Client, people: factories.People) -> None:
    CoordinatorProposal.objects.create(
        email="ben@example.org",
        full_name="Ben Other",
        agency=people.police_coordinator.membership.agency,
        why="They have none.",
        proposed_by=people.coordinator,
    )
    shown = page(client, people.administrator, people.coordinator)
    assert "1 proposal of a coordinator remains. An administrator will decide on it." in say(shown)
    assert "proposal" not in say(page(client, people.administrator, people.police_coordinator))
    assert confirm(client, shown).status_code == 302
    assert CoordinatorProposal.objects.get().is_open


def test_who_leaves_nothing_is_deactivated_without_a_choice(client: Client, people: factories.People) -> None:
    shown = page(client, people.coordinator, people.respondent)
    assert "Nothing that someone else needs to take over" in say(shown)
    assert confirm(client, shown).status_code == 302
    assert not User.objects.get(pk=people.respondent.pk).is_active


def test_the_last_coordinator_of_an_agency_is_not_taken_away_in_silence(
    client: Client, people: factories.People
) -> None:
    assert "Customs will have no active coordinator" in say(page(client, people.administrator, people.coordinator))
    make_user()
    assert "no active coordinator" not in say(page(client, people.administrator, people.coordinator))


@pytest.mark.parametrize("many", [1, 4])
def test_the_page_takes_as_many_queries_for_many_items_as_for_one(
    client: Client, people: factories.People, many: int
) -> None:
    for number in range(many):
        assessment = fill(start_assessment(people.coordinator), people.coordinator)
        sign(assessment, people.coordinator)
        led_by(people.coordinator, people.coordinator, assessment, f"Action of {number}")
        invited(people.coordinator, f"amara-{number}@example.org")
    client.force_login(people.administrator)
    url = reverse("person-deactivate", args=[people.coordinator.pk])
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) == 9
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("person-move", args=[people.coordinator.pk], query={"to": "coordinator-police"}))
    assert len(queries) == 10


# Invitations


def test_an_invitation_is_taken_over_by_someone_who_could_make_it(client: Client, people: factories.People) -> None:
    invitation = invited(people.coordinator)
    colleague = make_user()
    shown = page(client, people.administrator, people.coordinator)
    offered = {value for value, _label in shown.context["form"].fields[handover.key_of(invitation)].choices}
    assert offered == {"", "none", str(colleague.pk)}

    assert confirm(client, shown, **{handover.key_of(invitation): str(colleague.pk)}).status_code == 302

    invitation.refresh_from_db()
    assert (invitation.invited_by, invitation.is_open) == (colleague, True)
    entry = AuditEntry.objects.get(act="invitation.taken_over")
    assert (entry.by, entry.detail) == (people.administrator, {"invitation": invitation.pk, "person": colleague.pk})


def test_an_expired_invitation_is_settled_too_for_it_could_be_renewed(client: Client, people: factories.People) -> None:
    invitation = invited(people.coordinator)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now() - timedelta(days=1))

    confirm(client, page(client, people.administrator, people.coordinator), **{handover.key_of(invitation): "none"})

    invitation.refresh_from_db()
    assert invitation.withdrawn_at is not None


def test_a_choice_is_asked_for_and_what_was_chosen_stays(client: Client, people: factories.People) -> None:
    first, second = invited(people.coordinator, "a@example.org"), invited(people.coordinator, "b@example.org")
    shown = page(client, people.administrator, people.coordinator)

    again = confirm(client, shown, **{handover.key_of(first): "none"})

    assert again.status_code == 422
    assert "Choose what happens: Invitation of b@example.org (Respondent, customs)." in say(again)
    assert again.context["form"][handover.key_of(first)].value() == "none"
    assert again.context["form"][handover.key_of(second)].errors
    assert User.objects.get(pk=people.coordinator.pk).is_active


@pytest.mark.parametrize("chosen", ["999999", "x", "-1"])
def test_nobody_takes_over_who_could_not_have_invited(client: Client, people: factories.People, chosen: str) -> None:
    invitation = invited(people.coordinator)
    shown = page(client, people.administrator, people.coordinator)
    for value in (chosen, str(people.police_coordinator.pk), str(people.respondent.pk), str(people.foreigner.pk)):
        assert confirm(client, shown, **{handover.key_of(invitation): value}).status_code == 422
    with pytest.raises(PermissionDenied):
        accounts.take_over_invitation(
            invitation=invitation, successor=membership(people.police_coordinator), by=people.administrator
        )


# Assignments, reviews, notices


def test_an_assignment_goes_to_a_named_reviewer_or_ends(client: Client, people: factories.People) -> None:
    due = timezone.now().date() + timedelta(days=5)
    taken = make_submission(people.coordinator)
    kept = [
        assignments.assign(assessment=item.assessment, reviewer=people.reviewer, due_on=due, by=people.administrator)
        for item in (taken, make_submission(people.coordinator))
    ]
    reviews.take_up(submission=taken, by=people.reviewer)
    shown = page(client, people.administrator, people.reviewer)
    assert "1 review that they took up stays open" in say(shown)

    chosen = {handover.key_of(kept[0]): str(people.administrator.pk), handover.key_of(kept[1]): "none"}
    assert confirm(client, shown, **chosen).status_code == 302

    held = Assignment.objects.get()
    assert (held.pk, held.reviewer, held.due_on) == (kept[0].pk, people.administrator, due)
    assert list(AuditEntry.objects.filter(act__startswith="assignment.").values_list("act", flat=True)) == [
        "assignment.make",
        "assignment.make",
        "assignment.hand_over",
        "assignment.end",
    ]


def test_whoever_is_assigned_already_is_not_offered_the_same_assessment(people: factories.People) -> None:
    due = timezone.now().date()
    submission = make_submission(people.coordinator)
    for reviewer in (people.reviewer, people.administrator):
        assignments.assign(assessment=submission.assessment, reviewer=reviewer, due_on=due, by=people.administrator)
    other = make_user(Role.REVIEWER, None, None)
    left = load_left(membership(people.reviewer), people.administrator)

    assert [item.user for item in left.successors_for_assignment(left.assignments[0])] == [other]


# Actions of the plan


def test_actions_go_to_a_named_person_of_the_agency_or_to_nobody(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    handed = led_by(people.respondent, people.coordinator, assessment, "First")
    left = led_by(people.respondent, people.coordinator, assessment, "Second")
    shown = page(client, people.coordinator, people.respondent)
    offered = {value for value, _label in shown.context["form"].fields[handover.key_of(handed)].choices}
    assert offered == {"", "none", str(people.coordinator.pk)}

    chosen = {handover.key_of(handed): str(people.coordinator.pk), handover.key_of(left): "none"}
    assert confirm(client, shown, **chosen).status_code == 302

    handed.refresh_from_db()
    left.refresh_from_db()
    assert (handed.responsible, left.responsible) == (people.coordinator.full_name, "")
    assert handed.revisions.last().saved_by == people.coordinator
    assert handed.revisions.first().content["responsible"] == people.respondent.full_name


def test_an_administrator_hands_all_actions_over_in_one_choice(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    planned = [led_by(people.coordinator, people.coordinator, assessment, title) for title in ("First", "Second")]

    shown = page(client, people.administrator, people.coordinator)
    assert confirm(client, shown, actions=str(people.respondent.pk)).status_code == 302

    assert {Action.objects.get(pk=item.pk).responsible for item in planned} == {people.respondent.full_name}


def test_handing_an_action_over_voids_what_was_attested_with_the_plan_as_it_was(
    client: Client, people: factories.People
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    action = led_by(people.respondent, people.coordinator, assessment)
    sign(assessment, people.police_coordinator)
    shown = page(client, people.coordinator, people.respondent)
    assert "attestations that are not submitted yet become void" in say(shown)

    confirm(client, shown, **{handover.key_of(action): "none"})

    held = Assessment.objects.get(pk=assessment.pk)
    assert held.standing_attestations == {}
    assert list(find_contradictions(held)) == []


def test_an_action_that_is_done_keeps_its_name(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    action = led_by(people.respondent, people.coordinator, assessment)
    action_plan.move(action=action, act="complete", source="planned", by=people.coordinator)

    assert confirm(client, page(client, people.coordinator, people.respondent)).status_code == 302
    action.refresh_from_db()
    assert action.responsible == people.respondent.full_name


# Concurrent changes


def test_what_changed_meanwhile_is_shown_again_with_what_was_chosen(client: Client, people: factories.People) -> None:
    first = invited(people.coordinator)
    shown = page(client, people.administrator, people.coordinator)
    second = invited(people.coordinator, "late@example.org")
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    sign(assessment, people.coordinator)

    again = confirm(client, shown, **{handover.key_of(first): "none"})

    assert again.status_code == 409
    assert "Something has changed since this page was opened" in say(again)
    assert "1 attestation that was not submitted becomes void" in say(again)
    assert again.context["form"][handover.key_of(first)].value() == "none"
    assert User.objects.get(pk=people.coordinator.pk).is_active
    assert Assessment.objects.get(pk=assessment.pk).standing_attestations
    chosen = {handover.key_of(first): "none", handover.key_of(second): "none"}
    assert confirm(client, again, **chosen).status_code == 302


def test_the_act_looks_again_under_its_lock(people: factories.People) -> None:
    person, by = membership(people.coordinator), people.administrator
    seen = load_left(person, by).stamp
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    sign(assessment, people.coordinator)
    with pytest.raises(handover.HandoverChanged):
        handover.deactivate(person=person, choices={}, seen=seen, by=by)
    invited(people.coordinator)
    with pytest.raises(handover.SuccessorMissing):
        handover.deactivate(person=person, choices={}, seen=load_left(person, by).stamp, by=by)
    assert User.objects.get(pk=people.coordinator.pk).is_active
    assert Assessment.objects.get(pk=assessment.pk).standing_attestations


def test_who_was_deactivated_or_moved_while_they_pressed_the_button_attests_nothing(people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    administrator = people.administrator
    accounts.move(person=membership(people.coordinator), to=Place("coordinator", "police"), by=administrator)
    accounts.deactivate(person=membership(people.police_coordinator), by=administrator)
    for as_the_request_loaded_them in (people.coordinator, people.police_coordinator):
        with pytest.raises(PermissionDenied):
            sign(assessment, as_the_request_loaded_them)


def test_two_who_deactivate_at_once_do_it_once(client: Client, people: factories.People) -> None:
    shown = page(client, people.coordinator, people.respondent)
    confirm(client, shown)
    assert confirm(client, shown).status_code == 302
    assert AuditEntry.objects.filter(act="person.deactivated").count() == 1

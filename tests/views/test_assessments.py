"""The list, the start, the settings, the task list, the withdrawal, the file and the log of an assessment."""

from __future__ import annotations

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from cpch.accounts.models import Role
from diagnostic.actions import assessments, reviews
from diagnostic.actions.assessments import base_of
from diagnostic.core.interchange import parse_assessment
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, AuditEntry, Submission
from tests import factories
from tests.factories import (
    example_answers,
    fill,
    make_accepted,
    make_submission,
    make_user,
    save_answer,
    start_assessment,
)
from tests.views.pages import count_queries, get, post, words

pytestmark = pytest.mark.django_db


MOST_QUERIES = 8
STARTED = {"period": "2026", "mode": "joint", "title": "", "marking": "TLP:AMBER", "target_level": ""}


def make_returned(people: factories.People, *codes: str) -> Assessment:
    submission = make_submission(people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    for code in codes:
        reviews.ask(submission=submission, question=code, text=f"What of {code}?", by=people.reviewer)
    reviews.return_for_clarification(submission=submission, remark="Two things are unclear.", by=people.reviewer)
    return Assessment.objects.select_related("country", "instrument").get(pk=submission.assessment_id)


# The list


def test_the_list_holds_the_countrys_own_with_state_level_and_next_act(
    client: Client, people: factories.People
) -> None:
    make_accepted(people.coordinator, people.reviewer, period="2025")
    start_assessment(people.coordinator, period="2026")
    start_assessment(people.foreigner, period="2033")

    said = words(get(client, people.respondent, "assessment-list"))

    assert "Accepted Submission 1" in said
    assert "2 Communication index 2.3" in said
    assert "Draft" in said
    assert "Go on answering" in said
    assert "2033" not in said
    assert "Go on answering" not in words(get(client, people.observer, "assessment-list"))


def test_only_coordinators_are_offered_a_start(client: Client, people: factories.People) -> None:
    for person in (people.coordinator, people.police_coordinator):
        assert reverse("assessment-start") in get(client, person, "assessment-list").content.decode()
    for person in (people.respondent, people.observer, people.partner, people.reviewer):
        assert reverse("assessment-start") not in get(client, person, "assessment-list").content.decode()


def test_others_see_what_they_may_by_country(client: Client, people: factories.People) -> None:
    make_accepted(people.coordinator, people.reviewer, period="2025", is_disclosed_to_partners=True)
    make_accepted(people.coordinator, people.reviewer, period="Second")
    start_assessment(people.coordinator, period="Third")

    partner = words(get(client, people.partner, "assessment-list"))
    reviewer = words(get(client, people.reviewer, "assessment-list"))

    assert "Example Country 2025" in partner
    assert "Second" not in partner
    assert "Example Country Second" in reviewer
    assert "Third" not in reviewer


def test_the_list_costs_the_same_for_one_and_for_many(client: Client, people: factories.People) -> None:
    make_submission(people.coordinator)
    few = count_queries(client, people.coordinator, "assessment-list")
    for _ in range(4):
        make_submission(people.coordinator)
    assert count_queries(client, people.coordinator, "assessment-list") == few <= 5


# Starting and settings


def test_a_coordinator_starts_an_assessment(client: Client, people: factories.People) -> None:
    response = post(client, people.coordinator, "assessment-start", **STARTED | {"target_level": "3"})
    assessment = Assessment.objects.get()

    assert response.url == reverse("assessment-detail", args=[assessment.pk])
    assert (assessment.period, assessment.marking, assessment.target_level) == ("2026", "TLP:AMBER", 3)
    assert not assessment.is_disclosed_to_partners
    assert not assessment.allows_statistics


@pytest.mark.parametrize("mode", ["joint", "separate"])
def test_the_mode_is_chosen_at_the_start(client: Client, people: factories.People, mode: str) -> None:
    post(client, people.coordinator, "assessment-start", **STARTED | {"mode": mode})

    assert Assessment.objects.get().mode == mode


def test_the_start_offers_both_modes_and_chooses_none(client: Client, people: factories.People) -> None:
    response = get(client, people.coordinator, "assessment-start")
    page = response.content.decode()

    assert "Each agency for itself" in words(response)
    assert "One joint session" in words(response)
    assert len(re.findall('name="mode"', page)) == 2
    assert not any("checked" in tag for tag in re.findall(r'<input[^>]*name="mode"[^>]*>', page))
    assert "A.9 to A.11 describe covert capabilities" in words(response)
    assert re.search(r'value="TLP:AMBER"[^>]*checked|checked[^>]*value="TLP:AMBER"', page)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"period": "  "}, "Give the period, such as 2026."),
        ({"period": "\u200b\u2060"}, "Give the period, such as 2026."),
        ({"period": "x" * 41}, "at most 40 characters"),
        ({"period": "\ufdfa" * 3}, "at most 40 characters"),
        ({"period": "20\u202e26"}, "the text-direction override U+202E at character 3"),
        ({"period": "20\x0726"}, "the control character U+0007 at character 3"),
        ({"period": "20\n26"}, "line break"),
        ({"marking": "TLP:WHITE"}, "TLP:WHITE is not one of the available choices"),
        ({"marking": ""}, "Choose a marking."),
        ({"mode": ""}, "Choose how customs and police answer."),
        ({"mode": "apart"}, "apart is not one of the available choices"),
        ({"target_level": "6"}, "6 is not one of the available choices"),
        ({"title": "x" * 201}, "at most 200 characters"),
    ],
)
def test_a_faulty_start_says_where_and_keeps_what_was_given(
    client: Client, people: factories.People, changes: dict[str, str], fault: str
) -> None:
    response = post(client, people.coordinator, "assessment-start", **STARTED | {"title": "Kept"} | changes)

    assert response.status_code == 422
    assert fault in words(response)
    assert "There is a problem" in words(response)
    assert not Assessment.objects.exists()
    if "title" not in changes:
        assert 'value="Kept"' in response.content.decode()


@pytest.mark.parametrize("period", ["2026", "２０２６", "20\u200b26", "\ufeff2026"])
def test_a_period_that_is_taken_is_said_at_the_field(client: Client, people: factories.People, period: str) -> None:
    start_assessment(people.police_coordinator, period="2026")
    response = post(client, people.coordinator, "assessment-start", **STARTED | {"period": period})

    assert response.status_code == 422
    assert response.context["form"].errors["period"] == [
        "There is an assessment for \u20682026\u2069 already. Open it, or choose another period."
    ]
    assert "Open the assessment for 2026" in words(response)


def test_a_button_pressed_twice_starts_one_assessment_and_opens_it(client: Client, people: factories.People) -> None:
    first = post(client, people.coordinator, "assessment-start", **STARTED)
    second = post(client, people.coordinator, "assessment-start", **STARTED)

    assert second.url == first.url == reverse("assessment-detail", args=[Assessment.objects.get().pk])


def test_settings_change_while_the_assessment_is_with_the_country(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    data = {"title": "New", "marking": "TLP:RED", "is_disclosed_to_partners": "on", "target_level": ""}
    data["base"] = base_of(assessment)
    response = post(client, people.police_coordinator, "assessment-settings", assessment.pk, **data)
    assessment.refresh_from_db()

    assert response.url == reverse("assessment-detail", args=[assessment.pk])
    assert (assessment.title, assessment.marking, assessment.is_disclosed_to_partners) == ("New", "TLP:RED", True)


def test_settings_that_somebody_changed_meanwhile_are_not_put_back(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator, is_disclosed_to_partners=True)
    form = get(client, people.police_coordinator, "assessment-settings", assessment.pk).context["form"]
    opened = {
        "marking": "TLP:AMBER",
        "is_disclosed_to_partners": "on",
        "target_level": "",
        "base": form["base"].value(),
    }
    safer = {"title": "", "marking": "TLP:RED", "target_level": "", "base": opened["base"]}
    assert post(client, people.coordinator, "assessment-settings", assessment.pk, **safer).status_code == 302

    response = post(client, people.police_coordinator, "assessment-settings", assessment.pk, title="New", **opened)
    said = words(response)
    assessment.refresh_from_db()
    assert response.status_code == 409
    assert (assessment.title, assessment.marking, assessment.is_disclosed_to_partners) == ("", "TLP:RED", False)
    assert "Somebody else has changed the settings since you opened this page." in said
    assert "once it is accepted: no" in said
    assert "Marking: TLP:RED: " in said

    again = opened | {"title": "New", "base": response.context["form"]["base"].value()}
    assert post(client, people.police_coordinator, "assessment-settings", assessment.pk, **again).status_code == 302
    assessment.refresh_from_db()
    assert (assessment.title, assessment.is_disclosed_to_partners) == ("New", True)


def test_settings_stay_once_submitted(client: Client, people: factories.People) -> None:
    assessment = make_submission(people.coordinator).assessment
    assert "cannot be changed now" in words(get(client, people.coordinator, "assessment-settings", assessment.pk))
    response = post(client, people.coordinator, "assessment-settings", assessment.pk, marking="TLP:RED")
    assert response.status_code == 409


# The task list


def test_the_task_list_begins_with_the_first_question(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    response = get(client, people.respondent, "assessment-detail", assessment.pk)

    assert "0 of 21 questions answered" in words(response)
    assert "Begin with A.1" in words(response)
    page = response.content.decode()
    instrument = current_instrument()
    for question in instrument.questions:
        assert f"{reverse('theme', args=[assessment.pk, 'national', question.theme])}#{question.code}" in page


def test_the_task_list_leads_on_to_what_is_missing_and_then_to_the_check(
    client: Client, people: factories.People
) -> None:
    assessment = start_assessment(people.coordinator)
    save_answer(assessment, people.coordinator, "A.1", level=2)
    assert "Next: answer A.2.1" in words(get(client, people.coordinator, "assessment-detail", assessment.pk))

    fill(start := start_assessment(people.coordinator), people.coordinator)
    assert "Next: check and attest" in words(get(client, people.coordinator, "assessment-detail", start.pk))
    assert "The coordinators can attest now" in words(get(client, people.respondent, "assessment-detail", start.pk))


def test_an_observer_reads_and_is_offered_nothing_to_do(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    page = get(client, people.observer, "assessment-detail", assessment.pk).content.decode()

    assert "btn-primary" not in page
    for name in ("assessment-settings", "assessment-withdraw"):
        assert reverse(name, args=[assessment.pk]) not in page


def test_a_returned_assessment_shows_what_is_asked_until_it_is_answered(
    client: Client, people: factories.People
) -> None:
    assessment = make_returned(people, "A.1", "A.13")
    said = words(get(client, people.coordinator, "assessment-detail", assessment.pk))
    assert "Two things are unclear." in said
    assert "What of A.13?" in said
    assert "Next: clarify A.1" in said
    assert said.count("To clarify") == 2

    save_answer(assessment, people.coordinator, "A.1", level=4)
    said = words(get(client, people.coordinator, "assessment-detail", assessment.pk))
    assert "Next: clarify A.13" in said
    assert said.count("To clarify") == 1
    assert "Answered again" in said

    save_answer(assessment, people.coordinator, "A.13", level=4)
    assert "Next: check and attest" in words(get(client, people.coordinator, "assessment-detail", assessment.pk))


def test_people_stand_with_the_time_of_their_last_answer(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    save_answer(assessment, people.respondent, "A.1", level=2)
    said = words(get(client, people.coordinator, "assessment-detail", assessment.pk))

    assert re.search(rf"{people.respondent.full_name} Respondent, customs\. Last answer .+ UTC", said)
    assert f"{people.coordinator.full_name} (you) Coordinator, customs. No answer yet" in said
    assert people.foreigner.full_name not in said


def test_once_handed_in_no_theme_is_said_to_be_begun(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    save_answer(assessment, people.coordinator, "A.1", level=2)
    before = words(get(client, people.coordinator, "assessment-detail", assessment.pk))
    assert all(said in before for said in ("1. Answer the seven themes", "In progress", "Not started"))
    factories.submit(assessment, by=people.coordinator)
    after = words(get(client, people.coordinator, "assessment-detail", assessment.pk))
    assert "1. The answers by theme" in after
    assert "A.1, A.17: 1 of 2 Not all answered" in after
    assert "Not started" not in after


def test_an_agency_without_people_is_named_with_what_to_do(client: Client) -> None:
    coordinator = factories.make_user()
    assessment = start_assessment(coordinator)
    assert "Police Nobody yet. Invite their coordinator" in words(
        get(client, coordinator, "assessment-detail", assessment.pk)
    )
    factories.make_user(Role.COORDINATOR, agency="police")
    assert "Nobody yet" not in words(get(client, coordinator, "assessment-detail", assessment.pk))


@pytest.mark.parametrize("many", [False, True])
def test_the_task_list_keeps_to_its_queries(client: Client, people: factories.People, many: bool) -> None:
    drafted = start_assessment(people.coordinator)
    returned = make_returned(people, *(["A.1", "A.2.1", "A.13", "A.19"] if many else ["A.1"]))
    if many:
        fill(drafted, people.coordinator)
        for _ in range(5):
            make_user(Role.RESPONDENT)
        factories.submit(returned, by=people.coordinator)
        again = Submission.objects.select_related("assessment__country").get(assessment=returned, number=2)
        reviews.take_up(submission=again, by=people.reviewer)
        reviews.ask(submission=again, question="A.2.2", text="And this?", by=people.reviewer)
        reviews.return_for_clarification(submission=again, remark="", by=people.reviewer)
    for assessment in (drafted, returned):
        assert count_queries(client, people.coordinator, "assessment-detail", assessment.pk) <= MOST_QUERIES


def test_who_is_not_of_the_country_is_led_to_what_was_submitted(client: Client, people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    pk = submission.assessment_id
    reviewer = get(client, people.reviewer, "assessment-detail", pk)
    partner = get(client, people.partner, "assessment-detail", pk)

    assert reviewer.url == reverse("review-detail", args=[submission.pk])
    assert partner.url == reverse("submission-detail", args=[submission.pk])


# Withdrawing, the file, the log


def test_withdrawing_asks_for_a_reason(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    assert post(client, people.coordinator, "assessment-withdraw", assessment.pk, reason=" ").status_code == 422
    assert post(client, people.coordinator, "assessment-withdraw", assessment.pk, reason="a\x07b").status_code == 422
    response = post(client, people.coordinator, "assessment-withdraw", assessment.pk, reason="Begun twice.\r\nSorry.")
    assessment.refresh_from_db()

    assert response.url == reverse("assessment-list")
    assert assessment.state == "withdrawn"


def test_what_is_accepted_cannot_be_withdrawn(client: Client, people: factories.People) -> None:
    pk = make_accepted(people.coordinator, people.reviewer).assessment_id
    assert "cannot be withdrawn now" in words(get(client, people.coordinator, "assessment-withdraw", pk))
    assert post(client, people.coordinator, "assessment-withdraw", pk, reason="Too late").status_code == 409


def test_the_file_holds_the_answers_and_reads_back(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator, period="2026"), people.coordinator)
    response = get(client, people.observer, "assessment-export", assessment.pk)
    held = parse_assessment(response.content, current_instrument(), {"ZZ"})

    assert "attachment" in response["Content-Disposition"]
    assert held.voices["national"] == example_answers()
    assert json.loads(response.content)["period"] == "2026"


def test_the_log_says_who_did_what_and_that_it_is_whole(client: Client, people: factories.People) -> None:
    assessment = make_returned(people, "A.1", "A.13")
    assessments.update_settings(
        assessment=assessment,
        by=people.police_coordinator,
        title="",
        marking="TLP:RED",
        is_disclosed_to_partners=False,
        allows_statistics=True,
        target_level=4,
    )
    said = words(get(client, people.coordinator, "assessment-log", assessment.pk))

    assert f"{people.coordinator.full_name} submitted it, as submission 1" in said
    assert f"{people.reviewer.full_name} returned submission 1, asking about A.1, A.13" in said
    assert "changed marking from TLP:AMBER to TLP:RED; use in statistics from no to yes; target from none to 4" in said
    assert "The entries on this page match their hashes." in said
    whole = words(client.get(reverse("assessment-log", args=[assessment.pk]), {"check": "1"}))
    assert "entries are unchanged, and none is missing" in whole
    entry = AuditEntry.objects.filter(chain__assessment=assessment).latest("number")
    assert entry.hash[:12] in said


def test_a_changed_log_is_called_out(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE diagnostic_auditentry SET act = 'assessment.submit'")
    said = words(get(client, people.coordinator, "assessment-log", assessment.pk))

    assert "tampered with or damaged" in said
    assert "entry 1 was changed" in said

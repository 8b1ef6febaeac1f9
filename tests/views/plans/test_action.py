"""One action of the plan: what its page shows, to whom, and what it takes."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.urls import reverse

from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Action, ActionComment, AuditEntry
from tests import factories
from tests.views.plans.planning import add, fields, move, signed_in, url, words

pytestmark = pytest.mark.django_db


PAGES = ("plan", "plan-list", "plan-calendar", "plan-progress")


# One action


def test_an_action_says_what_it_rests_on_and_who_did_what_when(people, assessment):
    page = signed_in(people.coordinator).get(reverse("result", args=[assessment.pk])).content.decode()
    chosen = re.search(r'name="recommendation" value="(G-[^"]+)"', page)[1]
    action = action_plan.plan(assessment=assessment, recommendation=chosen, by=people.coordinator)
    details = ActionDetails(action.title, "customs", "police", "Deputy heads", date(2031, 3, 31))
    action_plan.change(action=action, details=details, base_version=1, by=people.police_coordinator)
    move(action, "begin", people.respondent)
    said = words(signed_in(people.observer).get(url("plan-action", 1)))
    assert action.title in said
    assert "Built on the handbook, section" in said
    assert "Deputy heads" in said
    assert "Due: none 31 March 2031" in said
    assert "State: Planned Under way" in said
    assert people.police_coordinator.full_name in said
    assert "Add the comment" not in said


def test_it_is_moved_from_the_board_and_from_its_own_page(people, assessment):
    add(assessment, people.coordinator)
    client = signed_in(people.respondent)
    answer = client.post(url("plan-action-move", 1), {"act": "begin", "source": "planned", "then": "board"})
    assert (answer.status_code, answer["Location"]) == (302, url("plan"))
    body = {"act": "complete", "source": "under_way", "proof": "MOU 7"}
    assert client.post(url("plan-action-move", 1), body)["Location"] == url("plan-action", 1)
    held = Action.objects.get()
    assert (held.state, held.proof) == ("done", "MOU 7")
    client.post(url("plan-action-prove", 1), {"proof": "MOU 2031/7", "version": held.version})
    assert Action.objects.get().proof == "MOU 2031/7"
    assert "MOU 2031/7" in words(signed_in(people.observer).get(url("plan-action", 1)))


def test_dropping_asks_for_a_reason_beside_its_field(people, assessment):
    add(assessment, people.coordinator)
    client = signed_in(people.coordinator)
    answer = client.post(url("plan-action-move", 1), {"act": "drop", "source": "planned", "reason": " "})
    assert answer.status_code == 422
    assert "Say in a few words why the action is dropped." in words(answer)
    answer = client.post(url("plan-action-move", 1), {"act": "drop", "source": "planned", "reason": "No budget."})
    assert answer.status_code == 302
    assert "Why it was dropped: No budget." in words(client.get(url("plan-action", 1)))
    again = client.post(url("plan-action-move", 1), {"act": "take_up_again", "source": "dropped"})
    assert again.status_code == 302
    assert "It was dropped once, because: No budget." in words(client.get(url("plan-action", 1)))


def test_a_respondent_neither_drops_nor_changes(people, assessment):
    add(assessment, people.coordinator)
    client = signed_in(people.respondent)
    assert client.post(url("plan-action-move", 1), {"act": "drop", "source": "planned"}).status_code == 403
    assert client.get(url("plan-action-change", 1)).status_code == 403
    said = words(client.get(url("plan-action", 1)))
    assert "Drop this action" not in said
    assert "Change title" not in said


def test_who_is_slower_sees_how_it_stands_and_keeps_what_was_typed(people, assessment):
    action = add(assessment, people.coordinator)
    move(action, "begin", people.police_respondent)
    body = {"act": "complete", "source": "planned", "proof": "Typed by me"}
    answer = signed_in(people.respondent).post(url("plan-action-move", 1), body)
    assert answer.status_code == 409
    said = words(answer)
    assert f"under way, last changed by {people.police_respondent.full_name}" in said
    assert "Typed by me" in said
    assert "why the action is dropped" not in said, "nobody pressed that button"
    assert Action.objects.get().state == "under_way"


def test_a_proof_typed_beside_any_button_is_kept(people, assessment):
    add(assessment, people.coordinator)
    client = signed_in(people.respondent)
    for act, source in (("begin", "planned"), ("put_back", "under_way")):
        body = {"act": act, "source": source, "proof": f"Typed before {act}", "version": Action.objects.get().version}
        assert client.post(url("plan-action-move", 1), body).status_code == 302
        assert Action.objects.get().proof == f"Typed before {act}"
    client.post(url("plan-action-move", 1), {"act": "begin", "source": "planned", "then": "board"})
    assert Action.objects.get().proof == "Typed before put_back", "a button without the field leaves it"


def test_of_two_who_change_it_the_slower_is_shown_both_texts_and_may_save_over(people, assessment):
    action = add(assessment, people.coordinator)
    mine = fields(action, title="Meet the deputy minister", due_on="2031-03-31")
    theirs = ActionDetails("Meet nobody", "customs")
    action_plan.change(action=action, details=theirs, base_version=1, by=people.police_coordinator)
    client = signed_in(people.coordinator)
    answer = client.post(url("plan-action-change", 1), mine)
    assert answer.status_code == 409
    said = words(answer)
    for text in ("Meet the deputy minister", "Meet nobody", "31 March 2031", people.police_coordinator.full_name):
        assert text in said
    assert Action.objects.get().title == "Meet nobody"
    version = answer.context["form"].initial["version"]
    assert client.post(url("plan-action-change", 1), mine | {"version": version}).status_code == 302
    held = Action.objects.get()
    assert (held.title, held.due_on, held.lead) == ("Meet the deputy minister", date(2031, 3, 31), "both")
    assert "Meet nobody" in words(client.get(url("plan-action", 1))), "the history has the other text"


def test_a_proof_that_came_second_is_shown_beside_the_first(people, assessment):
    action = move(add(assessment, people.coordinator), "complete", people.respondent)
    action_plan.prove(action=action, proof="Theirs", base_version=action.version, by=people.police_respondent)
    answer = signed_in(people.respondent).post(
        url("plan-action-prove", 1), {"proof": "Mine", "version": action.version}
    )
    assert answer.status_code == 409
    said = words(answer)
    assert "What stands now: Theirs" in said
    assert "Mine" in said
    assert Action.objects.get().proof == "Theirs"


def test_a_proof_typed_beside_a_button_does_not_go_over_one_that_was_not_seen(people, assessment):
    action = add(assessment, people.coordinator)
    action_plan.prove(action=action, proof="Theirs", base_version=1, by=people.police_respondent)
    client = signed_in(people.respondent)
    body = {"act": "complete", "source": "planned", "proof": "Mine", "version": 1}
    answer = client.post(url("plan-action-move", 1), body)
    assert answer.status_code == 409
    said = words(answer)
    assert "What stands now: Theirs" in said
    assert "Mine" in said
    assert (Action.objects.get().proof, Action.objects.get().state) == ("Theirs", "planned")
    version = answer.context["proof_form"].initial["version"]
    assert client.post(url("plan-action-move", 1), body | {"version": version}).status_code == 302
    assert (Action.objects.get().proof, Action.objects.get().state) == ("Mine", "done")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": " "}, "Say what is to be done."),
        ({"title": "x" * 301}, "can have 300 characters at most"),
        ({"title": "Turned \u202e around"}, "text-direction override"),
        ({"lead": "both", "support": "police"}, "can only be the agency that does not lead"),
        ({"due_on": "tomorrow"}, "Write the day as year-month-day"),
        ({"due_on": "9999-12-31"}, "must be in the years 2000 to 2099"),
        ({"responsible": "x" * 121}, "at most 120 characters"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(people, assessment, wrong, said):
    action = add(assessment, people.coordinator)
    answer = signed_in(people.coordinator).post(url("plan-action-change", 1), fields(action, **wrong))
    assert answer.status_code == 422
    assert said in words(answer)


def test_a_title_of_several_lines_becomes_one(people, assessment):
    action = add(assessment, people.coordinator)
    signed_in(people.coordinator).post(url("plan-action-change", 1), fields(action, title="Two\r\n lines "))
    assert Action.objects.get().title == "Two lines"


def test_a_free_action_says_what_it_concerns_and_what_it_was_made_on(people, assessment):
    client = signed_in(people.coordinator)
    body = {"title": "Visit the port", "lead": "customs", "support": "", "responsible": "", "due_on": ""}
    assert client.post(url("plan-new"), body).status_code == 422
    body |= {"about": "question:A.6", "assessment": str(assessment.pk)}
    assert client.post(url("plan-new"), body)["Location"] == url("plan-action", 1)
    held = Action.objects.get()
    assert (held.question, held.theme, held.assessment) == ("A.6", "investigations", assessment)
    client.post(url("plan-new"), body | {"about": "theme:people"})
    client.post(url("plan-new"), body | {"about": ""})
    assert list(Action.objects.values_list("question", "theme"))[1:] == [("", "people"), ("", "")]
    foreign = factories.start_assessment(people.foreigner)
    assert client.post(url("plan-new"), body | {"assessment": str(foreign.pk)}).status_code == 422


def test_comments_are_read_by_the_country_alone(people, assessment):
    factories.submit(assessment, people.coordinator)
    add(assessment, people.coordinator)
    client = signed_in(people.respondent)
    assert client.post(url("plan-action-comment", 1), {"text": " "}).status_code == 422
    assert client.post(url("plan-action-comment", 1), {"text": "Waiting for the ministry."}).status_code == 302
    assert ActionComment.objects.get().written_by == people.respondent
    assert "Waiting for the ministry." in words(signed_in(people.observer).get(url("plan-action", 1)))
    seen = words(signed_in(people.reviewer).get(url("plan-action", 1)))
    assert "Meet the minister" in seen
    assert "Waiting for the ministry." not in seen
    assert "Comments" not in seen
    assert "History" not in seen


def test_the_secretariat_sees_what_rests_on_a_submission_and_partners_nothing(people, assessment):
    add(assessment, people.coordinator, "On what was handed in")
    factories.submit(assessment, people.coordinator)
    add(factories.start_assessment(people.coordinator), people.coordinator, "On the next draft")
    client = signed_in(people.reviewer)
    for name in PAGES:
        said = client.get(url(name)).content.decode()
        assert "On the next draft" not in said, name
    assert "On what was handed in" in words(client.get(url("plan")))
    assert "Add an action" not in words(client.get(url("plan")))
    assert client.get(url("plan-action", 2)).status_code == 404
    assert b"next draft" not in client.get(url("plan-file")).content
    for who in (people.partner, people.foreigner, people.nobody):
        assert {signed_in(who).get(url(name)).status_code for name in PAGES} == {404}
    assert AuditEntry.objects.filter(act="access.hidden", by=people.partner).exists()


def test_everybody_finds_their_plan(people):
    assert signed_in(people.observer).get(reverse("plan-home"))["Location"] == url("plan")
    assert signed_in(people.foreigner).get(reverse("plan-home"))["Location"] == url("plan", country="FR")
    assert signed_in(people.reviewer).get(reverse("plan-home"))["Location"] == reverse("home")
    assert 'href="/plan/"' in signed_in(people.respondent).get("/inbox/").content.decode()


def test_a_form_that_is_reached_by_its_address_leads_to_its_page(people, assessment):
    add(assessment, people.coordinator)
    client = signed_in(people.coordinator)
    for name in ("plan-action-move", "plan-action-prove", "plan-action-comment"):
        assert client.get(url(name, 1))["Location"] == url("plan-action", 1)
    assert client.get(reverse("plan-add", args=[assessment.pk]))["Location"] == reverse("result", args=[assessment.pk])

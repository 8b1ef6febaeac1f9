"""The pages of the action plan: what they show, to whom, what they take, and what they cost."""

from __future__ import annotations

import html
import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from diagnostic.actions import action_plan
from diagnostic.actions.clock import replay
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Action, ActionComment, Assessment, AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = datetime.now(UTC).date()
PAGES = ("plan", "plan-list", "plan-calendar", "plan-progress")


@pytest.fixture(autouse=True)
def fresh_fragments() -> None:
    caches["fragments"].clear()


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.fill(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, number: int | None = None, country: str = "ZZ") -> str:
    of: dict[str, Any] = {"country": country}
    return reverse(name, kwargs=of | ({"number": number} if number else {}))


def words(response: Any) -> str:
    """The page as its reader reads it: without markup, entities resolved."""
    main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def add(
    assessment: Assessment, by: Any, title: str = "Meet the minister", days: int | None = None, **more: Any
) -> Action:
    due_on = None if days is None else TODAY + timedelta(days=days)
    lead, support = more.pop("lead", "both"), more.pop("support", "")
    details = ActionDetails(title, lead, support, more.pop("responsible", ""), due_on)
    return action_plan.add(assessment=assessment, details=details, by=by, **more)


def move(action: Action, act: str, by: Any, source: str = "planned", **more: Any) -> Action:
    return action_plan.move(action=action, act=act, source=source, by=by, **more)


def fields(action: Action, **changes: Any) -> dict[str, Any]:
    """What the form of an action sends."""
    held = {name: getattr(action, name) for name in ("title", "lead", "support", "responsible", "version")}
    return held | {"due_on": action.due_on.isoformat() if action.due_on else ""} | changes


# From the result into the plan


def test_one_button_makes_an_action_of_a_recommendation(people, assessment):
    client = signed_in(people.coordinator)
    result = reverse("result", args=[assessment.pk])
    page = client.get(result).content.decode()
    chosen = re.search(r'form="plan-form" name="recommendation" value="([^"]+)"', page)[1]
    answer = client.post(reverse("plan-add", args=[assessment.pk]), {"recommendation": chosen})
    assert (answer.status_code, answer["Location"]) == (302, f"{result}#{chosen}")
    action = Action.objects.get()
    assert (action.recommendation, action.assessment) == (chosen, assessment)
    page = client.get(result).content.decode()
    assert f'form="plan-form" name="recommendation" value="{chosen}"' not in page
    assert f'In the plan: <a href="{url("plan-action", 1)}">action 1</a>, planned' in page
    move(action, "complete", people.respondent)
    page = client.get(result).content.decode()
    assert "action 1</a>, done" in page
    assert "Plan it again" in page


def test_only_coordinators_are_offered_to_plan(people, assessment):
    item = {"recommendation": "G-A.1"}
    for who in ("respondent", "observer"):
        client = signed_in(getattr(people, who))
        assert "plan-form" not in client.get(reverse("result", args=[assessment.pk])).content.decode()
        assert client.post(reverse("plan-add", args=[assessment.pk]), item).status_code == 403
    assert not Action.objects.exists()


def test_a_result_of_one_agency_offers_no_plan_and_a_compared_one_does(people):
    apart = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(apart, people.respondent, "A.1", voice="customs", level=1)
    client = signed_in(people.coordinator)
    result = reverse("result", args=[apart.pk])
    assert "plan-form" not in client.get(result).content.decode()
    assert client.post(reverse("plan-add", args=[apart.pk]), {"recommendation": "G-A.1"}).status_code == 403
    assert "An action is made on an assessment." in words(client.get(url("plan-new")))
    Assessment.objects.filter(pk=apart.pk).update(state="comparing", comparison_opened_at=datetime.now(UTC))
    assert "An action is made on an assessment." not in words(client.get(url("plan-new")))


def test_what_is_recommended_no_more_is_refused_in_words(people, assessment):
    answer = signed_in(people.coordinator).post(reverse("plan-add", args=[assessment.pk]), {"recommendation": "X"})
    assert answer.status_code == 409
    assert "do not recommend this any more" in words(answer)


# The views of the plan


def test_the_board_has_a_column_a_state_and_what_is_due_first_at_its_head(people, assessment):
    by = people.coordinator
    add(assessment, by, "Later", days=90)
    add(assessment, by, "Late", days=-3)
    add(assessment, by, "Undated")
    move(add(assessment, by, "Begun", days=10), "begin", people.respondent)
    move(add(assessment, by, "Ready"), "complete", people.respondent)
    move(add(assessment, by, "Given up"), "drop", by, reason="No money.")
    response = signed_in(people.observer).get(url("plan"))
    columns = {column.state: [row.action.title for row in column.rows] for column in response.context["columns"]}
    assert columns == {
        "planned": ["Late", "Later", "Undated"],
        "under_way": ["Begun"],
        "done": ["Ready"],
        "dropped": ["Given up"],
    }
    said = words(response)
    late = TODAY - timedelta(days=3)
    assert f"due {late.day} {late:%B %Y} overdue" in said
    assert "1 action is overdue" in said
    assert "due soon" in said
    assert "No money." in said
    assert "Mark as done" not in said
    assert "Mark as done" in words(signed_in(people.respondent).get(url("plan")))


def test_the_board_keeps_to_the_latest_of_what_is_ended_and_the_list_has_all(people, assessment):
    for number in range(11):
        move(add(assessment, people.coordinator, f"Done {number}"), "complete", people.respondent)
    client = signed_in(people.respondent)
    done = next(column for column in client.get(url("plan")).context["columns"] if column.state == "done")
    assert [row.action.title for row in done.rows] == [f"Done {number}" for number in range(10, 2, -1)]
    assert (done.more, done.total) == (3, 11)
    assert len(client.get(url("plan-list"), {"state": "done"}).context["rows"]) == 11


def test_the_list_is_narrowed_by_agency_and_state(people, assessment):
    add(assessment, people.coordinator, "Ours", lead="customs")
    add(assessment, people.coordinator, "Theirs", lead="police")
    add(assessment, people.coordinator, "Helped", lead="police", support="customs")
    move(add(assessment, people.coordinator, "Together"), "begin", people.respondent)
    client = signed_in(people.respondent)

    def titles(**query: str) -> list[str]:
        return [row.action.title for row in client.get(url("plan-list"), query).context["rows"]]

    assert titles(agency="customs") == ["Ours", "Helped", "Together"]
    assert titles(agency="police", state="planned") == ["Theirs", "Helped"]
    assert titles(agency="x", state="y") == ["Ours", "Theirs", "Helped", "Together"]


def test_the_calendar_shows_a_month_and_keeps_what_is_overdue_in_sight(people, assessment):
    by = people.coordinator
    action = add(assessment, by, "Sign the MOU")
    details = ActionDetails("Sign the MOU", due_on=date(2031, 2, 28))
    action_plan.change(action=action, details=details, base_version=1, by=by)
    add(assessment, by, "Late", days=-40)
    add(assessment, by, "Undated")
    client = signed_in(people.observer)
    response = client.get(url("plan-calendar"), {"month": "2031-02"})
    assert [(day.on, [row.action.title for row in day.rows]) for day in response.context["days"]] == [
        (date(2031, 2, 28), ["Sign the MOU"])
    ]
    weeks = response.context["weeks"]
    assert {len(week) for week in weeks} == {7}
    assert sum(day.is_in_month for week in weeks for day in week) == 28
    said = words(response)
    assert "Due in February 2031" in said
    assert "January 2031" in said
    assert "March 2031" in said
    assert said.index("Overdue") < said.index("Late") < said.index("No day yet") < said.index("Undated")
    for month in ("", "2031-13", "x"):
        response = client.get(url("plan-calendar"), {"month": month})
        assert response.context["first"] == TODAY.replace(day=1)


def test_the_calendar_file_holds_days_titles_and_the_marking_and_no_other_word(people, assessment):
    by = people.coordinator
    add(assessment, by, "Sign the MOU; at last, twice", days=10, responsible="SECRET person")
    dropped = add(assessment, by, "Given up", days=20)
    move(dropped, "drop", by, reason="SECRET reason")
    add(assessment, by, "Undated")
    action_plan.comment(action=dropped, text="SECRET comment", by=people.respondent)
    response = signed_in(people.observer).get(url("plan-file"))
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert b"SECRET" not in response.content
    found = Calendar.from_ical(response.content)
    assert str(found["x-wr-calname"]) == "Action plan: Example Country (TLP:AMBER)"
    first, second = found.walk("VEVENT")
    held = Action.objects.get(number=1)
    assert str(first["uid"]).startswith(f"{held.pk}@")
    assert str(first["summary"]) == "Sign the MOU; at last, twice"
    assert first.decoded("dtstart") == TODAY + timedelta(days=10)
    assert first.decoded("dtend") == TODAY + timedelta(days=11)
    assert "TLP:AMBER" in str(first["description"])
    assert (str(first["status"]), str(second["status"])) == ("CONFIRMED", "CANCELLED")
    assert str(first["url"]).endswith(url("plan-action", 1))
    again = Calendar.from_ical(signed_in(people.police_coordinator).get(url("plan-file")).content)
    assert [str(event["uid"]) for event in again.walk("VEVENT")] == [str(first["uid"]), str(second["uid"])]
    assert AuditEntry.objects.filter(act="plan.download").count() == 2


def test_the_workbook_holds_every_action_that_its_reader_sees(people, assessment):
    add(assessment, people.coordinator, "=1+1", days=10)
    factories.submit(assessment, people.coordinator)
    add(factories.start_assessment(people.coordinator), people.coordinator, "On the next draft")
    for person, titles in ((people.observer, ["=1+1", "On the next draft"]), (people.reviewer, ["=1+1"])):
        client = signed_in(person)
        assert url("plan-xlsx") in client.get(url("plan-list")).content.decode()
        response = client.get(url("plan-xlsx"))
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        assert response["Content-Disposition"] == 'attachment; filename="cpch-plan-zz.xlsx"'
        assert "no-store" in response["Cache-Control"]
        sheet = openpyxl.load_workbook(BytesIO(response.content)).worksheets[1]
        assert [row[1] for row in sheet.iter_rows(min_row=3, values_only=True)] == titles
        assert sheet["G3"].value.date() == TODAY + timedelta(days=10)
        assert sheet["B3"].data_type == "s"
        assert AuditEntry.objects.filter(act="plan.workbook", by=person).count() == 1
    assert signed_in(people.partner).get(url("plan-xlsx")).status_code == 404


def test_the_log_of_the_latest_assessment_tells_who_took_the_plan_away(people, assessment):
    add(assessment, people.coordinator)
    factories.submit(assessment, people.coordinator)
    add(factories.start_assessment(people.coordinator), people.coordinator)
    for name in ("plan-file", "plan-xlsx"):
        assert signed_in(people.reviewer).get(url(name)).status_code == 200
    said = words(signed_in(people.coordinator).get(reverse("assessment-log", args=[assessment.pk])))
    assert "downloaded the plan’s calendar" in said
    assert "downloaded the plan as a workbook" in said


def test_the_strictest_marking_of_its_assessments_is_the_plans(people, assessment):
    add(assessment, people.coordinator)
    assert "TLP:AMBER</span>" in signed_in(people.observer).get(url("plan")).content.decode()
    red = factories.start_assessment(people.coordinator, marking="TLP:RED")
    add(red, people.coordinator)
    for name in PAGES:
        bar = signed_in(people.observer).get(url(name)).content.decode().split("<main")[0]
        assert "TLP:RED</span>" in bar, name


def test_progress_is_told_by_theme_agency_and_period_and_what_moved(people):
    by = people.coordinator
    with replay(datetime(2025, 3, 1, tzinfo=UTC)):
        first = factories.fill(factories.start_assessment(by, period="2025"), by)
        done = add(first, by, "Named contacts", question="A.1", lead="customs")
        idle = add(first, by, "A law", question="A.1", lead="police")
        still = add(first, by, "A wish", question="A.6")
        factories.submit(first, by)
    move(done, "complete", people.respondent)
    move(still, "begin", people.respondent)
    second = factories.fill(factories.start_assessment(by, period="2026"), by)
    factories.save_answer(second, by, "A.1", level=5, basis="both")
    add(second, by, "New", theme="people")
    client = signed_in(people.observer)
    page = client.get(url("plan-progress"))
    assert page.context["moved"] == []
    factories.submit(second, by)
    page = client.get(url("plan-progress"))
    assert [(item.row.action.title, item.before, item.now) for item in page.context["moved"]] == [
        ("Named contacts", done.level_before, 5)
    ]
    assert idle.level_before == done.level_before < 5
    figures = {title: {line.name: line.progress for line in lines} for title, _first, lines in page.context["groups"]}
    assert (figures["By agency"]["Customs"].done, figures["By agency"]["Customs"].total) == (1, 3)
    assert (figures["By agency"]["Police"].done, figures["By agency"]["Police"].total) == (0, 3)
    periods = figures["By the assessment they were made on"]
    assert {name: held.total for name, held in periods.items()} == {"2025": 3, "2026": 1}
    assert "1 of 4 actions is done." in words(page)
    said = words(client.get(url("plan-action", 1)))
    assert "In 2026 5 Collaboration higher than then" in said
    assert "higher than then" not in words(client.get(url("plan-action", 2)))


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


# The next assessment, and the inbox


@pytest.fixture
def two_years(people) -> tuple[Assessment, Assessment]:
    """An assessment of last year that was handed in, and this year's draft."""
    with replay(datetime(2025, 3, 1, tzinfo=UTC)):
        first = factories.fill(factories.start_assessment(people.coordinator, period="2025"), people.coordinator)
        factories.submit(first, people.coordinator)
    return first, factories.start_assessment(people.coordinator, period="2026")


def theme(assessment: Assessment, name: str = "framework") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": "national", "theme": name})


def test_the_plan_stands_beside_the_questions_of_the_next_assessment(people, two_years):
    first, second = two_years
    client = signed_in(people.respondent)
    assert "In your plan" not in words(client.get(theme(second)))
    add(first, people.coordinator, "Sign the MOU", question="A.1", days=-2)
    add(first, people.coordinator, "A whole theme", theme="framework")
    add(first, people.coordinator, "Another theme", theme="people")
    add(second, people.coordinator, "Made on this one", question="A.1")
    page = client.get(theme(second))
    said = words(page)
    assert "In your plan for A.1 1 Sign the MOU Planned, due" in said
    assert "overdue" in said
    assert "In your plan for this theme 2 A whole theme" in said
    assert "Another theme" not in said
    assert "Made on this one" not in said
    assert "In your plan" not in words(client.get(theme(first)))
    # What is remembered of a page gives way to a change of the plan.
    action = Action.objects.get(number=1)
    move(action, "complete", people.respondent)
    assert "1 Sign the MOU Done" in words(client.get(theme(second)))


def test_what_ended_long_ago_is_not_beside_the_questions(people, two_years):
    first, second = two_years
    with replay(datetime(2024, 3, 1, tzinfo=UTC)):
        oldest = factories.start_assessment(people.coordinator, period="2024")
        old = add(oldest, people.coordinator, "Old and done", question="A.1")
        move(old, "complete", people.respondent)
        add(oldest, people.coordinator, "Old and open", question="A.1")
    move(add(first, people.coordinator, "New and done", question="A.1"), "complete", people.respondent)
    said = words(signed_in(people.respondent).get(theme(second)))
    assert "Old and done" not in said
    assert "Old and open" in said
    assert "New and done" in said


def test_the_overview_opens_with_the_plan_from_last_time(people, two_years):
    first, second = two_years
    client = signed_in(people.respondent)
    overview = reverse("assessment-detail", args=[second.pk])
    assert "Your plan from last time" not in words(client.get(overview))
    move(add(first, people.coordinator, "Ready"), "complete", people.respondent)
    for number in range(6):
        add(first, people.coordinator, f"Open {number}", days=10 - number)
    said = words(client.get(overview))
    assert "6 actions are open, 1 done." in said
    assert [text for text in ("Open 5", "Open 4", "Open 3", "Open 2", "Open 1") if text in said] == [
        "Open 5",
        "Open 4",
        "Open 3",
        "Open 2",
    ]
    assert "Your plan from last time" not in words(client.get(reverse("assessment-detail", args=[first.pk])))


def test_the_result_of_the_next_assessment_shows_what_the_plan_moved(people, two_years):
    first, second = two_years
    moved = move(add(first, people.coordinator, "Moved it", question="A.1"), "complete", people.respondent)
    add(first, people.coordinator, "Nobody began", question="A.1")
    move(add(first, people.coordinator, "Moved nothing", question="A.6"), "begin", people.respondent)
    with replay(datetime(2024, 3, 1, tzinfo=UTC)):
        oldest = factories.start_assessment(people.coordinator, period="2024")
        factories.save_answer(oldest, people.respondent, "A.1", level=1)
        move(add(oldest, people.coordinator, "Moved it long ago", question="A.1"), "complete", people.respondent)
    client = signed_in(people.observer)
    result = reverse("result", args=[second.pk])
    assert "No level is higher yet" in words(client.get(result))
    factories.save_answer(second, people.respondent, "A.1", level=5, basis="both")
    page = client.get(result)
    part = words(page).split("What the plan moved")[1].split("priorit")[0]
    assert "Moved it" in part
    assert f"When planned: {moved.level_before}" in part
    assert "Now: 5 Collaboration" in part
    assert "Moved it long ago" not in part
    assert "Nobody began" not in part
    assert "Moved nothing" not in part
    assert "Moved it long ago" in words(client.get(reverse("result", args=[first.pk])))
    assert "What the plan moved" not in words(client.get(reverse("result", args=[oldest.pk])))


def test_what_is_due_waits_for_the_people_of_the_agency_that_leads(people, assessment):
    by = people.coordinator
    add(assessment, by, "Ours", days=-1, lead="customs", support="police")
    add(assessment, by, "Both", days=5)
    add(assessment, by, "Far away", days=200, lead="customs")
    add(assessment, by, "Undated", lead="customs")
    move(add(assessment, by, "Done", days=1, lead="customs"), "complete", by)

    def waiting(user: Any) -> list[str]:
        groups = signed_in(user).get("/inbox/").context["groups"]
        return [item.name for group in groups if group.key == "plan" for item in group.items]

    assert waiting(people.respondent) == waiting(by) == ["Action 1: Ours", "Action 2: Both"]
    assert waiting(people.police_respondent) == ["Action 2: Both"]
    for who in (people.observer, people.reviewer, people.foreigner):
        assert waiting(who) == []
    home = [group for group in signed_in(by).get("/inbox/").context["groups"] if group.key == "home"]
    assert len(home[0].items) == 1, "an assessment is named once, however many actions are due"
    factories.submit(assessment, by)
    assert waiting(people.respondent) == ["Action 1: Ours", "Action 2: Both"]


# What it costs


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


COSTS = {"plan": 4, "plan-list": 4, "plan-calendar": 4, "plan-progress": 5, "plan-new": 5}


@pytest.mark.parametrize("who", ["coordinator", "reviewer"])
def test_a_page_of_the_plan_costs_the_same_few_queries_however_long_it_is(people, assessment, who):
    factories.submit(assessment, people.coordinator)
    client = signed_in(getattr(people, who))
    names = [name for name in COSTS if who == "coordinator" or name != "plan-new"]
    add(assessment, people.coordinator, days=-1, question="A.1")
    caches["fragments"].clear()
    one = {name: count(client, url(name)) for name in names}
    first = count(client, url("plan-action", 1))
    for number in range(12):
        action = add(assessment, people.coordinator, days=number, theme="people")
        action_plan.comment(action=Action.objects.get(number=1), text=f"{number}", by=people.respondent)
        if number % 2:
            move(action, "complete", people.respondent)
    assert {name: count(client, url(name)) for name in names} == one
    assert one == {name: COSTS[name] for name in names}
    assert count(client, url("plan-action", 1)) == first <= 6


@pytest.mark.parametrize("state", ["draft", "returned"])
def test_the_theme_page_and_the_overview_keep_to_their_queries_with_a_plan(people, two_years, state):
    first, second = two_years
    factories.fill(second, people.coordinator)
    if state == "returned":
        factories.make_returned(second, people.coordinator, people.reviewer, "A.1", "A.6")
    for code in ("A.1", "A.6", "A.17", "A.18"):
        add(first, people.coordinator, f"For {code}", question=code, days=3)
    client = signed_in(people.respondent)
    for name in ("framework", "powers"):
        caches["fragments"].clear()
        assert count(client, theme(second, name)) <= 7
        assert count(client, theme(second, name)) <= 7
    assert count(client, reverse("assessment-detail", args=[second.pk])) <= 8


def test_the_result_and_the_inbox_keep_to_their_queries_with_a_plan(people, two_years):
    first, second = two_years
    factories.fill(second, people.coordinator)
    for code in ("A.1", "A.6", "A.17"):
        move(add(first, people.coordinator, f"For {code}", question=code, days=3), "begin", people.respondent)
    client = signed_in(people.coordinator)
    caches["fragments"].clear()
    assert count(client, reverse("result", args=[second.pk])) <= 8
    assert count(client, reverse("result", args=[second.pk])) <= 5
    assert count(client, "/inbox/") <= 6

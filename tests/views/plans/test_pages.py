"""The pages of the action plan: what they show, to whom, and what they cost."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest
from django.core.cache import caches
from django.urls import reverse
from icalendar import Calendar

from diagnostic.actions import action_plan
from diagnostic.actions.clock import replay
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Action, Assessment, AuditEntry
from diagnostic.rendering.calendar_file import render_calendar
from tests import factories
from tests.views.plans.planning import TODAY, add, count, move, signed_in, url, words

pytestmark = pytest.mark.django_db


PAGES = ("plan", "plan-list", "plan-calendar", "plan-progress")


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


def test_a_countrys_name_is_written_as_the_calendars_text():
    content = render_calendar("Côte; d’Ivoire, the", "TLP:AMBER", []).replace(b"\r\n ", b"").decode()
    assert "X-WR-CALNAME:Action plan: Côte\\; d’Ivoire\\, the (TLP:AMBER)\r\n" in content


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


# What it costs


COSTS = {"plan": 3, "plan-list": 3, "plan-calendar": 3, "plan-progress": 4, "plan-new": 4}


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

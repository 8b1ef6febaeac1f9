"""The result page and the what-if: what they say, to whom, and what they cost."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from diagnostic.actions import assessments, reviews
from diagnostic.core.responses import NATIONAL
from diagnostic.core.responses import Response as Answer
from diagnostic.core.result import score
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, Response, Submission
from tests import factories
from tests.factories import (
    EXAMPLES,
    example_answers,
    fill,
    make_accepted,
    make_submission,
    save_answer,
    start_assessment,
)
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db
SENSITIVE = ("A.9", "A.10", "A.11")
MOST_QUERIES = 8
WHAT_IF_QUERIES = 5


def read(client: Client, user: Any, pk: Any, **query: Any) -> str:
    client.force_login(user)
    response = client.get(reverse("result", args=[pk]), query)
    assert response.status_code == 200
    return response.content.decode()


def words(page: str) -> str:
    """The page as its reader reads it: without markup, entities resolved."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", unisolated(page))))


def without_follow_ups(answers: dict[str, Answer]) -> dict[str, Answer]:
    instrument = current_instrument()
    return {code: answer for code, answer in answers.items() if not instrument.by_code[code].asked_when}


def test_the_page_says_level_reason_and_roadmap_of_the_joint_session(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator, period="2026"), people.coordinator)
    page = read(client, people.coordinator, assessment.pk)
    expected = json.loads((EXAMPLES / "joint-session.result.json").read_text())

    said = words(page)
    assert "Level 2 Communication" in said
    assert "The seven themes average 2.3, which lies in level 2" in said
    assert "the index must reach 2.5" in said
    assert "(3 + 7/3 + 2 + 3 + 7/3 + 2 + 5/3) / 7 = 7/3" in said
    roadmap = page[page.index('id="roadmap"') :]
    assert re.findall(r'<li id="([SGN]-[^"]+)"', roadmap) == [item["id"] for item in expected["recommendations"]]
    for finding in expected["findings"]:
        weakness = current_instrument().by_code[finding["question"]].weakness
        assert escape(f"“{weakness.shown}”") in page


def test_each_section_is_reached_from_the_top_and_no_other(client: Client, people: factories.People) -> None:
    empty = start_assessment(people.coordinator, period="2025")
    full = fill(start_assessment(people.coordinator, period="2026"), people.coordinator)
    for assessment in (empty, full):
        page = read(client, people.coordinator, assessment.pk)
        ways = re.search(r'<nav class="on-page".*?</nav>', page, re.DOTALL)[0]
        sections = re.findall(r'<section class="section[^"]*" aria-labelledby="([^"]+)"', page)
        assert re.findall(r'href="#([^"]+)"', ways) == sections
        assert {f'id="{name}"' in page for name in sections} == {True}


def test_a_missing_foundation_is_named_in_the_words_of_the_rules(client: Client, people: factories.People) -> None:
    high = {
        code: replace(answer, level=4, status="answered", reason="", basis="both")
        if current_instrument().by_code[code].is_scored
        else answer
        for code, answer in without_follow_ups(example_answers()).items()
    }
    high["A.1"] = Answer(level=4, basis="written")
    high["A.2.2"] = Answer(level=2, basis="both")
    assessment = fill(start_assessment(people.coordinator), people.coordinator, high)
    for code in ("A.3.2", "A.4.2"):
        save_answer(assessment, people.coordinator, code, level=4)

    said = words(read(client, people.coordinator, assessment.pk))

    assert (
        "Practice averages 3.9; the level is 2, Communication, because two foundations are missing: "
        "A.1 is 4 on paper only, and level 3 asks that it is practised; "
        "A.2.2 is 2, and level 3 asks for at least 3." in said
    )


def test_nothing_answered_states_no_level_and_the_whole_range(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    said = words(read(client, people.coordinator, assessment.pk))

    assert "The level is not stated yet" in said
    assert "index 1.0 to 5.0, level 1 Coexistence to 5 Collaboration" in said
    assert "What is still open" in said


def test_an_open_answer_leaves_a_range_and_links_to_its_question(client: Client, people: factories.People) -> None:
    answers = example_answers() | {"A.12": Answer(status="unknown", reason="The laboratory has not replied.")}
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)
    page = read(client, people.coordinator, assessment.pk)

    assert "while one scored answer is open" in words(page)
    assert f"{reverse('theme', args=[assessment.pk, 'national', 'powers'])}#A.12" in page


def test_partners_see_the_themes_score_and_nothing_else_of_the_sensitive_questions(
    client: Client, people: factories.People
) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    instrument = current_instrument()
    full = read(client, people.reviewer, submission.assessment_id)
    page = read(client, people.partner, submission.assessment_id)

    assert "leaves out the answers to A.9, A.10 and A.11" in words(page)
    for told, is_whole in ((full, True), (page, False)):
        assert bool(re.search(r"\d \(\d+/\d+\)", told)) == bool(re.search(r"it stands at \d", told)) == is_whole
    assert re.search(r"Powers and specialised capabilities.{0,4000}?class=\"score\">2\.0", page, re.DOTALL)
    for code in SENSITIVE:
        assert f"{code}: " not in page
        for text in (instrument.by_code[code].weakness.shown, instrument.guidance_by_question[code].text):
            assert escape(text) not in page
    assert escape(instrument.guidance_by_question["A.9"].text) in full
    # The decimal that is shown to partners is not the fraction of the index, and is not written as one.
    index = score(instrument, {NATIONAL: example_answers()}).place.index
    assert f"({index})" in words(full)
    assert f"it stands at {index}." in words(full)
    assert not re.search(r"\(\d+/\d+\)|stands at \d+/", words(page))
    assert "What if" not in page
    client.force_login(people.partner)
    assert client.get(reverse("what-if", args=[submission.assessment_id])).status_code == 403


def test_partners_never_see_an_earlier_period(client: Client, people: factories.People) -> None:
    make_accepted(people.coordinator, people.reviewer, period="Before-Us")
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)

    assert "Before-Us" in read(client, people.reviewer, submission.assessment_id)
    assert "Before-Us" not in read(client, people.partner, submission.assessment_id)


def test_the_secretariat_reads_what_was_submitted_not_what_is_being_written(
    client: Client, people: factories.People
) -> None:
    submission = make_submission(people.coordinator)
    assessment = submission.assessment
    reviews.take_up(submission=submission, by=people.reviewer)
    reviews.ask(submission=submission, question="A.13", text="Which resources?", by=people.reviewer)
    reviews.return_for_clarification(submission=submission, remark="", by=people.reviewer)
    before = read(client, people.reviewer, assessment.pk)
    save_answer(Assessment.objects.get(pk=assessment.pk), people.coordinator, "A.13", level=1)

    assert "A.13: 1" in read(client, people.coordinator, assessment.pk)
    assert "A.13: 3" in before
    assert "A.13: 3" in read(client, people.reviewer, assessment.pk)
    assert "A.13: 3" in read(client, people.coordinator, assessment.pk, submission=1)


def test_two_submissions_of_the_same_words_have_each_its_own_page(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    factories.make_returned(assessment, people.coordinator, people.reviewer, "A.13")
    factories.submit(Assessment.objects.get(pk=assessment.pk), people.coordinator)
    first, second = Submission.objects.order_by("number")
    assert first.digest == second.digest
    for number in (1, 2):
        assert f"submission {number}" in words(read(client, people.reviewer, assessment.pk, submission=number))


@pytest.mark.parametrize("number", ["2", "0", "-1", "x", "1e3", "١", "9" * 40])
def test_a_submission_that_is_not_there_is_not_found(client: Client, people: factories.People, number: str) -> None:
    submission = make_submission(people.coordinator)
    client.force_login(people.coordinator)
    assert client.get(reverse("result", args=[submission.assessment_id]), {"submission": number}).status_code == 404


def test_the_period_before_stands_beside_this_one(client: Client, people: factories.People) -> None:
    make_accepted(people.coordinator, people.reviewer, period="2025")
    better = example_answers() | {"A.1": Answer(level=5, basis="both")}
    assessment = fill(start_assessment(people.coordinator, period="2026"), people.coordinator, better)

    said = words(read(client, people.coordinator, assessment.pk))
    assert "Since 2025 the index went from 2.3 to 2.4. Themes up: 1, down: 0, unchanged: 6." in said


# What is kept of the page


def test_any_change_of_what_the_page_shows_changes_the_page(client: Client, people: factories.People) -> None:
    by = people.coordinator
    assessment = fill(start_assessment(by, period="2026"), by)
    pages = [read(client, by, assessment.pk)]

    save_answer(assessment, by, "A.1", level=3, basis="both")
    pages.append(read(client, by, assessment.pk))
    save_answer(assessment, by, "A.1", level=3, basis="written")
    pages.append(read(client, by, assessment.pk))
    assert words(pages[2]).split("Result of")[1] == words(pages[0]).split("Result of")[1]

    assessments.update_settings(
        assessment=assessment,
        by=by,
        title="",
        marking="TLP:AMBER",
        is_disclosed_to_partners=False,
        allows_statistics=False,
        target_level=5,
    )
    pages.append(read(client, by, assessment.pk))
    assert "Target 5 Collaboration" in words(pages[3])

    factories.submit(assessment, by=by)
    pages.append(read(client, by, assessment.pk))
    assert "not yet submitted" not in pages[4]
    assert len(set(pages[:2] + pages[3:])) == 4


def test_a_new_submission_of_the_period_before_changes_the_page(client: Client, people: factories.People) -> None:
    by = people.coordinator
    earlier = fill(start_assessment(by, period="2025"), by)
    assessment = fill(start_assessment(by, period="2026"), by)
    assert "Since <bdi>2025</bdi>" not in read(client, by, assessment.pk)
    factories.submit(earlier, by=by)
    assert "Since <bdi>2025</bdi>" in read(client, by, assessment.pk)


def test_what_is_kept_holds_nothing_of_who_asked(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    mine = read(client, people.coordinator, assessment.pk)
    yours = read(client, people.police_coordinator, assessment.pk)

    def body(page: str) -> str:
        return page[page.index('<div class="verdict">') : page.index("</main>")]

    assert body(mine) == body(yours)
    assert "csrfmiddlewaretoken" not in body(mine)
    assert people.coordinator.full_name not in body(mine)
    assert people.police_coordinator.full_name in yours


@pytest.mark.parametrize("many", [0, 3])
def test_the_result_page_keeps_to_its_queries(client: Client, people: factories.People, many: int) -> None:
    by = people.coordinator
    for _ in range(many):
        make_accepted(by, people.reviewer, is_disclosed_to_partners=True)
        factories.make_user()
    answers = example_answers() if many else {"A.1": Answer(level=2)}
    submission = factories.submit(fill(start_assessment(by), by, answers), by=by)
    for person in (by, people.reviewer):
        client.force_login(person)
        for _ in range(2):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse("result", args=[submission.assessment_id])).status_code == 200
            assert len(queries) <= MOST_QUERIES
        assert len(queries) <= 5, "the second time the answers are not read again"


# What if


def project(client: Client, user: Any, assessment: Assessment, query: dict[str, Any], **headers: str) -> Any:
    client.force_login(user)
    return client.get(reverse("what-if", args=[assessment.pk]), query, headers=headers)


def test_the_what_if_shows_the_level_that_would_follow_and_saves_nothing(
    client: Client, people: factories.People
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    before = list(Response.objects.order_by("pk").values_list("level", "basis", "version"))
    moves = {"A.1-basis": "both", "A.2.2": "3", "A.14.1": "3", "A.16.1": "3"}

    response = project(client, people.observer, assessment, moves)

    said = words(response.content.decode())
    assert response.status_code == 200
    assert re.search(r"2 Communication → becomes 3 Cooperation", said)
    assert re.search(r"Index 2\.3 → becomes 2\.5", said)
    assert "Without A.16.1 the index would be 2.4 and the level would be 2 Communication." in said
    assert list(Response.objects.order_by("pk").values_list("level", "basis", "version")) == before


def test_the_script_gets_the_result_box_alone(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    response = project(client, people.coordinator, assessment, {"A.1": "5", "A.2.2": ""}, HX_Request="true")
    page = response.content.decode()

    assert "<html" not in page
    assert "The result would be" in page
    assert 'href="/assessments/' in page
    assert "A.2.2=" not in page


def test_an_address_without_its_empty_parts_is_the_one_to_keep(client: Client, people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    response = project(client, people.coordinator, assessment, {"A.1": "3", "A.2.2": ""})
    assert response.url == f"{reverse('what-if', args=[assessment.pk])}?A.1=3"


@pytest.mark.parametrize(
    ("name", "value", "words_of_fault"),
    [
        ("A.1", "6", "Select a valid choice"),
        ("A.1", "two", "Select a valid choice"),
        ("A.1-basis", "maybe", "Select a valid choice"),
        ("A.99", "3", "There is no scored question A.99."),
        ("A.5.2", "3", "There is no scored question A.5.2."),
        ("<script>", "3", "There is no scored question &lt;script&gt;."),
    ],
)
def test_what_cannot_be_is_said_and_computes_nothing(
    client: Client, people: factories.People, name: str, value: str, words_of_fault: str
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    response = project(client, people.coordinator, assessment, {name: value})
    page = response.content.decode()

    assert response.status_code == 400
    assert words_of_fault in page
    assert "There is a problem" in page
    assert "<script>" not in page
    assert "becomes" not in page


def test_the_secretariat_moves_what_was_submitted(client: Client, people: factories.People) -> None:
    submission: Submission = make_submission(people.coordinator)
    response = project(client, people.reviewer, submission.assessment, {"A.1": "5", "submission": "1"})
    assert response.status_code == 200
    assert 'name="submission" value="1"' in response.content.decode()


def test_recommendations_are_taken_up_and_a_level_that_is_given_goes_before(
    client: Client, people: factories.People
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    chosen = {"recommendation": ["N-information-3", "G-A.16.1"], "A.2.2": "4"}

    page = project(client, people.coordinator, assessment, chosen).content.decode()

    said = words(page)
    assert "Moved: A.2.2 from 2 to 4; A.14.1 from 2 to 3; A.16.1 from 1 to 2" in said
    for code in chosen["recommendation"]:
        assert re.search(rf'value="{code}" id="w-{code}" checked', page)
    assert page.count(" checked") == 2


def test_the_what_if_shows_the_themes_and_what_still_blocks(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)

    said = words(project(client, people.coordinator, assessment, {"A.1-basis": "both"}).content.decode())

    assert "Moved: A.1 from paper into practice" in said
    assert "Framework and governance 3.0 3.0" in said
    still = said[said.index("Moved:") :]
    assert "What holds it below level 3 Cooperation" in still
    assert "A.2.2 must be at least 3, and not on paper only." in still
    assert "A.1 must be at least 3" not in still


def test_an_unknown_recommendation_computes_nothing(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    response = project(client, people.coordinator, assessment, {"recommendation": "N-framework-9"})
    page = response.content.decode()
    assert response.status_code == 400
    assert "N-framework-9 is not one of the available choices." in words(page)
    assert 'href="#w-recommendation"' in page
    assert 'id="w-recommendation"' in page


def test_a_recommendation_that_no_longer_moves_anything_says_so(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    said = words(project(client, people.coordinator, assessment, {"recommendation": "N-framework-2"}).content.decode())
    assert "Nothing that was chosen moves a level: the result stays as it is." in said


def test_on_its_own_page_the_address_follows_and_on_the_result_page_it_stays(
    client: Client, people: factories.People
) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    own, result = (f"http://testserver{reverse(name, args=[assessment.pk])}" for name in ("what-if", "result"))

    def address(page: str) -> str | None:
        answer = project(client, people.coordinator, assessment, {"A.1": "5"}, HX_Request="true", HX_Current_URL=page)
        return answer.headers.get("HX-Replace-Url")

    assert address(f"{own}?A.1=4") == f"{reverse('what-if', args=[assessment.pk])}?A.1=5"
    assert address(result) is None


@pytest.mark.parametrize("many", [False, True])
def test_a_what_if_keeps_to_its_queries(client: Client, people: factories.People, many: bool) -> None:
    answers = example_answers() if many else {"A.1": Answer(level=2)}
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)
    chosen = {"A.1": "5", "A.2.2": "3", "recommendation": ["N-people-3", "N-powers-4"]} if many else {"A.1": "5"}
    project(client, people.coordinator, assessment, chosen)
    for headers in ({}, {"HX-Request": "true"}):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse("what-if", args=[assessment.pk]), chosen, headers=headers)
        assert answer.status_code == 200
        assert len(queries) <= WHAT_IF_QUERIES


# The shortest way


def way_in(page: str) -> str:
    """What the page says of the shortest way."""
    start = page.index('<section class="section" aria-labelledby="shortest-way">')
    return words(page[start : page.index("</section>", start)])


def test_the_shortest_way_is_explained_step_by_step(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    page = read(client, people.coordinator, assessment.pk)
    instrument = current_instrument()

    said = way_in(page)
    assert "The shortest way to level 3 Cooperation" in said
    assert f"A.1 from 3 to 4, medium effort: {instrument.step_by_target['framework', 4].text}" in said
    assert "A.1 from written only to written and practised, quick:" in said
    assert f"A.2.2 from 2 to 3, medium effort: {instrument.step_by_target['information', 3].text}" in said
    assert f"A.16.1 from 1 to 2, quick: {instrument.step_by_target['people', 2].text}" in said
    assert "Four steps in all, effort 6 together" in said
    assert "No smaller set of steps reaches level 3" in said
    assert "The index goes from 2.3 to 2.5. What level 3 Cooperation then rests on:" in said
    assert "Not met" not in said


def test_the_what_if_that_takes_the_shortest_way_reaches_the_level(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator)
    page = read(client, people.coordinator, assessment.pk)
    address = html.unescape(re.search(r'href="([^"]*/what-if/[?]A[^"]*)"', page)[1])

    assert address.endswith("?A.1=4&A.1-basis=both&A.2.2=3&A.16.1=2")
    said = words(client.get(address).content.decode())
    assert "2 Communication → becomes 3 Cooperation" in said
    assert "It does not rest on" not in said


def test_an_open_foundation_is_said_to_be_answered_first(client: Client, people: factories.People) -> None:
    answers = example_answers() | {"A.13": Answer(status="unknown", reason="Nobody has counted.")}
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)

    said = way_in(read(client, people.coordinator, assessment.pk))

    assert "A.13 is open. It must be answered, at 3 or higher, before level 3 can be stated" in said
    assert "each answer to one may change the way" in said
    assert "A.13 from" not in said


def test_too_little_known_is_said_before_the_way(client: Client, people: factories.People) -> None:
    assessment = fill(start_assessment(people.coordinator), people.coordinator, {"A.1": Answer(level=2)})
    said = way_in(read(client, people.coordinator, assessment.pk))
    assert "Too little is known to state a level: 1 of 21 scored questions are settled" in said
    assert "The way starts from level 2 Communication, where the answers that count so far put the country." in said


def test_a_follow_up_that_becomes_asked_is_named(client: Client, people: factories.People) -> None:
    answers = {
        code: Answer(level=1)
        for code in (question.code for question in current_instrument().scored)
        if code not in ("A.3.2", "A.4.2")
    }
    assessment = fill(start_assessment(people.coordinator), people.coordinator, answers)
    said = way_in(read(client, people.coordinator, assessment.pk))
    assert "A.3.2 becomes asked. It holds no level and is taken at 1 until it is answered." in said
    assert "Raises the index, and A.3.2 is asked" in said


def test_before_the_first_answer_there_is_no_way_and_the_page_says_why(
    client: Client, people: factories.People
) -> None:
    assessment = start_assessment(people.coordinator)
    said = way_in(read(client, people.coordinator, assessment.pk))
    assert "There is none to work out yet: no scored question has an answer that counts." in said


def test_on_the_highest_level_no_way_is_shown(client: Client, people: factories.People) -> None:
    answers = {question.code: Answer(level=5, basis="both") for question in current_instrument().scored}
    by = people.coordinator
    assessment = fill(start_assessment(by), by, without_follow_ups(answers))
    for code in ("A.3.2", "A.4.2"):
        save_answer(assessment, by, code, level=5, basis="both")
    page = read(client, by, assessment.pk)
    assert "Level 5 Collaboration" in words(page)
    assert "shortest" not in page


def test_partners_are_not_shown_the_way(client: Client, people: factories.People) -> None:
    submission = make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    assert "shortest-way" in read(client, people.reviewer, submission.assessment_id)
    assert "shortest-way" not in read(client, people.partner, submission.assessment_id)

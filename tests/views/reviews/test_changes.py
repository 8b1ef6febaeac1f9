"""What changed between two submissions, answer by answer."""

from __future__ import annotations

import pytest

from diagnostic.actions import responses
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Response
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import fresh, return_for, take_up, text_of, url

pytestmark = pytest.mark.django_db


def again(submission, people, question="A.1", **answer):
    """The next submission: `question` returned and answered anew."""
    returned = return_for(submission, people.reviewer, question)
    factories.save_answer(returned.assessment, people.coordinator, question, **answer)
    return fresh(factories.submit(returned.assessment, by=people.coordinator))


def changes(user, submission, **query):
    return signed_in(user).get(url("submission-changes", submission), query)


def test_each_part_that_differs_is_shown_and_words_are_marked(people, taken):
    told = "An MOU signed in 2021 provides for two meetings a year. Both were held."
    response = changes(people.reviewer, again(taken, people, level=2, basis="practised", narrative=told))
    body = response.content.decode()
    says = text_of(response)
    assert "What changed from submission 1 to 2" in says
    assert "1 answer differs." in says
    assert [part.name for part in response.context["changed"][0].parts][:3] == [
        "level",
        "basis",
        "what the country wrote",
    ]
    assert "removed: 3 Cooperation" in says
    assert "added: 2 Communication" in says
    assert "An MOU signed in 2021 provides for two meetings a year." in says
    assert body.count("<del>") >= 2
    assert "added: Both were held" in says or "added: Both" in says
    assert "removed: Memorandum of Understanding" in says
    assert "A.2.1" not in [item.question.code for item in response.context["changed"]]


def test_why_both_agencies_agree_is_a_part_of_the_answer(people):
    draft = factories.start_assessment(people.coordinator, mode="separate")
    factories.fill(draft, people.respondent, {"A.1": Answer(level=4)}, voice="customs")
    factories.fill(draft, people.police_respondent, {"A.1": Answer(level=2)}, voice="police")
    opened = factories.open_comparison(draft)
    agree(opened, people, "We met in May.")
    factories.complete(opened, people.coordinator)
    first = take_up(factories.submit(opened, people.coordinator), people.reviewer)
    returned = return_for(first, people.reviewer, "A.1")
    agree(returned.assessment, people, "We met in June.")
    second = fresh(factories.submit(returned.assessment, people.coordinator))

    response = changes(people.reviewer, second)
    assert [part.name for part in response.context["changed"][0].parts] == ["why customs and police agree"]
    assert "removed: May" in text_of(response)
    assert "added: June" in text_of(response)
    question = text_of(signed_in(people.reviewer).get(url("review-question", second, "A.1")))
    assert "Changed since submission 1: why customs and police agree." in question


def agree(assessment, people, why):
    """Record the national answer to A.1, with why both agencies agree on it."""
    row = Response.objects.get(assessment=assessment, voice="national", question="A.1")
    answer = Answer(level=3, basis="both")
    saved = {"assessment_id": assessment.pk, "question": "A.1", "response": answer}
    responses.record(**saved, base_version=row.version, by=people.coordinator, agreement=why)


def test_any_two_submissions_can_be_compared(people, taken):
    second = take_up(again(taken, people, level=2), people.reviewer)
    third = again(second, people, "A.2.1", level=1)
    assert [item.question.code for item in changes(people.observer, third).context["changed"]] == ["A.2.1"]
    first = changes(people.observer, third, since="1")
    assert [item.question.code for item in first.context["changed"]] == ["A.1", "A.2.1"]
    assert "submission 2" in text_of(first)
    for wrong in ("3", "4", "0", "x", ""):
        assert changes(people.observer, third, since=wrong).status_code == 404


def test_a_first_submission_has_nothing_before_it(people, taken):
    assert "This is the first submission of the assessment." in text_of(changes(people.coordinator, taken))


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("reviewer", 200),
        ("administrator", 200),
        ("respondent", 200),
        ("observer", 200),
        ("partner", 404),
        ("foreigner", 404),
    ],
)
def test_it_is_for_the_country_and_the_secretariat(people, taken, who, status):
    assert changes(getattr(people, who), taken).status_code == status


def test_a_partner_of_a_disclosed_assessment_reads_no_differences(people):
    accepted = factories.make_accepted(people.coordinator, people.reviewer, is_disclosed_to_partners=True)
    assert changes(people.partner, accepted).status_code == 403


def test_it_makes_four_queries(people, taken, django_assert_num_queries):
    second = again(taken, people, level=2)
    client = signed_in(people.reviewer)
    client.get(url("submission-changes", second))
    with django_assert_num_queries(4):
        client.get(url("submission-changes", second))


def test_hostile_text_is_shown_as_the_text_it_is(people, taken):
    hostile = "<script>alert(1)</script>"
    body = changes(people.reviewer, again(taken, people, level=2, narrative=hostile)).content.decode()
    assert hostile not in body
    assert "alert" in body

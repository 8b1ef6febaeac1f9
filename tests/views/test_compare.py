"""The comparison: who reads it when, its order and filters, agreeing, taking over, discussing, the meeting."""

import json
import re
from html import unescape

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import comparison
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, Comment, Declaration, Response
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(people):
    return factories.start_assessment(people.coordinator, mode="separate")


def fill_both(assessment, people):
    """The two-voices example, each agency by its own respondent."""
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.fill(assessment, by, factories.example_answers("two-voices", voice), voice=voice)


@pytest.fixture
def opened(assessment, people):
    fill_both(assessment, people)
    return comparison.open_comparison(assessment=assessment, by=people.coordinator, reason="The year ends.")


def visit(client, person, name, assessment, query="", **kwargs):
    client.force_login(person)
    return client.get(reverse(name, kwargs={"pk": assessment.pk, **kwargs}) + query)


def post(client, person, name, assessment, data=None, **kwargs):
    client.force_login(person)
    return client.post(reverse(name, kwargs={"pk": assessment.pk, **kwargs}), data or {})


def words(response):
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


def shown(response):
    return re.findall(r'<details class="pair" id="([^"]+)"', response.content.decode())


def national(assessment, question):
    return Response.objects.get(assessment=assessment, voice="national", question=question)


# The page


@pytest.mark.parametrize("who", ["coordinator", "police_respondent", "observer"])
def test_the_countrys_people_read_it_once_it_is_open(client, people, opened, who):
    response = visit(client, getattr(people, who), "compare", opened)
    assert response.status_code == 200
    assert "Opened by" in words(response)
    assert "The year ends." in words(response)


def test_nobody_reads_it_before(client, people, assessment):
    fill_both(assessment, people)
    for who in (people.coordinator, people.police_respondent, people.observer):
        for name in ("compare", "compare-meeting"):
            assert visit(client, who, name, assessment).status_code == 403


def test_the_largest_difference_comes_first(client, people, opened):
    response = visit(client, people.coordinator, "compare", opened)
    sizes = [item.pair.size or 0 for item in response.context["differences"]]
    assert sizes == sorted(sizes, reverse=True)
    assert shown(response)[0] == "A.3.1"
    assert "Customs: 4 Coordination" in words(response)


def test_the_figures_are_those_of_the_result(client, people, opened):
    said = words(visit(client, people.coordinator, "compare", opened))
    compared = the_result()["agreement"]
    assert f"Compared {compared['compared']} scored questions" in said
    assert f"At the same level {compared['equal']}" in said
    assert f"Within one level {compared['within_one']}" in said


def the_result():
    return json.loads((factories.EXAMPLES / "two-voices.result.json").read_text(encoding="utf-8"))


def test_the_filters(client, people, opened):
    every = set(shown(visit(client, people.coordinator, "compare", opened)))
    different = shown(visit(client, people.coordinator, "compare", opened, "?show=differences"))
    large = shown(visit(client, people.coordinator, "compare", opened, "?show=large"))
    unanswered = shown(visit(client, people.coordinator, "compare", opened, "?show=unanswered"))
    assert set(large) < set(different) < every
    assert "A.3.1" in large
    assert not set(unanswered) & set(different)
    assert every - set(different) - set(unanswered) == {
        item.code for item in visit(client, people.coordinator, "compare", opened).context["equal"]
    }
    nonsense = visit(client, people.coordinator, "compare", opened, "?show=x&open=y")
    assert nonsense.status_code == 200


def test_the_page_costs_the_same_for_little_and_for_much(client, people, opened):
    def cost():
        client.force_login(people.coordinator)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("compare", kwargs={"pk": opened.pk}))
        return len(queries)

    few = cost()
    comparison.take_over(
        assessment=opened,
        questions=[item.code for item in visit(client, people.coordinator, "compare", opened).context["equal"]],
        by=people.coordinator,
    )
    for by in (people.respondent, people.police_respondent, people.police_coordinator):
        for question in ("A.1", "A.3.1", "A.19"):
            comparison.discuss(assessment=opened, question=question, text="Why?", by=by)
    assert cost() == few <= 10


def test_forms_are_for_coordinators_and_the_discussion_for_those_who_answer(client, people, opened):
    def parts(person):
        page = visit(client, person, "compare", opened).content.decode()
        return 'class="agree"' in page, "discuss/" in page, "take-over" in page

    assert parts(people.police_coordinator) == (True, True, True)
    assert parts(people.respondent) == (False, True, False)
    assert parts(people.observer) == (False, False, False)


# Agreeing


def test_an_agreed_answer_is_recorded_with_its_reason(client, people, opened):
    data = {"A.3.1-version": "0", "A.3.1-answer": "2", "A.3.1-narrative": "Both say so.", "A.3.1-agreement": "We met."}
    response = post(client, people.police_coordinator, "compare-agree", opened, data, code="A.3.1")
    row = national(opened, "A.3.1")
    assert (row.level, row.narrative, row.agreement) == (2, "Both say so.", "We met.")
    assert row.saved_by == people.police_coordinator
    assert response.status_code == 302
    assert "#A.2.2" in response.url, "it goes on to the next difference"
    data = {"A.2.2-version": "0", "A.2.2-answer": "3", "A.2.2-agreement": "We met."}
    response = post(client, people.police_coordinator, "compare-agree", opened, data, code="A.2.2")
    assert "#A.3.2" in response.url, "which is asked now that A.3.1 is agreed"
    assert "Agreed at 2" in words(visit(client, people.respondent, "compare", opened))


def test_what_is_agreed_after_both_have_attested_says_that_it_voids(client, people, opened):
    def attest():
        factories.sign_both(Assessment.objects.get(pk=opened.pk), people.coordinator)

    def tell(name, data, **code):
        client.force_login(people.police_coordinator)
        url = reverse(name, kwargs={"pk": opened.pk, **code})
        return words(client.post(url, data, follow=True))

    void = "The attestations are void, because an answer was changed."
    agreed = {"A.3.1-answer": "2", "A.3.1-agreement": "We met."}
    attest()
    assert "A change voids the attestations" in words(visit(client, people.coordinator, "compare", opened))
    assert void in tell("compare-agree", agreed | {"A.3.1-version": "0"}, code="A.3.1")
    assert void not in tell("compare-agree", agreed | {"A.3.1-version": "1", "A.3.1-answer": "3"}, code="A.3.1")
    equal = {"question": comparison_page_takes(client, people, opened)}
    assert void not in tell("compare-take-over", {})
    attest()
    assert void in tell("compare-take-over", equal)
    attest()
    assert void not in tell("compare-take-over", equal), "which are taken over already"


def comparison_page_takes(client, people, opened):
    """What the page lists to be taken over."""
    page = visit(client, people.coordinator, "compare", opened).content.decode()
    return sorted(set(re.findall(r'name="question" value="([^"]+)"', page)))


def test_a_difference_needs_its_reason_and_a_choice(client, people, opened):
    response = post(client, people.coordinator, "compare-agree", opened, {"A.3.1-version": "0"}, code="A.3.1")
    assert response.status_code == 422
    assert "Choose what both agree on" in words(response)
    assert "Say why: one or two sentences" in words(response)
    assert national(opened, "A.3.1").version == 0


def test_a_question_on_which_they_do_not_agree_is_left_open(client, people, opened):
    data = {"A.3.1-version": "0", "A.3.1-answer": "unknown", "A.3.1-agreement": "We do not agree yet."}
    data |= {"A.3.1-basis": "both"}
    assert post(client, people.coordinator, "compare-agree", opened, data, code="A.3.1").status_code == 302
    row = national(opened, "A.3.1")
    assert (row.status, row.reason, row.agreement, row.basis) == (
        "unknown",
        "We do not agree yet.",
        "We do not agree yet.",
        "",
    )
    assert "Left open" in words(visit(client, people.coordinator, "compare", opened))


def test_two_coordinators_at_once_are_shown_both_and_choose(client, people, opened):
    data = {"A.3.1-version": "0", "A.3.1-answer": "2", "A.3.1-agreement": "We met."}
    post(client, people.coordinator, "compare-agree", opened, data, code="A.3.1")
    late = data | {"A.3.1-answer": "3", "A.3.1-narrative": "Mine"}
    response = post(client, people.police_coordinator, "compare-agree", opened, late, code="A.3.1")
    assert response.status_code == 409
    assert "saved this answer while you were writing" in words(response)
    assert "Mine" in response.content.decode()
    assert national(opened, "A.3.1").level == 2
    version = re.search(r'name="A.3.1-version" value="(\d+)"', response.content.decode())[1]
    post(client, people.police_coordinator, "compare-agree", opened, late | {"A.3.1-version": version}, code="A.3.1")
    assert national(opened, "A.3.1").level == 3


def test_a_follow_up_waits_for_the_answer_above_it(client, people, opened):
    data = {"A.3.2-version": "0", "A.3.2-answer": "2", "A.3.2-agreement": "We met."}
    response = post(client, people.coordinator, "compare-agree", opened, data, code="A.3.2")
    assert response.status_code == 422
    assert "A.3.2 is not asked, because of the answer to A.3.1" in words(response)


def test_every_question_is_agreed_from_what_the_page_proposes(client, people, opened):
    """Whatever the form shows can be sent: no part of a proposal stands in its own way."""
    page = visit(client, people.coordinator, "compare", opened)
    items = [*page.context["differences"], *page.context["equal"], *page.context["unanswered"]]
    order = current_instrument().order
    for item in sorted(items, key=lambda item: order[item.code]):
        if item.question.asked_when:
            continue
        form = item.form
        response = form.given
        data = {f"{item.code}-version": "0", f"{item.code}-agreement": "We met.", f"{item.code}-answer": "4"}
        if not item.question.takes_level:
            data |= {f"{item.code}-answer": "", f"{item.code}-narrative": response.narrative or "Both."}
        data |= {f"{item.code}-authority_{agency}": value for agency, value in response.authority.items()}
        data |= {f"{item.code}-area_{area}": value for area, value in response.areas.items()}
        data |= {f"{item.code}-{name}": getattr(response, name) for name in ("topics", "challenges")}
        sent = post(client, people.coordinator, "compare-agree", opened, data, code=item.code)
        assert sent.status_code == 302, (item.code, words(sent))


def test_only_coordinators_agree(client, people, opened):
    for who in (people.respondent, people.observer):
        assert post(client, who, "compare-agree", opened, code="A.1").status_code == 403
        assert post(client, who, "compare-take-over", opened).status_code == 403
    assert post(client, people.coordinator, "compare-agree", opened, code="A.99").status_code == 404


def test_the_equal_answers_are_taken_over_as_listed(client, people, opened):
    page = visit(client, people.coordinator, "compare", opened)
    listed = list(page.context["page"].takeable)
    assert listed
    assert all(code in words(page) for code in listed)
    response = client.post(reverse("compare-take-over", kwargs={"pk": opened.pk}), {"question": listed}, follow=True)
    assert f"{len(listed)} equal answer" in words(response)
    assert "taken over" in words(response)
    assert all(national(opened, code).version == 1 for code in listed)
    assert response.context["page"].takeable == {}


# The discussion


def test_a_word_in_the_discussion_is_read_by_both_agencies_alone(client, people, opened):
    said = post(client, people.respondent, "compare-discuss", opened, {"text": "Which year is meant?"}, code="A.1")
    assert said.status_code == 302
    for reader in (people.police_respondent, people.coordinator):
        assert "Which year is meant?" in words(visit(client, reader, "compare", opened))
    for name in ("compare", "compare-meeting"):
        assert "Which year is meant?" not in words(visit(client, people.observer, name, opened))
    empty = post(client, people.respondent, "compare-discuss", opened, {"text": " "}, code="A.1")
    assert empty.status_code == 422
    assert "Write what you want to say." in words(empty)
    assert post(client, people.observer, "compare-discuss", opened, {"text": "x"}, code="A.1").status_code == 403
    assert Comment.objects.count() == 1


# The meeting


def test_the_meeting_goes_through_the_questions_in_the_order_of_the_page(client, people, opened):
    codes = shown(visit(client, people.coordinator, "compare", opened, "?show=large"))
    first = visit(client, people.coordinator, "compare-meeting", opened, "?show=large")
    assert f"{codes[0]}: question 1 of {len(codes)}" in words(first)
    assert f'rel="next" href="?show=large&amp;question={codes[1]}"' in first.content.decode()
    assert 'rel="prev"' not in first.content.decode()
    last = visit(client, people.respondent, "compare-meeting", opened, f"?show=large&question={codes[-1]}")
    assert 'rel="next"' not in last.content.decode()
    assert "TLP:AMBER" in words(last)
    assert visit(client, people.observer, "compare-meeting", opened, "?question=A.99").status_code == 404


# Declaring and opening


def test_the_overview_leads_to_the_comparison(client, people, assessment):
    assert "Not declared yet" in words(visit(client, people.coordinator, "assessment-detail", assessment))
    post(client, people.coordinator, "assessment-declare", assessment)
    own = words(visit(client, people.coordinator, "assessment-detail", assessment))
    assert f"Declared complete by {people.coordinator.full_name}" in own
    assert "Take the declaration back" in own
    other = words(visit(client, people.police_coordinator, "assessment-detail", assessment))
    assert "Declared complete" in other
    assert "Declared complete by" not in other, "who and when is the other agency's own matter until it is open"
    post(client, people.coordinator, "assessment-declare", assessment, {"take_back": "yes"})
    assert not Declaration.objects.exists()
    post(client, people.coordinator, "assessment-declare", assessment)
    response = post(client, people.police_coordinator, "assessment-declare", assessment)
    assert response.url == reverse("compare", kwargs={"pk": assessment.pk})
    assert Assessment.objects.get(pk=assessment.pk).state == "comparing"
    again = post(client, people.police_coordinator, "assessment-declare", assessment, {"take_back": "yes"})
    assert again.status_code == 409


def test_a_joint_session_has_nothing_to_declare(client, people):
    joint = factories.start_assessment(people.coordinator)
    assert "Declare our answers" not in words(visit(client, people.coordinator, "assessment-detail", joint))
    assert "nothing to compare" in words(visit(client, people.coordinator, "assessment-open-comparison", joint))
    assert post(client, people.coordinator, "assessment-declare", joint).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_who_opens_before_time_says_why_and_the_other_agency_is_told(client, run_tasks):
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    assert visit(client, people.coordinator, "assessment-open-comparison", assessment).status_code == 200
    empty = post(client, people.coordinator, "assessment-open-comparison", assessment, {"reason": " "})
    assert empty.status_code == 422
    assert "why the comparison is opened now" in words(empty)
    factories.save_answer(assessment, people.respondent, "A.1", voice="customs", level=3, narrative="SECRET-NARRATIVE")
    done = post(client, people.coordinator, "assessment-open-comparison", assessment, {"reason": "The year ends."})
    assert done.url == reverse("compare", kwargs={"pk": assessment.pk})
    run_tasks()
    assert sorted(to for sent in mail.outbox for to in sent.to) == sorted(
        [people.police_coordinator.email, people.police_respondent.email]
    )
    assert all("SECRET" not in sent.body and "The year ends." not in sent.body for sent in mail.outbox)
    assert done.url in mail.outbox[0].body
    for who in (people.police_coordinator, people.police_respondent):
        assert "The year ends." in words(visit(client, who, "assessment-detail", assessment))


# The next step on the overview


def step(client, person, assessment):
    return visit(client, person, "assessment-detail", assessment).context["next_step"]


def test_the_next_step_leads_from_answers_to_declaration_to_comparison(client, people, assessment):
    assert step(client, people.respondent, assessment).heading == "Begin with A.1"
    fill_both(assessment, people)
    overview = visit(client, people.coordinator, "assessment-detail", assessment).context["overview"]
    for code in [item.question.code for item in overview.missing if not item.is_unknown]:
        factories.save_answer(
            assessment, people.respondent, code, voice="customs", status="unknown", reason="Not known."
        )
    assert step(client, people.coordinator, assessment).url == reverse(
        "assessment-declare", kwargs={"pk": assessment.pk}
    )
    assert step(client, people.respondent, assessment).heading == "A coordinator can declare your answers complete"
    comparison.declare_complete(assessment=assessment, agency="customs", by=people.coordinator)
    assert step(client, people.respondent, assessment).heading == "Waiting for the other agency"
    comparison.open_comparison(assessment=assessment, by=people.police_coordinator, reason="The year ends.")
    opened = Assessment.objects.get(pk=assessment.pk)
    for who in (people.coordinator, people.respondent, people.observer):
        assert step(client, who, opened).url == reverse("compare", kwargs={"pk": assessment.pk})
    assert step(client, people.coordinator, opened).heading == "Next: compare and agree"

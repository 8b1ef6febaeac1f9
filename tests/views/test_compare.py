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
from diagnostic.core.progress import write_gaps
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, Comment, Declaration, OpeningRequest, Response
from diagnostic.wording.counting import capitalised, number_word
from tests import factories
from tests.views.pages import unisolated

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
    return factories.open_comparison(assessment)


def visit(client, person, name, assessment, query="", **kwargs):
    client.force_login(person)
    return client.get(reverse(name, kwargs={"pk": assessment.pk, **kwargs}) + query)


def post(client, person, name, assessment, data=None, **kwargs):
    client.force_login(person)
    return client.post(reverse(name, kwargs={"pk": assessment.pk, **kwargs}), data or {})


def words(response):
    text = re.sub(r"<[^>]+>", " ", unisolated(response.content.decode()))
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
    assert "The comparison was opened" in words(response)
    overview = reverse("assessment-detail", kwargs={"pk": opened.pk})
    assert f'href="{overview}#declaring">By whom and why</a>' in response.content.decode()


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
    assert "Say why, in one or two sentences" in words(response)
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


def test_the_overview_leads_to_the_declaration_and_the_comparison(client, people, assessment):
    answer_one_each(assessment, people)
    mine = words(visit(client, people.coordinator, "assessment-detail", assessment))
    assert "Not declared yet" in mine
    assert "Declare the customs answers complete" in mine
    observed = words(visit(client, people.observer, "assessment-detail", assessment))
    assert "Not declared" not in observed
    assert "Declare the" not in observed
    factories.declare(assessment, people.coordinator)
    own = words(visit(client, people.respondent, "assessment-detail", assessment))
    assert f"Declared complete by {people.coordinator.full_name}" in own
    for other in (people.police_coordinator, people.police_respondent, people.observer):
        said = words(visit(client, other, "assessment-detail", assessment))
        assert people.coordinator.full_name not in said.split("Who is answering")[0]
        assert "Declared complete" not in said
    factories.declare(assessment, people.police_coordinator)
    for reader in (people.coordinator, people.police_respondent, people.observer):
        said = words(visit(client, reader, "assessment-detail", assessment))
        for by in (people.coordinator, people.police_coordinator):
            assert f"Declared complete by {by.full_name}" in said


def answer_one_each(assessment, people):
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.save_answer(assessment, by, "A.1", voice=voice, level=2)


def confirming(page):
    """The fields that the declaration page submits with its confirmation."""
    found = re.search(r'name="gaps" value="([^"]*)"', page.content.decode())
    assert found is not None
    return {"gaps": found[1], "confirmed": "on"}


def test_the_page_of_declaring_names_what_is_blank_and_what_it_does(client, people, assessment):
    factories.fill(assessment, people.respondent, factories.example_answers("two-voices", "customs"), voice="customs")
    factories.save_answer(assessment, people.respondent, "A.1", voice="customs")
    factories.save_answer(
        assessment,
        people.respondent,
        "A.12",
        voice="customs",
        status="unknown",
        reason="The laboratory has not replied.",
    )
    colleague = factories.make_user()
    page = visit(client, people.coordinator, "assessment-declare", assessment)
    said = words(page)
    gaps = factories.gaps_now(assessment, "customs")
    blank = sum(state == "missing" for state in gaps.values())
    for code in gaps:
        assert f"#{code}" in page.content.decode()
    assert "Cannot answer now: “The laboratory has not replied.”" in said
    assert f"{capitalised(number_word(blank))} {'is' if blank == 1 else 'are'} blank" in said
    assert "with the" in said
    assert "named above." in said
    assert f"{people.coordinator.full_name} (you), {colleague.full_name}. One declaration is enough." in said
    assert f"{people.respondent.full_name} Last answer" in said
    assert people.police_coordinator.full_name not in said
    assert people.police_respondent.full_name not in said
    assert f'data-waits-for-answers="{assessment.pk}"' in page.content.decode()


def test_with_nothing_answered_declaring_is_neither_offered_nor_accepted(client, people, assessment):
    """Two coordinators of a new assessment press their buttons: nothing is declared, and nothing opens."""
    for by in (people.coordinator, people.police_coordinator):
        overview = visit(client, by, "assessment-detail", assessment).content.decode()
        for name in ("assessment-declare", "assessment-open-comparison"):
            assert reverse(name, kwargs={"pk": assessment.pk}) not in overview
            page = visit(client, by, name, assessment)
            assert "No question has been answered yet." in words(page)
            assert 'name="confirmed"' not in page.content.decode()
            assert 'name="reason"' not in page.content.decode()
        gaps = write_gaps(factories.gaps_now(assessment, by.membership.agency.kind))
        forced = post(client, by, "assessment-declare", assessment, {"gaps": gaps, "confirmed": "on"})
        assert forced.status_code == 409
        forced = post(client, by, "assessment-open-comparison", assessment, {"reason": "The year ends."})
        assert forced.status_code == 409
    assert Assessment.objects.get(pk=assessment.pk).state == "draft"
    assert not Declaration.objects.exists()
    assert not OpeningRequest.objects.exists()


def test_declaring_takes_one_confirmation_of_what_is_blank(client, people, assessment):
    answer_one_each(assessment, people)
    given = confirming(visit(client, people.coordinator, "assessment-declare", assessment))
    unconfirmed = post(client, people.coordinator, "assessment-declare", assessment, {"gaps": given["gaps"]})
    assert unconfirmed.status_code == 422
    assert 'href="#id_confirmed"' in unconfirmed.content.decode()
    assert "is-invalid" in unconfirmed.content.decode()
    unnamed = post(client, people.coordinator, "assessment-declare", assessment, {"confirmed": "on"})
    assert unnamed.status_code == 409
    assert not Declaration.objects.exists()
    done = post(client, people.coordinator, "assessment-declare", assessment, given)
    assert done.url == reverse("assessment-declare", kwargs={"pk": assessment.pk})
    page = visit(client, people.coordinator, "assessment-declare", assessment)
    assert "The customs answers are declared complete" in words(page)
    assert f"Declared by {people.coordinator.full_name}," in words(page)
    post(client, people.coordinator, "assessment-declare", assessment, {"take_back": "yes"})
    assert not Assessment.objects.get(pk=assessment.pk).has_declared("customs")


def test_what_became_blank_since_the_page_was_opened_is_shown_first(client, people, assessment):
    answer_one_each(assessment, people)
    given = confirming(visit(client, people.coordinator, "assessment-declare", assessment))
    factories.save_answer(assessment, people.respondent, "A.13", voice="customs", level=2)
    factories.save_answer(assessment, people.respondent, "A.12", voice="customs", status="unknown", reason="No reply.")
    response = post(client, people.coordinator, "assessment-declare", assessment, given)
    assert response.status_code == 409
    said = words(response)
    assert "The blank and open questions are not those that this page named" in said
    assert "A.13: no longer blank or open." in said
    assert "A.12: left open now, as it cannot be answered." in said
    assert not Declaration.objects.exists()
    assert post(client, people.coordinator, "assessment-declare", assessment, confirming(response)).status_code == 302
    assert Declaration.objects.count() == 1


def test_the_second_declaration_opens_the_comparison_for_good(client, people, assessment):
    answer_one_each(assessment, people)
    factories.declare(assessment, people.coordinator)
    given = confirming(visit(client, people.police_coordinator, "assessment-declare", assessment))
    response = post(client, people.police_coordinator, "assessment-declare", assessment, given)
    assert response.url == reverse("compare", kwargs={"pk": assessment.pk})
    assert Assessment.objects.get(pk=assessment.pk).state == "comparing"
    for by in (people.coordinator, people.police_coordinator):
        assert post(client, by, "assessment-declare", assessment, {"take_back": "yes"}).status_code == 409
        said = words(visit(client, by, "assessment-declare", assessment))
        assert "A declaration can no longer be given or taken back." in said


def test_a_declared_voice_is_closed_for_writing_and_says_why(client, people, assessment):
    answer_one_each(assessment, people)
    factories.declare(assessment, people.coordinator)
    theme = {"voice": "customs", "theme": "framework"}
    said = words(visit(client, people.respondent, "theme", assessment, **theme))
    assert "Your agency has declared its answers complete." in said
    typed = {"A.1-answer": "4", "A.1-version": "1", "A.1-narrative": "Typed too late."}
    refused = post(client, people.respondent, "response-save", assessment, typed, voice="customs", code="A.1")
    assert (refused.status_code, refused.json()["kind"]) == (409, "state")
    assert "Customs has declared its answers complete" in refused.json()["message"]
    again = post(client, people.respondent, "theme", assessment, typed, **theme)
    assert again.status_code == 409
    assert "Typed too late." in again.content.decode()
    assert Response.objects.get(assessment=assessment, voice="customs", question="A.1").level == 2
    comparison.take_back_declaration(assessment=assessment, agency="customs", by=people.coordinator)
    assert 'name="A.1-answer"' in visit(client, people.respondent, "theme", assessment, **theme).content.decode()


def test_a_joint_session_has_nothing_to_declare(client, people):
    joint = factories.start_assessment(people.coordinator)
    assert "Declare" not in words(visit(client, people.coordinator, "assessment-detail", joint))
    assert "nothing to declare" in words(visit(client, people.coordinator, "assessment-declare", joint))
    assert "nothing to compare" in words(visit(client, people.coordinator, "assessment-open-comparison", joint))
    assert post(client, people.coordinator, "assessment-declare", joint, {"confirmed": "on"}).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_both_agencies_say_why_it_opens_early_and_both_are_told(client, run_tasks):
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    answer_one_each(assessment, people)
    factories.save_answer(assessment, people.respondent, "A.13", voice="customs", level=3, narrative="SECRET-NARRATIVE")
    empty = post(client, people.coordinator, "assessment-open-comparison", assessment, {"reason": " "})
    assert empty.status_code == 422
    assert "why the comparison should open now" in words(empty)

    before = visit(client, people.police_coordinator, "assessment-open-comparison", assessment)
    asked = post(client, people.coordinator, "assessment-open-comparison", assessment, {"reason": "The year ends."})
    assert asked.url == reverse("assessment-open-comparison", kwargs={"pk": assessment.pk})
    assert "The year ends." in words(client.get(asked.url))
    run_tasks()
    assert mail.outbox == []
    after = visit(client, people.police_coordinator, "assessment-open-comparison", assessment)
    assert words(after) == words(before)

    reason = {"reason": "The minister asks."}
    done = post(client, people.police_coordinator, "assessment-open-comparison", assessment, reason)
    assert done.url == reverse("compare", kwargs={"pk": assessment.pk})
    run_tasks()
    told = (people.coordinator, people.respondent, people.police_respondent)
    assert sorted(to for sent in mail.outbox for to in sent.to) == sorted(person.email for person in told)
    for sent in mail.outbox:
        assert "SECRET" not in sent.body
        assert "The year ends." not in sent.body
        assert done.url in sent.body
    for who in (*told, people.police_coordinator, people.observer):
        said = words(visit(client, who, "assessment-detail", assessment))
        assert "The year ends." in said
        assert "The minister asks." in said
        assert "Coordinators of both agencies asked to open it early." in said


def test_a_request_to_open_early_is_taken_back_on_its_page(client, people, assessment):
    answer_one_each(assessment, people)
    post(client, people.coordinator, "assessment-open-comparison", assessment, {"reason": "The year ends."})
    back = post(client, people.coordinator, "assessment-open-comparison", assessment, {"take_back": "yes"})
    assert back.status_code == 302
    assert "Ask to open it early" in words(client.get(back.url))
    post(client, people.police_coordinator, "assessment-open-comparison", assessment, {"reason": "The year ends."})
    assert Assessment.objects.get(pk=assessment.pk).state == "draft"


@pytest.mark.parametrize("name", ["assessment-declare", "assessment-open-comparison"])
def test_the_pages_before_the_comparison_take_as_many_queries_whatever_the_other_did(client, people, assessment, name):
    def count():
        client.force_login(people.coordinator)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name, kwargs={"pk": assessment.pk})).status_code == 200
        return len(queries)

    few = count()
    fill_both(assessment, people)
    factories.declare(assessment, people.police_coordinator)
    comparison.ask_to_open(assessment=assessment, agency="police", by=people.police_coordinator, reason="Now.")
    assert count() == few == {"assessment-declare": 7, "assessment-open-comparison": 5}[name]


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
    declaring = reverse("assessment-declare", kwargs={"pk": assessment.pk})
    assert step(client, people.coordinator, assessment).url == declaring
    assert step(client, people.respondent, assessment).heading == "A coordinator can declare your answers complete"
    factories.declare(assessment, people.coordinator)
    assert step(client, people.respondent, assessment).heading == "Your agency’s answers are declared complete"
    factories.open_comparison(assessment)
    opened = Assessment.objects.get(pk=assessment.pk)
    for who in (people.coordinator, people.respondent, people.observer):
        assert step(client, who, opened).url == reverse("compare", kwargs={"pk": assessment.pk})
    assert step(client, people.coordinator, opened).heading == "Next: compare and agree"

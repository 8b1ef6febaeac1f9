"""National answers in progress: saved by the script, recorded in one press, shown as not agreed, never counted."""

from __future__ import annotations

import json
import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import responses
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, Response
from diagnostic.views.report_facts import assessments_for_report, report_of_assessment
from tests import factories
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db
SECRET = "A proposal that nobody agreed on"


@pytest.fixture
def opened(people):
    """Two agencies with the two-voices example, compared."""
    draft = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.fill(draft, by, factories.example_answers("two-voices", voice), voice=voice)
    return factories.open_comparison(draft)


def national(assessment, code="A.3.1"):
    return Response.objects.get(assessment=assessment, voice="national", question=code)


def visit(client, person, name, assessment, query="", **kwargs):
    client.force_login(person)
    return client.get(reverse(name, kwargs={"pk": assessment.pk, **kwargs}) + query)


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", unisolated(response.content.decode()))).split())


def typed(version=0, code="A.3.1", **fields):
    """The fields of the comparison's form."""
    fields = {"version": version, "answer": "", "narrative": "", "agreement": "", **fields}
    return {f"{code}-{name}": value for name, value in fields.items()}


def autosave(client, person, assessment, code="A.3.1", more=None, **fields):
    client.force_login(person)
    address = reverse("response-save", kwargs={"pk": assessment.pk, "voice": "national", "code": code})
    return client.post(address, typed(code=code, **fields) | (more or {}))


def press(client, person, assessment, code="A.3.1", more=None, **fields):
    client.force_login(person)
    address = reverse("compare-agree", kwargs={"pk": assessment.pk, "code": code})
    return client.post(address, typed(code=code, **fields) | (more or {}))


def propose(assessment, by, code, **members):
    return responses.save(
        assessment_id=assessment.pk,
        voice="national",
        question=code,
        response=Answer(**members),
        base_version=national(assessment, code).version,
        by=by,
    )


# The script


def test_the_form_saves_itself_and_the_reply_names_question_and_version(client, people, opened):
    saved = autosave(client, people.coordinator, opened, answer="2", narrative="Both say so.").json()
    assert (saved["kind"], saved["question"], saved["version"], saved["state"]) == ("saved", "A.3.1", 1, "proposed")
    saved = autosave(client, people.coordinator, opened, version=1, answer="2", agreement="We met.").json()
    assert saved["version"] == 2
    row = national(opened)
    assert (row.level, row.agreement, row.is_agreed) == (2, "We met.", False)
    autosave(client, people.coordinator, opened, version=2, answer="2", agreement="")
    assert national(opened).agreement == "", "a reason that was taken out is out"


def test_what_is_left_open_takes_its_reason_from_why(client, people, opened):
    refused = autosave(client, people.coordinator, opened, answer="unknown")
    assert refused.status_code == 422
    assert "A.3.1-agreement" in refused.json()["faults"]
    autosave(client, people.coordinator, opened, answer="unknown", agreement="We do not agree.")
    assert (national(opened).status, national(opened).reason) == ("unknown", "We do not agree.")


def test_two_at_once_are_shown_both_texts_within_the_form(client, people, opened):
    autosave(client, people.coordinator, opened, answer="2", narrative="Theirs", agreement="Their reason")
    late = autosave(client, people.police_coordinator, opened, answer="3", narrative="Mine", agreement="My reason")
    assert (late.status_code, late.json()["kind"]) == (409, "conflict")
    html = late.json()["html"]
    assert html.count('class="question"') == 1
    assert 'data-question="A.3.1"' in html
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", unisolated(html))).split())
    for said in ("Theirs", "Their reason", "Mine", "My reason"):
        assert said in text
    assert national(opened).narrative == "Theirs"

    mine = {"A.3.1-keep": "mine", "resolve": "A.3.1:keep"}
    fields = {"answer": "3", "narrative": "Mine", "agreement": "My reason"}
    kept = autosave(client, people.police_coordinator, opened, version=1, more=mine, **fields).json()
    assert (kept["kind"], kept["question"], kept["version"]) == ("saved", "A.3.1", 2)
    assert 'name="A.3.1-agreement"' in kept["html"]
    assert national(opened).narrative == "Mine"


def test_a_text_set_aside_keeps_its_reason_in_the_history(client, people, opened):
    autosave(client, people.coordinator, opened, answer="2", narrative="Theirs")
    theirs = {"A.3.1-keep": "theirs", "resolve": "A.3.1:keep"}
    fields = {"answer": "3", "narrative": "Mine", "agreement": "My reason"}
    autosave(client, people.police_coordinator, opened, version=1, more=theirs, **fields)
    assert national(opened).narrative == "Theirs"
    said = words(visit(client, people.coordinator, "response-history", opened, voice="national", code="A.3.1"))
    assert "Set aside" in said
    assert "My reason" in said


def test_both_texts_in_one_are_the_form_again(client, people, opened):
    autosave(client, people.coordinator, opened, answer="2", narrative="Theirs", agreement="Their reason")
    fields = {"answer": "3", "narrative": "Mine", "agreement": "My reason"}
    merge = {"A.3.1-keep": "mine", "resolve": "A.3.1:merge"}
    both = autosave(client, people.police_coordinator, opened, version=1, more=merge, **fields).json()
    assert both["kind"] == "merged"
    for name, texts in (("narrative", "Theirs\n\nMine"), ("agreement", "Their reason\n\nMy reason")):
        field = re.search(rf'<textarea[^>]*name="A.3.1-{name}"[^>]*>\n(.*?)</textarea>', both["html"], re.DOTALL)
        assert field is not None
        assert field[1] == texts


def test_an_agreement_is_for_the_comparison_alone(client, people):
    joint = factories.start_assessment(people.coordinator)
    refused = autosave(client, people.coordinator, joint, answer="2", agreement="We met.")
    assert refused.status_code == 422
    assert not national(joint).version


# Record


def test_record_counts_in_one_press_without_a_script(client, people, opened):
    done = press(client, people.coordinator, opened, answer="2", narrative="So.", agreement="We met.")
    assert done.status_code == 302
    row = national(opened)
    assert (row.level, row.agreement, row.is_agreed, row.version) == (2, "We met.", True, 1)
    assert "Agreed at 2" in words(visit(client, people.respondent, "compare", opened))


def test_record_without_why_keeps_what_was_typed_as_a_proposal(client, people, opened):
    answer = press(client, people.coordinator, opened, answer="2", narrative="So it is.")
    assert answer.status_code == 422
    assert "Say why, in one or two sentences" in words(answer)
    page = answer.content.decode()
    assert "So it is." in page
    assert 'name="A.3.1-version" value="1"' in page
    row = national(opened)
    assert (row.narrative, row.is_agreed) == ("So it is.", False)
    assert press(client, people.coordinator, opened, version=1, answer="2", agreement="We met.").status_code == 302


def test_record_shows_what_cannot_even_be_saved_as_it_was_typed(client, people, opened):
    answer = press(client, people.coordinator, opened, answer="2", narrative="hid\u202eden", agreement="We met.")
    assert answer.status_code == 422
    assert "hid\u202eden" in answer.content.decode()
    assert not national(opened).version


def test_record_says_what_an_answer_left_open_lacks(client, people, opened):
    answer = press(client, people.coordinator, opened, answer="unknown", narrative="Typed")
    assert answer.status_code == 422
    assert "say why A.3.1 cannot be answered now" in words(answer)
    assert "Typed" in answer.content.decode()


def test_record_over_somebody_elses_proposal_shows_both(client, people, opened):
    autosave(client, people.coordinator, opened, answer="2", narrative="Theirs")
    for fields in ({"answer": "3", "agreement": "We met."}, {"answer": "3"}):
        late = press(client, people.police_coordinator, opened, narrative="Mine", **fields)
        assert late.status_code == 409
        assert "saved this answer while you were writing" in words(late)
        assert "Theirs" in words(late)
        assert "Mine" in late.content.decode()
    assert national(opened).narrative == "Theirs"


def test_the_last_pair_leads_on_to_attesting(client, people, opened):
    factories.fill(opened, people.coordinator)
    factories.complete(opened, people.coordinator)
    page = visit(client, people.coordinator, "compare", opened)
    assert "Every question is settled" in words(page)
    assert f'href="{reverse("assessment-check", args=[opened.pk])}"' in page.content.decode()


def test_the_meeting_screen_records_and_goes_on(client, people, opened):
    page = visit(client, people.coordinator, "compare-meeting", opened, "?question=A.3.1").content.decode()
    assert 'name="screen" value="meeting"' in page
    assert 'data-question="A.3.1"' in page
    done = press(client, people.coordinator, opened, more={"screen": "meeting"}, answer="2", agreement="We met.")
    assert done.url.startswith(reverse("compare-meeting", args=[opened.pk]))
    refused = press(client, people.coordinator, opened, "A.2.2", more={"screen": "meeting"}, answer="3")
    assert refused.status_code == 422
    assert 'class="meeting"' in refused.content.decode()
    assert "Say why" in words(refused)


# Where it is shown


def test_a_proposal_is_shown_as_in_progress(client, people, opened):
    propose(opened, people.coordinator, "A.3.1", level=2, narrative=SECRET)
    for who in (people.police_coordinator, people.respondent, people.observer):
        page = visit(client, who, "compare", opened)
        tags = {item.code: item.tag_words for item in page.context["differences"]}
        assert tags["A.3.1"] == "In progress"
        assert SECRET in page.content.decode()
        assert page.context["page"].agreed == 0
    assert "in progress, not agreed yet" in words(visit(client, people.observer, "compare", opened))
    assert "In progress, not agreed yet" in words(visit(client, people.observer, "assessment-check", opened))
    assert "it is not recorded as agreed yet" in words(visit(client, people.observer, "assessment-missing", opened))
    theme = visit(client, people.observer, "theme", opened, voice="national", theme="risk")
    assert "In progress, not agreed yet" in words(theme)
    assert 'data-state="proposed"' in theme.content.decode()
    overview = words(visit(client, people.coordinator, "assessment-detail", opened))
    assert "is in progress" in overview
    history = words(visit(client, people.observer, "response-history", opened, voice="national", code="A.3.1"))
    assert "Proposed" in history


def test_pages_kept_in_memory_tell_a_proposal_from_an_agreed_answer(client, people, opened):
    members = {"level": 2, "narrative": SECRET}

    def theme():
        return words(visit(client, people.observer, "theme", opened, voice="national", theme="risk"))

    def result():
        return visit(client, people.observer, "result", opened).content.decode()

    blank = (theme(), result())
    propose(opened, people.coordinator, "A.3.1", **members)
    proposed = (theme(), result())
    assert "In progress" in proposed[0]
    assert SECRET not in proposed[1]
    responses.record(
        assessment_id=opened.pk,
        question="A.3.1",
        response=Answer(**members),
        agreement="We met.",
        base_version=1,
        by=people.coordinator,
    )
    agreed = (theme(), result())
    assert "In progress" not in agreed[0]
    assert agreed[1] not in (blank[1], proposed[1])
    propose(opened, people.coordinator, "A.3.1", level=3, narrative=SECRET)
    assert "In progress" in theme()
    assert SECRET not in result()


@pytest.mark.parametrize("code", ["A.1", "A.19"])
def test_a_proposal_is_in_no_result_report_export_draft_or_plan(client, people, opened, code):
    before = visit(client, people.coordinator, "result", opened).context["body"]
    propose(opened, people.coordinator, code, level=5, narrative=SECRET)
    assert SECRET not in (exported := visit(client, people.coordinator, "assessment-export", opened).content.decode())
    assert json.loads(exported)["voices"].get("national", {}) == {}
    held = assessments_for_report(Assessment.objects.select_related("country", "instrument")).get(pk=opened.pk)
    assert SECRET not in report_of_assessment(held).build().to_json()
    assert SECRET not in visit(client, people.coordinator, "assessment-report", opened).content.decode()
    after = visit(client, people.coordinator, "result", opened).context["body"]
    assert SECRET not in after
    assert _levels(after) == _levels(before)


def _levels(body):
    return re.findall(r"<p class=\"lead\">(.*?)</p>", str(body), re.DOTALL)


# Attesting


def test_the_check_says_what_is_missing_and_offers_no_key(client, people, opened):
    factories.fill(opened, people.coordinator, {"A.1": Answer(level=2)})
    page = visit(client, people.coordinator, "assessment-check", opened)
    said = words(page)
    assert "Still to settle:" in said
    assert 'href="#missing-A.3.1"' in page.content.decode()
    assert 'id="missing-A.3.1"' in page.content.decode()
    assert reverse("assessment-attest", args=[opened.pk, "customs"]) not in page.content.decode()
    assert reverse("compare-leave-open", args=[opened.pk]) in page.content.decode()


def test_who_attests_all_the_same_is_told_what_is_missing_with_links(client, people, opened):
    factories.fill(opened, people.coordinator, {"A.1": Answer(level=2)})
    client.force_login(people.coordinator)
    data = {"customs-digest": factories.digest_now(opened), "customs-confirmed": "on"}
    refused = client.post(reverse("assessment-attest", args=[opened.pk, "customs"]), data)
    assert refused.status_code == 409
    assert 'href="#missing-A.3.1">A.3.1 has no agreed national answer yet.' in refused.content.decode()
    factories.sign_both(opened, people.coordinator)
    submitted = client.post(reverse("assessment-submit", args=[opened.pk]))
    assert submitted.status_code == 409
    assert "A.3.1 has no agreed national answer yet." in words(submitted)


@pytest.mark.parametrize("mode", ["joint", "separate"])
def test_nothing_answered_is_neither_attested_nor_submitted(client, people, mode):
    draft = factories.start_assessment(people.coordinator, mode=mode)
    if mode == "separate":
        draft = factories.open_comparison(draft)
    page = visit(client, people.coordinator, "assessment-check", draft)
    assert "No question is answered yet, so there is nothing to attest or submit." in words(page)
    assert reverse("assessment-attest", args=[draft.pk, "customs"]) not in page.content.decode()
    data = {"customs-digest": factories.digest_now(draft), "customs-confirmed": "on"}
    refused = client.post(reverse("assessment-attest", args=[draft.pk, "customs"]), data)
    assert refused.status_code == 409
    assert "No question is answered yet" in words(refused)
    factories.sign_both(draft, people.coordinator)
    assert client.post(reverse("assessment-submit", args=[draft.pk])).status_code == 409
    assert Assessment.objects.get(pk=draft.pk).state == draft.state


# The whole path


def test_the_road_leads_from_the_last_theme_to_the_check_and_on(client, people):
    draft = factories.start_assessment(people.coordinator, mode="separate")
    theme = current_instrument().themes[-1].id
    last = visit(client, people.coordinator, "theme", draft, voice="customs", theme=theme)
    check = reverse("assessment-check", args=[draft.pk])
    assert f'data-continue="{check}"' in last.content.decode()
    page = visit(client, people.coordinator, "assessment-check", draft).content.decode()
    assert f'href="{reverse("assessment-declare", args=[draft.pk])}"' in page
    factories.open_comparison(draft)
    frozen = visit(client, people.coordinator, "theme", draft, voice="customs", theme=theme).content.decode()
    assert f'href="{reverse("compare", args=[draft.pk])}">Continue to compare and agree' in frozen
    page = visit(client, people.coordinator, "assessment-check", draft).content.decode()
    assert f'href="{reverse("compare", args=[draft.pk])}">Continue to compare and agree' in page


# Leaving open


def leave(client, person, assessment, **data):
    client.force_login(person)
    return client.post(reverse("compare-leave-open", args=[assessment.pk]), data)


def test_ticked_questions_are_left_open_for_one_reason(client, people, opened):
    propose(opened, people.coordinator, "A.1", level=2)
    page = visit(client, people.coordinator, "compare-leave-open", opened)
    assert 'name="question" id="question-A.3.1" value="A.3.1"' in page.content.decode()
    assert "In progress" in words(page)
    seen = {"A.1-version": "1", "A.3.1-version": "0", "A.6-version": "0"}
    done = leave(client, people.coordinator, opened, question=["A.1", "A.3.1"], reason="We do not agree.", **seen)
    assert done.url == reverse("compare", args=[opened.pk])
    assert {national(opened, code).status for code in ("A.1", "A.3.1")} == {"unknown"}
    assert national(opened, "A.6").status == "answered"
    said = words(client.get(done.url))
    assert "2 questions are left open: A.1, A.3.1." in said
    assert "Left open" in said


def test_nothing_ticked_or_no_reason_shows_the_list_as_it_was_filled_in(client, people, opened):
    seen = {"A.1-version": "0", "A.3.1-version": "0"}
    refused = leave(client, people.coordinator, opened, question=["A.3.1"], reason="", **seen)
    assert refused.status_code == 422
    assert 'value="A.3.1" checked' in refused.content.decode()
    assert 'href="#id_reason"' in refused.content.decode()
    refused = leave(client, people.coordinator, opened, reason="We do not agree.", **seen)
    assert refused.status_code == 422
    assert "We do not agree." in refused.content.decode()
    assert "Tick the questions" in words(refused)
    assert not Response.objects.filter(voice="national", version__gt=0).exists()


def test_what_changed_meanwhile_stays_as_it_is_and_is_named(client, people, opened):
    propose(opened, people.police_coordinator, "A.1", level=2)
    seen = {"A.1-version": "0", "A.3.1-version": "0"}
    leave(client, people.coordinator, opened, question=["A.1", "A.3.1"], reason="No.", **seen)
    assert national(opened, "A.1").level == 2
    said = words(client.get(reverse("compare", args=[opened.pk])))
    assert "they stay as they are: A.1." in said


def test_the_pages_cost_the_same_for_none_and_for_many_proposals(client, people, opened):
    def cost(name):
        client.force_login(people.coordinator)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(name, args=[opened.pk])).status_code == 200
        return len(queries)

    names = ("compare", "assessment-check", "compare-leave-open", "assessment-detail")
    for name in names:
        cost(name)
    few = {name: cost(name) for name in names}
    for code in ("A.1", "A.2.1", "A.6", "A.13", "A.19"):
        propose(opened, people.coordinator, code, level=2)
    assert {name: cost(name) for name in names} == few
    assert max(few.values()) <= 12

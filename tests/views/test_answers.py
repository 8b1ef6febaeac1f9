"""A theme's page and the saving of its answers: what is shown, what is taken, what is refused and how it is said."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpch.accounts.models import User
from diagnostic.actions import assessments, reviews
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, AuditEntry, ResponseRevision, Submission
from diagnostic.queries import load_rows, to_response
from diagnostic.views import page_key
from diagnostic.views.answer_sections import Asking, draw
from tests import factories

pytestmark = pytest.mark.django_db

MOST_QUERIES_OF_A_PAGE = 7
MOST_QUERIES_OF_A_SAVE = 10
MOST_QUERIES_OF_A_SAVE_THAT_VOIDS = 16
OVERRIDE = "\u202e"


@pytest.fixture(autouse=True)
def no_fragments() -> None:
    """Each test draws its own pages."""
    caches["fragments"].clear()


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def assessment(people: factories.People) -> Assessment:
    return factories.start_assessment(people.coordinator, period="2026")


@pytest.fixture
def client(people: factories.People) -> Client:
    """The respondent's browser."""
    return signed_in(people.respondent)


def signed_in(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def theme_url(assessment: Assessment, theme: str = "framework", voice: str = "national") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": voice, "theme": theme})


def save_url(assessment: Assessment, code: str, voice: str = "national") -> str:
    return reverse("response-save", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


def fields(code: str, version: int = 0, **values: Any) -> dict[str, Any]:
    """What a form sends for one question."""
    return {f"{code}-{name}": value for name, value in {"version": version, **values}.items()}


def stored(assessment: Assessment, code: str) -> Answer:
    return to_response(load_rows(assessment, "national")[code])


def page(client: Client, assessment: Assessment, theme: str = "framework") -> str:
    return client.get(theme_url(assessment, theme)).content.decode()


def section(text: str, code: str) -> str:
    """The part of a page that is one question."""
    start = text.index(f'id="{code}" aria-labelledby')
    return text[start : text.index("</section>", start)]


# The page


def test_a_theme_page_asks_every_question_of_its_theme_and_says_how_to_choose(client, assessment):
    for theme in current_instrument().themes:
        text = page(client, assessment, theme.id)
        assert "How to choose." in text
        for question in current_instrument().by_theme[theme.id]:
            assert f'<h2 class="question-text" id="{question.code}-q"' in text
            assert text.count(f'name="{question.code}-answer"') == (5 if question.takes_level else 0) + 1 + (
                question.allows_not_applicable
            )


def test_not_applicable_is_offered_only_where_the_instrument_allows_it(client, assessment):
    powers = page(client, assessment, "powers")
    assert "Not applicable here" in section(powers, "A.9")
    assert "Not applicable here" not in section(powers, "A.5.1")


def test_a_corrected_wording_keeps_the_handbooks_own_at_hand(client, assessment):
    text = section(page(client, assessment, "information"), "A.2.2")
    assert "How often, and in which way, does such exchange occur?" in text
    assert "“Please describe how often and in which way such exchange occurs ?”" in text


def test_the_basis_is_asked_with_every_scored_question_and_reminded_of_where_a_level_rests_on_it(client, assessment):
    reminder = "an arrangement that is only written does not carry them"
    texts = {theme.id: page(client, assessment, theme.id) for theme in current_instrument().themes}
    for question in current_instrument().questions:
        part = section(texts[question.theme], question.code)
        assert ("What the answer rests on" in part) == question.is_scored
        assert (reminder in part) == (question.code in {"A.1", "A.2.2", "A.13", "A.4.1"})


def test_the_national_voice_states_the_authority_of_both_agencies(client, assessment):
    text = section(page(client, assessment, "powers"), "A.5.1")
    assert 'name="A.5.1-authority_customs"' in text
    assert 'name="A.5.1-authority_police"' in text


def test_a_follow_up_says_when_it_is_asked(client, assessment, people):
    assert "Asked when A.3.1 is 2 or higher." in section(page(client, assessment, "risk"), "A.3.2")
    assert 'data-asked="no"' in section(page(client, assessment, "risk"), "A.3.2")
    factories.save_answer(assessment, people.respondent, "A.3.1", level=2)
    assert 'data-asked="yes"' in section(page(client, assessment, "risk"), "A.3.2")


def test_last_periods_answer_stands_beside_the_question(people, client):
    factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    following = factories.start_assessment(people.coordinator, period="2026")
    text = section(page(client, following), "A.1")
    assert "Your answer in 2025" in text
    assert "The 2025 meetings were not held." in text
    assert "Use the 2025 text" in text


def test_the_rail_shows_the_state_of_each_question_and_what_is_completed(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.3.1", level=1)
    factories.save_answer(assessment, people.respondent, "A.12", status="unknown", reason="No reply yet.")
    risk, powers = page(client, assessment, "risk"), page(client, assessment, "powers")
    states = dict(re.findall(r'data-link="([^"]+)"[^>]*data-state="([^"]+)"', risk + powers))
    assert states == {
        "A.3.1": "answered",
        "A.3.2": "not_asked",
        "A.5.1": "missing",
        "A.5.2": "not_asked",
        "A.9": "missing",
        "A.10": "missing",
        "A.11": "missing",
        "A.12": "unknown",
    }
    assert '<span class="rail-done" data-done><svg' in risk


@pytest.mark.parametrize(("theme", "voice"), [("nonsense", "national"), ("framework", "customs"), ("framework", "x")])
def test_an_unknown_theme_or_voice_is_not_there(client, assessment, theme, voice):
    assert client.get(theme_url(assessment, theme, voice)).status_code == 404


def test_those_who_may_only_read_get_text_and_no_form(people, assessment):
    factories.save_answer(assessment, people.respondent, "A.1", level=3, basis="both", narrative="An MOU of 2021.")
    text = page(signed_in(people.observer), assessment)
    assert "<form" not in text.split("<main")[1]
    assert "An MOU of 2021." in text
    assert "Written and practised" in text
    assert "Cooperation" in section(text, "A.1")


def test_only_the_questions_named_on_return_are_open(people):
    submission = factories.make_submission(people.coordinator)
    reviews.take_up(submission=fresh(submission), by=people.reviewer)
    reviews.ask(submission=fresh(submission), question="A.17", text="Which body meets?", by=people.reviewer)
    reviews.return_for_clarification(submission=fresh(submission), remark="", by=people.reviewer)
    client = signed_in(people.respondent)
    text = page(client, submission.assessment)
    assert "Which body meets?" in section(text, "A.17")
    assert 'name="A.17-narrative"' in text
    assert 'name="A.1-narrative"' not in text
    refused = client.post(save_url(submission.assessment, "A.1"), fields("A.1", 1, answer="5"))
    assert (refused.status_code, refused.json()["kind"]) == (409, "state")
    assert client.post(save_url(submission.assessment, "A.17"), fields("A.17", 1, answer="5")).status_code == 200


def fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


# Saving one answer


def test_a_save_returns_the_version_the_time_and_the_state(client, assessment):
    answer = client.post(save_url(assessment, "A.1"), fields("A.1", answer="3", narrative="An MOU.", basis="both"))
    assert answer.status_code == 200
    body = answer.json()
    assert (body["version"], body["state"], body["asked"]) == (1, "answered", {})
    assert body["saved_at"]
    assert stored(assessment, "A.1") == Answer(level=3, narrative="An MOU.", basis="both")


def test_a_save_says_which_follow_ups_are_asked_now(client, assessment):
    asked = client.post(save_url(assessment, "A.3.1"), fields("A.3.1", answer="2")).json()["asked"]
    assert asked == {"A.3.2": True}
    asked = client.post(save_url(assessment, "A.3.1"), fields("A.3.1", 1, answer="1")).json()["asked"]
    assert asked == {"A.3.2": False}
    asked = client.post(save_url(assessment, "A.5.1"), fields("A.5.1", authority_police="relies")).json()["asked"]
    assert asked == {"A.5.2": True}


def test_every_part_of_an_answer_is_taken(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.15.1", level=2)
    client.post(save_url(assessment, "A.15.2"), fields("A.15.2", topics=["mandates", "controls"]))
    assert stored(assessment, "A.15.2") == Answer(topics=("mandates", "controls"))
    client.post(save_url(assessment, "A.17"), fields("A.17", answer="2", challenges=["legal", "will"]))
    assert stored(assessment, "A.17") == Answer(level=2, challenges=("legal", "will"))
    client.post(save_url(assessment, "A.5.1"), fields("A.5.1", authority_customs="limited", authority_police="own"))
    assert stored(assessment, "A.5.1") == Answer(authority={"customs": "limited", "police": "own"})
    client.post(save_url(assessment, "A.5.2"), fields("A.5.2", area_drugs="both", area_cash="none"))
    assert stored(assessment, "A.5.2") == Answer(areas={"drugs": "both", "cash": "none"})
    client.post(save_url(assessment, "A.10"), fields("A.10", answer="not_applicable", reason="Barred by law."))
    assert stored(assessment, "A.10") == Answer(status="not_applicable", reason="Barred by law.")
    evidence = {"A.1-evidence_title": ["MOU", ""], "A.1-evidence_reference": ["7/2021", ""]}
    client.post(save_url(assessment, "A.1"), {**fields("A.1"), **evidence})
    assert stored(assessment, "A.1") == Answer(evidence=(Evidence("MOU", "7/2021"),))


def test_line_ends_of_a_browser_become_those_of_the_file(client, assessment):
    client.post(save_url(assessment, "A.1"), fields("A.1", narrative="One.\r\nTwo."))
    assert stored(assessment, "A.1").narrative == "One.\nTwo."


def test_sending_the_same_again_after_a_lost_reply_is_no_new_version(client, assessment):
    first = client.post(save_url(assessment, "A.1"), fields("A.1", answer="3"))
    again = client.post(save_url(assessment, "A.1"), fields("A.1", answer="3"))
    assert (first.json()["version"], again.json()["version"]) == (1, 1)
    assert ResponseRevision.objects.count() == 1


def test_choosing_a_statement_withdraws_the_reason(client, assessment):
    client.post(save_url(assessment, "A.12"), fields("A.12", answer="unknown", reason="No reply."))
    client.post(save_url(assessment, "A.12"), fields("A.12", 1, answer="3", reason="No reply."))
    assert stored(assessment, "A.12") == Answer(level=3)


FAULTY = [
    ("A.1", {"answer": "7"}, "A.1-answer"),
    ("A.1", {"answer": "-1"}, "A.1-answer"),
    ("A.1", {"answer": "2.5"}, "A.1-answer"),
    ("A.1", {"answer": "٣"}, "A.1-answer"),
    ("A.1", {"answer": "not_applicable", "reason": "So."}, "A.1-answer"),
    ("A.14.2", {"answer": "3"}, "A.14.2-answer"),
    ("A.1", {"answer": "unknown"}, "A.1-reason"),
    ("A.1", {"answer": "unknown", "reason": " \n "}, "A.1-reason"),
    ("A.1", {"reason": "Why?"}, "A.1-reason"),
    ("A.1", {"basis": "hearsay"}, "A.1-basis"),
    ("A.1", {"narrative": "x" * 10_001}, "A.1-narrative"),
    ("A.1", {"narrative": "a\x00b"}, "A.1-narrative"),
    ("A.1", {"narrative": "a\x85b"}, "A.1-narrative"),
    ("A.1", {"narrative": f"a{OVERRIDE}b"}, "A.1-narrative"),
    ("A.1", {"evidence_title": "", "evidence_reference": "7"}, "A.1-evidence"),
    ("A.1", {"evidence_title": f"a{OVERRIDE}b"}, "A.1-evidence"),
    ("A.5.1", {"authority_customs": "all"}, "A.5.1-authority_customs"),
    ("A.5.1", {"answer": "unknown", "reason": "So.", "authority_police": "own"}, "A.5.1-authority_police"),
    ("A.5.2", {"area_drugs": "navy"}, "A.5.2-area_drugs"),
    ("A.17", {"challenges": ["legal", "weather"]}, "A.17-challenges"),
    ("A.17", {"challenges": ["legal", "legal"]}, "A.17-challenges"),
]


@pytest.mark.parametrize(("code", "values", "field"), FAULTY)
def test_a_fault_is_said_on_its_own_field_and_nothing_is_saved(client, assessment, code, values, field):
    answer = client.post(save_url(assessment, code), fields(code, **values))
    assert answer.status_code == 422
    assert list(answer.json()["faults"]) == [field]
    assert stored(assessment, code).is_blank


def test_ten_thousand_characters_are_taken(client, assessment):
    assert client.post(save_url(assessment, "A.1"), fields("A.1", narrative="ü" * 10_000)).status_code == 200


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "١"])
def test_a_nonsensical_version_is_refused(client, assessment, version):
    answer = client.post(save_url(assessment, "A.1"), fields("A.1", version, answer="3"))
    assert answer.status_code == 422
    assert "out of date" in answer.json()["message"]


def test_a_version_that_was_never_there_is_a_conflict(client, assessment):
    assert client.post(save_url(assessment, "A.1"), fields("A.1", 999, answer="3")).status_code == 409


def test_a_follow_up_that_is_not_asked_is_refused_in_clear_words(client, assessment):
    answer = client.post(save_url(assessment, "A.3.2"), fields("A.3.2", answer="3"))
    assert (answer.status_code, answer.json()["kind"]) == (422, "not_asked")
    assert "A.3.1" in answer.json()["message"]


def test_a_state_that_forbids_it_is_said_in_clear_words(people, client):
    submission = factories.make_submission(people.coordinator)
    answer = client.post(save_url(submission.assessment, "A.1"), fields("A.1", 1, answer="5"))
    assert (answer.status_code, answer.json()["kind"]) == (409, "state")
    assert stored(submission.assessment, "A.1").level == 3


def test_a_stale_save_gets_both_texts(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.11", level=2, narrative="Handlers telephoned.")
    answer = client.post(save_url(assessment, "A.11"), fields("A.11", answer="1", narrative="Nobody telephoned."))
    assert (answer.status_code, answer.json()["kind"]) == (409, "conflict")
    html = answer.json()["html"]
    assert "<mark>Handlers </mark>" in html
    assert "<mark>Nobody </mark>" in html
    assert people.police_respondent.full_name in html
    assert stored(assessment, "A.11").narrative == "Handlers telephoned."


def test_keeping_theirs_puts_mine_into_the_history(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    chosen = {**fields("A.1", 1, answer="1", narrative="Mine.", keep="theirs"), "resolve": "A.1:keep"}
    answer = client.post(save_url(assessment, "A.1"), chosen)
    assert answer.status_code == 200
    assert "Theirs." in answer.json()["html"]
    assert stored(assessment, "A.1").narrative == "Theirs."
    aside = ResponseRevision.objects.get(was_kept=False)
    assert (aside.content["narrative"], aside.saved_by) == ("Mine.", people.respondent)


def test_keeping_mine_saves_it_over_theirs_and_shows_the_form_again(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    chosen = {**fields("A.1", 1, answer="1", narrative="Mine.", keep="mine"), "resolve": "A.1:keep"}
    answer = client.post(save_url(assessment, "A.1"), chosen)
    assert answer.status_code == 200
    assert 'name="A.1-version" id="A.1-version" value="2"' in answer.json()["html"]
    assert stored(assessment, "A.1") == Answer(level=1, narrative="Mine.")


def test_editing_both_into_one_puts_both_into_the_field_and_saves_nothing(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    chosen = {**fields("A.1", 1, answer="1", narrative="Mine."), "resolve": "A.1:merge"}
    html = client.post(save_url(assessment, "A.1"), chosen).json()["html"]
    assert "Theirs.\n\nMine.</textarea>" in html
    assert stored(assessment, "A.1").narrative == "Theirs."


def test_an_expired_session_gets_json_and_no_page(assessment):
    answer = Client().post(save_url(assessment, "A.1"), fields("A.1", answer="3"))
    assert (answer.status_code, answer.json()["kind"]) == (401, "sign_in")


def test_one_persons_page_never_saves_in_another_persons_name(client, assessment, people):
    theirs = page_key.make(people.coordinator, assessment.pk)
    answer = client.post(save_url(assessment, "A.1"), {**fields("A.1", answer="3"), "page_key": theirs})
    assert (answer.status_code, answer.json()["kind"]) == (401, "other_person")
    assert stored(assessment, "A.1").is_blank


def test_a_token_from_before_signing_in_again_is_named_as_that(assessment, people):
    client = signed_in(people.respondent, enforce_csrf_checks=True)
    answer = client.post(save_url(assessment, "A.1"), fields("A.1", answer="3"))
    assert (answer.status_code, answer.json()["kind"]) == (403, "token")
    assert stored(assessment, "A.1").is_blank


@pytest.mark.parametrize("who", ["observer", "foreigner", "reviewer", "partner", "nobody"])
def test_those_who_may_not_write_are_refused_and_the_attempt_is_logged(people, assessment, who):
    client = signed_in(getattr(people, who))
    answer = client.post(save_url(assessment, "A.1"), fields("A.1", answer="3"))
    seen = who == "observer"
    assert (answer.status_code, answer.json()["kind"]) == ((403, "forbidden") if seen else (404, "gone"))
    assert AuditEntry.objects.filter(act="access.refused" if seen else "access.hidden").count() == 1
    assert stored(assessment, "A.1").is_blank


@pytest.mark.parametrize(("code", "voice"), [("A.99", "national"), ("<script>", "national"), ("A.1", "martian")])
def test_an_unknown_question_or_voice_is_refused(client, assessment, code, voice):
    assert client.post(save_url(assessment, code, voice), fields(code, answer="3")).status_code in (403, 404)


def test_more_than_can_be_sent_at_once_is_refused_by_both(client, assessment):
    body = {"A.1-narrative": "x" * (2 * 1024 * 1024 + 1)}
    answer = client.post(save_url(assessment, "A.1"), body)
    assert (answer.status_code, answer.json()["kind"]) == (413, "too_large")
    assert client.post(theme_url(assessment), body).status_code == 413


def test_a_save_costs_few_queries(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.3.1", level=2)
    for code in ("A.1", "A.3.2", "A.5.1"):
        with CaptureQueriesContext(connection) as asked:
            evidence = {f"{code}-evidence_title": "MOU", f"{code}-evidence_reference": "7"} if code == "A.1" else {}
            client.post(save_url(assessment, code), {**fields(code, answer="3"), **evidence})
        # A test's transaction makes savepoints where a request would begin and commit.
        assert len(asked) <= MOST_QUERIES_OF_A_SAVE, [query["sql"] for query in asked]


@pytest.mark.parametrize("is_returned", [False, True])
def test_a_save_that_replaces_the_evidence_of_a_follow_up_costs_no_more(client, assessment, people, is_returned):
    evidence = (Evidence("MOU of 2021"), Evidence("Minutes"))
    factories.fill(assessment, people.coordinator)
    factories.save_answer(assessment, people.respondent, "A.3.1", level=3)
    row = factories.save_answer(assessment, people.respondent, "A.3.2", level=2, evidence=evidence)
    if is_returned:
        factories.make_returned(assessment, people.coordinator, people.reviewer, "A.3.2")
    body = {**fields("A.3.2", row.version, answer="3"), "A.3.2-evidence_title": "MOU", "A.3.2-evidence_reference": "7"}
    with CaptureQueriesContext(connection) as asked:
        assert client.post(save_url(assessment, "A.3.2"), body).status_code == 200
    assert len(asked) <= MOST_QUERIES_OF_A_SAVE, [query["sql"] for query in asked]
    assert stored(assessment, "A.3.2") == Answer(level=3, evidence=(Evidence("MOU", "7"),))


@pytest.mark.parametrize("theme", ["framework", "powers"])
@pytest.mark.parametrize("is_filled", [False, True])
def test_a_theme_page_costs_the_same_few_queries_however_many_questions_it_has(people, client, theme, is_filled):
    if is_filled:
        factories.make_accepted(people.coordinator, people.reviewer, period="2025")
    assessment = factories.start_assessment(people.coordinator, period="2026")
    if is_filled:
        factories.fill(assessment, people.coordinator)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(theme_url(assessment, theme)).status_code == 200
    assert len(asked) <= MOST_QUERIES_OF_A_PAGE


# The page without a script


def test_the_page_saves_what_was_changed_and_only_that(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, narrative="Meetings.")
    body = {**fields("A.1", 1, answer="2", narrative="Meetings."), **fields("A.17", answer="3")}
    answer = client.post(theme_url(assessment), body)
    assert (answer.status_code, answer["Location"]) == (302, theme_url(assessment))
    assert stored(assessment, "A.17").level == 3
    assert ResponseRevision.objects.filter(response__question="A.1").count() == 1


def test_save_and_continue_leads_to_the_next_theme_and_from_the_last_to_the_check(client, assessment):
    answer = client.post(theme_url(assessment), {"then": "next"})
    assert answer["Location"] == theme_url(assessment, "information")
    answer = client.post(theme_url(assessment, "people"), {"then": "next"})
    assert answer["Location"] == reverse("assessment-check", kwargs={"pk": assessment.pk})


def test_a_parent_and_its_follow_up_are_saved_in_one_go(client, assessment):
    body = {**fields("A.3.2", answer="4"), **fields("A.3.1", answer="3")}
    assert client.post(theme_url(assessment, "risk"), body).status_code == 302
    assert stored(assessment, "A.3.2").level == 4


def test_a_fault_is_shown_at_its_field_the_rest_is_saved_and_nothing_typed_is_lost(client, assessment):
    body = {**fields("A.1", answer="unknown", narrative="Half a thought"), **fields("A.17", answer="3")}
    answer = client.post(theme_url(assessment), body)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#A.1-reason"' in text
    assert "Say why A.1 cannot be answered now" in text
    assert 'aria-invalid="true"' in section(text, "A.1")
    assert "Half a thought" in section(text, "A.1")
    assert 'value="unknown" checked' in section(text, "A.1")
    assert stored(assessment, "A.17").level == 3
    assert stored(assessment, "A.1").is_blank


def test_hostile_text_comes_back_as_the_text_it_is(client, assessment):
    text = "</textarea><script>alert(1)</script>" + "\x01"
    answer = client.post(theme_url(assessment), fields("A.1", narrative=text))
    assert answer.status_code == 422
    assert "<script>alert(1)" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()


def test_a_follow_up_that_is_not_asked_is_refused_and_kept_as_typed(client, assessment):
    body = {**fields("A.3.1", answer="1"), **fields("A.3.2", answer="4", narrative="An MOU.")}
    answer = client.post(theme_url(assessment, "risk"), body)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "A.3.2 is not asked, because of the answer to A.3.1" in text
    assert "An MOU." in section(text, "A.3.2")
    assert stored(assessment, "A.3.1").level == 1


def test_a_stale_answer_shows_both_texts_and_saves_the_others(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    body = {**fields("A.1", answer="1", narrative="Mine."), **fields("A.17", answer="3")}
    answer = client.post(theme_url(assessment), body)
    text = section(answer.content.decode(), "A.1")
    assert answer.status_code == 409
    assert "Two people changed this answer at the same time" in text
    assert "Theirs." in text
    assert "Mine." in text
    assert '<input type="hidden" name="A.1-version" value="1">' in text
    assert stored(assessment, "A.17").level == 3
    assert stored(assessment, "A.1").narrative == "Theirs."


def test_a_conflict_stays_until_its_own_button_is_pressed(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    held = fields("A.1", 1, answer="1", narrative="Mine.", keep="mine")
    assert client.post(theme_url(assessment), {**held, "then": "next"}).status_code == 409
    assert stored(assessment, "A.1").narrative == "Theirs."
    assert client.post(theme_url(assessment), {**held, "resolve": "A.1:keep"}).status_code == 302
    assert stored(assessment, "A.1").narrative == "Mine."


def test_without_a_script_both_texts_come_into_one_field(client, assessment, people):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    held = {**fields("A.1", 1, answer="1", narrative="Mine.", keep="mine"), "resolve": "A.1:merge"}
    answer = client.post(theme_url(assessment), held)
    assert answer.status_code == 200
    assert "Theirs.\n\nMine.</textarea>" in answer.content.decode()


def test_what_a_colleague_changed_meanwhile_is_no_conflict_for_who_left_it_alone(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.1", level=2)
    factories.save_answer(assessment, people.police_respondent, "A.1", level=3)
    body = {**fields("A.1", 1, answer="2"), **fields("A.17", answer="3")}
    assert client.post(theme_url(assessment), body).status_code == 302
    assert stored(assessment, "A.1").level == 3


def test_clear_takes_a_choice_back_without_a_script(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.1", level=2, basis="both", narrative="Kept.")
    body = {**fields("A.1", 1, answer="2", basis="both", narrative="Kept."), "clear": "A.1-answer"}
    answer = client.post(theme_url(assessment), body)
    assert answer["Location"] == f"{theme_url(assessment)}#A.1"
    assert stored(assessment, "A.1") == Answer(basis="both", narrative="Kept.")


def test_remove_takes_one_document_away_without_a_script(client, assessment, people):
    documents = (Evidence("One"), Evidence("Two"))
    factories.save_answer(assessment, people.respondent, "A.1", evidence=documents)
    rows = {"A.1-evidence_title": ["One", "Two", ""], "A.1-evidence_reference": ["", "", ""]}
    client.post(theme_url(assessment), {**fields("A.1", 1), **rows, "clear": "A.1-evidence:0"})
    assert stored(assessment, "A.1").evidence == (Evidence("Two"),)


def test_an_answer_that_can_no_longer_be_saved_is_still_shown_as_typed(people, client):
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.submit(assessment, by=people.coordinator)
    answer = client.post(theme_url(assessment), fields("A.1", 1, answer="5", narrative="Too late."))
    assert answer.status_code == 409
    assert "Too late." in answer.content.decode()
    assert "moved on" in answer.content.decode()


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in(assessment, people):
    client = signed_in(people.respondent)
    key = re.search(r'name="page_key" value="([^"]+)"', page(client, assessment)).group(1)
    client.logout()
    answer = client.post(theme_url(assessment), {**fields("A.1", narrative="Typed in time."), "page_key": key})
    assert "/accounts/login/" in answer["Location"]
    client.post(answer["Location"], {"login": people.respondent.email, "password": factories.PASSWORD})
    text = page(client, assessment)
    assert "Typed in time." in section(text, "A.1")
    assert "typed before you signed in again" in text
    assert stored(assessment, "A.1").is_blank
    client.post(theme_url(assessment), fields("A.1", narrative="Typed in time."))
    assert stored(assessment, "A.1").narrative == "Typed in time."
    assert "typed before you signed in again" not in page(client, assessment)


def test_nobody_else_who_signs_in_sees_what_was_typed(assessment, people):
    client = Client()
    key = page_key.make(people.respondent, assessment.pk)
    client.post(theme_url(assessment), {**fields("A.1", narrative="Private."), "page_key": key})
    client.post(reverse("account_login"), {"login": people.coordinator.email, "password": factories.PASSWORD})
    assert "Private." not in page(client, assessment)


def test_a_stranger_cannot_fill_the_sessions(assessment):
    client = Client()
    client.post(theme_url(assessment), {**fields("A.1", narrative="Junk."), "page_key": "made up"})
    assert page_key.KEPT not in client.session


def test_a_page_from_before_signing_in_again_loses_nothing_without_a_script(assessment, people):
    client = signed_in(people.respondent, enforce_csrf_checks=True)
    key = page_key.make(people.respondent, assessment.pk)
    body = {**fields("A.1", narrative="Old page."), "page_key": key, "csrfmiddlewaretoken": "x" * 64}
    answer = client.post(theme_url(assessment), body)
    assert (answer.status_code, answer["Location"]) == (302, theme_url(assessment))
    assert "Old page." in page(client, assessment)
    forged = client.post(theme_url(assessment), {**body, "page_key": ""})
    assert forged.status_code == 403


@pytest.mark.parametrize(("who", "status"), [("observer", 403), ("foreigner", 404), ("reviewer", 404)])
def test_the_page_takes_nothing_from_those_who_may_not_write(people, assessment, who, status):
    answer = signed_in(getattr(people, who)).post(theme_url(assessment), fields("A.1", answer="3"))
    assert answer.status_code == status
    assert stored(assessment, "A.1").is_blank


# What is remembered


@pytest.fixture
def asking() -> Asking:
    instrument = current_instrument()
    return Asking(instrument, instrument.by_code["A.3.2"], "national")


def test_a_drawing_changes_with_everything_that_it_shows(asking):
    moment = datetime(2026, 3, 12, 14, 3, tzinfo=UTC)
    shown = (asking, Answer(level=2), 1, moment, date(2026, 3, 12))
    variants = [
        (0, replace(asking, question=asking.instrument.by_code["A.4.2"])),
        (0, replace(asking, period="2025", previous=Answer(level=3))),
        (0, replace(asking, period="2025", previous=Answer(level=3), is_own=False)),
        (0, replace(asking, period="2025", previous=Answer(level=3), is_confirmed=True)),
        (0, replace(asking, clarification="Which?")),
        (0, replace(asking, is_open=False)),
        (0, replace(asking, is_asked=False)),
        (1, Answer(level=3)),
        (1, Answer(level=2, evidence=(Evidence("MOU"),))),
        (2, 2),
        (3, moment.replace(minute=4)),
        (4, date(2026, 3, 13)),
    ]
    first = draw(*shown)
    drawings = {first}
    for place, value in variants:
        changed = list(shown)
        changed[place] = value
        assert draw(*changed) not in drawings, f"nothing changed with {value!r}"
        drawings.add(draw(*changed))
    assert draw(*shown) == first


def test_a_remembered_page_gives_way_to_whatever_changes_it(people, client):
    last = factories.fill(factories.start_assessment(people.coordinator, period="2025"), people.coordinator)
    current = factories.start_assessment(people.coordinator, period="2026")
    assert "Your answer in 2025" not in page(client, current)
    factories.submit(last, by=people.coordinator)
    assert "Your answer in 2025" in page(client, current)
    kept = {"title": "", "is_disclosed_to_partners": False, "allows_statistics": False, "target_level": None}
    assessments.update_settings(assessment=current, by=people.coordinator, marking="TLP:RED", **kept)
    assert page(client, current).count("TLP:RED") == 2
    factories.save_answer(current, people.coordinator, "A.17", level=4)
    assert 'data-state="answered"' in page(client, current)
    with CaptureQueriesContext(connection) as asked:
        page(client, current)
    assert len(asked) <= MOST_QUERIES_OF_A_PAGE - 2
    assert "<form" not in page(signed_in(people.observer), current).split("<main")[1]


def test_a_drawing_holds_no_token_and_no_person(people, assessment, client):
    text = page(client, assessment)
    assert "csrfmiddlewaretoken" in text
    assert "csrfmiddlewaretoken" not in section(text, "A.1")
    assert people.respondent.full_name not in section(text, "A.1")


def test_the_page_answers_a_form_encoded_body_of_any_order(client, assessment):
    body = urlencode([("A.1-evidence_title", "A"), ("A.1-version", "0"), ("A.1-evidence_title", "B")])
    client.post(save_url(assessment, "A.1"), body, content_type="application/x-www-form-urlencoded")
    assert stored(assessment, "A.1").evidence == (Evidence("A"), Evidence("B"))


# What was signed is void from the first change on


def test_a_save_that_voids_what_was_signed_says_so_once(client, assessment, people):
    factories.sign_both(assessment, people.coordinator)
    assert "These answers have been attested." in without_hidden(client.get(theme_url(assessment)))
    with CaptureQueriesContext(connection) as asked:
        first = client.post(save_url(assessment, "A.1"), fields("A.1", answer="3"))
    assert (first.status_code, first.json()["voided"]) == (200, True)
    assert len(asked) <= MOST_QUERIES_OF_A_SAVE_THAT_VOIDS, [query["sql"] for query in asked]
    assert client.post(save_url(assessment, "A.1"), fields("A.1", 1, answer="2")).json()["voided"] is False
    assert "These answers have been attested." not in without_hidden(client.get(theme_url(assessment)))


def test_without_a_script_the_page_says_it_too(client, assessment, people):
    factories.sign_both(assessment, people.coordinator)
    unchanged = client.post(theme_url(assessment), fields("A.1", narrative=""), follow=True)
    assert "The attestations are void" not in without_hidden(unchanged)
    changed = client.post(theme_url(assessment), fields("A.1", answer="3"), follow=True)
    assert "The attestations are void" in without_hidden(changed)


def without_hidden(response):
    """The page without the paragraphs that only a script shows."""
    page = re.sub(r"<div[^>]*data-attested hidden>.*?</div>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"<p[^>]* hidden>.*?</p>", "", page, flags=re.DOTALL)

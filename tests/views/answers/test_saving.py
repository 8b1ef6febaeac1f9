"""Saving one answer: what is taken, what is refused and how it is said, and what a save voids."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cpch.accounts.models import Agency, Membership
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import AuditEntry, ResponseRevision
from diagnostic.views import page_key
from tests import factories
from tests.sessions import signed_in
from tests.views.answering import fields, save_url, stored, theme_url

pytestmark = pytest.mark.django_db


MOST_QUERIES_OF_A_SAVE = 10
OVERRIDE = "\u202e"


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


@pytest.mark.parametrize(
    ("code", "strange"),
    [("A.5.2", "area_gold"), ("A.8", "authority_army"), ("A.1", "authority_customs"), ("A.1", "topics")],
)
def test_what_the_question_does_not_take_is_refused_and_not_dropped_in_silence(client, assessment, code, strange):
    answer = client.post(save_url(assessment, code), fields(code, narrative="Typed.", **{strange: "own"}))
    assert (answer.status_code, answer.json()["kind"]) == (422, "faults")
    assert answer.json()["message"] == f"{strange} is no part of {code}, so nothing of this answer was saved."
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


@pytest.mark.parametrize(
    "typed_at",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-01T00:00:00", "2026-13-01T00:00:00Z", "x"],
)
def test_a_conflict_is_shown_whatever_time_the_browser_gives(client, assessment, people, typed_at):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=2, narrative="Theirs.")
    answer = client.post(save_url(assessment, "A.1"), {**fields("A.1", narrative="Mine."), "typed_at": typed_at})
    assert (answer.status_code, answer.json()["kind"]) == (409, "conflict")


def test_who_acted_for_the_other_agency_is_refused_in_words_that_the_script_believes(people):
    apart = factories.start_assessment(people.coordinator, mode="separate")
    moved = people.respondent
    factories.save_answer(apart, moved, "A.1", voice="customs", level=2)
    police = Agency.objects.get(country=apart.country, kind="police")
    Membership.objects.filter(user=moved).update(agency=police)
    client = signed_in(factories.reload(moved))
    answer = client.post(save_url(apart, "A.1", "police"), fields("A.1", answer="3"))
    told = answer.json()
    assert (answer.status_code, told["kind"], told["question"]) == (403, "forbidden", "A.1")
    assert "Ask another" in told["message"]
    assert stored(apart, "A.1", "police").is_blank


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
    body = {"A.1-narrative": "x" * (1024 * 1024 + 1)}
    answer = client.post(save_url(assessment, "A.1"), body, headers={"Accept": "application/json"})
    assert answer.status_code == 413
    assert answer.json().items() >= {"kind": "too_large", "question": "A.1"}.items()
    assert client.post(theme_url(assessment), body).status_code == 413


def test_a_save_costs_few_queries(client, assessment, people):
    factories.save_answer(assessment, people.respondent, "A.3.1", level=2)
    for code in ("A.1", "A.3.2", "A.5.1"):
        with CaptureQueriesContext(connection) as asked:
            evidence = {f"{code}-evidence_title": "MOU", f"{code}-evidence_reference": "7"} if code == "A.1" else {}
            client.post(save_url(assessment, code), {**fields(code, answer="3"), **evidence})
        # A test's transaction makes savepoints where a request would begin and commit.
        assert len(asked) <= MOST_QUERIES_OF_A_SAVE, "\n".join(query["sql"][:110] for query in asked)


@pytest.mark.parametrize("is_signed", [False, True])
@pytest.mark.parametrize("is_returned", [False, True])
@pytest.mark.parametrize("left", [["MOU of 2021"], ["MOU of 2022", "Letter"], ["MOU of 2022"]])
def test_a_save_that_changes_the_evidence_of_a_follow_up_costs_no_more(
    client, assessment, people, is_returned, is_signed, left
):
    evidence = (Evidence("MOU of 2021", "7"), Evidence("Minutes"))
    factories.fill(assessment, people.coordinator)
    factories.save_answer(assessment, people.respondent, "A.3.1", level=3)
    row = factories.save_answer(assessment, people.respondent, "A.3.2", level=2, evidence=evidence)
    if is_returned:
        factories.make_returned(assessment, people.coordinator, people.reviewer, "A.3.2")
    if is_signed:
        factories.sign_both(assessment, people.coordinator)
    titles = {"A.3.2-evidence_title": left, "A.3.2-evidence_reference": ["7"] + [""] * (len(left) - 1)}
    with CaptureQueriesContext(connection) as asked:
        key = page_key.make(people.respondent, assessment.pk)
        body = {**fields("A.3.2", row.version, answer="3"), **titles, "page_key": key}
        assert client.post(save_url(assessment, "A.3.2"), body).status_code == 200
    # The first save after signing voids that, and costs more where it also changes documents: one where the assessment
    # stands returned, and one where it takes a document off besides.
    most = MOST_QUERIES_OF_A_SAVE + (is_returned + (left == ["MOU of 2022"])) * is_signed
    assert len(asked) <= most, "\n".join(query["sql"][:110] for query in asked)
    documents = tuple(Evidence(title, "" if place else "7") for place, title in enumerate(left))
    assert stored(assessment, "A.3.2") == Answer(level=3, evidence=documents)


def test_the_page_answers_a_form_encoded_body_of_any_order(client, assessment):
    body = urlencode([("A.1-evidence_title", "A"), ("A.1-version", "0"), ("A.1-evidence_title", "B")])
    client.post(save_url(assessment, "A.1"), body, content_type="application/x-www-form-urlencoded")
    assert stored(assessment, "A.1").evidence == (Evidence("A"), Evidence("B"))


def test_a_save_that_voids_what_was_signed_says_so_once(client, assessment, people):
    factories.sign_both(assessment, people.coordinator)
    assert "These answers have been attested." in without_hidden(client.get(theme_url(assessment)))
    key = page_key.make(people.respondent, assessment.pk)
    with CaptureQueriesContext(connection) as asked:
        first = client.post(save_url(assessment, "A.1"), {**fields("A.1", answer="3"), "page_key": key})
    assert (first.status_code, first.json()["voided"]) == (200, True)
    assert len(asked) <= MOST_QUERIES_OF_A_SAVE, "\n".join(query["sql"][:110] for query in asked)
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

"""Saying that last period's answer is still true: what is copied, in whose voice, and what is recorded."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied

from diagnostic.actions import assessments, confirmations, submissions
from diagnostic.actions.errors import AgreedInstead, NotAsked, NothingBefore, NotOpen, Stale, StateChanged
from diagnostic.core.responses import BLANK, as_given_by
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Response, ResponseRevision, Submission
from diagnostic.queries import load_signatures, to_response
from tests import factories
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db


@pytest.fixture
def last(people):
    """What was handed in for 2025: the joint-session example."""
    return factories.make_submission(people.coordinator, period="2025")


@pytest.fixture
def assessment(people, last):
    return factories.start_assessment(people.coordinator, period="2026")


def confirm(assessment, by, code, voice="national", base_version=0):
    return confirmations.confirm(
        assessment_id=assessment.pk, voice=voice, question=code, base_version=base_version, by=by
    )


def stored(assessment, code, voice="national"):
    return to_response(Response.objects.get(assessment=assessment, voice=voice, question=code))


def test_every_part_of_the_last_answer_becomes_the_answer(people, last, assessment):
    for code in ("A.1", "A.5.1", "A.9"):
        confirm(assessment, people.respondent, code)
        assert stored(assessment, code) == factories.example_answers()[code]
        assert not stored(assessment, code).is_blank


def test_it_is_recorded_who_confirmed_what_of_which_submission(people, last, assessment):
    row = confirm(assessment, people.respondent, "A.1")
    revision = ResponseRevision.objects.get(response=row)
    assert (row.confirms, row.version, row.saved_by_id) == (last, 1, people.respondent.pk)
    assert (revision.confirms, revision.version, revision.saved_by) == (last, 1, people.respondent)
    assert Response.objects.get(pk=row.pk).confirms == last


def test_another_save_is_no_confirmation_any_more(people, assessment):
    row = confirm(assessment, people.respondent, "A.1")
    factories.save_answer(assessment, people.respondent, "A.1", level=5)
    row.refresh_from_db()
    assert row.confirms is None
    assert [item.confirms_id is None for item in row.revisions.all()] == [False, True]


def test_an_answer_that_stands_word_for_word_is_still_to_be_confirmed_and_only_once(people, last, assessment):
    factories.fill(assessment, people.respondent, {"A.1": factories.example_answers()["A.1"]})
    row = confirm(assessment, people.respondent, "A.1", base_version=1)
    assert (row.version, row.confirms_id) == (2, last.pk)
    assert confirm(assessment, people.respondent, "A.1", base_version=2).version == 2


def test_nothing_is_confirmed_over_a_newer_answer(people, assessment):
    factories.save_answer(assessment, people.police_respondent, "A.1", level=5)
    with pytest.raises(Stale):
        confirm(assessment, people.respondent, "A.1", base_version=0)
    assert stored(assessment, "A.1") == Answer(level=5)


def test_where_nothing_was_answered_nothing_can_be_confirmed(people):
    first = factories.start_assessment(people.coordinator, period="2024")
    with pytest.raises(NothingBefore):
        confirm(first, people.respondent, "A.1")
    factories.submit(factories.complete(first, people.coordinator), by=people.coordinator)
    second = factories.start_assessment(people.coordinator, period="2025")
    with pytest.raises(NothingBefore):
        confirm(second, people.respondent, "A.1")


@pytest.mark.parametrize("who", ["observer", "reviewer", "partner", "foreigner", "nobody"])
def test_only_who_may_answer_may_confirm(people, assessment, who):
    first = factories.start_assessment(people.foreigner, period="2026")
    for one in (assessment, first) if who != "foreigner" else (assessment,):
        with pytest.raises(PermissionDenied):
            confirm(one, getattr(people, who), "A.1")


def test_a_follow_up_is_confirmed_only_where_it_is_asked(people, assessment):
    with pytest.raises(NotAsked):
        confirm(assessment, people.respondent, "A.3.2")
    confirm(assessment, people.respondent, "A.3.1")
    assert confirm(assessment, people.respondent, "A.3.2").version == 1


def test_the_state_must_allow_it(people, assessment):
    assessments.withdraw(assessment=assessment, by=people.coordinator, reason="Wrong year.")
    with pytest.raises(StateChanged):
        confirm(assessment, people.respondent, "A.1")


def test_on_return_only_what_was_asked_about_can_be_confirmed(people, assessment):
    factories.complete(assessment, people.coordinator)
    factories.make_returned(assessment, people.coordinator, people.reviewer, "A.1")
    with pytest.raises(NotOpen):
        confirm(assessment, people.respondent, "A.19")
    assert confirm(assessment, people.respondent, "A.1").version == 1


def test_an_agency_confirms_in_its_own_voice_and_speaks_of_its_own_authority_alone(people, last):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        confirm(apart, by, "A.9", voice=voice)
        answer = stored(apart, "A.9", voice)
        assert set(answer.authority) == {voice}
        assert answer == as_given_by(voice, factories.example_answers()["A.9"])
    assert stored(apart, "A.9") == BLANK


def test_an_agency_cannot_confirm_in_the_others_voice(people, last):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    for voice in ("police", "national"):
        with pytest.raises(PermissionDenied):
            confirm(apart, people.respondent, "A.1", voice=voice)


def test_an_agency_that_answered_for_itself_last_time_confirms_its_own_answer_and_nothing_else(people, last):
    content = json.loads(last.snapshot)
    content["assessment"]["voices"]["customs"] = {"A.1": {"level": 5, "narrative": "As customs saw it."}}
    overwrite(Submission.objects.filter(pk=last.pk), snapshot=json.dumps(content))
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    confirm(apart, people.respondent, "A.1", voice="customs")
    assert stored(apart, "A.1", "customs") == Answer(level=5, narrative="As customs saw it.")
    with pytest.raises(NothingBefore):
        confirm(apart, people.respondent, "A.17", voice="customs")
    confirm(apart, people.police_respondent, "A.1", voice="police")
    assert stored(apart, "A.1", "police") == factories.example_answers()["A.1"]


def standing(assessment):
    return len(load_signatures(assessment))


def test_another_answer_voids_what_both_agencies_signed(people, assessment):
    factories.fill(assessment, people.respondent, {"A.1": Answer(level=1)})
    factories.sign_both(assessment, people.coordinator)
    row = confirm(assessment, people.respondent, "A.1", base_version=1)
    assert (standing(assessment), row.has_voided) == (0, True)


def test_an_answer_that_stands_word_for_word_is_confirmed_under_the_signatures_that_it_has(people, last, assessment):
    factories.fill(assessment, people.respondent, {"A.1": factories.example_answers()["A.1"]})
    factories.sign_both(assessment, people.coordinator)
    signed = factories.digest_now(assessment)
    row = confirm(assessment, people.respondent, "A.1", base_version=1)
    assert (standing(assessment), row.has_voided, row.confirms_id) == (2, False, last.pk)
    assert factories.digest_now(assessment) == signed
    submission = submissions.submit(assessment=assessment, by=people.coordinator)
    assert submission.digest == signed
    assert submission.attestations.count() == 2


def test_the_first_word_of_somebody_voids_what_was_signed_for_it_counts_who_answered(people, assessment):
    factories.fill(assessment, people.respondent, {"A.1": factories.example_answers()["A.1"]})
    factories.sign_both(assessment, people.coordinator)
    signed = factories.digest_now(assessment)
    row = confirm(assessment, people.police_respondent, "A.1", base_version=1)
    assert (standing(assessment), row.has_voided) == (0, True)
    again = confirm(assessment, people.police_respondent, "A.1", base_version=2)
    assert again.version == 2
    factories.sign_both(assessment, people.coordinator)
    submission = submissions.submit(assessment=assessment, by=people.coordinator)
    assert submission.digest != signed
    assert json.loads(submission.snapshot)["respondents"] == {"national": 2}


def test_what_two_agencies_agree_on_is_confirmed_by_nobody_alone(people, last):
    apart = factories.start_assessment(people.coordinator, period="2026", mode="separate")
    opened = factories.open_comparison(apart)
    with pytest.raises(AgreedInstead):
        confirm(opened, people.coordinator, "A.1")
    assert stored(apart, "A.1") == BLANK

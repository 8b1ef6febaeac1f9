"""A national answer of two agencies is a proposal until a coordinator records it; only then does it count."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from diagnostic.actions import attestations, comparison, responses, submissions
from diagnostic.actions.confirmations import confirm
from diagnostic.actions.errors import (
    ActionRefused,
    AgreedInstead,
    AgreeFirst,
    AgreementNeeded,
    NothingAnswered,
    NothingGiven,
    NotSettled,
    Stale,
    StateChanged,
)
from diagnostic.actions.revision_check import find_answer_breaks
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, AuditEntry, Response, ResponseRevision
from diagnostic.queries import count_respondents, load_agreements, load_voices
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(people):
    """Two agencies that differ at A.1 and agree at A.13, in the comparison."""
    draft = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by, level in (("customs", people.respondent, 4), ("police", people.police_respondent, 2)):
        factories.fill(draft, by, {"A.1": Answer(level=level), "A.13": Answer(level=3)}, voice=voice)
    return factories.open_comparison(draft)


def national(assessment, question):
    return Response.objects.get(assessment=assessment, voice="national", question=question)


def propose(assessment, by, question="A.1", agreement=None, base=None, **members):
    row = national(assessment, question)
    return responses.save(
        assessment_id=assessment.pk,
        voice="national",
        question=question,
        response=Answer(**members),
        base_version=row.version if base is None else base,
        by=by,
        agreement=agreement,
    )


def record(assessment, by, question="A.1", agreement=None, base=None, **members):
    row = national(assessment, question)
    return responses.record(
        assessment_id=assessment.pk,
        question=question,
        response=Answer(**members),
        agreement=agreement,
        base_version=row.version if base is None else base,
        by=by,
    )


# What counts


def test_a_proposal_saves_without_its_reason_and_does_not_count(people, opened):
    row = propose(opened, people.coordinator, level=3)
    assert (row.is_agreed, row.version) == (False, 1)
    assert load_voices(opened)["national"] == {}
    assert "national" in load_voices(opened)


def test_a_proposal_is_in_no_snapshot_and_moves_no_digest(people, opened):
    before = factories.digest_now(opened)
    propose(opened, people.coordinator, level=3, agreement="SECRET why")
    assert factories.digest_now(opened) == before
    assert load_agreements(opened) == {}
    assert "national" not in count_respondents(opened)
    snapshot, result = submissions.build_snapshot(opened)
    assert "SECRET" not in snapshot
    assert result.place.index is None


def test_what_is_recorded_counts(people, opened):
    propose(opened, people.coordinator, level=3, agreement="We met.")
    row = record(opened, people.police_coordinator, level=3, agreement="We met.")
    assert (row.is_agreed, row.version, row.saved_by_id) == (True, 2, people.police_coordinator.pk)
    assert load_voices(opened)["national"]["A.1"].level == 3
    assert load_agreements(opened) == {"A.1": "We met."}
    assert count_respondents(opened)["national"] == 1


def test_the_history_holds_proposals_and_agreed_answers(people, opened):
    propose(opened, people.coordinator, level=2)
    record(opened, people.coordinator, level=3, agreement="We met.")
    propose(opened, people.police_coordinator, level=4)
    kept = ResponseRevision.objects.filter(response=national(opened, "A.1")).order_by("version")
    assert [(item.content["level"], item.is_agreed) for item in kept] == [(2, False), (3, True), (4, False)]


def test_changing_an_agreed_answer_makes_it_a_proposal_again(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    assert propose(opened, people.coordinator, level=3).is_agreed, "nothing was changed"
    assert not propose(opened, people.coordinator, level=4).is_agreed
    assert not propose(opened, people.coordinator, level=3).is_agreed, "the same again is not recorded again"
    assert load_voices(opened)["national"] == {}


@pytest.mark.parametrize("change", [{"level": 4}, {"level": 3, "agreement": "Another reason."}])
def test_changing_an_agreed_answer_voids_what_was_attested(people, opened, change):
    record(opened, people.coordinator, level=3, agreement="We met.")
    factories.complete(opened, people.coordinator)
    factories.sign_both(opened, people.coordinator)
    assert propose(opened, people.police_coordinator, **change).has_voided
    assert not Assessment.objects.get(pk=opened.pk).standing_attestations
    assert AuditEntry.objects.filter(act="attestation.void").get().detail["because"] == "A.1"


def test_every_other_answer_counts_as_it_is_saved(people, opened):
    joint = factories.start_assessment(people.coordinator)
    assert factories.save_answer(joint, people.coordinator, "A.1", level=3).is_agreed
    assert load_voices(joint)["national"]["A.1"].level == 3
    assert load_voices(opened)["customs"]["A.1"].level == 4
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(assessment=opened, voice="customs").update(is_agreed=False)


# What recording requires


def test_over_a_difference_record_demands_the_reason(people, opened):
    with pytest.raises(AgreementNeeded, match=r"A\.1 differently"):
        record(opened, people.coordinator, level=3)
    with pytest.raises(AgreementNeeded):
        record(opened, people.coordinator, level=3, agreement="  ")
    assert record(opened, people.coordinator, "A.13", level=2).is_agreed, "no reason where they say the same"


@pytest.mark.parametrize("members", [{}, {"narrative": "Long."}, {"basis": "both"}])
def test_record_demands_a_level_or_that_it_is_left_open(people, opened, members):
    with pytest.raises(NothingGiven):
        record(opened, people.coordinator, agreement="We met.", **members)
    assert record(opened, people.coordinator, agreement="No.", status="unknown", reason="No.").is_agreed


def test_a_proposal_taken_back_to_nothing_counts_for_nothing(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    assert not propose(opened, people.coordinator).is_agreed
    with pytest.raises(NothingGiven):
        record(opened, people.coordinator)


def test_only_coordinators_record_and_only_what_two_agencies_agree_on(people, opened):
    for who in (people.respondent, people.observer, people.foreigner, people.reviewer):
        with pytest.raises(PermissionDenied):
            record(opened, who, level=3, agreement="We met.")
    with pytest.raises(StateChanged):
        record(factories.start_assessment(people.coordinator), people.coordinator, level=3)


def test_a_follow_up_is_recorded_after_the_question_that_it_follows(people, opened):
    propose(opened, people.coordinator, "A.3.1", level=3)
    assert propose(opened, people.coordinator, "A.3.2", level=2).version == 1, "nothing typed is refused"
    with pytest.raises(AgreeFirst, match=r"Record A\.3\.1 first"):
        record(opened, people.coordinator, "A.3.2", level=2)
    record(opened, people.coordinator, "A.3.1", level=3)
    assert record(opened, people.coordinator, "A.3.2", level=2).is_agreed


# Two at once


def test_two_proposals_at_once_conflict_as_any_two_answers_do(people, opened):
    propose(opened, people.coordinator, level=3)
    with pytest.raises(Stale):
        propose(opened, people.police_coordinator, base=0, level=2)
    with pytest.raises(Stale):
        record(opened, people.police_coordinator, base=0, level=2, agreement="We met.")


def test_recording_what_stands_word_for_word_overwrites_nobody(people, opened):
    """The page that records may not know yet that its own proposal was saved."""
    propose(opened, people.coordinator, level=3, agreement="We met.")
    assert record(opened, people.coordinator, base=0, level=3, agreement="We met.").version == 2


# Taking over, leaving open


def test_equal_answers_are_taken_over_as_agreed_but_for_those_in_progress(people, opened):
    assert comparison.take_over(assessment=opened, questions=["A.13"], by=people.coordinator) == ["A.13"]
    assert national(opened, "A.13").is_agreed


def test_a_proposal_is_not_taken_over(people, opened):
    propose(opened, people.police_coordinator, "A.13", level=5, narrative="Being written")
    assert comparison.take_over(assessment=opened, questions=["A.13"], by=people.coordinator) == []
    assert national(opened, "A.13").narrative == "Being written"


def leave_open(assessment, by, *codes, reason="Nobody knows.", **versions):
    seen = {code: national(assessment, code).version for code in codes}
    return comparison.leave_open(assessment=assessment, questions=seen | versions, reason=reason, by=by)


def test_several_questions_are_left_open_for_one_reason(people, opened):
    propose(opened, people.coordinator, "A.6", level=3, narrative="We disagree.", evidence=(Evidence("MOU"),))
    assert leave_open(opened, people.police_coordinator, "A.1", "A.6", "A.17") == ["A.1", "A.6", "A.17"]
    for code in ("A.1", "A.6", "A.17"):
        row = national(opened, code)
        assert (row.status, row.reason, row.agreement, row.is_agreed) == (
            "unknown",
            "Nobody knows.",
            "Nobody knows.",
            True,
        )
    assert national(opened, "A.6").narrative == "We disagree.", "what was written stays with it"
    assert national(opened, "A.6").evidence.count() == 1
    assert AuditEntry.objects.get(act="comparison.leave_open").detail == {"questions": ["A.1", "A.6", "A.17"]}


def test_what_was_changed_or_agreed_meanwhile_is_not_left_open(people, opened):
    record(opened, people.coordinator, "A.13", level=3)
    propose(opened, people.coordinator, "A.1", level=3)
    seen = {"A.1": 0, "A.13": 1, "A.3.2": 0, "A.6": 0, "B.9": 0}
    left = comparison.leave_open(assessment=opened, questions=seen, reason="No.", by=people.coordinator)
    assert left == ["A.6"]
    assert national(opened, "A.1").level == national(opened, "A.13").level == 3


def test_nothing_is_left_open_without_a_reason_or_a_right(people, opened):
    with pytest.raises(ActionRefused, match="Say in a few words"):
        leave_open(opened, people.coordinator, "A.1", reason=" ")
    for who in (people.respondent, people.observer, people.foreigner):
        with pytest.raises(PermissionDenied):
            leave_open(opened, who, "A.1")
    joint = factories.start_assessment(people.coordinator)
    with pytest.raises(StateChanged):
        comparison.leave_open(assessment=joint, questions={"A.1": 0}, reason="No.", by=people.coordinator)
    draft = factories.start_assessment(people.coordinator, mode="separate")
    with pytest.raises(StateChanged):
        comparison.leave_open(assessment=draft, questions={"A.1": 0}, reason="No.", by=people.coordinator)


# Attesting and submitting


def attest(assessment, by, agency="customs"):
    digest, gaps = factories.digest_now(assessment), factories.gaps_now(assessment)
    return attestations.attest(assessment=assessment, agency=agency, digest=digest, by=by, gaps=gaps)


def test_nothing_answered_is_not_attested_in_a_joint_session(people):
    draft = factories.start_assessment(people.coordinator)
    with pytest.raises(NothingAnswered):
        attest(draft, people.coordinator)
    factories.save_answer(draft, people.coordinator, "A.1", status="unknown", reason="Who knows?")
    with pytest.raises(NothingAnswered):
        attest(draft, people.coordinator)
    factories.save_answer(draft, people.coordinator, "A.1", level=1)
    assert attest(draft, people.coordinator), "blanks are allowed"


def test_nothing_answered_is_not_submitted(people, opened):
    for draft in (factories.start_assessment(people.coordinator), opened):
        factories.sign_both(draft, people.coordinator)
        with pytest.raises(NothingAnswered):
            submissions.submit(assessment=draft, by=people.coordinator)
        assert Assessment.objects.get(pk=draft.pk).state == draft.state


def test_two_agencies_attest_once_every_question_is_settled(people, opened):
    propose(opened, people.coordinator, level=3, agreement="We met.")
    with pytest.raises(NothingAnswered):
        attest(opened, people.coordinator)
    record(opened, people.coordinator, level=3, agreement="We met.")
    with pytest.raises(NotSettled) as refused:
        attest(opened, people.coordinator)
    assert "A.13" in refused.value.questions
    assert "A.1" not in refused.value.questions
    assert "A.3.2" not in refused.value.questions, "it is not asked"
    leave_open(opened, people.coordinator, *refused.value.questions)
    assert attest(opened, people.coordinator)


def test_a_proposal_keeps_two_agencies_from_attesting_and_submitting(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    factories.complete(opened, people.coordinator)
    attest(opened, people.coordinator)
    propose(opened, people.coordinator, "A.13", status="unknown", reason="Another reason.")
    with pytest.raises(NotSettled) as refused:
        attest(opened, people.coordinator)
    assert refused.value.questions == ("A.13",)
    factories.sign_both(opened, people.coordinator)
    with pytest.raises(NotSettled):
        submissions.submit(assessment=opened, by=people.coordinator)


def test_only_agreed_answers_are_submitted(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    factories.complete(opened, people.coordinator)
    # A proposed follow-up that is no longer asked does not block submission, and is not submitted.
    propose(opened, people.coordinator, "A.3.1", level=3, narrative="SECRET")
    propose(opened, people.coordinator, "A.3.2", level=3, narrative="SECRET")
    record(opened, people.coordinator, "A.3.1", agreement="No.", status="unknown", reason="No.")
    snapshot = factories.submit(opened, people.coordinator).snapshot
    assert "SECRET" not in snapshot
    assert "A.3.2" not in json.loads(snapshot)["assessment"]["voices"]["national"]


def test_after_a_return_a_changed_answer_is_recorded_again(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    record(opened, people.coordinator, "A.13", level=3)
    factories.complete(opened, people.coordinator)
    factories.make_returned(opened, people.coordinator, people.reviewer, "A.1")
    assert not propose(opened, people.coordinator, level=2).is_agreed
    with pytest.raises(NotSettled):
        attest(opened, people.coordinator)
    assert record(opened, people.police_coordinator, level=2).is_agreed
    assert factories.submit(opened, people.coordinator).number == 2


def test_nothing_is_confirmed_in_the_place_of_an_agreement(people, opened):
    with pytest.raises(AgreedInstead):
        confirm(assessment_id=opened.pk, voice="national", question="A.1", base_version=0, by=people.coordinator)


def test_a_proposal_that_counts_nowhere_voids_nothing(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    propose(opened, people.coordinator, "A.3.1", level=3)
    propose(opened, people.coordinator, "A.3.2", level=3)
    record(opened, people.coordinator, "A.3.1", agreement="No.", status="unknown", reason="No.")
    factories.complete(opened, people.coordinator)
    attest(opened, people.coordinator)
    assert not propose(opened, people.police_coordinator, "A.3.2").has_voided
    assert Assessment.objects.get(pk=opened.pk).standing_attestations


# The audit log


def test_a_text_set_aside_after_the_answer_that_is_submitted_breaks_nothing(people, opened):
    record(opened, people.coordinator, level=3, agreement="We met.")
    given = {"voice": "national", "question": "A.1", "response": Answer(level=5), "by": people.police_coordinator}
    responses.set_aside(assessment_id=opened.pk, **given)
    factories.complete(opened, people.coordinator)
    factories.submit(opened, people.coordinator)
    call_command("verify_audit")


def test_proposals_and_agreed_answers_verify_and_a_forged_agreement_is_found(people, opened):
    propose(opened, people.coordinator, "A.6", level=3)
    record(opened, people.coordinator, "A.6", agreement="No.", status="unknown", reason="No.")
    record(opened, people.coordinator, level=3, agreement="We met.")
    factories.complete(opened, people.coordinator)
    propose(opened, people.coordinator, "A.13", level=5)
    assert find_assessment_breaks(opened) == []
    Response.objects.filter(pk=national(opened, "A.13").pk).update(is_agreed=True)
    assert find_assessment_breaks(opened) == ["A.13 of national: the answer is not what its last revision says"]


def find_assessment_breaks(assessment):
    return list(find_answer_breaks(Assessment.objects.get(pk=assessment.pk)))


# Numbers of queries


def test_a_proposal_costs_no_query_more_than_any_answer(people, opened):
    def cost(act):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            act()
        return len(queries)

    joint = factories.start_assessment(people.coordinator)
    propose(joint, people.coordinator, "A.13", level=3)
    plain = cost(lambda: propose(joint, people.coordinator, base=0, level=3))
    assert cost(lambda: propose(opened, people.coordinator, base=0, level=3)) == plain

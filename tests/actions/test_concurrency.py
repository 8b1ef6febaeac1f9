"""Two connections at once: one of two acts wins, the other is told, and nothing is lost between them."""

from __future__ import annotations

import pytest

from diagnostic.actions import action_plan, attestations, audit, responses, reviews, submissions
from diagnostic.actions.attestations import AnswersChanged
from diagnostic.actions.audit_check import find_breaks
from diagnostic.actions.errors import (
    ActionChanged,
    NotAttested,
    NothingAnswered,
    NotSettled,
    Stale,
    StateChanged,
)
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.responses import Response as Answer
from diagnostic.core.result import score
from diagnostic.instruments import current_instrument
from diagnostic.models import Action, Assessment, Attestation, AuditChain, Response, ResponseRevision, Submission
from diagnostic.queries import load_signatures, load_voices
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def save(assessment, by, level, base=0, voice="national"):
    return responses.save(
        assessment_id=assessment.pk,
        voice=voice,
        question="A.1",
        response=Answer(level=level),
        base_version=base,
        by=by,
    )


def test_of_two_who_save_one_answer_one_is_shown_both_texts():
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator)
    found = at_once(
        lambda: save(assessment, people.respondent, 2), lambda: save(assessment, people.police_respondent, 4)
    )
    assert sorted(type(item).__name__ for item in found) == ["Response", "Stale"]
    (stale,) = [item for item in found if isinstance(item, Stale)]
    (saved,) = [item for item in found if isinstance(item, Response)]
    assert stale.row.level == saved.level
    assert ResponseRevision.objects.count() == 1


def test_of_two_who_submit_one_does():
    people = factories.make_people()
    assessment = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    found = at_once(
        lambda: submissions.submit(assessment=assessment, by=people.coordinator),
        lambda: submissions.submit(assessment=assessment, by=people.police_coordinator),
    )
    assert sorted(type(item).__name__ for item in found) == ["StateChanged", "Submission"]
    assert Submission.objects.count() == 1


def test_a_save_beside_a_submission_voids_its_signatures_or_is_refused():
    people = factories.make_people()
    for _round in range(5):
        assessment = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
        factories.sign_both(assessment, people.coordinator)
        saved, submission = at_once(
            lambda assessment=assessment: save(assessment, people.respondent, 3),
            lambda assessment=assessment: submissions.submit(assessment=assessment, by=people.coordinator),
        )
        # What was saved first voids the signatures; what was submitted first is not changed any more.
        found = (type(saved), type(submission))
        assert found in ((Response, NotAttested), (StateChanged, Submission))
        state = Assessment.objects.get(pk=assessment.pk).state
        assert state == ("draft" if isinstance(saved, Response) else "submitted")
        if isinstance(submission, Submission):
            assert '"A.1":{"level":3}' not in submission.snapshot


def attest(assessment, agency, digest, by):
    gaps = factories.gaps_now(assessment)
    return attestations.attest(assessment=assessment, agency=agency, digest=digest, by=by, gaps=gaps)


def test_an_edit_beside_the_second_attestation_leaves_no_signature_standing():
    people = factories.make_people()
    for _round in range(5):
        assessment = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
        digest = factories.digest_now(assessment)
        attest(assessment, "customs", digest, people.coordinator)
        saved, signed = at_once(
            lambda assessment=assessment: save(assessment, people.respondent, 3),
            lambda assessment=assessment, digest=digest: attest(
                assessment, "police", digest, people.police_coordinator
            ),
        )
        # Signed first, it is voided with the other; saved first, it is not the text to sign any more.
        assert isinstance(saved, Response)
        assert isinstance(signed, Attestation | AnswersChanged)
        assert load_signatures(assessment) == {}
        assert not Assessment.objects.get(pk=assessment.pk).standing_attestations
        with pytest.raises(NotAttested):
            submissions.submit(assessment=assessment, by=people.coordinator)


def test_an_edit_beside_an_attestation_and_a_submission_is_never_in_what_was_not_signed():
    people = factories.make_people()
    for _round in range(5):
        assessment = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
        digest = factories.digest_now(assessment)
        attest(assessment, "customs", digest, people.coordinator)
        found = at_once(
            lambda assessment=assessment: save(assessment, people.respondent, 3),
            lambda assessment=assessment, digest=digest: attest(
                assessment, "police", digest, people.police_coordinator
            ),
            lambda assessment=assessment: submissions.submit(assessment=assessment, by=people.coordinator),
        )
        known = (Response, Attestation, Submission, AnswersChanged, NotAttested, StateChanged)
        assert all(isinstance(item, known) for item in found), found
        state = Assessment.objects.get(pk=assessment.pk).state
        assert state == ("submitted" if isinstance(found[2], Submission) else "draft")
        if isinstance(found[2], Submission):
            assert found[2].digest == digest
            assert found[2].attestations.count() == 2


def test_a_proposal_beside_the_submission_of_two_agencies_is_not_in_it_or_stops_it():
    people = factories.make_people()
    for _round in range(5):
        draft = factories.start_assessment(people.coordinator, mode="separate")
        opened = factories.open_comparison(draft)
        factories.fill(opened, people.coordinator, {"A.1": Answer(level=2)})
        factories.complete(opened, people.coordinator)
        factories.sign_both(opened, people.coordinator)
        saved, submission = at_once(
            lambda opened=opened: save(opened, people.police_coordinator, 5, base=1),
            lambda opened=opened: submissions.submit(assessment=opened, by=people.coordinator),
        )
        found = (type(saved), type(submission))
        assert found in ((Response, NotSettled), (Response, NothingAnswered), (StateChanged, Submission))
        if isinstance(submission, Submission):
            assert load_voices(opened)["national"]["A.1"].level == 2


def test_of_two_who_sign_for_one_agency_one_signature_stands():
    people = factories.make_people()
    colleague = factories.make_user()
    assessment = factories.complete(factories.start_assessment(people.coordinator), people.coordinator)
    digest = factories.digest_now(assessment)
    found = at_once(
        lambda: attest(assessment, "customs", digest, people.coordinator),
        lambda: attest(assessment, "customs", digest, colleague),
    )
    assert found[0] == found[1]
    assert Attestation.objects.count() == 1


def test_a_save_beside_the_opening_of_the_comparison_is_frozen_in_it_or_refused():
    people = factories.make_people()
    for _round in range(5):
        assessment = factories.start_assessment(people.coordinator, mode="separate")
        saved, opened = at_once(
            lambda assessment=assessment: save(assessment, people.police_respondent, 3, voice="police"),
            lambda assessment=assessment: factories.open_comparison(assessment),
        )
        assert isinstance(opened, Assessment)
        assert isinstance(saved, Response | StateChanged)
        assert Assessment.objects.get(pk=assessment.pk).state == "comparing"
        row = Response.objects.get(assessment=assessment, voice="police", question="A.1")
        assert row.level == (3 if isinstance(saved, Response) else None)
        with pytest.raises(StateChanged):
            save(assessment, people.police_respondent, 4, base=row.version, voice="police")


def test_of_two_who_declare_at_once_the_second_opens_the_comparison():
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.save_answer(assessment, by, "A.1", voice=voice, level=2)
    found = at_once(
        lambda: factories.declare(assessment, people.coordinator),
        lambda: factories.declare(assessment, people.police_coordinator),
    )
    assert all(isinstance(item, Assessment) for item in found), found
    held = Assessment.objects.get(pk=assessment.pk)
    assert (held.state, held.comparison_opened_at is not None) == ("comparing", True)
    assert held.declarations.count() == 2


def test_a_withdrawal_beside_a_review_leaves_one_of_both():
    people = factories.make_people()
    submission = factories.make_submission(people.coordinator)
    fresh = Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)
    withdraw, take_up = factories.assessments.withdraw, reviews.take_up
    found = at_once(
        lambda: withdraw(assessment=submission.assessment, by=people.coordinator, reason="Too soon."),
        lambda: take_up(submission=fresh, by=people.reviewer),
    )
    assert sum(isinstance(item, StateChanged) for item in found) == 1
    assert Assessment.objects.get(pk=submission.assessment_id).state in ("withdrawn", "in_review")


def test_many_who_write_the_log_leave_one_whole_chain():
    people = factories.make_people()
    at_once(*[lambda: audit.record(act="test.act", by=people.coordinator) for _writer in range(8)])
    chain = AuditChain.objects.get(assessment=None)
    assert chain.length == 8
    assert list(find_breaks(chain)) == []


def test_of_two_who_change_one_action_one_is_shown_both_texts():
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator)
    action = action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=people.coordinator)

    def change(title, by):
        details = ActionDetails(title)
        return action_plan.change(action=action, details=details, base_version=1, by=by)

    found = at_once(lambda: change("Ours", people.coordinator), lambda: change("Theirs", people.police_coordinator))
    assert sorted(type(item).__name__ for item in found) == ["Action", "ActionChanged"]
    (changed,) = [item for item in found if isinstance(item, Action)]
    (told,) = [item for item in found if isinstance(item, ActionChanged)]
    assert told.row.title == changed.title == Action.objects.get(pk=action.pk).title


def test_of_two_who_move_one_action_one_does():
    people = factories.make_people()
    assessment = factories.start_assessment(people.coordinator)
    action = action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=people.coordinator)

    def move(act, by):
        return action_plan.move(action=action, act=act, source="planned", reason="No.", by=by)

    found = at_once(lambda: move("begin", people.respondent), lambda: move("drop", people.police_coordinator))
    assert sorted(type(item).__name__ for item in found) == ["Action", "ActionChanged"]


def test_two_who_plan_at_once_take_two_numbers_and_one_recommendation_once():
    people = factories.make_people()
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    item = score(current_instrument(), load_voices(assessment)).recommendations[0].id

    def plan(by):
        return action_plan.plan(assessment=assessment, recommendation=item, by=by)

    def add(by):
        return action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=by)

    found = at_once(lambda: add(people.coordinator), lambda: add(people.police_coordinator))
    assert sorted(action.number for action in found) == [1, 2]
    one, other = at_once(lambda: plan(people.coordinator), lambda: plan(people.police_coordinator))
    assert one.pk == other.pk

"""Two people of one country at once, each on a connection of their own: declaring, agreeing, settings, both keys."""

from __future__ import annotations

from functools import partial

import pytest

from diagnostic.actions import assessments, attestations, comparison, responses, submissions
from diagnostic.actions.assessments import base_of
from diagnostic.actions.attestations import AnswersChanged
from diagnostic.actions.errors import Declared, GapsChanged, NotAttested, Stale, StateChanged
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Attestation, AuditEntry, Response, ResponseRevision, Submission
from diagnostic.permissions import agency_of
from diagnostic.queries import load_signatures
from tests import factories
from tests.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 3


@pytest.fixture
def people(transactional_db):
    return factories.make_people()


def kinds(found):
    return sorted(type(item).__name__ for item in found)


def fresh(assessment):
    return Assessment.objects.select_related("country").get(pk=assessment.pk)


def set_to(assessment, by, **wanted):
    held = {name: getattr(assessment, name) for name in assessments.SETTINGS}
    return assessments.update_settings(assessment=assessment, by=by, base=base_of(assessment), **held | wanted)


def open_two(people):
    """An assessment whose comparison is open, with an answer of each agency to A.1 that differs."""
    draft = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(draft, people.respondent, "A.1", voice="customs", level=2)
    factories.save_answer(draft, people.police_respondent, "A.1", voice="police", level=4)
    return factories.open_comparison(draft)


def agree(assessment, by, level):
    return responses.save(
        assessment_id=assessment.pk,
        voice="national",
        question="A.1",
        response=Answer(level=level),
        base_version=0,
        by=by,
        agreement=f"We met, says {by.full_name}.",
    )


def test_of_two_who_change_the_settings_one_is_told_what_the_other_chose(people):
    for _round in range(ROUNDS):
        seen = fresh(factories.start_assessment(people.coordinator, is_disclosed_to_partners=True))
        found = at_once(
            partial(set_to, seen, people.coordinator, is_disclosed_to_partners=False),
            partial(set_to, seen, people.police_coordinator, marking="TLP:GREEN"),
        )
        assert kinds(found) == ["Assessment", "TextChanged"]
        held = fresh(seen)
        taken_back = (held.is_disclosed_to_partners, held.marking) == (False, "TLP:AMBER")
        assert taken_back != ((held.is_disclosed_to_partners, held.marking) == (True, "TLP:GREEN"))
        assert AuditEntry.objects.filter(chain__assessment=seen, act="assessment.settings").count() == 1


def test_of_two_who_choose_the_same_settings_one_is_logged(people):
    seen = fresh(factories.start_assessment(people.coordinator))
    found = at_once(
        *(partial(set_to, seen, by, target_level=4) for by in (people.coordinator, people.police_coordinator))
    )
    assert kinds(found) == ["Assessment", "Assessment"]
    assert AuditEntry.objects.filter(chain__assessment=seen, act="assessment.settings").count() == 1


def test_settings_changed_beside_the_second_key_and_the_submission_are_in_neither_or_in_both(people):
    for _round in range(ROUNDS):
        draft = factories.start_assessment(people.coordinator, is_disclosed_to_partners=True)
        seen = fresh(factories.complete(draft, people.coordinator))
        digest = factories.digest_now(seen)
        attest = partial(attestations.attest, assessment=seen, digest=digest, gaps=factories.gaps_now(seen))
        attest(agency="customs", by=people.coordinator)
        changed, signed, submitted = at_once(
            partial(set_to, seen, people.coordinator, is_disclosed_to_partners=False),
            partial(attest, agency="police", by=people.police_coordinator),
            partial(submissions.submit, assessment=seen, by=people.coordinator),
        )
        assert isinstance(changed, Assessment | StateChanged)
        assert isinstance(signed, Attestation | AnswersChanged)
        assert isinstance(submitted, Submission | NotAttested)
        if isinstance(submitted, Submission):
            assert (submitted.digest, submitted.is_disclosed_to_partners) == (digest, True)
        if isinstance(changed, Assessment):
            assert load_signatures(seen) == {}
            assert not isinstance(submitted, Submission)


def test_two_keys_turned_at_once_both_stand(people):
    for _round in range(ROUNDS):
        seen = fresh(factories.complete(factories.start_assessment(people.coordinator), people.coordinator))
        digest = factories.digest_now(seen)
        by = {"customs": people.coordinator, "police": people.police_coordinator}
        attest = partial(attestations.attest, assessment=seen, digest=digest, gaps=factories.gaps_now(seen))
        at_once(*(partial(attest, agency=agency, by=person) for agency, person in by.items()))
        assert set(load_signatures(seen)) == {"customs", "police"}
        assert set(fresh(seen).standing_attestations) == {"customs", "police"}
        assert submissions.submit(assessment=seen, by=people.coordinator).digest == digest


def test_a_key_taken_back_beside_the_submission_is_in_it_or_stops_it(people):
    for _round in range(ROUNDS):
        seen = fresh(factories.complete(factories.start_assessment(people.coordinator), people.coordinator))
        factories.sign_both(seen, people.coordinator)
        taken_back, submitted = at_once(
            partial(attestations.take_back, assessment=seen, agency="police", by=people.police_coordinator),
            partial(submissions.submit, assessment=seen, by=people.coordinator),
        )
        if isinstance(submitted, Submission):
            assert isinstance(taken_back, StateChanged)
            assert submitted.attestations.count() == 2
        else:
            assert (taken_back, type(submitted)) == (True, NotAttested)
            assert set(load_signatures(seen)) == set(fresh(seen).standing_attestations) == {"customs"}


def test_two_keys_taken_back_at_once_leave_none(people):
    seen = fresh(factories.start_assessment(people.coordinator))
    factories.sign_both(seen, people.coordinator)
    by = {"customs": people.coordinator, "police": people.police_coordinator}
    found = at_once(
        *(partial(attestations.take_back, assessment=seen, agency=agency, by=person) for agency, person in by.items())
    )
    assert found == [True, True]
    assert load_signatures(seen) == fresh(seen).standing_attestations == {}


def answered_apart(people):
    """A draft in which each agency has answered one question."""
    draft = factories.start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.save_answer(draft, by, "A.1", voice=voice, level=2)
    return draft


def declaring(draft, by):
    """Declare the current answers complete, with the gaps that the page of `by` lists."""
    agency = agency_of(by)
    gaps = factories.gaps_now(draft, agency)
    return partial(comparison.declare_complete, assessment=draft, agency=agency, by=by, gaps=gaps)


@pytest.mark.parametrize("is_second", [False, True])
def test_a_declaration_beside_a_save_freezes_it_or_refuses_it(people, is_second):
    """The first declaration freezes the agency's own answers, the second those of both."""
    for _round in range(ROUNDS):
        draft = answered_apart(people)
        if is_second:
            factories.declare(draft, people.coordinator)
        saved, declared = at_once(
            partial(
                responses.save,
                assessment_id=draft.pk,
                voice="police",
                question="A.1",
                response=Answer(level=3),
                base_version=1,
                by=people.police_respondent,
            ),
            declaring(draft, people.police_coordinator),
        )
        assert isinstance(declared, Assessment)
        assert declared.state == fresh(draft).state == ("comparing" if is_second else "draft")
        row = Response.objects.get(assessment=draft, voice="police", question="A.1")
        assert row.level == (3 if isinstance(saved, Response) else 2)
        assert isinstance(saved, Response | (StateChanged if is_second else Declared))


def test_a_declaration_beside_a_new_answer_names_what_is_blank_or_is_refused(people):
    for _round in range(ROUNDS):
        draft = answered_apart(people)
        saved, declared = at_once(
            partial(
                responses.save,
                assessment_id=draft.pk,
                voice="customs",
                question="A.13",
                response=Answer(level=3),
                base_version=0,
                by=people.respondent,
            ),
            declaring(draft, people.coordinator),
        )
        assert (type(saved), type(declared)) in ((Response, GapsChanged), (Declared, Assessment))


def test_a_declaration_taken_back_beside_the_second_one_is_in_time_or_too_late(people):
    for _round in range(ROUNDS):
        draft = answered_apart(people)
        factories.declare(draft, people.coordinator)
        taken_back, declared = at_once(
            partial(comparison.take_back_declaration, assessment=draft, agency="customs", by=people.coordinator),
            declaring(draft, people.police_coordinator),
        )
        held = fresh(draft)
        assert isinstance(declared, Assessment)
        is_late = isinstance(taken_back, StateChanged)
        assert (held.state, held.has_declared("customs"), held.has_declared("police")) == (
            ("comparing", True, True) if is_late else ("draft", False, True)
        )


def test_of_two_who_ask_to_open_at_once_the_second_opens(people):
    draft = answered_apart(people)
    found = at_once(
        *(
            partial(comparison.ask_to_open, assessment=draft, agency=agency_of(by), by=by, reason=by.full_name)
            for by in (people.coordinator, people.police_coordinator)
        )
    )
    assert sorted(item.state for item in found) == ["comparing", "draft"]
    assert fresh(draft).state == "comparing"
    assert {request.reason for request in draft.opening_requests.all()} == {
        people.coordinator.full_name,
        people.police_coordinator.full_name,
    }


def test_a_request_taken_back_beside_the_second_one_is_in_time_or_too_late(people):
    for _round in range(ROUNDS):
        draft = answered_apart(people)
        comparison.ask_to_open(assessment=draft, agency="customs", by=people.coordinator, reason="Now.")
        taken_back, asked = at_once(
            partial(comparison.take_back_request, assessment=draft, agency="customs", by=people.coordinator),
            partial(
                comparison.ask_to_open,
                assessment=draft,
                agency="police",
                by=people.police_coordinator,
                reason="Now.",
            ),
        )
        assert isinstance(asked, Assessment)
        assert fresh(draft).state == ("comparing" if isinstance(taken_back, StateChanged) else "draft")


def test_of_two_who_agree_on_one_question_one_is_shown_both_texts(people):
    for _round in range(ROUNDS):
        opened = open_two(people)
        found = at_once(
            partial(agree, opened, people.coordinator, 2), partial(agree, opened, people.police_coordinator, 4)
        )
        assert kinds(found) == ["Response", "Stale"]
        row = Response.objects.get(assessment=opened, voice="national", question="A.1")
        (stale,) = [item for item in found if isinstance(item, Stale)]
        assert (row.level, row.agreement) == (stale.row.level, stale.row.agreement)
        assert row.agreement == f"We met, says {row.saved_by.full_name}."
        assert ResponseRevision.objects.filter(response=row).count() == 1


def test_an_answer_agreed_beside_the_taking_over_of_equal_ones_stands(people):
    for _round in range(ROUNDS):
        draft = factories.start_assessment(people.coordinator, mode="separate")
        for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
            factories.save_answer(draft, by, "A.1", voice=voice, level=2)
        opened = factories.open_comparison(draft)
        taken, agreed = at_once(
            partial(comparison.take_over, assessment=opened, questions=["A.1"], by=people.coordinator),
            partial(agree, opened, people.police_coordinator, 3),
        )
        level = Response.objects.get(assessment=opened, voice="national", question="A.1").level
        found = (taken, type(agreed), level)
        assert found in (([], Response, 3), (["A.1"], Stale, 2))


def test_a_withdrawal_beside_the_submission_follows_it_or_stops_it(people):
    seen = fresh(factories.fill(factories.start_assessment(people.coordinator), people.coordinator))
    factories.sign_both(seen, people.coordinator)
    withdrawn, submitted = at_once(
        partial(assessments.withdraw, assessment=seen, by=people.coordinator, reason="Too soon."),
        partial(submissions.submit, assessment=seen, by=people.police_coordinator),
    )
    assert isinstance(withdrawn, Assessment)
    assert isinstance(submitted, Submission | StateChanged)
    assert fresh(seen).state == "withdrawn"


def test_of_two_assessments_started_for_one_period_one_is(people):
    found = at_once(
        *(
            partial(factories.start_assessment, by, period="2026")
            for by in (people.coordinator, people.police_coordinator)
        )
    )
    assert kinds(found) == ["Assessment", "PeriodTaken"]
    assert Response.objects.filter(assessment=Assessment.objects.get()).count() == 27

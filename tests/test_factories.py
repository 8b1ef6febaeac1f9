"""What the factories lay is what the product's own acts lay."""

import pytest
from django.forms.models import model_to_dict

from cpch.accounts.models import Membership, User
from diagnostic.actions import responses
from diagnostic.instruments import current_instrument
from diagnostic.models import AuditEntry, Evidence, Response, ResponseRevision
from tests import factories

pytestmark = pytest.mark.django_db
OWN = {"id", "saved_at", "response", "assessment", "chain", "at", "attested_at", "hash", "previous", "head"}
"""What two rows that say the same differ in."""


def told(rows):
    return [{name: value for name, value in model_to_dict(row).items() if name not in OWN} for row in rows]


def laid(assessment):
    """Everything that stands of an assessment's answers and signatures, in order."""
    answers = Response.objects.filter(assessment=assessment).order_by("voice", "pk")
    revisions = ResponseRevision.objects.filter(response__assessment=assessment)
    documents = Evidence.objects.filter(response__assessment=assessment).order_by("response__pk", "position")
    # The digests differ, for the two assessments are of two periods.
    log = AuditEntry.objects.filter(chain__assessment=assessment, act__startswith="attestation.")
    return {
        "answers": told(answers),
        "revisions": [(item.response.question, item.content, item.agreement, item.saved_by) for item in revisions],
        "documents": [(item.response.question, told([item])) for item in documents],
        "signatures": [
            (item.agency, item.attested_by, item.agreed_by, item.agreed_on) for item in assessment.attestations.all()
        ],
        "standing": set(type(assessment).objects.get(pk=assessment.pk).standing_attestations),
        "log": [(item.act, item.by, set(item.detail)) for item in log],
    }


def fill_by_acts(assessment, by, agreement=""):
    answers = factories.example_answers()
    for question in current_instrument().questions:
        if question.code in answers:
            act = {
                "assessment_id": assessment.pk,
                "question": question.code,
                "response": answers[question.code],
                "base_version": 0,
                "by": by,
            }
            if agreement:
                responses.record(**act, agreement=agreement)
            else:
                responses.save(**act, voice="national")


def test_answers_are_laid_as_saves_lay_them(people):
    by_acts = factories.start_assessment(people.coordinator)
    fill_by_acts(by_acts, people.coordinator)
    assert laid(factories.fill(factories.start_assessment(people.coordinator), people.coordinator)) == laid(by_acts)


def test_signatures_are_laid_as_attesting_lays_them(people):
    drafts = (factories.start_assessment(people.coordinator) for _each in range(2))
    quick, by_acts = (factories.complete(draft, people.coordinator) for draft in drafts)
    factories.sign_both(quick, people.coordinator)
    factories.sign(by_acts, people.coordinator)
    factories.sign(by_acts, people.police_coordinator)
    assert laid(quick) == laid(by_acts)
    assert {item.digest for item in quick.attestations.all()} == {factories.digest_now(quick)}


def test_agreement_of_an_agency_without_a_coordinator_is_laid_as_recording_lays_it(people):
    factories.empty_agency(people)
    drafts = (factories.start_assessment(people.coordinator) for _each in range(2))
    quick, by_acts = (factories.complete(draft, people.coordinator) for draft in drafts)
    factories.sign_both(quick, people.coordinator)
    factories.sign(by_acts, people.coordinator)
    factories.sign(by_acts, people.coordinator, "police", factories.AGREED)
    assert laid(quick) == laid(by_acts)


def test_people_are_laid_as_the_manager_lays_them():
    made = factories.make_user()
    given = User.objects.create_user(email="a@example.org", password=factories.PASSWORD, full_name=made.full_name)
    own = {"id", "email", "password", "joined_at"}
    assert {k: v for k, v in model_to_dict(made).items() if k not in own} == {
        k: v for k, v in model_to_dict(given).items() if k not in own
    }
    assert made.check_password(factories.PASSWORD)
    assert made.membership == Membership.objects.get(user=made)

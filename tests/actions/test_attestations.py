"""Two keys: both agencies sign exactly what is submitted, and an edit voids what they signed."""

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import PermissionDenied

from cpch.accounts import actions as accounts
from cpch.accounts.models import Invitation, User
from diagnostic.actions import assessments, attestations, submissions
from diagnostic.actions.attestations import AnswersChanged, WrongAgreement
from diagnostic.actions.clock import now
from diagnostic.actions.errors import ActionRefused, GapsChanged, NotAttested, StateChanged
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Attestation, AuditEntry
from diagnostic.queries import load_absent_agencies, load_lost_signatures, load_signatures
from tests import factories

pytestmark = pytest.mark.django_db
TOMORROW = now().date() + timedelta(days=2)
SETTINGS = {
    "title": "",
    "marking": "TLP:AMBER",
    "is_disclosed_to_partners": False,
    "allows_statistics": False,
    "target_level": None,
}


@pytest.fixture
def draft(people):
    return factories.fill(
        factories.start_assessment(people.coordinator), people.coordinator, {"A.1": Answer(level=2, basis="both")}
    )


def acts(assessment):
    """The acts and their details, without the hashes of the answers."""
    entries = AuditEntry.objects.filter(chain__assessment=assessment).order_by("number").values_list("act", "detail")
    return [(act, {name: value for name, value in detail.items() if name != "heads"}) for act, detail in entries]


def standing(assessment):
    return set(load_signatures(assessment))


def lost(assessment):
    return {agency: entry.by for agency, entry in load_lost_signatures(assessment).items()}


def test_a_submission_holds_both_signatures_under_its_own_digest(people, draft):
    factories.sign(draft, people.coordinator)
    with pytest.raises(NotAttested) as refused:
        submissions.submit(assessment=draft, by=people.coordinator)
    assert refused.value.agencies == ("police",)
    factories.sign(draft, people.police_coordinator)
    submission = submissions.submit(assessment=draft, by=people.police_coordinator)
    signed = submission.attestations.values_list("agency", "digest", "attested_by", "agreed_by")
    assert set(signed) == {
        ("customs", submission.digest, people.coordinator.pk, ""),
        ("police", submission.digest, people.police_coordinator.pk, ""),
    }
    assert standing(draft) == set()
    assert not Assessment.objects.get(pk=draft.pk).standing_attestations


def test_only_what_stands_now_is_signed(people, draft):
    digest = factories.digest_now(draft)
    factories.save_answer(draft, people.respondent, "A.1", level=3)
    with pytest.raises(AnswersChanged):
        attestations.attest(assessment=draft, agency="customs", digest=digest, by=people.coordinator)
    assert Attestation.objects.count() == 0


def test_an_edit_voids_both_signatures_and_says_so(people, draft):
    factories.sign_both(draft, people.coordinator)
    factories.save_answer(draft, people.police_respondent, "A.1", level=3)
    assert standing(draft) == set()
    assert lost(draft) == {"customs": people.police_respondent, "police": people.police_respondent}
    assert acts(draft)[-1] == ("attestation.void", {"agencies": ["customs", "police"], "because": "A.1"})
    with pytest.raises(NotAttested):
        submissions.submit(assessment=draft, by=people.coordinator)
    # The same words as before are another text than was signed: nobody signed it after the edit.
    factories.save_answer(draft, people.respondent, "A.1", level=2, basis="both")
    with pytest.raises(NotAttested):
        submissions.submit(assessment=draft, by=people.coordinator)


def test_a_save_that_changes_nothing_voids_nothing(people, draft):
    factories.sign_both(draft, people.coordinator)
    factories.save_answer(draft, people.respondent, "A.1", level=2, basis="both")
    assessments.update_settings(assessment=draft, by=people.coordinator, **SETTINGS)
    assert standing(draft) == {"customs", "police"}
    submissions.submit(assessment=draft, by=people.coordinator)


@pytest.mark.parametrize("change", [{"marking": "TLP:RED"}, {"is_disclosed_to_partners": True}, {"target_level": 5}])
def test_a_change_of_settings_voids_them_too(people, draft, change):
    factories.sign_both(draft, people.coordinator)
    assessments.update_settings(assessment=draft, by=people.coordinator, **(SETTINGS | change))
    assert standing(draft) == set()
    assert acts(draft)[-1] == ("attestation.void", {"agencies": ["customs", "police"], "because": "settings"})


@pytest.mark.parametrize(
    "change",
    [
        {"marking": "TLP:CLEAR"},
        {"is_disclosed_to_partners": True},
        {"allows_statistics": True},
        {"target_level": 5},
        {"title": "Other"},
    ],
)
def test_who_has_a_page_open_signs_no_settings_but_those_that_it_shows(people, draft, change):
    """The other agency's coordinator changes them before anybody has signed, when there is nothing to void."""
    seen = factories.digest_now(draft)
    assessments.update_settings(assessment=draft, by=people.police_coordinator, **(SETTINGS | change))
    with pytest.raises(AnswersChanged):
        attestations.attest(assessment=draft, agency="customs", digest=seen, by=people.coordinator)
    submission = factories.submit(draft, people.coordinator)
    frozen = json.loads(submission.snapshot)
    settings = {"marking", "is_disclosed_to_partners", "allows_statistics"}
    assert {name: frozen[name] for name in settings} == {name: getattr(submission, name) for name in settings}


def test_who_signs_twice_has_signed_once(people, draft):
    assert factories.sign(draft, people.coordinator) == factories.sign(draft, people.coordinator)
    assert Attestation.objects.count() == 1


def test_who_changes_to_the_other_agency_does_not_turn_both_keys(people, draft):
    factories.sign(draft, people.coordinator)
    moved = factories.reload(people.coordinator)
    moved.membership.agency = people.police_coordinator.membership.agency
    moved.membership.save()
    moved = factories.reload(moved)
    with pytest.raises(ActionRefused):
        factories.sign(draft, moved, "police")
    assert standing(draft) == {"customs"}
    factories.sign(draft, people.police_coordinator)
    assert standing(draft) == {"customs", "police"}


@pytest.mark.parametrize(
    "name", ["police_coordinator", "respondent", "observer", "reviewer", "administrator", "partner", "foreigner"]
)
def test_nobody_signs_for_an_agency_but_its_own_coordinator(people, draft, name):
    with pytest.raises(PermissionDenied):
        factories.sign(draft, getattr(people, name), "customs", factories.AGREED)
    assert Attestation.objects.count() == 0


def record(assessment, by, **changes):
    """Record who agreed for the police."""
    return factories.sign(assessment, by, "police", replace(factories.AGREED, **changes))


FAULTS = [
    *({name: text} for name in ("name", "office", "reference") for text in ("", " ", "Ada\u202e", "A" * 201)),
    {"agreed_on": TOMORROW},
]


@pytest.mark.parametrize("fault", FAULTS)
def test_of_an_agreement_everything_is_recorded(people, draft, fault):
    factories.empty_agency(people)
    with pytest.raises(WrongAgreement):
        record(draft, people.coordinator, **fault)
    with pytest.raises(WrongAgreement):
        factories.sign(draft, people.coordinator, "police")
    assert not Attestation.objects.exists()


def test_where_nobody_of_an_agency_has_an_account_the_other_records_who_agreed(people, draft):
    factories.empty_agency(people)
    with pytest.raises(PermissionDenied):
        record(draft, people.respondent)
    wrong = record(draft, people.coordinator, name="Ada  Exmaple")
    assert record(draft, people.coordinator, name="Ada Exmaple") == wrong
    record(draft, people.coordinator)
    factories.sign(draft, people.coordinator)
    submission = submissions.submit(assessment=draft, by=people.coordinator)
    recorded = submission.attestations.get(agency="police")
    assert {name: getattr(recorded, name) for name in factories.AGREED.columns()} == factories.AGREED.columns()
    assert recorded.attested_by == people.coordinator
    assert Attestation.objects.get(submission=None) == wrong
    assert (
        "attestation.record",
        {
            "agency": "police",
            "agreed_by": "Ada Example",
            "agreed_office": "Head of Crime Investigation",
            "agreed_on": "2020-03-14",
            "agreed_reference": "POL/2020/112",
            "digest": submission.digest,
        },
    ) in acts(draft)


def test_where_each_agency_answers_for_itself_no_agreement_is_recorded(people):
    factories.empty_agency(people)
    apart = factories.start_assessment(people.coordinator, mode="separate")
    Assessment.objects.filter(pk=apart.pk).update(state="comparing", comparison_opened_at=now())
    factories.complete(apart, people.coordinator)
    with pytest.raises(PermissionDenied):
        record(apart, people.coordinator)
    factories.sign_both(apart, people.coordinator)
    with pytest.raises(NotAttested) as refused:
        submissions.submit(assessment=apart, by=people.coordinator)
    assert refused.value.agencies == ("police",)


BEFORE, SINCE = timedelta(days=-1), timedelta(minutes=1)
"""Beside the start of the assessment, which is a moment ago."""


def invited(people, **times):
    """An invitation to the police, with `times` relative to the start of the assessment."""
    agency = people.police_coordinator.membership.agency
    values = {"invited_at": BEFORE, "expires_at": SINCE} | times
    return Invitation.objects.create(
        email="somebody@example.org",
        role="respondent",
        country=agency.country,
        agency=agency,
        **{name: now() + value for name, value in values.items()},
    )


def colleague(people, **values):
    """A respondent of the police whose account has these `values`."""
    user = factories.make_user("respondent", "ZZ", "police")
    User.objects.filter(pk=user.pk).update(**values)
    return user


def moved(people):
    """A person who joined the police long ago, and is now in customs."""
    invitation = invited(people, accepted_at=BEFORE)
    Invitation.objects.filter(pk=invitation.pk).update(accepted_by=people.respondent)


HAD = {
    "an account": lambda people, start: colleague(people),
    "deactivated since": lambda people, start: colleague(people, is_active=False, deactivated_at=start + SINCE),
    "deactivated, nobody knows when": lambda people, start: colleague(people, is_active=False, deactivated_at=None),
    "an open invitation": lambda people, start: invited(people),
    "an invitation that expired since": lambda people, start: invited(people, expires_at=timedelta()),
    "an invitation withdrawn since": lambda people, start: invited(people, withdrawn_at=timedelta()),
    "an invitation accepted since": lambda people, start: invited(people, accepted_at=timedelta()),
    "somebody who has moved": lambda people, start: moved(people),
}
NONE = {
    "nothing": lambda people, start: None,
    "deactivated before": lambda people, start: colleague(people, is_active=False, deactivated_at=start + BEFORE),
    "an invitation that expired before": lambda people, start: invited(people, expires_at=BEFORE),
    "an invitation withdrawn before": lambda people, start: invited(people, withdrawn_at=BEFORE),
    "an invitation of the other agency": lambda people, start: Invitation.objects.filter(pk=invited(people).pk).update(
        agency=people.coordinator.membership.agency
    ),
}


@pytest.mark.parametrize("case", [*HAD, *NONE])
def test_an_agreement_is_recorded_only_where_nobody_has_had_an_account_since_the_start(people, draft, case):
    factories.empty_agency(people)
    (HAD | NONE)[case](people, draft.started_at)
    assert load_absent_agencies(draft) == (frozenset() if case in HAD else {"police"})
    if case in HAD:
        with pytest.raises(PermissionDenied):
            record(draft, people.coordinator)
    else:
        assert record(draft, people.coordinator).agreed_by == "Ada Example"


@pytest.mark.parametrize("case", HAD)
def test_a_record_counts_no_more_once_somebody_there_has_an_account_or_an_invitation(people, draft, case):
    factories.empty_agency(people)
    record(draft, people.coordinator)
    factories.sign(draft, people.coordinator)
    HAD[case](people, draft.started_at)
    with pytest.raises(NotAttested) as refused:
        submissions.submit(assessment=draft, by=people.coordinator)
    assert refused.value.agencies == ("police",)


def test_a_coordinator_who_comes_signs_for_their_agency_themselves(people, draft):
    factories.empty_agency(people)
    record(draft, people.coordinator)
    factories.sign(draft, people.coordinator)
    newcomer = factories.make_user(agency="police")
    factories.sign(draft, newcomer)
    submission = submissions.submit(assessment=draft, by=people.coordinator)
    assert submission.attestations.get(agency="police").agreed_by == ""


def test_somebody_who_is_deactivated_during_the_assessment_was_there(people, draft):
    """Through the act itself: removing the accounts of the other agency does not transfer its key."""
    for person in (people.police_coordinator, people.police_respondent):
        accounts.deactivate(person=person.membership, by=people.administrator)
    assert User.objects.get(pk=people.police_respondent.pk).deactivated_at is not None
    with pytest.raises(PermissionDenied):
        record(draft, people.coordinator)
    accounts.reactivate(person=people.police_respondent.membership, by=people.administrator)
    assert User.objects.get(pk=people.police_respondent.pk).deactivated_at is None


def test_in_a_joint_session_what_is_blank_or_open_is_confirmed_in_the_same_act(people, draft):
    factories.save_answer(draft, people.respondent, "A.12", status="unknown", reason="Nobody knows.")
    digest, gaps = factories.digest_now(draft), factories.gaps_now(draft)
    assert gaps["A.12"] == "unknown"
    attest = partial(attestations.attest, assessment=draft, agency="customs", digest=digest, by=people.coordinator)
    for other in (None, {}, gaps | {"A.12": "missing"}, {"A.12": "unknown"}):
        with pytest.raises(GapsChanged):
            attest(gaps=other)
    assert not Attestation.objects.exists()
    attest(gaps=gaps)
    assert standing(draft) == {"customs"}


def test_nothing_is_signed_that_cannot_be_submitted(people, draft):
    factories.submit(draft, people.coordinator)
    with pytest.raises(StateChanged):
        factories.sign(draft, people.coordinator)
    apart = factories.start_assessment(people.coordinator, mode="separate")
    with pytest.raises(StateChanged):
        factories.sign(apart, people.coordinator)


def test_after_a_return_both_sign_again(people):
    draft = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.make_returned(draft, people.coordinator, people.reviewer, "A.1")
    draft.refresh_from_db()
    with pytest.raises(NotAttested):
        submissions.submit(assessment=draft, by=people.coordinator)
    factories.save_answer(draft, people.respondent, "A.1", level=4, basis="both", narrative="Now")
    second = factories.submit(draft, people.coordinator)
    assert (second.number, second.attestations.count()) == (2, 2)
    assert Attestation.objects.filter(assessment=draft).count() == 4


# Taking it back


def take_back(assessment, by, agency):
    return attestations.take_back(assessment=assessment, agency=agency, by=by)


def test_what_is_taken_back_is_void_and_the_other_signature_stands_on(people, draft):
    factories.sign_both(draft, people.coordinator)
    assert take_back(draft, people.coordinator, "customs") is True
    gone = Attestation.objects.get(agency="customs")
    assert (lost(draft), standing(draft)) == ({"customs": people.coordinator}, {"police"})
    assert acts(draft)[-1] == ("attestation.take_back", {"agency": "customs", "digest": gone.digest})
    assert Assessment.objects.get(pk=draft.pk).standing_attestations
    with pytest.raises(NotAttested) as refused:
        submissions.submit(assessment=draft, by=people.police_coordinator)
    assert refused.value.agencies == ("customs",)
    factories.sign(draft, people.coordinator)
    assert submissions.submit(assessment=draft, by=people.coordinator).attestations.count() == 2


def test_the_last_one_taken_back_leaves_nothing_to_void(people, draft):
    factories.sign(draft, people.coordinator)
    assert take_back(draft, people.coordinator, "customs") is True
    assert not Assessment.objects.get(pk=draft.pk).standing_attestations
    assert take_back(draft, people.coordinator, "customs") is False
    factories.save_answer(draft, people.respondent, "A.1", level=3)
    assert [act for act, _detail in acts(draft)].count("attestation.take_back") == 1
    assert "attestation.void" not in [act for act, _detail in acts(draft)]


@pytest.mark.parametrize("name", ["police_coordinator", "respondent", "observer", "reviewer", "partner", "foreigner"])
def test_nobody_takes_back_for_an_agency_but_its_own_coordinator(people, draft, name):
    factories.sign_both(draft, people.coordinator)
    with pytest.raises(PermissionDenied):
        take_back(draft, getattr(people, name), "customs")
    assert standing(draft) == {"customs", "police"}


def test_who_recorded_an_agreement_may_take_it_back(people, draft):
    factories.empty_agency(people)
    factories.sign_both(draft, people.coordinator)
    assert take_back(draft, people.coordinator, "police") is True
    assert standing(draft) == {"customs"}


def test_what_is_submitted_is_not_taken_back(people, draft):
    factories.submit(draft, people.coordinator)
    with pytest.raises(StateChanged):
        take_back(draft, people.coordinator, "customs")
    assert Attestation.objects.filter(submission=None).count() == 0

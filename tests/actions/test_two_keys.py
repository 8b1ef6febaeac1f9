"""Two keys, two hands: one person, and one address, acts for one agency in an assessment, permanently."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cpch.accounts import actions as people_actions
from cpch.accounts.models import Agency, Invitation, Membership, Role, User
from diagnostic.actions import attestations, comparison, confirmations, responses, submissions
from diagnostic.actions.errors import ActsForOther
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Attestation, ResponseRevision, Side
from diagnostic.permissions import (
    can_answer,
    can_attest,
    can_declare,
    can_submit,
    readable_voices,
    unsealed_agencies,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def apart(people: factories.People) -> Assessment:
    """Each agency has an answer, from people who do nothing else here."""
    draft = factories.start_assessment(people.coordinator, mode="separate")
    for agency in ("customs", "police"):
        save(draft, factories.make_user(Role.RESPONDENT, agency=agency), agency, code="A.19")
    return draft


@pytest.fixture
def joint(people: factories.People) -> Assessment:
    return factories.fill(factories.start_assessment(people.coordinator), people.coordinator)


def move(user: User, agency: str) -> User:
    """Move a person to another agency in the database, bypassing the application's acts."""
    other = Agency.objects.get_or_create(country=factories.make_country(), kind=agency)[0]
    Membership.objects.filter(user=user).update(agency=other)
    return factories.reload(user)


def save(assessment: Assessment, by: User, voice: str, code: str = "A.1", level: int = 2, **more: Any) -> Any:
    return factories.save_answer(assessment, by, code, voice=voice, level=level, **more)


def open_both(assessment: Assessment, people: factories.People) -> Assessment:
    factories.declare(assessment, people.coordinator)
    return factories.declare(assessment, people.police_coordinator)


# What binds a person to an agency


def answered(assessment: Assessment, by: User) -> None:
    save(assessment, by, "customs")


def set_a_text_aside(assessment: Assessment, by: User) -> None:
    responses.set_aside(assessment_id=assessment.pk, voice="customs", question="A.1", response=Answer(level=3), by=by)


def declared(assessment: Assessment, by: User) -> None:
    factories.declare(assessment, by)


def declared_and_took_back(assessment: Assessment, by: User) -> None:
    declared(assessment, by)
    comparison.take_back_declaration(assessment=assessment, agency="customs", by=by)


def was_invited(assessment: Assessment, by: User) -> None:
    """Before they had an account; an invitation that was never accepted binds as well."""
    _invited(by)


def _invited(user: User, **changes: Any) -> Invitation:
    now = timezone.now()
    held = Agency.objects.get_or_create(country=factories.make_country(), kind="customs")[0]
    values = {"invited_at": now, "expires_at": now + timedelta(days=7)} | changes
    return Invitation.objects.create(
        email=user.email, role=Role.RESPONDENT, country=held.country, agency=held, **values
    )


BINDING = (answered, set_a_text_aside, declared, declared_and_took_back, was_invited)


@pytest.mark.parametrize("act", BINDING)
def test_whoever_acted_for_customs_is_refused_for_the_police(people, apart, act) -> None:
    act(apart, people.coordinator)
    moved = move(people.coordinator, "police")
    held = Assessment.objects.get(pk=apart.pk)

    assert readable_voices(moved, held) == ()
    assert unsealed_agencies(moved, held) == ()
    assert not can_answer(moved, held, "police")
    assert not can_declare(moved, held, "police")
    refused = [
        lambda: save(apart, moved, "police"),
        lambda: responses.set_aside(
            assessment_id=apart.pk, voice="police", question="A.1", response=Answer(level=3), by=moved
        ),
        lambda: confirmations.confirm(assessment_id=apart.pk, voice="police", question="A.1", base_version=0, by=moved),
        lambda: comparison.declare_complete(assessment=apart, agency="police", by=moved),
        lambda: comparison.take_back_declaration(assessment=apart, agency="police", by=moved),
        lambda: comparison.ask_to_open(assessment=apart, agency="police", by=moved, reason="The year ends."),
        lambda: comparison.take_back_request(assessment=apart, agency="police", by=moved),
    ]
    for attempt in refused:
        with pytest.raises(ActsForOther) as caught:
            attempt()
        assert "Ask another coordinator of the police" in str(caught.value)
    assert not Side.objects.filter(agency="police").exists()
    assert not ResponseRevision.objects.filter(response__voice="police", saved_by=moved).exists()


@pytest.mark.parametrize("act", BINDING)
def test_it_is_the_same_once_the_answers_are_compared(people, apart, act) -> None:
    """After that everyone of the country reads both voices, but still nobody acts for both."""
    second = factories.make_user()
    act(apart, second)
    if act is not declared:
        factories.declare(apart, people.coordinator)
    held = factories.declare(apart, people.police_coordinator)
    moved = move(second, "police")

    assert len(readable_voices(moved, held)) == 3
    for attempt in (
        lambda: save(held, moved, "national"),
        lambda: comparison.take_over(assessment=held, questions=[], by=moved),
        lambda: comparison.discuss(assessment=held, question="A.1", text="We see it so too.", by=moved),
        lambda: factories.sign(held, moved),
        lambda: attestations.take_back(assessment=held, agency="police", by=moved),
        lambda: submissions.submit(assessment=held, by=moved),
    ):
        with pytest.raises(ActsForOther):
            attempt()
    assert not Attestation.objects.exists()


@pytest.mark.parametrize("act", ["take over", "discuss", "record"])
def test_what_is_done_in_the_comparison_binds_too(people, apart, act) -> None:
    second = factories.make_user()
    held = open_both(apart, people)
    if act == "take over":
        comparison.take_over(assessment=held, questions=[], by=second)
    elif act == "discuss":
        comparison.discuss(assessment=held, question="A.1", text="We see it so.", by=second)
    else:
        save(held, second, "national")

    with pytest.raises(ActsForOther):
        factories.sign(held, move(second, "police"))


def test_in_a_joint_session_an_answer_binds_to_the_agency_of_then(people, joint) -> None:
    """The answer is the national one and names no agency; the revision does."""
    save(joint, people.respondent, "national", code="A.19", level=3)
    Membership.objects.filter(user=people.respondent).update(role=Role.COORDINATOR)
    moved = move(people.respondent, "police")

    assert not can_attest(moved, joint, "police")
    assert not can_submit(moved, joint)
    with pytest.raises(ActsForOther):
        factories.sign(joint, moved)
    with pytest.raises(ActsForOther):
        save(joint, moved, "national", code="A.19", level=4)


def test_one_person_never_turns_both_keys(people, joint) -> None:
    factories.sign(joint, people.coordinator)
    attestations.take_back(assessment=joint, agency="customs", by=people.coordinator)
    moved = move(people.coordinator, "police")
    with pytest.raises(ActsForOther):
        factories.sign(joint, moved)

    back = move(moved, "customs")
    factories.sign(joint, back)
    factories.sign(joint, people.police_coordinator)
    assert submissions.submit(assessment=joint, by=back).number == 1


def test_whoever_records_for_an_agency_without_people_acts_for_their_own(people, joint) -> None:
    factories.empty_agency(people)
    factories.sign(joint, people.coordinator, "police", factories.AGREED)
    assert list(Side.objects.values_list("person", "agency")) == [(people.coordinator.pk, "customs")]

    with pytest.raises(ActsForOther):
        factories.sign(joint, move(people.coordinator, "police"))


def test_another_assessment_is_another_matter(people, apart) -> None:
    save(apart, people.respondent, "customs")
    later = factories.start_assessment(people.coordinator, mode="separate")
    moved = move(people.respondent, "police")

    assert readable_voices(moved, later) == ("police",)
    assert save(later, moved, "police").level == 2


def test_who_moved_and_had_done_nothing_acts_for_the_new_agency(people, apart) -> None:
    moved = move(people.respondent, "police")

    assert readable_voices(moved, apart) == ("police",)
    assert save(apart, moved, "police").level == 2


# Invitations


@pytest.mark.parametrize(
    ("changes", "binds"),
    [
        ({}, True),
        ({"withdrawn_at": timedelta(0)}, True),
        ({"accepted_at": timedelta(0)}, True),
        ({"expires_at": timedelta(seconds=-1), "invited_at": timedelta(days=-8)}, True),
        ({"expires_at": timedelta(days=-3), "invited_at": timedelta(days=-10)}, False),
        ({"withdrawn_at": timedelta(days=-3), "invited_at": timedelta(days=-4)}, False),
        ({"accepted_at": timedelta(days=-3), "invited_at": timedelta(days=-4)}, False),
    ],
)
def test_an_invitation_counts_if_it_was_open_since_the_assessment_began(people, apart, changes, binds) -> None:
    now = timezone.now()
    Assessment.objects.filter(pk=apart.pk).update(started_at=now - timedelta(days=1))
    apart.refresh_from_db()
    _invited(people.police_respondent, **{name: now + by for name, by in changes.items()})

    assert (readable_voices(people.police_respondent, apart) == ()) is binds


@pytest.mark.parametrize(
    "email",
    ["Amara@Müller.example", "amara@xn--mller-kva.example", "amara@mu\u0308ller.example", "AMARA@MÜLLER.EXAMPLE."],
)
def test_an_invitation_counts_in_any_spelling_of_the_address(people, apart, email) -> None:
    User.objects.filter(pk=people.police_respondent.pk).update(email="amara@müller.example")
    person = factories.reload(people.police_respondent)
    person.save()
    invited = _invited(person)
    invited.email = email
    invited.save()

    assert readable_voices(person, apart) == ()


def test_an_invitation_of_another_country_or_of_the_same_agency_binds_nobody(people, apart) -> None:
    abroad = Agency.objects.get(country=factories.make_country("FR"), kind="customs")
    invited = _invited(people.police_respondent)
    Invitation.objects.filter(pk=invited.pk).update(country=abroad.country, agency=abroad)
    _invited(people.respondent)

    assert readable_voices(people.police_respondent, apart) == ("police",)
    assert readable_voices(people.respondent, apart) == ("customs",)


def test_the_colleague_invited_and_accepted_in_the_course_of_an_assessment_acts_for_their_agency(people, apart) -> None:
    invitation = people_actions.invite(
        email="new@example.org",
        role="respondent",
        country=factories.make_country(),
        agency_kind="police",
        by=people.police_coordinator,
    )
    new = people_actions.accept_invitation(invitation=invitation, full_name="New", password=factories.PASSWORD)

    assert save(apart, factories.reload(new), "police").level == 2
    with pytest.raises(ActsForOther):
        save(apart, move(new, "customs"), "customs")


# What does not change


def test_strangers_are_refused_as_before(people, apart) -> None:
    for stranger in (people.foreigner, people.observer, people.reviewer, people.nobody):
        with pytest.raises(PermissionDenied) as caught:
            save(apart, stranger, "customs")
        assert not isinstance(caught.value, ActsForOther)


@pytest.mark.parametrize("level", [2, 3])
def test_a_save_asks_no_more_than_before(people, apart, level) -> None:
    """The lock, the row, the revision: the row's query also reads who acts for which agency, on the first save or
    later.
    """
    for value in range(1, level):
        save(apart, people.respondent, "customs", level=value)
    row = apart.responses.get(voice="customs", question="A.1")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        responses.save(
            assessment_id=apart.pk,
            voice="customs",
            question="A.1",
            response=Answer(level=level),
            base_version=row.version,
            by=people.respondent,
        )
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 3, asked

"""Names in forms, and people whose names look alike where they are listed or chosen."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cpch.accounts import actions
from cpch.accounts.forms import AcceptanceForm, InvitationForm
from cpch.accounts.models import Invitation, Membership, Role, User
from cpch.accounts.names import name_among
from cpch.accounts.proposal_forms import CoordinatorProposalForm
from cpch.accounts.security_forms import KeyNameForm
from diagnostic.actions.attestations import Agreement, WrongAgreement, _columns_of
from diagnostic.core.action_plan import ActionDetails, check_details
from diagnostic.forms.attestation import RecordForm
from tests.factories import PASSWORD, make_user, start_assessment
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db
HIDDEN = "Ada\u202eLove"
PERSIAN = ("محمد\u200cرضا", "محمدرضا")


def rename(user: User, name: str) -> User:
    user.full_name = name
    user.save(update_fields=["full_name"])
    return user


@pytest.mark.parametrize("field", ["full_name", "organisation", "key", "proposed", "name", "function"])
def test_every_form_with_a_name_says_which_character_is_hidden_in_it(field: str) -> None:
    administrator = make_user(Role.ADMINISTRATOR, country=None, agency=None)
    forms: dict[str, tuple[Any, str]] = {
        "full_name": (AcceptanceForm({"full_name": HIDDEN}, invitation=Invitation(email="a@example.org")), "full_name"),
        "organisation": (InvitationForm({"organisation": HIDDEN}, by=administrator), "organisation"),
        "key": (KeyNameForm({"name": HIDDEN}), "name"),
        "proposed": (CoordinatorProposalForm({"full_name": HIDDEN}, by=administrator), "full_name"),
        "name": (RecordForm("police", {"police-name": HIDDEN}, gaps={}), "name"),
        "function": (RecordForm("police", {"police-function": HIDDEN}, gaps={}), "function"),
    }
    form, name = forms[field]

    assert form.errors[name] == [
        "This name has the text-direction character U+202E (right-to-left override) at character 4; remove it."
    ]


def test_the_act_of_recording_an_agreement_and_the_plan_refuse_it_too() -> None:
    with pytest.raises(WrongAgreement):
        _columns_of(Agreement(HIDDEN, "Head", date(2020, 1, 1), "X"))
    assert [fault.path for fault in check_details(ActionDetails("Do it", responsible=HIDDEN))] == ["responsible"]


def test_an_accepted_name_is_stored_in_nfc(client: Client) -> None:
    token = actions.invite(email="zoe@example.org", role=Role.ADMINISTRATOR, by=None).token
    given = {"full_name": " Zoe\u0308  Arc ", "password1": PASSWORD, "password2": PASSWORD}
    client.post(reverse("invitation-accept", args=[token]), given)

    assert User.objects.get().full_name == "Zoë Arc"


def test_only_people_whose_names_look_alike_get_their_address() -> None:
    one, other = (rename(make_user(), name) for name in PERSIAN)
    third = make_user()
    everyone = [one, other, third]

    assert [unisolated(name_among(person, everyone)) for person in everyone] == [
        f"{PERSIAN[0]} ({one.email})",
        f"{PERSIAN[1]} ({other.email})",
        third.full_name,
    ]
    assert name_among(one, [one, third]) == PERSIAN[0]


def test_the_page_of_an_assessment_tells_them_apart(client: Client) -> None:
    coordinator = make_user()
    one, other = (rename(make_user(Role.RESPONDENT), name) for name in PERSIAN)
    assessment = start_assessment(coordinator)
    client.force_login(coordinator)
    page = client.get(reverse("assessment-detail", args=[assessment.pk])).content.decode()

    page = unisolated(page)
    for person in (one, other):
        assert f"{person.full_name} ({person.email})" in page
    assert f"{coordinator.full_name} ({coordinator.email})" not in page


def test_the_choice_of_a_successor_tells_them_apart(client: Client) -> None:
    administrator, leaving = make_user(Role.ADMINISTRATOR, country=None, agency=None), make_user()
    one, other = (rename(make_user(), name) for name in PERSIAN)
    actions.invite(
        email="new@example.org",
        role=Role.RESPONDENT,
        country=leaving.membership.country,
        agency_kind="customs",
        by=leaving,
    )
    client.force_login(administrator)
    page = client.get(reverse("person-deactivate", args=[leaving.pk])).content.decode()

    for person in (one, other):
        assert f"{person.full_name} ({person.email}) (" in unisolated(page)
    assert Membership.objects.count() == 4


def test_a_log_tells_them_apart(client: Client) -> None:
    one, other = (rename(make_user(), name) for name in PERSIAN)
    assessment = start_assessment(one)
    client.force_login(other)
    client.get(reverse("assessment-export", args=[assessment.pk]))
    page = unisolated(client.get(reverse("assessment-log", args=[assessment.pk])).content.decode())

    for person in (one, other):
        assert f"{person.full_name} ({person.email})" in page

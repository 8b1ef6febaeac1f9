"""Second factors under two connections at once: no code lets two in, and nothing set up is lost or doubled."""

from __future__ import annotations

import threading
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.db import transaction

from cpch.accounts import security_actions
from cpch.accounts.codes import APP, RECOVERY_CODE, accept_code, list_recovery_codes
from cpch.accounts.models import User
from tests.at_once import at_once
from tests.factories import make_user
from tests.second_factors import code_of, give_app

pytestmark = pytest.mark.django_db(transaction=True)


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_of_two_with_one_code_one_is_let_in() -> None:
    user = make_user()
    code = code_of(give_app(user), 1)
    assert sorted(at_once(*[lambda: accept_code(user, code)] * 4)) == ["", "", "", APP]


def test_of_two_with_one_recovery_code_one_is_let_in() -> None:
    user = make_user()
    give_app(user)
    code = list_recovery_codes(user)[3]
    assert sorted(at_once(*[lambda: accept_code(user, code)] * 4)) == ["", "", "", RECOVERY_CODE]
    assert len(list_recovery_codes(user)) == 9


def test_two_recovery_codes_at_once_are_both_used_up() -> None:
    user = make_user()
    give_app(user)
    first, second = list_recovery_codes(user)[:2]
    assert at_once(lambda: accept_code(user, first), lambda: accept_code(user, second)) == [RECOVERY_CODE] * 2
    assert not {first, second} & set(list_recovery_codes(user))


def test_of_two_apps_set_up_at_once_one_is() -> None:
    user = make_user()
    one, other = again(user), again(user)
    found = at_once(
        lambda: security_actions.add_app(secret=generate_totp_secret(), counter=0, by=one),
        lambda: security_actions.add_app(secret=generate_totp_secret(), counter=0, by=other),
    )
    assert sorted(type(item).__name__ for item in found) == ["ChangedMeanwhile", "NoneType"]
    assert Authenticator.objects.filter(user=user, type="totp").count() == 1


def test_what_an_administrator_takes_off_is_not_set_up_from_an_older_session() -> None:
    user = make_user()
    give_app(user)
    stale = again(user)
    security_actions.take_off(person=user.membership, reason="Phone lost.", by=None)
    with pytest.raises(security_actions.ChangedMeanwhile):
        security_actions.add_key(name="Key", credential={}, by=stale)
    assert again(user).second_factor == ""


def test_who_sets_up_while_it_is_taken_off_waits_and_is_told() -> None:
    user = make_user()
    give_app(user)
    stale, begun = again(user), threading.Event()

    def take_off_slowly() -> None:
        with transaction.atomic():
            security_actions.take_off(person=user.membership, reason="Phone lost.", by=None)
            begun.set()
            time.sleep(0.5)

    def add_meanwhile() -> None:
        begun.wait()
        security_actions.add_key(name="Key", credential={}, by=stale)

    found = at_once(take_off_slowly, add_meanwhile)
    assert [type(item).__name__ for item in found] == ["NoneType", "ChangedMeanwhile"]
    assert not Authenticator.objects.filter(user=user).exists()

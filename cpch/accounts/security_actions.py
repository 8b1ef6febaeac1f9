"""Every write about a person's second factor: setting up, removing, taking it off one who lost it.

Each locks the person, keeps `User.second_factor` in step with what they have, logs, and has them told by e-mail. The
person may go on in the session they did it in (`second_factor.keep_session`), and nowhere else.
"""

from __future__ import annotations

import secrets
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import PermissionDenied
from django.db import transaction

from diagnostic.actions.audit import record
from diagnostic.actions.errors import ActionRefused
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _

from .codes import LAST_COUNTER
from .models import Membership, User
from .permissions import can_take_off_second_factor
from .second_factor import is_required_of

KINDS = Authenticator.Type
KEYS_AT_MOST = 10


class SetUpAlready(ActionRefused):
    """An authenticator app is there; a second one first needs the first removed."""

    def __init__(self) -> None:
        super().__init__(Message(_("An authenticator app is set up already. Remove it before you set up another.")))


class TooManyKeys(ActionRefused):
    """A person has as many keys as they may."""

    def __init__(self) -> None:
        super().__init__(Message(_("You have ten keys, and no more can be added. Remove one first.")))


class ChangedMeanwhile(ActionRefused):
    """The second factor was switched on, off or in part removed since the request began."""

    def __init__(self) -> None:
        super().__init__(Message(_("Your second factor was changed a moment ago from elsewhere. Sign in again.")))


class LastOne(ActionRefused):
    """The site lets this person in only with a second factor, so they keep one."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _("Your role needs a second factor, and this is your only one. Set up another before you remove it.")
            )
        )


class NothingToTakeOff(ActionRefused):
    """The person has no second factor, perhaps any more."""

    def __init__(self) -> None:
        super().__init__(Message(_("This person has no second factor. Nothing was changed.")))


class ReasonMissing(ActionRefused):
    """A reason was not given, or cannot be stored."""

    def __init__(self) -> None:
        super().__init__(Message(_("Say why, in a sentence.")))


@transaction.atomic
def add_app(*, secret: str, counter: int, by: User) -> None:
    """Set up an authenticator app, whose code of interval `counter` showed that it works and is used up.

    Raises `SetUpAlready`.
    """
    _lock(by)
    if Authenticator.objects.filter(user=by, type=KINDS.TOTP).exists():
        raise SetUpAlready
    data = {"secret": get_adapter().encrypt(secret), LAST_COUNTER: counter}
    Authenticator.objects.create(user=by, type=KINDS.TOTP, data=data)
    _switch_on(by)
    _note("app_added", by)


@transaction.atomic
def remove_app(*, by: User) -> None:
    """Remove the authenticator app. Raises `LastOne`; nothing happens where there is none."""
    _lock(by)
    for app in Authenticator.objects.filter(user=by, type=KINDS.TOTP):
        _remove(app, by)
        _note("app_removed", by)


@transaction.atomic
def add_key(*, name: str, credential: dict[str, Any], by: User) -> Authenticator:
    """Add a passkey or security key that has been read. Raises `TooManyKeys`."""
    _lock(by)
    if Authenticator.objects.filter(user=by, type=KINDS.WEBAUTHN).count() >= KEYS_AT_MOST:
        raise TooManyKeys
    key = Authenticator.objects.create(user=by, type=KINDS.WEBAUTHN, data={"name": name, "credential": credential})
    _switch_on(by)
    _note("key_added", by, key=key.pk, name=name)
    return key


@transaction.atomic
def rename_key(*, key: Authenticator, name: str, by: User) -> None:
    """Give one of one's own keys another name; nothing happens where it is the same."""
    _lock(by)
    key = Authenticator.objects.select_for_update().get(pk=key.pk, user=by, type=KINDS.WEBAUTHN)
    before = key.data["name"]
    if before == name:
        return
    key.data["name"] = name
    key.save(update_fields=["data"])
    _note("key_renamed", by, key=key.pk, before=before, name=name)


@transaction.atomic
def remove_key(*, key: Authenticator, by: User) -> None:
    """Remove one of one's own keys. Raises `LastOne`; nothing happens where it is gone."""
    _lock(by)
    for held in Authenticator.objects.filter(pk=key.pk, user=by, type=KINDS.WEBAUTHN):
        _remove(held, by)
        _note("key_removed", by, key=key.pk, name=held.data["name"])


@transaction.atomic
def make_codes(*, by: User) -> None:
    """Make new recovery codes; the old ones end. Nothing happens without an app or a key for them to stand in for."""
    _lock(by)
    if not by.second_factor:
        return
    Authenticator.objects.filter(user=by, type=KINDS.RECOVERY_CODES).delete()
    RecoveryCodes.activate(by)
    _note("codes_made", by)


@transaction.atomic
def take_off(*, person: Membership, reason: str, by: User | None) -> None:
    """Take the second factor off a person who lost it; their sessions end, and their password alone signs them in.

    `by` is None only for the command line. Raises `PermissionDenied`, `ReasonMissing` and `NothingToTakeOff`.
    """
    if by is not None and not can_take_off_second_factor(by, person):
        raise PermissionDenied
    reason = reason.strip()
    if says_nothing(reason) or find_text_fault(reason):
        raise ReasonMissing
    owner = User.objects.select_for_update().get(pk=person.user_id)
    deleted, _rows = Authenticator.objects.filter(user=owner).delete()
    if not deleted and not owner.second_factor:
        raise NothingToTakeOff
    _set(owner, "")
    _note("second_factor_taken_off", by, person=owner.pk, reason=reason)


def _lock(person: User) -> None:
    """Wait for others who change the same person. What they changed may have ended this session: then it ends here."""
    held = User.objects.select_for_update().values_list("second_factor", flat=True).get(pk=person.pk)
    if held != person.second_factor:
        raise ChangedMeanwhile


def _switch_on(person: User) -> None:
    """The first method ends what began without; those after it change nothing for sessions that passed."""
    if not person.second_factor:
        _set(person, secrets.token_hex(16))
    RecoveryCodes.activate(person)


def _remove(method: Authenticator, person: User) -> None:
    """Remove a method; with the last one the recovery codes go, and the second factor is off."""
    others = Authenticator.objects.filter(user=person, type__in=(KINDS.TOTP, KINDS.WEBAUTHN)).exclude(pk=method.pk)
    has_others = others.exists()
    if not has_others and is_required_of(person):
        raise LastOne
    method.delete()
    if has_others:
        _set(person, secrets.token_hex(16))
    else:
        Authenticator.objects.filter(user=person).delete()
        _set(person, "")


def _set(person: User, second_factor: str) -> None:
    person.second_factor = second_factor
    person.save(update_fields=["second_factor"])


def _note(what: str, by: User | None, /, **detail: Any) -> None:
    record(act=f"person.{what}", by=by, **detail)

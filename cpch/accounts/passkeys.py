"""Passkeys and security keys: what the browser is asked to do with one, and what it answers (W3C Web Authentication).

allauth.mfa speaks to the library; it is loaded when a key is first used, for it takes its time. This module adds what
allauth leaves open: a challenge is good once, for five minutes and for one purpose; the answer comes from exactly the
address that asked; signing in with a passkey alone takes the device's own check of the person; a copied key shows.
"""

from __future__ import annotations

import json
import time
from importlib import import_module
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from .models import User

CHALLENGE = "passkey_challenge"
CHALLENGE_LASTS_SECONDS = 5 * 60
ADD, SIGN_IN, SECOND_STEP, PROVE = "add", "sign in", "second step", "prove"


class KeyRefused(Exception):
    """What the browser sent is no answer of a key to what it was asked."""


def begin_adding(request: HttpRequest, person: User) -> dict[str, Any]:
    """What the browser needs to make a key for `person`: one that can sign in alone, where the device can do that."""
    options: dict[str, Any] = _webauthn().begin_registration(person, passwordless=False)
    wanted = dict(options["publicKey"]["authenticatorSelection"])
    options["publicKey"] = dict(options["publicKey"]) | {
        "authenticatorSelection": wanted | {"residentKey": "preferred", "requireResidentKey": False}
    }
    _note_challenge(request, ADD, person)
    return options


def read_new_key(request: HttpRequest, answer: str, person: User) -> dict[str, Any]:
    """The key that the browser made, as it is stored. Raises `KeyRefused`."""
    webauthn = _webauthn()
    try:
        _require_challenge(request, ADD, person)
        credential: dict[str, Any] = json.loads(answer)
        response = webauthn.parse_registration_response(credential).response
        _require_origin(request, response.client_data)
        made = webauthn.complete_registration(credential).credential_data
        if webauthn.get_authenticator_by_credential_id(person, made.credential_id):
            raise KeyRefused
    except DatabaseError:
        raise
    except Exception as error:  # whatever the library makes of what a stranger may send
        raise KeyRefused from error
    finally:
        _forget_challenge(request)
    return credential


def begin_using(request: HttpRequest, purpose: str, person: User | None = None) -> dict[str, Any]:
    """What the browser needs to show a key of `person`; of anyone who has a passkey, where nobody is named."""
    options: dict[str, Any] = _webauthn().begin_authentication(person)
    _note_challenge(request, purpose, person)
    return options


def read_used_key(request: HttpRequest, answer: str, purpose: str, person: User | None = None) -> Authenticator:
    """The key that was shown, with its person, noted as used. Raises `KeyRefused`."""
    webauthn = _webauthn()
    try:
        _require_challenge(request, purpose, person)
        credential = json.loads(answer)
        shown = webauthn.parse_authentication_response(credential).response
        _require_origin(request, shown.client_data)
        if person is None and not shown.authenticator_data.is_user_verified():
            raise KeyRefused
        owner = person or webauthn.extract_user_from_response(credential)
        key: Authenticator = webauthn.complete_authentication(owner, credential)
        key.user = owner
        _note_use(key, shown.authenticator_data.counter)
    except DatabaseError:
        raise
    except Exception as error:  # whatever the library makes of what a stranger may send
        raise KeyRefused from error
    finally:
        _forget_challenge(request)
    return key


@transaction.atomic
def _note_use(key: Authenticator, count: int) -> None:
    """Note the key's own count of its uses. One that does not go on where it stood tells of a copy (6.1.1)."""
    held = Authenticator.objects.select_for_update().get(pk=key.pk)
    before = held.data.get("sign_count", 0)
    if (count or before) and count <= before:
        raise KeyRefused
    held.data["sign_count"] = count
    held.last_used_at = timezone.now()
    held.save(update_fields=["data", "last_used_at"])


def _webauthn() -> Any:
    return import_module("allauth.mfa.webauthn.internal.auth")


def _note_challenge(request: HttpRequest, purpose: str, person: User | None) -> None:
    request.session[CHALLENGE] = {"for": purpose, "of": person.pk if person else None, "at": time.time()}


def _require_challenge(request: HttpRequest, purpose: str, person: User | None) -> None:
    held = request.session.get(CHALLENGE) or {}
    if (held.get("for"), held.get("of")) != (purpose, person.pk if person else None):
        raise KeyRefused
    if not 0 <= time.time() - held["at"] < CHALLENGE_LASTS_SECONDS:
        raise KeyRefused


def _forget_challenge(request: HttpRequest) -> None:
    request.session.pop(CHALLENGE, None)
    _webauthn().clear_state()


def _require_origin(request: HttpRequest, client_data: Any) -> None:
    """The library takes any address below the site's own name; only the very one that was asked will do."""
    if client_data.origin != f"{request.scheme}://{request.get_host()}" or client_data.cross_origin:
        raise KeyRefused

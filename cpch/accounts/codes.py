"""Codes that a person types: those of an authenticator app, and recovery codes. None is taken twice."""

from __future__ import annotations

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from .mfa_adapter import UnreadableSecret
from .models import User

APP = "app"
RECOVERY_CODE = "recovery code"
PENDING = "app_being_set_up"
LAST_COUNTER = "last_counter"


def pending_secret(request: HttpRequest) -> str:
    """The secret of the app that is being set up in this session, made where there is none; kept encrypted."""
    held = request.session.get(PENDING)
    if held:
        try:
            return get_adapter().decrypt(held)
        except UnreadableSecret:
            pass
    secret = generate_totp_secret()
    request.session[PENDING] = get_adapter().encrypt(secret)
    return secret


def forget_pending_secret(request: HttpRequest) -> None:
    request.session.pop(PENDING, None)


def find_counter(secret: str, code: str) -> int | None:
    """Which interval of half a minute the app's `code` is of, if it is one that is good now (RFC 6238)."""
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


@transaction.atomic
def accept_code(person: User, code: str) -> str:
    """Use up a code of `person`; return whether it was the APP's or a RECOVERY_CODE, "" where it is neither.

    The rows are locked: of two who come with one code at once, one is let in. An app's code is good only when it is
    later than the last one that was taken (RFC 6238, 5.2).
    """
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    for held in Authenticator.objects.select_for_update().filter(user_id=person.pk, type__in=kinds):
        try:
            is_good = _accept_of_app(held, code) if held.type == Authenticator.Type.TOTP else _accept_once(held, code)
        except UnreadableSecret:
            continue
        if is_good:
            return APP if held.type == Authenticator.Type.TOTP else RECOVERY_CODE
    return ""


def list_recovery_codes(person: User) -> list[str]:
    """The recovery codes of `person` that are not used up, as they are written: 12345-67890 (1 query)."""
    held = Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if held is None:
        return []
    try:
        return [f"{code[:5]}-{code[5:]}" for code in RecoveryCodes(held).get_unused_codes()]
    except UnreadableSecret:
        return []


def _accept_of_app(app: Authenticator, code: str) -> bool:
    counter = find_counter(get_adapter().decrypt(app.data["secret"]), code)
    if counter is None or counter <= app.data.get(LAST_COUNTER, 0):
        return False
    app.data[LAST_COUNTER] = counter
    app.last_used_at = timezone.now()
    app.save(update_fields=["data", "last_used_at"])
    return True


def _accept_once(codes: Authenticator, code: str) -> bool:
    if not RecoveryCodes(codes).validate_code(code):
        return False
    Authenticator.objects.filter(pk=codes.pk).update(last_used_at=timezone.now())
    return True

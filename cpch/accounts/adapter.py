"""What django-allauth does here: let in whom an invitation created, and nobody else; log who comes and goes."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from cpch.limits import LimitReached
from diagnostic.actions.attempts import record_attempt
from diagnostic.actions.audit import record

from . import limits, sign_in_limits
from .devices import remember_device
from .models.user import normalise_password
from .second_factor import begin_session
from .sources import source_of


class AccountAdapter(DefaultAccountAdapter):
    """Signing in and resetting a password, without open registration."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("The e-mail address or the password is not right."),
        "enter_current_password": _("Type your current password."),
        "incorrect_password": _("This is not your current password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Whether to answer in allauth's JSON: never, these are pages."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Whether to go on to `url` after signing in: only on the host that was asked."""
        request = context.request
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """The normalised new password, validated. Raises `ValidationError`."""
        return str(super().clean_password(normalise_password(password), user))

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url("home")

    def get_login_stages(self) -> list[str]:
        """What stands between the right password and being signed in; addresses are verified by the invitation."""
        return ["cpch.accounts.second_step.SecondStep"]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The person with this address and password, active or not. Raises `ValidationError` if a limit is reached.

        allauth's own limits are switched off: they count per address alone, so anyone could lock an account.
        """
        email = str(credentials.get("email", ""))
        try:
            counted = sign_in_limits.count_password(request, email)
        except LimitReached as reached:
            limits.log_refusal(request, reached)
            raise limits.fault_of(reached, sign_in_limits.WORDS[reached.limit]) from reached
        person = super().authenticate(request, **credentials)
        if person is not None:
            limits.give_back(counted)
        return person

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        begin_session(request, user)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        second = getattr(request, "second_step", "")
        record(act="person.signed_in", by=user, **({"second": second} if second else {}))
        response = super().post_login(request, user, **kwargs)
        remember_device(request, response, user)
        return response

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        email = str(credentials.get("email", ""))[:254]
        record_attempt(act="person.sign_in_failed", source=source_of(request), email=email)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        record_attempt(act="person.sign_in_refused", by=user, source=source_of(request))
        return render(request, "account/inactive.html", status=403)

    def logout(self, request: HttpRequest) -> None:
        record(act="person.signed_out", by=request.user)
        super().logout(request)

    @transaction.atomic
    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change the password and nothing else, log it, and have the person told by e-mail, in case it was not them."""
        user.set_password(password)
        user.save(update_fields=["password"])
        match = context.request.resolver_match
        is_reset = match is not None and match.url_name == "account_reset_password_from_key"
        record(act="person.password_reset" if is_reset else "person.password_changed", by=user)

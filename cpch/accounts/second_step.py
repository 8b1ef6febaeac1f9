"""Signing in beyond the password: the second step with a code or a key, and a passkey in place of both."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.stages import LoginStage
from allauth.account.utils import get_next_redirect_url
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cpch.limits import Limit, LimitReached
from diagnostic.actions.attempts import record_attempt

from . import limits, passkeys
from .codes import RECOVERY_CODE
from .guesses import try_code
from .limits import MINUTE
from .models import User
from .second_factor import Methods, load_methods
from .security_forms import CodeForm
from .sources import source_of

KEY, PASSKEY = "key", "passkey"
PASSKEYS = Limit("passkey", 20, MINUTE)
"""Requests of one source to sign in with a passkey; each sign-in takes two."""


class SecondStep(LoginStage):
    """Stands between the right password and being signed in, for whoever has a second factor.

    Until it is passed nobody is signed in: the session holds only that this person gave the right password.
    """

    key = "second_step"
    urlname = "second-step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user
        if not person.second_factor or getattr(self.request, "second_step", "") == PASSKEY:
            return None, True
        # Whoever knew the session before the password does not know the one after it.
        self.request.session.cycle_key()
        self.state["password"] = person.get_session_auth_hash()
        return redirect(self.urlname), True

    @property
    def is_stale(self) -> bool:
        """Whether the password, the second factor or the account is no longer what the first step found."""
        person = self.login.user
        if person is None or not person.is_active or not person.second_factor:
            return True
        return not constant_time_compare(self.state.get("password", ""), person.get_session_auth_hash())


def _on_second_step(view: Any) -> Any:
    """The view of someone who is between the two steps: it gets the stage and the person. Others start anew."""

    def answer(request: HttpRequest) -> HttpResponse:
        stage = request._login_stage  # type: ignore[attr-defined]
        if stage.is_stale:
            return stage.abort()
        return view(request, stage, stage.login.user)

    return login_stage_required(stage=SecondStep.key, redirect_urlname="account_login")(answer)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@_on_second_step
def step(request: HttpRequest, stage: SecondStep, person: User) -> HttpResponse:
    """Ask for a code or a key, and sign in."""
    methods = load_methods(person)
    if "credential" in request.POST:
        return _step_with_key(request, stage, person, methods)
    form = _code_form(methods, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            request.second_step = try_code(request, person, form.cleaned_data["code"])
        except LimitReached as reached:
            words = _("There were too many attempts. Try again %(wait)s, or use a key.")
            form.add_error("code", limits.fault_of(reached, words))
        else:
            if request.second_step:
                response = stage.exit()
                _tell_codes_left(request, person)
                return response
            form.add_error("code", _("This code is not right, or it was used already. Codes of an app change often."))
    return limits.mark_refused(_show_step(request, form, methods, HTTPStatus.OK), form)


@require_POST
@_on_second_step
def step_key(request: HttpRequest, stage: SecondStep, person: User) -> HttpResponse:
    """What the browser needs to ask for a key of the person who gave the password."""
    return JsonResponse(passkeys.begin_using(request, passkeys.SECOND_STEP, person))


@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for a passkey of whoever is there."""
    try:
        limits.count(PASSKEYS, source_of(request))
    except LimitReached as reached:
        return limits.refuse(request, reached, _("You can sign in with your password instead."))
    return JsonResponse(passkeys.begin_using(request, passkeys.SIGN_IN))


@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey alone: the device has checked its person, so it is both steps."""
    try:
        limits.count(PASSKEYS, source_of(request))
    except LimitReached as reached:
        return limits.refuse(request, reached, _("You can sign in with your password instead."))
    goes_on = get_next_redirect_url(request)
    try:
        key = passkeys.read_used_key(request, request.POST.get("credential", ""), passkeys.SIGN_IN)
    except passkeys.KeyRefused:
        record_attempt(act="person.sign_in_failed", source=source_of(request), second=PASSKEY)
        messages.error(request, _("This passkey does not sign anyone in here. Use your password."))
        return redirect(reverse("account_login", query={"next": goes_on} if goes_on else None))
    request.second_step = PASSKEY
    return perform_login(request, Login(user=key.user, redirect_url=goes_on))


def _step_with_key(request: HttpRequest, stage: SecondStep, person: User, methods: Methods) -> HttpResponse:
    try:
        passkeys.read_used_key(request, request.POST["credential"], passkeys.SECOND_STEP, person)
    except passkeys.KeyRefused:
        record_attempt(act="person.key_failed", source=source_of(request), person=person.pk)
        messages.error(request, _("This key is not one of yours, or it took too long. Try again, or use a code."))
        return _show_step(request, _code_form(methods), methods, HTTPStatus.UNPROCESSABLE_ENTITY)
    request.second_step = KEY
    return stage.exit()


def _show_step(request: HttpRequest, form: CodeForm, methods: Methods, status: HTTPStatus) -> HttpResponse:
    return render(request, "account/second_step.html", {"form": form, "methods": methods}, status=status)


def _code_form(methods: Methods, data: Any = None) -> CodeForm:
    if methods.app:
        return CodeForm(
            data,
            label=_("Code from your authenticator app"),
            help_text=_("Or one of your recovery codes, each of which works once."),
        )
    return CodeForm(data, label=_("Recovery code"), help_text=_("Each of them works once."))


def _tell_codes_left(request: HttpRequest, person: User) -> None:
    if request.second_step != RECOVERY_CODE:
        return
    left = load_methods(person).codes or 0
    messages.warning(
        request,
        ngettext(
            "You signed in with a recovery code; %(left)d is left. Make new ones under “Security of your account”.",
            "You signed in with a recovery code; %(left)d are left. Make new ones under “Security of your account”.",
            left,
        )
        % {"left": left},
    )

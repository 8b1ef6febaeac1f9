"""Showing again who one is, before anything about the security of an account is changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cpch.limits import LimitReached
from diagnostic.actions.attempts import record_attempt
from diagnostic.actions.audit import record

from . import limits, passkeys
from .guesses import try_code, try_password
from .second_factor import Methods, has_proved_lately, load_methods, note_proof
from .security_forms import CodeForm, PasswordForm
from .sources import source_of


def proof_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only for whoever signed in, or showed again who they are, in the last five minutes; others do, and come back."""

    @login_required
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if has_proved_lately(request):
            return view(request, *args, **kwargs)
        return redirect(reverse("security-prove", query={"next": request.path}))

    return answer


@sensitive_post_parameters("code", "password")
@login_required
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever has one, for the password of everyone else, and go on."""
    methods = load_methods(request.user)
    if "credential" in request.POST:
        return _prove_with_key(request, methods)
    form = _form(methods, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            if _is_right(request, form):
                return _go_on(request)
        except LimitReached as reached:
            form.add_error(None, limits.fault_of(reached, _("There were too many attempts. Try again %(wait)s.")))
        else:
            _say_wrong(form)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return limits.mark_refused(_show(request, form, methods, status), form)


@login_required
@require_POST
def prove_key(request: HttpRequest) -> HttpResponse:
    """What the browser needs to ask for one of the person's keys."""
    return JsonResponse(passkeys.begin_using(request, passkeys.PROVE, request.user))


def _prove_with_key(request: HttpRequest, methods: Methods) -> HttpResponse:
    try:
        passkeys.read_used_key(request, request.POST["credential"], passkeys.PROVE, request.user)
    except passkeys.KeyRefused:
        record_attempt(act="person.key_failed", source=source_of(request), person=request.user.pk)
        messages.error(request, _("This key is not one of yours, or it took too long. Try again, or use a code."))
        return _show(request, _form(methods), methods, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _go_on(request)


def _form(methods: Methods, data: Any = None) -> CodeForm | PasswordForm:
    if not methods.is_on:
        return PasswordForm(data)
    if methods.app:
        return CodeForm(data, label=_("Code from your authenticator app"), help_text=_("Or a recovery code."))
    return CodeForm(data, label=_("Recovery code"), help_text=_("Each of them works once."))


def _is_right(request: HttpRequest, form: CodeForm | PasswordForm) -> bool:
    if isinstance(form, PasswordForm):
        return try_password(request, request.user, form.cleaned_data["password"])
    return bool(try_code(request, request.user, form.cleaned_data["code"]))


def _say_wrong(form: CodeForm | PasswordForm) -> None:
    if isinstance(form, PasswordForm):
        form.add_error("password", _("This is not your password."))
    else:
        form.add_error("code", _("This code is not right, or it was used already. Codes of an app change often."))


def _show(request: HttpRequest, form: Any, methods: Methods, status: HTTPStatus) -> HttpResponse:
    context = {"form": form, "methods": methods, "next": _goes_on(request)}
    return render(request, "security/prove.html", context, status=status)


def _go_on(request: HttpRequest) -> HttpResponse:
    note_proof(request)
    record(act="person.proved", by=request.user)
    return redirect(_goes_on(request))


def _goes_on(request: HttpRequest) -> str:
    """Where to go on: an address of this site, else the page of security."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    hosts = {request.get_host()}
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, hosts, require_https=request.is_secure()):
        return asked
    return resolve_url("security")

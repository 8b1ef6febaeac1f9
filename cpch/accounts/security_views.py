"""The pages of "Security of your account": an authenticator app, recovery codes, passkeys and security keys."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cpch.isolation import say
from diagnostic.actions.audit import record
from diagnostic.actions.errors import ActionRefused

from . import passkeys, qr
from . import security_actions as actions
from .codes import find_counter, forget_pending_secret, list_recovery_codes, pending_secret
from .proving import proof_required
from .refusals import hidden
from .second_factor import is_required_of, keep_session, load_methods
from .security_forms import CodeForm, KeyNameForm

SECRET_GROUP = 4


@login_required
@require_http_methods(["GET", "HEAD"])
def security(request: HttpRequest) -> HttpResponse:
    """What is set up, and what can be (3 queries)."""
    context = {"methods": load_methods(request.user), "is_required": is_required_of(request.user)}
    return render(request, "security/index.html", context)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@proof_required
def add_app(request: HttpRequest) -> HttpResponse:
    """Show the secret as a QR code and as text, and set the app up once it shows a code of it."""
    if load_methods(request.user).app:
        return redirect("security")
    secret = pending_secret(request)
    form = CodeForm(request.POST if request.method == "POST" else None, label=_("Code that the app shows"))
    if form.is_valid():
        counter = find_counter(secret, form.cleaned_data["code"])
        if counter is None:
            form.add_error("code", _("This is not the code that the app should show now. Is its clock right?"))
        elif _done(request, actions.add_app, secret=secret, counter=counter):
            forget_pending_secret(request)
            messages.success(request, _("Your authenticator app is set up. Keep the recovery codes now."))
            return redirect("security-codes")
        else:
            return redirect("security")
    address = get_adapter().build_totp_url(request.user, secret)
    context = {
        "form": form,
        "qr": qr.draw(address),
        "address": address,
        "secret": " ".join(secret[at : at + SECRET_GROUP] for at in range(0, len(secret), SECRET_GROUP)),
    }
    return render(request, "security/app.html", context, status=_status(form))


@require_http_methods(["GET", "POST"])
@proof_required
def remove_app(request: HttpRequest) -> HttpResponse:
    """Ask, then remove the authenticator app."""
    if not load_methods(request.user).app:
        return redirect("security")
    if request.method == "GET":
        return render(request, "security/remove.html")
    if _done(request, actions.remove_app):
        messages.success(request, _("Your authenticator app is removed. Your sessions on other devices have ended."))
    return redirect("security")


@require_http_methods(["GET", "HEAD"])
@proof_required
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left."""
    if not request.user.second_factor:
        return redirect("security")
    return render(request, "security/codes.html", {"codes": list_recovery_codes(request.user)})


@require_http_methods(["GET", "HEAD"])
@proof_required
def codes_file(request: HttpRequest) -> HttpResponse:
    """The recovery codes as a text file."""
    left = list_recovery_codes(request.user)
    if not left:
        raise Http404
    record(act="person.codes_downloaded", by=request.user)
    context = {"codes": left, "person": request.user, "at": timezone.now(), "host": request.get_host()}
    response = render(request, "security/codes.txt", context, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="cpch-recovery-codes.txt"'
    return response


@require_http_methods(["GET", "POST"])
@proof_required
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ask, then make new recovery codes in place of the old ones."""
    if not request.user.second_factor:
        return redirect("security")
    if request.method == "GET":
        return render(request, "security/new_codes.html")
    if _done(request, actions.make_codes):
        messages.success(request, _("These are your new recovery codes. The old ones no longer work."))
    return redirect("security-codes")


@require_http_methods(["GET", "POST"])
@proof_required
def add_key(request: HttpRequest) -> HttpResponse:
    """Name a passkey or security key, and add the one that the browser made."""
    form = KeyNameForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        had_codes = load_methods(request.user).codes is not None
        try:
            credential = passkeys.read_new_key(request, request.POST.get("credential", ""), request.user)
        except passkeys.KeyRefused:
            form.add_error(None, _("No key was added: the device did not answer as it should. Try again."))
        else:
            if _done(request, actions.add_key, name=form.cleaned_data["name"], credential=credential):
                messages.success(request, say(_("The key “%(name)s” is added."), name=form.cleaned_data["name"]))
                return redirect("security" if had_codes else "security-codes")
            return redirect("security")
    return render(request, "security/key_add.html", {"form": form}, status=_status(form))


@require_POST
@proof_required
def begin_key(request: HttpRequest) -> HttpResponse:
    """What the browser needs to make a key."""
    return JsonResponse(passkeys.begin_adding(request, request.user))


@require_http_methods(["GET", "POST"])
@proof_required
def key(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a key of one's own another name."""
    held = _load_key(request, pk)
    data = request.POST if request.method == "POST" else None
    form = KeyNameForm(data, initial={"name": held.data["name"]})
    if form.is_valid():
        if _done(request, actions.rename_key, key=held, name=form.cleaned_data["name"]):
            messages.success(request, _("The name is saved."))
        return redirect("security")
    return render(request, "security/key.html", {"form": form, "key": held}, status=_status(form))


@require_http_methods(["GET", "POST"])
@proof_required
def remove_key(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then remove a key of one's own."""
    held = _load_key(request, pk)
    if request.method == "GET":
        return render(request, "security/remove.html", {"key": held})
    if _done(request, actions.remove_key, key=held):
        messages.success(
            request,
            say(_("The key “%(name)s” is removed. Your sessions on other devices have ended."), name=held.data["name"]),
        )
    return redirect("security")


def _done(request: HttpRequest, action: Any, **given: Any) -> bool:
    """Whether the act was done; this session goes on with what the second factor is now. Else says why not."""
    try:
        action(by=request.user, **given)
    except ActionRefused as refused:
        messages.error(request, _(refused.message.text))
        return False
    keep_session(request, request.user)
    return True


def _load_key(request: HttpRequest, pk: int) -> Authenticator:
    held = Authenticator.objects.filter(pk=pk, user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN).first()
    if held is None:
        raise hidden(request)
    return held


def _status(form: Any) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK

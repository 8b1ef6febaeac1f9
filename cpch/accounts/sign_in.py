"""The pages of django-allauth that exist here, with this project's wording; every other one does not."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from allauth.account import forms, views
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from cpch.lazy_views import LazyViews
from diagnostic.actions.audit import record

from .sources import source_of

second_step = LazyViews("cpch.accounts").second_step

MISSING = {
    "login": _("Type your e-mail address."),
    "password": _("Type your password."),
    "email": _("Type your e-mail address."),
    "oldpassword": _("Type your current password."),
    "password1": _("Type a new password."),
    "password2": _("Type the new password a second time."),
}
"""What to do where a field was left empty, by its name."""


def _plain(form: Any, **labels: Any) -> None:
    """Label the fields in our words; a placeholder that repeats the label vanishes when it is needed."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels[name]
        field.error_messages["required"] = MISSING[name]


class SignInForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, login=_("E-mail address"), password=_("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""


class ResetForm(forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, email=_("E-mail address"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Log the request, which orders the e-mail; whether the address has an account is found out on delivery."""
        email = str(self.cleaned_data["email"])
        record(act="person.password_reset_asked", by=None, email=email, source=source_of(request))
        return email


class NewPasswordForm(forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password1=_("New password"), password2=_("New password, again"))


class ChangePasswordForm(forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=_("Current password"),
            password1=_("New password"),
            password2=_("New password, again"),
        )
        self.fields["oldpassword"].help_text = ""


class SignInView(views.LoginView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again; with 429 where there were too many attempts."""
        response = super().form_invalid(form)
        if form.has_error("__all__", "too_many_login_attempts"):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response


urlpatterns = [
    path("login/", SignInView.as_view(form_class=SignInForm), name="account_login"),
    path("second-step/", second_step.step, name="second-step"),
    path("second-step/key/", second_step.step_key, name="second-step-key"),
    path("passkey/", second_step.passkey, name="passkey"),
    path("passkey/begin/", second_step.passkey_begin, name="passkey-begin"),
    path("logout/", views.logout, name="account_logout"),
    path(
        "password/change/",
        views.PasswordChangeView.as_view(form_class=ChangePasswordForm, success_url=reverse_lazy("home")),
        name="account_change_password",
    ),
    path("password/reset/", views.PasswordResetView.as_view(form_class=ResetForm), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetFromKeyView.as_view(form_class=NewPasswordForm),
        name="account_reset_password_from_key",
    ),
]

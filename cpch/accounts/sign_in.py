"""The pages of django-allauth that exist here, with this project's wording; every other one does not."""

from __future__ import annotations

from typing import Any

from allauth.account import forms, views
from allauth.account.adapter import get_adapter
from allauth.core import context
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path, reverse_lazy
from django.utils.translation import gettext_lazy as _

from cpch.lazy_views import LazyViews
from cpch.limits import LimitReached
from diagnostic.actions.audit import record

from . import limits, sign_in_limits
from .address_field import AddressField
from .devices import remember_device
from .guesses import try_password
from .models.user import normalise_password
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


class SecondPassword(Form):
    """The repeated new password, normalised like the first for the comparison."""

    def clean_password2(self) -> str:
        return normalise_password(str(self.cleaned_data["password2"]))


class SignInForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        self.order_fields(["login", "password"])
        _plain(self, login=_("E-mail address"), password=_("Password"))
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""


class ResetForm(forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()
        _plain(self, email=_("E-mail address"))
        self.fields["email"].widget.attrs["autocomplete"] = "email"

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"])

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Log the request, which queues the e-mail; whether the address has an account is checked on delivery."""
        email = str(self.cleaned_data["email"])
        record(act="person.password_reset_asked", by=None, email=email, source=source_of(request))
        return email


class NewPasswordForm(SecondPassword, forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self, password1=_("New password"), password2=_("New password, again"))


class ChangePasswordForm(SecondPassword, forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(
            self,
            oldpassword=_("Current password"),
            password1=_("New password"),
            password2=_("New password, again"),
        )
        self.fields["oldpassword"].help_text = ""

    def clean_oldpassword(self) -> str:
        """The current password. Wrong ones are counted and logged: somebody else may be using an open session."""
        given = str(self.cleaned_data["oldpassword"])
        try:
            is_right = try_password(context.request, self.user, given)
        except LimitReached as reached:
            words = _("There were too many attempts. Try again %(wait)s, or reset your password.")
            raise limits.fault_of(reached, words) from reached
        if not is_right:
            raise get_adapter().validation_error("enter_current_password")
        return given


class SignInView(views.LoginView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again, with 429 if a limit is reached."""
        return limits.mark_refused(super().form_invalid(form), form)


class ChangePasswordView(views.PasswordChangeView):
    form_class = ChangePasswordForm
    success_url = reverse_lazy("home")

    def form_valid(self, form: Any) -> HttpResponse:
        """Change the password. All other known devices become unknown."""
        response = super().form_valid(form)
        remember_device(self.request, response, form.user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        return limits.mark_refused(super().form_invalid(form), form)


class ResetView(views.PasswordResetView):
    form_class = ResetForm

    def form_valid(self, form: Any) -> HttpResponse:
        """Send the link, unless one of the limits is reached."""
        try:
            sign_in_limits.count_reset(self.request, form.cleaned_data["email"])
        except LimitReached as reached:
            return limits.refuse(self.request, reached, sign_in_limits.RESET_ADVICE[reached.limit])
        return super().form_valid(form)


class NewPasswordView(views.PasswordResetFromKeyView):
    form_class = NewPasswordForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            limits.count(sign_in_limits.RESET_LINKS, source_of(request))
        except LimitReached as reached:
            return limits.refuse(request, reached)
        return super().dispatch(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        """Set the password and end the person's limits: access to the mailbox proves who they are."""
        response = super().form_valid(form)
        sign_in_limits.lift_limits(self.reset_user)
        remember_device(self.request, response, self.reset_user)
        return response


urlpatterns = [
    path("login/", SignInView.as_view(form_class=SignInForm), name="account_login"),
    path("second-step/", second_step.step, name="second-step"),
    path("second-step/key/", second_step.step_key, name="second-step-key"),
    path("passkey/", second_step.passkey, name="passkey"),
    path("passkey/begin/", second_step.passkey_begin, name="passkey-begin"),
    path("logout/", views.logout, name="account_logout"),
    path("password/change/", ChangePasswordView.as_view(), name="account_change_password"),
    path("password/reset/", ResetView.as_view(), name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
]

"""The forms about people: inviting, accepting, finding; signing in is allauth's, in sign_in.py."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cpch.forms import NameField, WithoutFormTag

from .address_field import AddressField
from .language import is_language_offered
from .models import Agency, Invitation, Membership, Role, User
from .models.membership import AGENCY_ROLES, COUNTRY_ROLES
from .models.user import normalise_password
from .permissions import agencies_offered_by, membership_of, roles_offered_by

ROLES_IN_WORDS = {
    Role.RESPONDENT: _("Respondent: answers for customs or police"),
    Role.COORDINATOR: _("Coordinator: answers, starts and submits assessments, invites colleagues"),
    Role.OBSERVER: _("Observer: reads the country’s assessments"),
    Role.REVIEWER: _("Reviewer, WCO secretariat: reads submitted assessments and accepts them"),
    Role.ADMINISTRATOR: _("Administrator, WCO secretariat: the same, and manages people"),
    Role.PARTNER: _("Partner, INTERPOL or another invited body: reads accepted assessments that are disclosed"),
}


class InvitationForm(WithoutFormTag):
    """Whom `by` invites, and to which role: a coordinator into their country, an administrator outside any country."""

    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"required": _("Give the e-mail address of the person to invite.")},
        help_text=_("The link goes to this address, and the person signs in with it."),
    )
    role = forms.ChoiceField(
        label=_("Role"), widget=forms.RadioSelect, error_messages={"required": _("Choose a role.")}
    )
    agency = forms.ChoiceField(
        label=_("Agency"),
        choices=Agency.Kind.choices,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("For respondents and coordinators. The other agency’s coordinators invite its people."),
    )
    organisation = NameField(
        label=_("Organisation"),
        max_length=120,
        required=False,
        help_text=_("For partners."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = roles_offered_by(by)
        self.fields["role"].choices = [(role.value, ROLES_IN_WORDS[role]) for role in roles]
        own = membership_of(by)
        self.country = own.country if own is not None else None
        if own is None or own.agency is None:
            del self.fields["agency"]
            return
        del self.fields["organisation"]
        offered = agencies_offered_by(by)
        self.fields["agency"].choices = [(kind, label) for kind, label in Agency.Kind.choices if kind in offered]
        self.fields["agency"].initial = own.agency.kind

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        role = given.get("role", "")
        if role in COUNTRY_ROLES:
            given["country"] = self.country
        if role in AGENCY_ROLES and not given.get("agency") and "agency" not in self.errors:
            self.add_error("agency", _("Choose your agency for this role."))
        if role == Role.PARTNER and not given.get("organisation") and "organisation" not in self.errors:
            self.add_error("organisation", _("Name the organisation that the partner belongs to."))
        return given


class LanguageForm(WithoutFormTag):
    """Which language a person reads, where there is a choice.

    Their name is theirs from the acceptance on: it stands under what they signed.
    """

    language = forms.ChoiceField(
        label=_("Language"),
        choices=lambda: settings.LANGUAGES,
        help_text=_("Of the pages, and of the e-mails that you get. What people write stays in the language it is in."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_language_offered():
            del self.fields["language"]


class AcceptanceForm(LanguageForm):
    """What an invited person says of themselves, and the password that they choose."""

    field_order = ("full_name",)
    full_name = NameField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Give your full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Your colleagues, and the secretariat after submission, see it beside what you do."),
    )
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        error_messages={"required": _("Choose a password.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 characters. Not a common password, not like your name or address, and not just the names of "
            "this site, your country or your agency."
        ),
    )
    password2 = forms.CharField(
        label=_("Password, again"),
        strip=False,
        error_messages={"required": _("Type the password a second time.")},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, initial={"language": get_language()}, **kwargs)
        self.invitation = invitation

    def clean_password1(self) -> str:
        return normalise_password(str(self.cleaned_data["password1"]))

    def clean_password2(self) -> str:
        return normalise_password(str(self.cleaned_data["password2"]))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        if first:
            self._check_password(first, str(given.get("full_name", "")))
        return given

    def _check_password(self, password: str, full_name: str) -> None:
        """Validate the password against the person who is about to be created."""
        person = User(email=self.invitation.email, full_name=full_name)
        Membership(
            user=person,
            country=self.invitation.country,
            agency=self.invitation.agency,
            organisation=self.invitation.organisation,
        )
        try:
            password_validation.validate_password(password, person)
        except ValidationError as error:
            self.add_error("password1", error)


class PeopleFilterForm(WithoutFormTag):
    """What an administrator looks for among everyone."""

    q = forms.CharField(
        label=_("Name, address, country or organisation"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Every role")), *Role.choices], required=False)

"""The forms for proposed coordinators: proposing, inviting and declining."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.forms import NameField, WithoutFormTag
from diagnostic.core.response_rules import find_text_fault

from .address_field import AddressField
from .models import Agency, Country, User
from .permissions import agencies_without_coordinator, membership_of


def clean_text(text: str) -> None:
    """Refuse characters that hide or reorder text. Raises `ValidationError`."""
    fault = find_text_fault(text)
    if fault:
        words = gettext(fault.text) % fault.values
        raise ValidationError(gettext("This text %(fault)s.") % {"fault": words})


class CoordinatorProposalForm(WithoutFormTag):
    """The person proposed as coordinator by `by`, and the agency. A coordinator's form is limited to their country."""

    country = forms.ModelChoiceField(
        label=_("Country or territory"),
        queryset=Country.objects.all(),
        empty_label=_("Choose one"),
        error_messages={"required": _("Choose the country or territory.")},
    )
    agency = forms.ChoiceField(
        label=_("Agency"),
        choices=Agency.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose customs or police.")},
        help_text=_("Police means every police service with duties at the border."),
    )
    full_name = NameField(
        label=_("Full name"),
        max_length=120,
        error_messages={"required": _("Give the person’s full name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    email = AddressField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"required": _("Give the person’s e-mail address.")},
        help_text=_("Their own address at the agency. The invitation goes there, and they sign in with it."),
    )
    why = forms.CharField(
        label=_("Why this person"),
        max_length=2000,
        validators=[clean_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a sentence why this person should be coordinator.")},
        help_text=_("Their office, and who named them. Administrators and the country’s coordinators can read it."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.own = membership_of(by)
        if self.own is not None and self.own.country_id is not None:
            del self.fields["country"]
            open_kinds = agencies_without_coordinator(self.own.country_id)
            self.fields["agency"].choices = [(kind, label) for kind, label in Agency.Kind.choices if kind in open_kinds]
            if len(open_kinds) == 1:
                self.fields["agency"].initial = open_kinds[0]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.own is not None and self.own.country_id is not None:
            given["country"] = self.own.country
        return given


class ApprovalForm(WithoutFormTag):
    """How the administrator verified the person."""

    verified = forms.CharField(
        label=_("How did you verify the person?"),
        max_length=2000,
        validators=[clean_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say how you made sure who this person is.")},
        help_text=_(
            "For example, who you called at the agency and when, on a number that did not come from the proposal. "
            "This goes into the log, and the country’s coordinators can read it."
        ),
    )


class DeclineForm(WithoutFormTag):
    """The reason for declining a proposal."""

    reason = forms.CharField(
        label=_("Reason for declining"),
        max_length=2000,
        validators=[clean_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why the proposal is declined.")},
        help_text=_("It goes into the log, and the country’s coordinators can read it."),
    )

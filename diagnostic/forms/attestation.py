"""What a coordinator confirms when they attest for their agency, or record who agreed for the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cpch.forms import NameField, WithoutFormTag
from diagnostic.actions.attestations import Agreement
from diagnostic.actions.clock import now
from diagnostic.core.progress import read_gaps, write_gaps
from diagnostic.wording.gaps import say_gaps

from .assessment import LineField

CONFIRM = {
    "customs": _("I have read these answers, and I attest them for customs."),
    "police": _("I have read these answers, and I attest them for the police."),
}
CONFIRM_WITH = {
    "customs": _("I have read these answers, and I attest them for customs with %(gaps)s."),
    "police": _("I have read these answers, and I attest them for the police with %(gaps)s."),
}
AGREED = {
    "customs": _("This person has read these answers and agreed to them for customs."),
    "police": _("This person has read these answers and agreed to them for the police."),
}
AGREED_WITH = {
    "customs": _("This person has read these answers and agreed to them for customs with %(gaps)s."),
    "police": _("This person has read these answers and agreed to them for the police with %(gaps)s."),
}


class AttestForm(WithoutFormTag):
    """A coordinator's own signature under the `digest` on the page, with the blank and open questions listed there."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)
    gaps = forms.CharField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(
        error_messages={"required": _("Confirm that the answers are read and agreed before you attest them.")}
    )

    words, words_with = CONFIRM, CONFIRM_WITH

    def __init__(
        self, agency: str, data: Mapping[str, Any] | None = None, *, digest: str = "", gaps: Mapping[str, str]
    ):
        initial = {"digest": digest, "gaps": write_gaps(gaps)}
        super().__init__(data, prefix=agency, auto_id="%s", initial=initial)
        self.agency = agency
        said = say_gaps(gaps, with_codes=True)
        label = self.words_with[agency] % {"gaps": said} if said else self.words[agency]
        self.fields["confirmed"].label = label

    @property
    def confirmed_gaps(self) -> dict[str, str]:
        """The blank and open questions listed on the page, by question; after validation."""
        return read_gaps(self.cleaned_data["gaps"])

    @property
    def agreement(self) -> Agreement | None:
        """Who agreed for an agency without accounts; None if the coordinator signs for their own."""
        return None


class RecordForm(AttestForm):
    """Who agreed for an agency without accounts, and the evidence of it."""

    name = NameField(
        label=_("Name"),
        max_length=200,
        error_messages={"required": _("Give the name of the person who agreed.")},
    )
    function = NameField(
        label=_("Function"),
        max_length=200,
        help_text=_("Such as: Head of Crime Investigation."),
        error_messages={"required": _("Give the function of the person who agreed.")},
    )
    agreed_on = forms.DateField(
        label=_("Date of the agreement"),
        # Day and month are accepted in one order only: the two parties could read 03/04 differently.
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Give the date on which the person agreed."),
            "invalid": _("Give the date of the agreement as year, month and day, such as 2026-03-14."),
        },
    )
    reference = LineField(
        label=_("Reference of the agreement"),
        max_length=200,
        help_text=_("The letter or minutes that show it, such as: Minutes of the session, POL/2026/112."),
        error_messages={"required": _("Give the reference of the letter or minutes that show the agreement.")},
    )
    field_order = ["digest", "gaps", "name", "function", "agreed_on", "reference", "confirmed"]
    words, words_with = AGREED, AGREED_WITH

    def clean_agreed_on(self) -> Any:
        """Refuse a date in the future. Raises `ValidationError`."""
        given = self.cleaned_data["agreed_on"]
        if given > now().date():
            raise forms.ValidationError(_("The date of the agreement is in the future. Give the day it was given."))
        return given

    @property
    def agreement(self) -> Agreement | None:
        given = self.cleaned_data
        return Agreement(given["name"], given["function"], given["agreed_on"], given["reference"])

"""What a coordinator confirms when they attest for their agency, or record who agreed for the other."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cpch.forms import WithoutFormTag

from .assessment import LineField

CONFIRM = {
    "customs": _("I have read these answers, and I attest them for customs."),
    "police": _("I have read these answers, and I attest them for the police."),
}
AGREED = {
    "customs": _("This person has read these answers and agreed to them for customs."),
    "police": _("This person has read these answers and agreed to them for the police."),
}


class AttestForm(WithoutFormTag):
    """A coordinator's own signature under `digest`, which the page shows."""

    digest = forms.CharField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(
        error_messages={"required": _("Confirm that the answers are read and agreed before you attest them.")}
    )

    words = CONFIRM

    def __init__(self, agency: str, *args: Any, **kwargs: Any):
        super().__init__(*args, prefix=agency, auto_id="%s", **kwargs)
        self.agency = agency
        self.fields["confirmed"].label = self.words[agency]

    @property
    def agreed_by(self) -> str:
        """Who agreed for an agency without a coordinator; "" where the coordinator signs for their own."""
        return ""


class RecordForm(AttestForm):
    """The name and the function of who agreed for an agency that has no coordinator."""

    name = LineField(
        label=_("Name"),
        max_length=100,
        error_messages={"required": _("Give the name of the person who agreed.")},
    )
    function = LineField(
        label=_("Function"),
        max_length=98,
        help_text=_("Such as: Head of Crime Investigation. The receipt and the report give both, and who recorded it."),
        error_messages={"required": _("Give the function of the person who agreed.")},
    )
    field_order = ["digest", "name", "function", "confirmed"]
    words = AGREED

    @property
    def agreed_by(self) -> str:
        return f"{self.cleaned_data['name']}, {self.cleaned_data['function']}"

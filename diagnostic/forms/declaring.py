"""The forms for declaring an agency's answers complete and for asking to open the comparison early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cpch.forms import WithoutFormTag
from diagnostic.core.progress import read_gaps, write_gaps
from diagnostic.wording.gaps import say_gaps

from .assessment import clean_text
from .text import TextField

DECLARE = {
    "customs": _("I declare the customs answers complete."),
    "police": _("I declare the police answers complete."),
}
DECLARE_WITH = {
    "customs": _("I declare the customs answers complete with the %(gaps)s named above."),
    "police": _("I declare the police answers complete with the %(gaps)s named above."),
}


class DeclareForm(WithoutFormTag):
    """The confirmation of a declaration, with the blank and open questions listed on the page."""

    gaps = forms.CharField(widget=forms.HiddenInput, required=False)
    confirmed = forms.BooleanField(
        error_messages={"required": _("Tick the box to confirm before you declare the answers complete.")}
    )

    def __init__(self, agency: str, gaps: Mapping[str, str], data: Mapping[str, Any] | None = None):
        super().__init__(data, initial={"gaps": write_gaps(gaps)})
        said = say_gaps(gaps, with_codes=False)
        label = DECLARE_WITH[agency] % {"gaps": said} if said else DECLARE[agency]
        self.fields["confirmed"].label = label

    @property
    def confirmed_gaps(self) -> dict[str, str]:
        """The blank and open questions listed on the page, by question; after validation."""
        return read_gaps(self.cleaned_data["gaps"])


class AskToOpenForm(WithoutFormTag):
    """The reason for opening the comparison before both agencies have declared their answers complete."""

    reason = TextField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        validators=[clean_text],
        help_text=_("Read by your own agency now, and by both agencies once the comparison is open, with your name."),
        error_messages={"required": _("Say in a few words why the comparison should open now.")},
    )

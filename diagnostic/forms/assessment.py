"""The forms about an assessment itself: starting it, its settings, withdrawing it; answers are in question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.forms import WithoutFormTag
from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.period import MAX_PERIOD, write_period
from diagnostic.core.response_rules import find_text_fault
from diagnostic.models import Assessment
from diagnostic.models.assessment import Marking

from .text import TextField

MEANINGS = {
    Marking.CLEAR: _("No limit on disclosure."),
    Marking.GREEN: _("Community, not public."),
    Marking.AMBER: _("Recipient organisation and its clients, need to know."),
    Marking.AMBER_STRICT: _("Recipient organisation only, need to know."),
    Marking.RED: _("Named recipients only."),
}
"""What the labels of TLP 2.0 mean (FIRST, August 2022)."""


def clean_text(text: str) -> None:
    """Refuse what hides or reorders what a reader sees. Raises `ValidationError`."""
    fault = find_text_fault(text)
    if fault:
        raise ValidationError(
            gettext("This text %(fault)s."), code="text", params={"fault": gettext(fault.text) % fault.values}
        )


def clean_line(text: str) -> None:
    """Refuse what `clean_text` refuses, and line breaks and tabs. Raises `ValidationError`."""
    clean_text(text)
    if "\n" in text or "\t" in text:
        raise ValidationError(gettext("This text has a line break or a tab; remove it."), code="line")


class LineField(forms.CharField):
    """One line of text; what is hidden in it is named, not stripped."""

    default_validators = [clean_line]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "dir": "auto"}


class SettingsForm(WithoutFormTag):
    """Title, marking, disclosure and target."""

    title = LineField(
        label=_("Title (optional)"),
        max_length=200,
        required=False,
        help_text=_("Only to tell this assessment from others; it stands on the report’s cover."),
    )
    marking = forms.ChoiceField(
        label=_("Marking"),
        widget=forms.RadioSelect,
        initial=Marking.AMBER,
        help_text=_(
            "How far the assessment and its report may travel, by the Traffic Light Protocol 2.0. The label stands on "
            "every page. Answers to A.9 to A.11 describe covert capabilities: consider TLP:AMBER+STRICT or TLP:RED if "
            "they are given in detail."
        ),
        error_messages={"required": _("Choose a marking.")},
    )
    is_disclosed_to_partners = forms.BooleanField(
        label=_("Partners such as INTERPOL may read the assessment once it is accepted"),
        required=False,
        help_text=_(
            "The WCO secretariat always reads what is submitted, and nothing before. Partners never see the answers to "
            "A.9 to A.11, nor what follows from them."
        ),
    )
    allows_statistics = forms.BooleanField(
        label=_("The figures may be used in anonymous statistics"),
        required=False,
        help_text=_("Levels and scores only, never texts, and never in a group so small that a country shows."),
    )
    target_level = forms.TypedChoiceField(
        label=_("Target"),
        required=False,
        coerce=int,
        empty_value=None,
        help_text=_(
            "The level that the roadmap leads to. Without a choice it is the level after the one that is found. It is "
            "the country’s own choice: the handbook asks nobody to move on to collaboration."
        ),
    )

    base = forms.CharField(required=False, widget=forms.HiddenInput)
    """Which settings these were written over."""

    def __init__(self, instrument: Instrument, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["marking"].choices = [(label, f"{label}: {meaning}") for label, meaning in MEANINGS.items()]
        self.fields["target_level"].choices = [
            ("", _("No choice: the level after the one that is found")),
            *((level, f"{level} {instrument.level_name(level)}") for level in LEVELS),
        ]


class StartForm(SettingsForm):
    """The same, with the period that the assessment is for and how customs and police answer."""

    base = None  # nothing stands before
    period = LineField(
        label=_("Period"),
        max_length=MAX_PERIOD,
        help_text=_("The year, such as 2026, or another name for the period that the answers describe."),
        error_messages={"required": _("Give the period, such as 2026.")},
    )
    mode = forms.ChoiceField(
        label=_("How customs and police answer"),
        widget=forms.RadioSelect,
        choices=[
            (
                Assessment.Mode.SEPARATE,
                _(
                    "Each agency for itself: both answer apart, neither sees the other’s answers until they are "
                    "compared, and the coordinators then agree on one answer to each question."
                ),
            ),
            (
                Assessment.Mode.JOINT,
                _("One joint session: both sit together and give one set of answers that they agree on."),
            ),
        ],
        help_text=_(
            "It cannot be changed later. Where the agencies differ, answering apart shows it, and the report keeps "
            "both answers beside the agreed one."
        ),
        error_messages={"required": _("Choose how customs and police answer.")},
    )
    field_order = ["period", "mode", "title"]

    def clean_period(self) -> str:
        """The period as it is kept. Raises `ValidationError` where that is nothing, or too long."""
        field = self.fields["period"]
        period = write_period(self.cleaned_data["period"])
        field.validate(period)
        field.run_validators(period)
        return period


class WithdrawForm(WithoutFormTag):
    """Why an assessment is taken back."""

    reason = TextField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        validators=[clean_text],
        help_text=_("Kept in the log of this assessment, with your name and the time."),
        error_messages={"required": _("Say in a few words why the assessment is withdrawn.")},
    )


def settings_of(assessment: Assessment) -> dict[str, Any]:
    """What the settings form starts from."""
    return {
        name: getattr(assessment, name)
        for name in ("title", "marking", "is_disclosed_to_partners", "allows_statistics", "target_level")
    }

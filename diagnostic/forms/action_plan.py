"""The forms of the action plan: what is to be done, why it is dropped, what shows that it is done, a comment."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.forms import WithoutFormTag
from cpch.isolation import isolate
from diagnostic.core.action_plan import MAX_RESPONSIBLE, MAX_TITLE, ActionDetails, check_details
from diagnostic.core.instrument import Instrument
from diagnostic.models import Action, Assessment

from .review import LongTextField, MarkedField

WHOLE = ""
"""What a free action is about that concerns no theme and no question."""


class OneLineField(LongTextField):
    """A text that may be long and stands on one line: line breaks become spaces."""

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class ActionForm(WithoutFormTag):
    """What is written of an action; `version` says which one this was written over."""

    bound_field_class = MarkedField
    title = OneLineField(
        rows=3,
        label=_("What is to be done"),
        help_text=_("It stands in the plan, its calendar file and the report."),
        error_messages={"required": _("Say what is to be done.")},
    )
    lead = forms.ChoiceField(
        label=_("Lead"), choices=Action.Lead.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    support = forms.ChoiceField(
        label=_("Supported by (optional)"),
        required=False,
        choices=[("", _("Nobody")), *Action.Lead.choices[:2]],
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    responsible = forms.CharField(
        label=_("Who is responsible (optional)"),
        required=False,
        max_length=MAX_RESPONSIBLE,
        help_text=_("A name or a function. Whoever reads the plan reads it."),
        widget=forms.TextInput(attrs={"class": "form-control", "dir": "auto"}),
    )
    due_on = forms.DateField(
        label=_("Due on (optional)"),
        required=False,
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Write the day as year-month-day: 2026-03-31.")},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @property
    def details(self) -> ActionDetails:
        """What was written; the form must be valid."""
        data = self.cleaned_data
        return ActionDetails(data["title"], data["lead"], data["support"], data["responsible"], data["due_on"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            for fault in check_details(self.details):
                self.add_error(fault.path, self._say(fault.path, gettext(fault.message.text) % fault.message.values))
        return data

    def _say(self, name: str, fault: str) -> str:
        return gettext("%(field)s %(fault)s.") % {"field": self.fields[name].label, "fault": fault}


ActionForm.base_fields["title"].widget.attrs["maxlength"] = str(MAX_TITLE)


class NewActionForm(ActionForm):
    """An action of the country's own: which assessment it belongs to, and what it concerns."""

    assessment = forms.ChoiceField(
        label=_("Made on the assessment"),
        help_text=_("The WCO secretariat reads the action once it reads that assessment."),
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    about = forms.ChoiceField(
        label=_("What it concerns"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )
    field_order = ("title", "about", "lead", "support", "responsible", "due_on", "assessment")

    def __init__(self, data: Any = None, *, assessments: Iterable[Assessment], instrument: Instrument, **options: Any):
        super().__init__(data, **options)
        self.held = {str(item.pk): item for item in assessments}
        self.fields["assessment"].choices = [(key, isolate(item.period)) for key, item in self.held.items()]
        self.fields["about"].choices = _subjects(instrument)

    @property
    def chosen(self) -> Assessment:
        """The assessment that was chosen; the form must be valid."""
        return self.held[self.cleaned_data["assessment"]]

    @property
    def subject(self) -> dict[str, str]:
        """The question or the theme that was chosen, by its name in the act; empty for neither."""
        kind, _colon, value = self.cleaned_data["about"].partition(":")
        return {kind: value} if value else {}


def _subjects(instrument: Instrument) -> list[Any]:
    """Neither, then each theme and its questions."""
    found: list[Any] = [(WHOLE, _("The cooperation as a whole"))]
    for theme in instrument.themes:
        questions = [(f"question:{item.code}", f"{item.code} {item.text}") for item in instrument.by_theme[theme.id]]
        whole = (f"theme:{theme.id}", gettext("%(theme)s: the whole theme") % {"theme": theme.name})
        found.append((theme.name, [whole, *questions]))
    return found


class DropForm(WithoutFormTag):
    """Why an action is dropped."""

    bound_field_class = MarkedField
    reason = LongTextField(
        rows=3,
        label=_("Why it is dropped"),
        help_text=_("It stands in the plan and in the report."),
        error_messages={"required": _("Say in a few words why the action is dropped.")},
    )


class ProofForm(WithoutFormTag):
    """What shows that an action is done; `version` says which one this was written over."""

    bound_field_class = MarkedField
    proof = LongTextField(
        rows=3,
        required=False,
        label=_("Proof (optional)"),
        help_text=_("What shows that it is done: a text signed, a date, a reference. It stands in the report."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ActionCommentForm(WithoutFormTag):
    """A word of a country's people to each other about an action."""

    bound_field_class = MarkedField
    text = LongTextField(
        rows=3,
        label=_("New comment"),
        help_text=_("Only your country’s people read it. It cannot be changed."),
        error_messages={"required": _("Write the comment first.")},
    )

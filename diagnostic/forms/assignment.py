"""The form in which an administrator says who is to look at an assessment, and by when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from cpch.accounts.names import name_among
from cpch.isolation import isolate

from .review import MarkedField


class AssignmentForm(forms.Form):
    """A reviewer, from those that are given, and a day."""

    bound_field_class = MarkedField
    reviewer = forms.ModelChoiceField(
        queryset=None,
        label=_("Reviewer"),
        empty_label=_("Choose"),
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"required": _("Choose who is to look at it.")},
    )
    due_on = forms.DateField(
        label=_("Due on"),
        help_text=_("The day by which the review is to be closed."),
        widget=forms.DateInput(attrs={"class": "form-control", "type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Say by when."), "invalid": _("Write the day as year-month-day: 2026-03-31.")},
    )

    def __init__(self, data: Any = None, *, reviewers: QuerySet[Any], **options: Any):
        super().__init__(data, **options)
        field, people = self.fields["reviewer"], list(reviewers)
        field.queryset = reviewers
        field.choices = [("", field.empty_label), *((item.pk, isolate(name_among(item, people))) for item in people)]

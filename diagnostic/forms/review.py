"""The secretariat's forms: what is asked of the country, a remark on closing, the filter of what is closed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.isolation import isolate
from diagnostic.core.response_rules import find_text_fault
from diagnostic.models import Review


class MarkedField(forms.BoundField):
    """A field that looks wrong where it is wrong."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        if self.errors:
            given = (widget or self.field.widget).attrs.get("class", "")
            attrs["class"] = f"{given} is-invalid".strip()
        return attrs


class LongTextField(forms.CharField):
    """A text of several lines by the rules of every other text; browsers send CR LF, we keep LF."""

    def __init__(self, *, rows: int, **options: Any):
        super().__init__(widget=forms.Textarea(attrs={"class": "form-control", "rows": rows, "dir": "auto"}), **options)
        # Its message would come before ours and names no place.
        self.validators = []

    def to_python(self, value: Any) -> str:
        return super().to_python("" if value is None else str(value).replace("\r\n", "\n"))

    def validate(self, value: str) -> None:
        super().validate(value)
        fault = find_text_fault(value)
        if fault:
            raise forms.ValidationError(
                gettext("The text %(fault)s."), params={"fault": gettext(fault.text) % fault.values}
            )


class ClarificationForm(forms.Form):
    """What the country is asked about one question; `base` says which text, if any, this one was written over."""

    bound_field_class = MarkedField
    text = LongTextField(
        rows=5,
        label=_("What the country is asked"),
        help_text=_("The country sees this, with your name, once the assessment is returned."),
        error_messages={"required": _("Write what the country is asked, or remove the question from the list.")},
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)


class RemarkForm(forms.Form):
    """A word to the country on closing the review; may stay empty."""

    bound_field_class = MarkedField
    remark = LongTextField(
        rows=4,
        required=False,
        label=_("Remark to the country (optional)"),
        help_text=_("The country sees it with the outcome."),
    )


class ClosedFilter(forms.Form):
    """Narrows the list of closed reviews; its choices are what that list holds."""

    bound_field_class = MarkedField
    country = forms.ChoiceField(required=False, label=_("Country"))
    region = forms.ChoiceField(required=False, label=_("Region"))
    period = forms.ChoiceField(required=False, label=_("Period"))
    outcome = forms.ChoiceField(
        required=False,
        label=_("Outcome"),
        choices=[
            ("", _("All outcomes")),
            (str(Review.Outcome.RETURNED), _("Returned")),
            (str(Review.Outcome.ACCEPTED), _("Accepted")),
        ],
    )

    def __init__(
        self,
        data: Any,
        *,
        countries: Iterable[tuple[str, str]],
        regions: Iterable[tuple[str, str]],
        periods: Iterable[str],
    ):
        super().__init__(data, auto_id="filter-%s")
        self.fields["country"].choices = [("", _("All countries")), *countries]
        self.fields["region"].choices = [("", _("All regions")), *regions]
        self.fields["period"].choices = [("", _("All periods")), *((period, isolate(period)) for period in periods)]
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select form-select-sm"

"""What the project's forms share."""

from __future__ import annotations

import unicodedata
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from diagnostic.core.names import find_name_fault, write_name


def clean_name(text: str) -> None:
    """Refuse invisible characters and characters that change the text direction. Raises `ValidationError`."""
    fault = find_name_fault(text)
    if fault:
        words = gettext(fault.text) % fault.values
        raise ValidationError(gettext("This name %(fault)s.") % {"fault": words}, code="name")


class NameField(forms.CharField):
    """The name of a person, an office or an organisation, checked and normalised by `diagnostic.core.names`."""

    default_validators = [clean_name]

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFC", super().to_python(value))

    def clean(self, value: Any) -> str:
        return write_name(super().clean(value))


class WithoutFormTag(forms.Form):
    """A form whose template writes the form element, the token and the buttons."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

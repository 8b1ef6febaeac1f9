"""What the project's forms share."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from django import forms


class WithoutFormTag(forms.Form):
    """A form whose template writes the form element, the token and the buttons."""

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper

"""The forms of a second factor: a code, the password once more, the name of a key, why one is taken off."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cpch.forms import NameField, WithoutFormTag


class CodeForm(WithoutFormTag):
    """A code that was read off an app or a list. Spaces and dashes in it do not count."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}),
        error_messages={"required": _("Type the code.")},
    )

    def __init__(self, *args: Any, label: Any = None, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = label or self.fields["code"].label
        self.fields["code"].help_text = help_text


class PasswordForm(WithoutFormTag):
    """The password that one signs in with, typed once more."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )


class KeyNameForm(WithoutFormTag):
    """What a person calls a key of theirs."""

    name = NameField(
        label=_("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Give the key a name.")},
        help_text=_("So that you know later which one it is, such as “Office laptop” or “Blue key”."),
    )


class TakeOffForm(WithoutFormTag):
    """Why a second factor is taken off."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in a sentence.")},
        help_text=_("It is kept in the log, and the person reads it in the e-mail that they get."),
    )

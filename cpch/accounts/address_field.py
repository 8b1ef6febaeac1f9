"""The form field for an e-mail address, in any spelling."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.isolation import FIRST_STRONG_ISOLATE, POP_DIRECTIONAL_ISOLATE

from .addresses import find_address_fault, write_address

COPIED_ALONG = f"{FIRST_STRONG_ISOLATE}{POP_DIRECTIONAL_ISOLATE} "
"""What stands around an address in our e-mails, and comes along if it is copied from one."""


class AddressField(forms.EmailField):
    """A deliverable address, normalised by `addresses.write_address`."""

    default_error_messages = {"invalid": _("Give an e-mail address such as name@example.org.")}

    def to_python(self, value: Any) -> str:
        return write_address(str(super().to_python(value) or "").strip(COPIED_ALONG))

    def run_validators(self, value: str) -> None:
        """Report non-ASCII faults first: the general check would only say that the address is wrong."""
        fault = find_address_fault(value) if "@" in value else None
        if fault:
            raise ValidationError(gettext(fault.text) % fault.values)
        super().run_validators(value)

"""One e-mail to one address, in the language of its reader; how it is sent is in diagnostic/mail."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils import translation

from .language import language_of
from .models import User


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail before rendering: its templates are `<template>_subject.txt` and `<template>_message.txt`.

    `person` is None if it goes to an address that need not have an account.
    """

    to: str
    language: str
    template: str
    context: dict[str, object] = field(default_factory=dict)
    person: User | None = None

    def write(self) -> tuple[str, str]:
        """The subject, on one line, and the body."""
        with translation.override(self.language):
            subject = " ".join(render_to_string(f"{self.template}_subject.txt", self.context).split())
            return subject, render_to_string(f"{self.template}_message.txt", self.context)


def letter_to(person: User, template: str, context: dict[str, object]) -> Letter:
    """An e-mail to a person's own address, in their language."""
    return Letter(person.email, language_of(person), template, context, person)

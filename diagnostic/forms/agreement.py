"""The forms of the comparison: the agreed answer to one question, and a word to the discussion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.response_rules import Fault
from diagnostic.core.responses import BLANK, NATIONAL, Response

from .question import OPEN_STATUSES, QuestionForm
from .review import LongTextField, MarkedField
from .text import TextField


class AgreementForm(QuestionForm):
    """The national answer to one question, with why both agencies agree on it.

    Where the question is left open or does not apply, that is the reason that the answer needs, so it is asked once.
    `needs_reason` where the agencies' own answers differ. Once valid, `agreement` is the reason as it was typed.
    """

    def __init__(
        self,
        instrument: Instrument,
        question: Question,
        data: Mapping[str, Any] | None = None,
        *,
        needs_reason: bool,
        response: Response = BLANK,
        agreement: str = "",
        version: int = 0,
    ):
        super().__init__(instrument, question, NATIONAL, data, response=response, version=version)
        self.needs_reason = needs_reason
        del self.fields["reason"]
        self.fields["agreement"] = TextField(required=False)
        self.initial["agreement"] = agreement or response.reason

    @property
    def agreement(self) -> str:
        return str(self.cleaned_data["agreement"])

    def clean(self) -> dict[str, Any]:
        agreement = self.cleaned_data["agreement"]
        self.cleaned_data["reason"] = ""
        if self.cleaned_data["answer"] in OPEN_STATUSES:
            # What was proposed before the agencies left the question open does not stand beside that.
            self.cleaned_data |= {name: "" for name in self.fields if name.startswith(("authority_", "area_"))}
            self.cleaned_data |= {"reason": agreement, "basis": "", "topics": (), "challenges": ()}
        super().clean()
        if self._is_empty:
            self.add_error("answer", gettext("Choose what both agree on, or leave the question open."))
        if self.needs_reason and not agreement.strip() and "agreement" not in self.errors:
            self.add_error("agreement", gettext("Say why: one or two sentences that both coordinators stand behind."))
        return self.cleaned_data

    @property
    def _is_empty(self) -> bool:
        if "answer" in self.errors or self.given.status != "answered":
            return False
        return self.given.level is None if self.question.takes_level else self.given.is_blank

    def add_fault(self, fault: Fault) -> None:
        """Put `fault` on its field; the reason of an answer is that of the agreement here."""
        super().add_fault(replace(fault, path="agreement") if fault.path == "reason" else fault)

    def label_of(self, name: str) -> str:
        return gettext("why") if name == "agreement" else super().label_of(name)


class DiscussionForm(forms.Form):
    """One contribution to the discussion of a question."""

    bound_field_class = MarkedField
    text = LongTextField(
        rows=2,
        label=_("Say something about this question"),
        help_text=_("Read by customs and police of your country alone, with your name. It cannot be taken back."),
        error_messages={"required": _("Write what you want to say.")},
    )

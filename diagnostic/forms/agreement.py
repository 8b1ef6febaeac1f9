"""The forms of the comparison: the agreed answer to one question, and a comment in the discussion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.forms import WithoutFormTag
from diagnostic.core.completeness import says_something
from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.response_rules import Fault
from diagnostic.core.responses import BLANK, NATIONAL, Response
from diagnostic.core.visible_text import says_nothing

from .assessment import clean_text
from .question import OPEN_STATUSES, VERSION, Choices, QuestionForm
from .review import LongTextField, MarkedField
from .text import TextField


class ProposalForm(QuestionForm):
    """A draft of the national answer to one question, with the reason why both agencies agree on it.

    If the question is left open or does not apply, that reason also serves as the answer's reason, so it is asked only
    once. After validation, `agreement` is the reason as typed. Fields that a proposal does not need are optional.
    """

    def __init__(
        self,
        instrument: Instrument,
        question: Question,
        data: Mapping[str, Any] | None = None,
        *,
        response: Response = BLANK,
        agreement: str = "",
        version: int = 0,
    ):
        super().__init__(instrument, question, NATIONAL, data, response=response, version=version)
        del self.fields["reason"]
        self.fields["agreement"] = TextField(required=False)
        self.initial["agreement"] = response.reason or agreement

    @property
    def agreement(self) -> str:
        return str(self.cleaned_data.get("agreement", ""))

    def clean(self) -> dict[str, Any]:
        agreement = self.cleaned_data["agreement"]
        self.cleaned_data["reason"] = ""
        if self.cleaned_data["answer"] in OPEN_STATUSES:
            # What was proposed before the agencies left the question open does not stand beside that.
            self.cleaned_data |= {name: "" for name in self.fields if name.startswith(("authority_", "area_"))}
            self.cleaned_data |= {"reason": agreement, "basis": "", "topics": (), "challenges": ()}
        return super().clean()

    def add_fault(self, fault: Fault) -> None:
        """Put `fault` on its field; the reason of an answer is that of the agreement here."""
        super().add_fault(replace(fault, path="agreement") if fault.path == "reason" else fault)

    def label_of(self, name: str) -> str:
        return gettext("why") if name == "agreement" else super().label_of(name)


class AgreementForm(ProposalForm):
    """The national answer to one question, with everything needed to record it as agreed.

    `needs_reason` is true if the agencies' own answers differ.
    """

    def __init__(self, *args: Any, needs_reason: bool, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.needs_reason = needs_reason

    def clean(self) -> dict[str, Any]:
        super().clean()
        if "answer" not in self.errors and not says_something(self.question, self.given):
            self.add_error("answer", gettext("Choose what both agree on, or leave the question open."))
        if self.needs_reason and says_nothing(self.agreement) and "agreement" not in self.errors:
            self.add_error("agreement", gettext("Say why, in one or two sentences that both coordinators agree on."))
        return self.cleaned_data


class LeaveOpenForm(WithoutFormTag):
    """The questions to leave open, and the one reason stored with each.

    After validation, `chosen` gives the version of each ticked question as shown on the page.
    """

    question = Choices(error_messages={"required": _("Tick the questions that are left open.")})
    reason = TextField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        validators=[clean_text],
        help_text=_("Stored with each question that you tick. It goes into the report."),
        error_messages={"required": _("Say in a few words why these questions are left open.")},
    )

    @property
    def chosen(self) -> dict[str, int]:
        seen = {code: self.data.get(f"{code}-version", "") for code in self.cleaned_data["question"]}
        return {code: int(version) for code, version in seen.items() if VERSION.fullmatch(version)}


class DiscussionForm(forms.Form):
    """One contribution to the discussion of a question."""

    bound_field_class = MarkedField
    text = LongTextField(
        rows=2,
        label=_("Say something about this question"),
        help_text=_("Read by customs and police of your country alone, with your name. It cannot be taken back."),
        error_messages={"required": _("Write what you want to say.")},
    )

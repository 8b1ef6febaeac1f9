"""The form of one question, built from the instrument: it reads an answer and says what is wrong with it.

How its parts are laid out is question_layout; what an answer may hold is `core.response_rules`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import AGENCIES, Instrument, Question
from diagnostic.core.response_rules import Fault, check_response
from diagnostic.core.responses import BLANK, NATIONAL, Response
from diagnostic.core.words import Message

from .evidence import EvidenceField
from .text import TextField

OPEN_STATUSES = ("not_applicable", "unknown")
LEVEL = re.compile(r"-?[0-9]{1,3}")
VERSION = re.compile(r"[0-9]{1,9}")

BESIDE = ("evidence_title", "evidence_reference", "keep")
"""What a page posts for a question beside its fields: the rows of its documents, and the choice in a conflict."""

LABELS = {
    "answer": _("the answer"),
    "reason": _("the reason"),
    "narrative": _("what stands behind this answer"),
    "basis": _("what the answer rests on"),
    "topics": _("the topics"),
    "challenges": _("the challenges"),
    "evidence": _("the evidence"),
}
AGENCY_NAMES = {"customs": _("Customs"), "police": _("Police")}


class Choice(forms.Field):
    """One value out of a closed list, or none; whether it is in the list is `core.response_rules`."""

    widget = forms.TextInput

    def to_python(self, value: str | None) -> str:
        return value or ""


class Choices(forms.Field):
    """Any number of values out of a closed list."""

    widget = forms.SelectMultiple

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(value or ())


class QuestionForm(forms.Form):
    """One voice's answer to one question; every field's name begins with the question's code.

    Unbound it shows `response`, which stands at `version`. Once valid, `given` is the response that was typed and
    `base_version` the version that its writer saw. Faults stand on the field they belong to.
    """

    def __init__(
        self,
        instrument: Instrument,
        question: Question,
        voice: str,
        data: Mapping[str, Any] | None = None,
        *,
        response: Response = BLANK,
        version: int = 0,
    ):
        self.instrument, self.question, self.voice = instrument, question, voice
        self.given = response
        initial = {**_initial(response), "version": str(version)}
        super().__init__(data, prefix=question.code, initial=initial, auto_id="%s")
        self.fields.update(_fields(instrument, question, voice))

    @property
    def base_version(self) -> int:
        """The version that the answer was written on, once the form is valid; else the one shown."""
        return int(self.cleaned_data["version"] if self.is_bound else self.initial["version"])

    @property
    def is_posted(self) -> bool:
        """Whether the data hold this question at all."""
        return self.add_prefix("version") in self.data

    @property
    def typed(self) -> Response:
        """What was typed, faulty or not; the response shown where nothing was."""
        if self.is_bound:
            self.full_clean()
        return self.given

    def clean(self) -> dict[str, Any]:
        members = dict(self.cleaned_data)
        self.given, faults = _read(members)
        for name in self._strange_names():
            text = gettext("%(name)s is no part of %(code)s, so nothing of this answer was saved.")
            self.add_error(None, text % {"name": name[:40], "code": self.question.code})
        if not VERSION.fullmatch(members["version"]):
            self.add_error(None, gettext("This page is out of date. Load it again."))
        for fault in [*faults, *check_response(self.instrument, self.question, self.voice, self.given)]:
            self.add_fault(fault)
        return self.cleaned_data

    def _strange_names(self) -> list[str]:
        """What was posted under the question's code and is not one of its fields: another agency's, an unknown area."""
        known = {self.add_prefix(name) for name in (*self.fields, *BESIDE)}
        prefix = self.add_prefix("")
        return sorted(name.removeprefix(prefix) for name in self.data if name.startswith(prefix) and name not in known)

    def add_fault(self, fault: Fault) -> None:
        """Put `fault` on the field that it belongs to."""
        field = field_of(fault.path, self.given)
        self.add_error(field if field in self.fields else None, in_words(fault.message))

    def links_to_faults(self) -> list[tuple[str, str]]:
        """For an error summary: the id of each faulty field and what is wrong with it."""
        code = self.question.code
        links = [(f"{code}-q", f"{code}: {text}") for text in self.non_field_errors()]
        for name, texts in self.errors.items():
            if name in self.fields:
                links += [(self.target_of(name), f"{code}, {self.label_of(name)}: {text}") for text in texts]
        return links

    def target_of(self, name: str) -> str:
        """The id of the control that takes the focus when the field `name` is to be mended."""
        first = {"answer": self._first_answer, "basis": "written", "evidence": "0-title"}
        options = {"topics": self.instrument.training_topics, "challenges": self.instrument.challenge_kinds}
        if name in options:
            return f"{self[name].auto_id}-{options[name][0].id}"
        if name.startswith("authority_"):
            return f"{self[name].auto_id}-{self.instrument.authority_options[0].id}"
        if name.startswith("area_"):
            return f"{self[name].auto_id}-customs"
        return f"{self[name].auto_id}-{first[name]}" if name in first else self[name].auto_id

    def label_of(self, name: str) -> str:
        """What the field `name` is called in a sentence."""
        if name.startswith("authority_"):
            return str(AGENCY_NAMES[name.removeprefix("authority_")])
        if name.startswith("area_"):
            areas = {area.id: area.name for area in self.instrument.risk_areas}
            return areas[name.removeprefix("area_")]
        return str(LABELS.get(name, name))

    @property
    def _first_answer(self) -> str:
        return "1" if self.question.takes_level else "unknown"


def in_words(message: Message) -> str:
    """The message in the reader's language."""
    text = gettext(message.text)
    return text % message.values if message.values else text


def field_of(path: str, response: Response = BLANK) -> str:
    """The name of the field that shows what is wrong at `path` of `response`."""
    member, _dot, rest = path.partition(".")
    member = member.partition("[")[0]
    if member in ("level", "status"):
        return "answer"
    if member == "authority":
        return f"authority_{rest or next(iter(response.authority), AGENCIES[0])}"
    if member == "areas":
        return f"area_{rest or next(iter(response.areas), '')}"
    return member


def _fields(instrument: Instrument, question: Question, voice: str) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {"version": Choice(required=False), "answer": Choice(required=False)}
    if question.takes_authority:
        fields |= {f"authority_{agency}": Choice(required=False) for agency in agencies_of(voice)}
    if question.takes_areas:
        fields |= {f"area_{area.id}": Choice(required=False) for area in instrument.risk_areas}
    if question.takes_topics:
        fields["topics"] = Choices(required=False)
    if question.takes_challenges:
        fields["challenges"] = Choices(required=False)
    fields |= {"reason": TextField(required=False), "narrative": TextField(required=False)}
    if question.takes_level:
        fields["basis"] = Choice(required=False)
    return {**fields, "evidence": EvidenceField(required=False)}


def agencies_of(voice: str) -> tuple[str, ...]:
    """The agencies whose authority `voice` may state: both in the national one, else its own."""
    return AGENCIES if voice == NATIONAL else (voice,)


def _initial(response: Response) -> dict[str, Any]:
    answer = response.status if response.status in OPEN_STATUSES else str(response.level or "")
    return {
        "answer": answer,
        "reason": response.reason,
        "narrative": response.narrative,
        "basis": response.basis,
        "topics": response.topics,
        "challenges": response.challenges,
        "evidence": list(response.evidence),
        **{f"authority_{agency}": value for agency, value in response.authority.items()},
        **{f"area_{area}": value for area, value in response.areas.items()},
    }


def _read(members: Mapping[str, Any]) -> tuple[Response, list[Fault]]:
    """The response in the fields' values, and what could not even be read as one."""
    answer, faults = members["answer"], []
    level = None
    status = answer if answer in OPEN_STATUSES else "answered"
    if LEVEL.fullmatch(answer):
        level = int(answer)
    elif answer and status == "answered":
        faults.append(Fault("level", Message("must be a whole number from 1 to 5")))
    response = Response(
        status=status,
        level=level,
        basis=members.get("basis", ""),
        narrative=members["narrative"],
        # A reason belongs to the two answers that need one; whoever then chooses a statement has withdrawn it.
        reason="" if level is not None else members["reason"],
        authority=_prefixed(members, "authority_"),
        areas=_prefixed(members, "area_"),
        topics=members.get("topics", ()),
        challenges=members.get("challenges", ()),
        evidence=members["evidence"],
    )
    return response, faults


def _prefixed(members: Mapping[str, Any], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in members.items() if name.startswith(prefix) and value}

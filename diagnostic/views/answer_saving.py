"""What becomes of one posted answer: read, compared with what stands, saved, or shown back with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as with_changes
from typing import Any, Literal
from uuid import UUID

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext

from diagnostic.actions import confirmations
from diagnostic.actions import responses as actions
from diagnostic.actions.errors import ActionRefused, Invalid, NotAsked, Stale
from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.interchange import response_from_json
from diagnostic.core.responses import NATIONAL, Response
from diagnostic.forms.agreement import ProposalForm
from diagnostic.forms.question import QuestionForm, in_words
from diagnostic.models import Response as Row
from diagnostic.models import ResponseRevision
from diagnostic.queries import to_response

Kind = Literal["unchanged", "saved", "merged", "conflict", "faults", "not_asked", "state"]
REFUSED: tuple[Kind, ...] = ("conflict", "faults", "not_asked", "state")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one posted answer: `row` is what stands now, `form` what was typed, `words` why it is unsaved."""

    kind: Kind
    form: QuestionForm
    row: Row | None = None
    words: str = ""

    @property
    def code(self) -> str:
        return self.form.question.code

    @property
    def is_refused(self) -> bool:
        return self.kind in REFUSED


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes where: an assessment's voice, and the person."""

    assessment_id: UUID
    voice: str
    by: Any

    def save(self, form: QuestionForm) -> Outcome:
        """Save what `form` holds, or say why not."""
        if not form.is_valid():
            return Outcome("faults", form)
        try:
            row = actions.save(**self._act(form), base_version=form.base_version)
        except Stale as refusal:
            return Outcome("conflict", form, row=refusal.row)
        except NotAsked as refusal:
            return Outcome("not_asked", form, words=in_words(refusal.message))
        except Invalid as refusal:
            for fault in refusal.faults:
                form.add_fault(fault)
            return Outcome("faults", form)
        except ActionRefused as refusal:
            return Outcome("state", form, words=in_words(refusal.message))
        return Outcome("saved", form, row=row)

    def confirm(self, form: QuestionForm) -> Outcome:
        """Put the last period's answer, as still true, in the place of what `form` holds, which goes to the history."""
        typed = self.save(form)
        if typed.is_refused or typed.row is None:
            return typed
        act = {name: value for name, value in self._act(form).items() if name not in ("response", "agreement")}
        try:
            row = confirmations.confirm(**act, base_version=typed.row.version)
        except Stale as refusal:
            return Outcome("conflict", form, row=refusal.row)
        except NotAsked as refusal:
            return Outcome("not_asked", form, words=in_words(refusal.message))
        except ActionRefused as refusal:
            return Outcome("state", form, words=in_words(refusal.message))
        row.has_voided = row.has_voided or typed.row.has_voided
        return Outcome("saved", form, row=row)

    def keep_theirs(self, form: QuestionForm) -> Outcome:
        """Give the typed text up for what stands; it goes to the history."""
        if not form.is_valid():
            return Outcome("faults", form)
        try:
            actions.set_aside(**self._act(form))
        except ActionRefused as refusal:
            return Outcome("state", form, words=in_words(refusal.message))
        return Outcome("saved", form)

    def _act(self, form: QuestionForm) -> dict[str, Any]:
        return {
            "assessment_id": self.assessment_id,
            "voice": self.voice,
            "question": form.question.code,
            "response": form.given,
            "by": self.by,
            **({"agreement": form.agreement} if isinstance(form, ProposalForm) else {}),
        }


def form_of(instrument: Instrument, question: Question, voice: str, data: QueryDict) -> QuestionForm:
    """The form for the posted `data`: the comparison's form if it includes the reason for agreeing."""
    if voice == NATIONAL and f"{question.code}-agreement" in data:
        return ProposalForm(instrument, question, data)
    return QuestionForm(instrument, question, voice, data)


def resolution(data: QueryDict, code: str) -> str:
    """What is done with this question's texts now: "mine", "theirs" or "merge" of a conflict, "confirm", or "" none."""
    asked, _colon, act = data.get("resolve", "").partition(":")
    if asked != code:
        return ""
    if act in ("merge", "confirm"):
        return act
    return "theirs" if data.get(f"{code}-keep") == "theirs" else "mine"


def is_unresolved(data: QueryDict, code: str) -> bool:
    """Whether the page held a conflict of this question and another button than its own was pressed."""
    return f"{code}-keep" in data and not resolution(data, code)


def typed_at(data: QueryDict) -> Any:
    """When the text was typed, from the browser, in local time; None for a missing or invalid time."""
    try:
        moment = parse_datetime(data.get("typed_at", ""))
        return localtime(moment) if moment else None
    except (ValueError, OverflowError):
        # No time, a time without a zone, or one that does not exist in the reader's zone.
        return None


def without_cleared(data: QueryDict) -> QueryDict:
    """The posted fields without the one whose "Clear" button was pressed."""
    cleared = data.get("clear", "")
    if not cleared:
        return data
    rest = data.copy()
    name, colon, place = cleared.partition(":")
    if colon and place.isascii() and place.isdigit():
        for part in ("title", "reference"):
            values = rest.getlist(f"{name}_{part}")
            rest.setlist(f"{name}_{part}", [value for at, value in enumerate(values) if at != int(place)])
        return rest
    rest.pop(cleared, None)
    if cleared.endswith("-answer"):
        rest.pop(f"{cleared.removesuffix('answer')}reason", None)
    return rest


def is_unchanged(form: QuestionForm, row: Row, standing: Response) -> bool:
    """Whether the writer left the answer as the page showed it, whatever others have done to it since."""
    if not form.is_valid():
        return False
    if _same(form.given, standing):
        return True
    return form.base_version != row.version and _same(form.given, _content(row, form.base_version))


def _same(one: Response, other: Response) -> bool:
    # A form lists choices in the instrument's order, a file perhaps in another.
    return _in_order(one) == _in_order(other)


def _in_order(response: Response) -> Response:
    return with_changes(response, topics=tuple(sorted(response.topics)), challenges=tuple(sorted(response.challenges)))


def _content(row: Row, version: int) -> Response:
    kept = ResponseRevision.objects.filter(response=row, version=version, was_kept=True)
    content: Mapping[str, Any] | None = kept.values_list("content", flat=True).first()
    return response_from_json(content or {})


def merged(form: QuestionForm, row: Row) -> QueryDict:
    """The writer's answer with both texts in it, theirs first, on the version that stands now."""
    data = form.data.copy()
    theirs = to_response(row)
    texts = {name: (getattr(form.given, name), getattr(theirs, name)) for name in ("narrative", "reason")}
    if isinstance(form, ProposalForm):
        texts = {"narrative": texts["narrative"], "agreement": (form.agreement, theirs.reason or row.agreement)}
    for name, (mine, other) in texts.items():
        both = other if mine in other else mine if other in mine else f"{other}\n\n{mine}"
        data[form.add_prefix(name)] = both
    held = {(item.title, item.reference) for item in form.given.evidence}
    for item in theirs.evidence:
        if (item.title, item.reference) not in held:
            data.appendlist(f"{form.add_prefix('evidence')}_title", item.title)
            data.appendlist(f"{form.add_prefix('evidence')}_reference", item.reference)
    data[form.add_prefix("version")] = str(row.version)
    data.pop(form.add_prefix("keep"), None)
    return data


def not_saved_words(outcome: Outcome) -> str:
    """What stands beside an answer that was not saved."""
    if outcome.kind == "faults":
        return gettext("Not saved – see below")
    if outcome.kind == "merged":
        return gettext("Both texts – edit and save")
    return outcome.words


def links_to_faults(outcome: Outcome) -> list[tuple[str, str]]:
    """For an error summary: where on the page the answer needs the writer, and why."""
    if outcome.kind == "faults":
        return outcome.form.links_to_faults()
    if outcome.kind == "conflict":
        return [(f"{outcome.code}-conflict", gettext("%(code)s has two texts: choose one") % {"code": outcome.code})]
    return [(f"{outcome.code}-q", outcome.words)] if outcome.is_refused else []

"""The history of one answer as shown on its page: sittings, their changes, and every full text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from diagnostic.core import workflow
from diagnostic.core.differences import Piece, mark_differences
from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.interchange import response_from_json
from diagnostic.core.responses import BLANK
from diagnostic.core.responses import Response as Answer
from diagnostic.core.sittings import Saved, Sitting, group_by_sitting, split_into_pages
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, ResponseRevision
from diagnostic.permissions import can_answer
from diagnostic.queries import load_clarifications, open_questions

from .answer_text import AnswerText, Change, changes, describe

MOST_ON_A_PAGE = 40
"""How many revisions a page shows, each with its whole text of up to 10,000 characters and its reason."""


@dataclass(frozen=True, slots=True)
class Text:
    """One full revision; `is_standing` if it is the current answer."""

    revision: ResponseRevision
    answer: AnswerText
    is_standing: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One sitting, and its changes to the previous answer; `texts` are latest first.

    `is_continued` if the earlier part of a very long sitting is on another page.
    """

    texts: tuple[Text, ...]
    before: AnswerText
    after: AnswerText
    narrative: tuple[Piece, ...]
    reason: tuple[Piece, ...]
    facts: tuple[Change, ...]
    agreement: tuple[Piece, ...]
    is_continued: bool = False

    @property
    def first(self) -> ResponseRevision:
        return self.texts[-1].revision

    @property
    def last(self) -> ResponseRevision:
        return self.texts[0].revision

    @property
    def has_new_level(self) -> bool:
        return self.before.level != self.after.level

    @property
    def has_new_status(self) -> bool:
        return self.before.status != self.after.status

    @property
    def changes_nothing(self) -> bool:
        """Whether the answer reads as before, for example because it was only confirmed."""
        texts = (self.narrative, self.reason, self.agreement)
        return not (self.has_new_level or self.has_new_status or self.facts or any(texts))


@dataclass(frozen=True, slots=True)
class Restoring:
    """An earlier text beside the answer that it would replace; `version` is that answer's version."""

    chosen: Text
    standing: Text
    agreement: str
    version: int

    @property
    def is_same(self) -> bool:
        """Whether nothing would change."""
        one, other = self.chosen.revision, self.standing.revision
        return one.content == other.content and self.agreement == other.agreement


def load_history(assessment: Assessment, question: Question, voice: str, number: Any) -> tuple[Page[Any], list[Entry]]:
    """A page of the history of one answer, latest sitting first (2 queries, 1 if it is empty)."""
    saved = _load_order(assessment, question, voice)
    pages = split_into_pages(group_by_sitting(saved), MOST_ON_A_PAGE) or [[]]
    page = Paginator(pages, 1).get_page(number)
    shown: Sequence[Sitting] = page.object_list[0]
    before = {sitting[0].number: _standing_before(saved, sitting[0].number) for sitting in shown}
    wanted = {item.number for sitting in shown for item in sitting} | {number for number in before.values() if number}
    held = _load_revisions(assessment, question, voice, wanted) if wanted else {}
    standing = _standing_before(saved, len(saved) + 1)
    build = _Builder(instrument_of(assessment), question, held, standing)
    starts = {sitting[0].number for sitting in group_by_sitting(saved)}
    return page, [build.entry(sitting, before[sitting[0].number], sitting[0].number in starts) for sitting in shown]


def load_restoring(assessment: Assessment, question: Question, voice: str, number: int) -> Restoring | None:
    """The revision with that number beside the current answer; None if there is none (2 queries)."""
    saved = _load_order(assessment, question, voice)
    standing = _standing_before(saved, len(saved) + 1)
    held = _load_revisions(assessment, question, voice, {number, standing})
    if number not in held or standing not in held:
        return None
    build = _Builder(instrument_of(assessment), question, held, standing)
    chosen, now = held[number], held[standing]
    # A text without a reason for the agreement, such as one set aside, does not change the reason.
    return Restoring(build.text(number), build.text(standing), chosen.agreement or now.agreement, now.version)


def may_restore(user: Any, assessment: Assessment, question: Question, voice: str) -> bool:
    """Whether `user` may put an earlier text of this answer back now (1 query if the assessment is returned)."""
    if not can_answer(user, assessment, voice):
        return False
    if voice not in workflow.writable_voices(assessment.state, assessment.mode):
        return False
    asked = load_clarifications(assessment) if assessment.state == workflow.RETURNED else {}
    return question.code in open_questions(instrument_of(assessment), assessment, asked)


def content_of(revision: ResponseRevision) -> Answer:
    """The answer in `revision`."""
    return response_from_json(revision.content)


def _load_order(assessment: Assessment, question: Question, voice: str) -> list[Saved]:
    """Every revision of the answer without its content, in order (1 query)."""
    rows = _of(assessment, question, voice).order_by("number")
    return [Saved(*row) for row in rows.values_list("number", "saved_by_id", "saved_at", "was_kept")]


def _load_revisions(
    assessment: Assessment, question: Question, voice: str, numbers: set[int]
) -> dict[int, ResponseRevision]:
    found = _of(assessment, question, voice).filter(number__in=numbers)
    rows = found.select_related("saved_by", "confirms__assessment").defer("confirms__snapshot")
    return {row.number: row for row in rows}


def _of(assessment: Assessment, question: Question, voice: str) -> Any:
    return ResponseRevision.objects.filter(
        response__assessment=assessment, response__voice=voice, response__question=question.code
    )


def _standing_before(saved: Sequence[Saved], number: int) -> int:
    """The number of the revision that was current when `number` was written; 0 if the answer was blank."""
    return max((item.number for item in saved if item.number < number and item.was_kept), default=0)


@dataclass(frozen=True, slots=True)
class _Builder:
    instrument: Instrument
    question: Question
    held: Mapping[int, ResponseRevision]
    standing: int

    def text(self, number: int) -> Text:
        revision = self.held[number]
        answer = describe(self.instrument, self.question, content_of(revision))
        return Text(revision, answer, number == self.standing)

    def entry(self, sitting: Sitting, before: int, is_start: bool) -> Entry:
        last, previous = self.held[sitting[-1].number], self.held.get(before)
        then, now = content_of(previous) if previous else BLANK, content_of(last)
        told = [describe(self.instrument, self.question, answer) for answer in (then, now)]
        agreement = previous.agreement if previous else ""
        return Entry(
            texts=tuple(self.text(item.number) for item in reversed(sitting)),
            before=told[0],
            after=told[1],
            narrative=_marked(then.narrative, now.narrative),
            reason=_marked(then.reason, now.reason),
            facts=changes(*told),
            agreement=_marked(agreement, last.agreement) if last.was_kept or last.agreement else (),
            is_continued=not is_start,
        )


def _marked(before: str, after: str) -> tuple[Piece, ...]:
    return mark_differences(before, after) if before != after else ()

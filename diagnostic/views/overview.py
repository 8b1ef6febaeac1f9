"""How far an assessment has come, worked out for the task list, the missing page and the check before submitting."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.progress import QuestionState, ThemeProgress, find_missing, question_states, theme_progress
from diagnostic.core.responses import NATIONAL, Voices
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Clarification, Response
from diagnostic.queries import load_clarifications, load_rows_by_voice, proposed_in, voices_of
from diagnostic.rendering.words import capitalised, join_words, number_word

STATE_WORDS_OF_JUMP = {
    "answered": ("i-done", ""),
    "not_applicable": ("i-done", ""),
    "missing": ("i-open", "is-open"),
    "proposed": ("i-open", "is-open"),
    "unknown": ("i-unknown", "is-unknown"),
    "not_asked": ("i-unasked", "is-unasked"),
}


@dataclass(frozen=True, slots=True)
class Jump:
    """One entry of the list that reaches any question in one step."""

    code: str
    url: str
    icon: str
    css: str
    words: str


@dataclass(frozen=True, slots=True)
class Task:
    """One theme of the task list. `tag` is "completed", "in_progress", "not_started" or "returned"."""

    name: str
    url: str
    codes: str
    done: int
    asked: int
    tag: str
    cells: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A question without a usable answer, and why."""

    question: Question
    url: str
    why: str
    is_unknown: bool


@dataclass(frozen=True, slots=True)
class Clarified:
    """A question of the secretariat; `is_waiting` until somebody saved the answer again."""

    code: str
    url: str
    text: str
    is_waiting: bool


@dataclass(frozen=True)
class Overview:
    """One voice of an assessment: its answers, and how far they have come.

    `rows_by_voice` holds nothing of a voice that the reader may not read.
    """

    assessment: Assessment
    voice: str
    rows_by_voice: Mapping[str, Mapping[str, Response]]
    clarifications: Mapping[str, Clarification]

    @cached_property
    def instrument(self) -> Instrument:
        return instrument_of(self.assessment)

    @property
    def rows(self) -> Mapping[str, Response]:
        return self.rows_by_voice[self.voice]

    @cached_property
    def voices(self) -> Voices:
        return voices_of(row for rows in self.rows_by_voice.values() for row in rows.values())

    @cached_property
    def states(self) -> dict[str, QuestionState]:
        return question_states(self.instrument, self.voice, self.voices, proposed_in(self.rows.values()))

    @cached_property
    def themes(self) -> tuple[ThemeProgress, ...]:
        return theme_progress(self.instrument, self.states)

    @property
    def asked(self) -> int:
        return sum(len(theme.asked) for theme in self.themes)

    @property
    def done(self) -> int:
        return sum(theme.done for theme in self.themes)

    @cached_property
    def to_clarify(self) -> tuple[str, ...]:
        """The returned questions without a new answer that counts since the return, in question order."""
        return tuple(
            code for code in self.instrument.by_code if code in self.clarifications and not self._saved_since(code)
        )

    def _saved_since(self, code: str) -> bool:
        row, closed_at = self.rows[code], self.clarifications[code].review.closed_at
        saved_at = row.saved_at if row.is_agreed else None
        return saved_at is not None and closed_at is not None and saved_at > closed_at

    def url_of(self, code: str) -> str:
        """The page on which the question is answered: agreed answers of two agencies are recorded in the comparison."""
        return url_of_answer(self.assessment, self.voice, self.instrument.by_code[code])

    def url_of_theme(self, theme: str) -> str:
        return reverse("theme", kwargs={"pk": self.assessment.pk, "voice": self.voice, "theme": theme})

    @property
    def tasks(self) -> list[Task]:
        """The seven themes."""
        return [self._task(theme) for theme in self.themes]

    def _task(self, theme: ThemeProgress) -> Task:
        returned = [code for code in self.to_clarify if self.instrument.by_code[code].theme == theme.theme]
        return Task(
            name=self.instrument.theme_by_id[theme.theme].name,
            url=self.url_of_theme(theme.theme),
            codes=", ".join(theme.asked),
            done=theme.done,
            asked=len(theme.asked),
            tag="returned" if returned else theme.state,
            cells=tuple(place < theme.done for place in range(len(theme.asked))),
        )

    @property
    def clarified(self) -> list[Clarified]:
        """What the secretariat asked, in question order, and whether it was answered since."""
        return [
            Clarified(code, self.url_of(code), self.clarifications[code].text, code in self.to_clarify)
            for code in self.instrument.by_code
            if code in self.clarifications
        ]

    @property
    def jumps(self) -> list[Jump]:
        """A.1 to A.19."""
        return [self._jump(code) for code in self.states]

    def _jump(self, code: str) -> Jump:
        if code in self.to_clarify:
            return Jump(code, self.url_of(code), "i-attention", "is-attention", gettext("returned with a question"))
        icon, css = STATE_WORDS_OF_JUMP[self.states[code]]
        words = {
            "answered": gettext("answered"),
            "not_applicable": gettext("not applicable"),
            "missing": gettext("missing"),
            "proposed": gettext("in progress, not agreed yet"),
            "unknown": gettext("cannot answer now"),
            "not_asked": gettext("not asked"),
        }
        return Jump(code, self.url_of(code), icon, css, words[self.states[code]])

    @cached_property
    def missing(self) -> list[Missing]:
        """Blank and in-progress questions, then those that cannot be answered now."""
        return [self._missing(code) for code in find_missing(self.states)]

    def _missing(self, code: str) -> Missing:
        question = self.instrument.by_code[code]
        is_unknown = self.states[code] == "unknown"
        if self.states[code] == "proposed":
            why = gettext("In progress: a proposal is saved, and it is not recorded as agreed yet")
        else:
            why = self._why_unknown(code) if is_unknown else _why_blank(question)
        return Missing(question, self.url_of(code), why, is_unknown)

    def _why_unknown(self, code: str) -> str:
        return gettext("Cannot answer now: “%(reason)s”") % {"reason": self.rows[code].reason}

    @property
    def blank_count(self) -> int:
        return sum(state == "missing" for state in self.states.values())

    @property
    def proposed_count(self) -> int:
        return sum(state == "proposed" for state in self.states.values())

    @property
    def unsettled_count(self) -> int:
        """The number of blank or in-progress questions."""
        return self.blank_count + self.proposed_count

    @property
    def unknown_count(self) -> int:
        return sum(item.is_unknown for item in self.missing)

    @property
    def sentence(self) -> str:
        """How far it has come, in words."""
        done = sum(theme.state == "completed" for theme in self.themes)
        said = [
            ngettext("%(count)s of %(total)s themes is complete.", "%(count)s of %(total)s themes are complete.", done)
            % {"count": capitalised(number_word(done)), "total": number_word(len(self.themes))}
        ]
        parts = []
        if self.blank_count:
            parts.append(
                ngettext("%(count)s question is blank", "%(count)s questions are blank", self.blank_count)
                % {"count": number_word(self.blank_count)}
            )
        if self.proposed_count:
            parts.append(
                ngettext("%(count)s is in progress", "%(count)s are in progress", self.proposed_count)
                % {"count": number_word(self.proposed_count)}
            )
        if self.unknown_count:
            parts.append(
                ngettext("%(count)s cannot be answered now", "%(count)s cannot be answered now", self.unknown_count)
                % {"count": number_word(self.unknown_count)}
            )
        if parts:
            said.append(gettext("%(sentence)s.") % {"sentence": capitalised(join_words(parts))})
        if self.assessment.state == workflow.DRAFT:
            said.append(gettext("Follow-up questions appear when their condition holds, so the total may change."))
        return " ".join(said)


def url_of_answer(assessment: Assessment, voice: str, question: Question) -> str:
    """The page on which `voice` answers `question`: agreed answers of two agencies are recorded in the comparison."""
    of = {"pk": assessment.pk}
    if assessment.mode == workflow.SEPARATE and voice == NATIONAL and assessment.state in workflow.WITH_COUNTRY:
        return f"{reverse('compare', kwargs=of)}?open={question.code}#{question.code}"
    theme = reverse("theme", kwargs={**of, "voice": voice, "theme": question.theme})
    return f"{theme}#{question.code}"


def _why_blank(question: Question) -> str:
    condition = question.asked_when
    if condition is None:
        return gettext("Blank")
    if condition.at_least:
        return gettext("Blank. Asked because %(code)s is %(level)d or higher") % {
            "code": condition.question,
            "level": condition.at_least,
        }
    return gettext("Blank. Asked because of the authority given at %(code)s") % {"code": condition.question}


def load_overview(assessment: Assessment, voice: str, readable: Collection[str]) -> Overview:
    """How far `voice` has come in `assessment` (1 query; 2 where it was returned).

    Of the voices that are `readable`, the national one is read with all: an agency's authority may open a follow-up.
    """
    rows = load_rows_by_voice(assessment, readable if voice == NATIONAL else (voice,))
    is_returned = assessment.state == workflow.RETURNED
    return Overview(assessment, voice, rows, load_clarifications(assessment) if is_returned else {})

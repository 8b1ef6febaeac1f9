"""What a theme page shows: its questions as they stand, the rail beside them, and where it leads next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from diagnostic.actions.confirmations import can_be_confirmed
from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument, Question, Theme
from diagnostic.core.progress import question_states, theme_progress
from diagnostic.core.responses import BLANK, NATIONAL, VOICES, Responses, Voices, known_authority
from diagnostic.core.responses import Response as Answer
from diagnostic.forms.question import QuestionForm
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Clarification
from diagnostic.models import Response as Row
from diagnostic.permissions import is_writable
from diagnostic.queries import (
    Previous,
    load_clarifications,
    load_previous,
    load_rows_by_voice,
    open_questions,
    proposed_in,
    to_response,
    voices_of,
)

from .answer_sections import Agreed, Asking, draw
from .plan_beside import Beside, load_beside

STATE_NAMES = {
    "answered": pgettext_lazy("state of a question", "answered"),
    "missing": pgettext_lazy("state of a question", "missing"),
    "unknown": pgettext_lazy("state of a question", "cannot answer"),
    "not_applicable": pgettext_lazy("state of a question", "not applicable"),
    "not_asked": pgettext_lazy("state of a question", "not asked"),
    "proposed": pgettext_lazy("state of a question", "in progress"),
    "conflict": pgettext_lazy("state of a question", "two texts"),
    "not_saved": pgettext_lazy("state of a question", "not saved"),
}
VOICE_NAMES = {
    "customs": _("The answers of customs"),
    "police": _("The answers of the police"),
    NATIONAL: _("The national answers"),
}
NOT_SAVED = ("faults", "state", "merged")


@dataclass(frozen=True, slots=True)
class QuestionLink:
    """A line of the rail: a question of this theme, its state, and the state it would have if it were asked."""

    code: str
    state: str
    own_state: str

    @property
    def label(self) -> Any:
        return STATE_NAMES[self.state]


@dataclass(frozen=True, slots=True)
class ThemeLink:
    """A line of the rail: a theme, and this one's questions below it."""

    name: str
    url: str
    is_completed: bool
    is_current: bool
    questions: tuple[QuestionLink, ...] = ()


@dataclass(frozen=True)
class ThemePage:
    """One theme of one voice, loaded whole; `open_codes` are the questions that may be changed now by this reader.

    `others` are the agencies' answers where this is the national voice that they agree on: what they say of their
    authority holds where it is silent. `plan` is the country's from before this assessment.
    """

    assessment: Assessment
    instrument: Instrument
    voice: str
    theme: Theme
    rows: Mapping[str, Row]
    answers: Responses
    previous: Previous | None
    clarifications: Mapping[str, Clarification]
    open_codes: frozenset[str]
    may_write: bool
    today: date
    others: Voices = field(default_factory=dict)
    plan: tuple[Beside, ...] = ()

    @property
    def plan_of_theme(self) -> tuple[Beside, ...]:
        """What of the plan concerns the theme and no single question of it."""
        return tuple(item for item in self.plan if item.theme == self.theme.id and not item.question)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return self.instrument.by_theme[self.theme.id]

    @cached_property
    def states(self) -> Mapping[str, str]:
        """The current state of each question, including proposals, so that their follow-ups can be answered."""
        voices = {**self.others, self.voice: self.answers}
        return question_states(self.instrument, self.voice, voices, self.proposed)

    @cached_property
    def proposed(self) -> frozenset[str]:
        return proposed_in(self.rows.values())

    @property
    def voice_name(self) -> Any:
        """Whose answers these are; empty in a joint session, which has but one voice."""
        return VOICE_NAMES[self.voice] if self.assessment.mode == workflow.SEPARATE else ""

    @property
    def is_agreed_on(self) -> bool:
        """Whether these are the national answers that two agencies agree on."""
        return self.assessment.mode == workflow.SEPARATE and self.voice == NATIONAL

    @property
    def is_frozen(self) -> bool:
        """Whether these are an agency's own answers, and the comparison has closed them."""
        return self.voice != NATIONAL and self.assessment.comparison_opened_at is not None

    @property
    def is_declared(self) -> bool:
        """Whether the agency has declared these answers complete, and can still take that back."""
        return self.assessment.state == workflow.DRAFT and self.assessment.has_declared(self.voice)

    @property
    def number(self) -> int:
        return self.instrument.themes.index(self.theme) + 1

    @property
    def is_open(self) -> bool:
        """Whether anything on this page may be changed."""
        return any(question.code in self.open_codes for question in self.questions)

    @property
    def next_theme(self) -> Theme | None:
        return self.instrument.themes[self.number] if self.number < len(self.instrument.themes) else None

    @property
    def url(self) -> str:
        return self._url_of(self.theme)

    @property
    def next_url(self) -> str:
        """The next theme; after the last one the check before submitting, or the comparison if frozen."""
        if self.next_theme:
            return self._url_of(self.next_theme)
        if self.is_frozen:
            return reverse("compare", kwargs={"pk": self.assessment.pk})
        return reverse("assessment-check", kwargs={"pk": self.assessment.pk})

    @property
    def leads_on(self) -> bool:
        """Whether there is another step after the last theme."""
        return self.assessment.state in workflow.WITH_COUNTRY

    def answer(self, question: Question) -> Answer:
        """What stands as the answer, blank where nothing does."""
        return self.answers.get(question.code, BLANK)

    def form(self, question: Question, data: Mapping[str, Any]) -> QuestionForm:
        """The question's form with what was typed."""
        return QuestionForm(self.instrument, question, self.voice, data)

    def asking(self, question: Question) -> Asking:
        """What stands around the question."""
        clarification = self.clarifications.get(question.code)
        return Asking(
            instrument=self.instrument,
            question=question,
            voice=self.voice,
            period=self.previous.period if self.previous else "",
            is_own=self.previous is None or self.previous.voice == self.voice,
            previous=self.previous.responses.get(question.code) if self.previous else None,
            clarification=clarification.text if clarification else "",
            is_open=question.code in self.open_codes,
            is_asked=self.states[question.code] != "not_asked",
            is_confirmed=self._is_confirmed(question),
            can_be_confirmed=can_be_confirmed(self.assessment, self.voice),
            known=self._known(question),
            agreed=self._agreed(question),
            plan=tuple(item for item in self.plan if item.question == question.code),
        )

    def _agreed(self, question: Question) -> Agreed:
        if not self.is_agreed_on or self.answer(question).is_blank:
            return ""
        return "agreed" if self.rows[question.code].is_agreed else "proposed"

    def _is_confirmed(self, question: Question) -> bool:
        confirms = self.rows[question.code].confirms_id
        return confirms is not None and self.previous is not None and confirms == self.previous.submission_id

    def _known(self, question: Question) -> str:
        """What the agencies' own voices say of the authority that `question` is asked for."""
        condition = question.asked_when
        if condition is None or not condition.authority_in:
            return ""
        found = known_authority(condition.question, self.voice, self.others)
        return " ".join(f"{agency}:{option}" for agency, option in found.items())

    def section(self, question: Question) -> str:
        """The question drawn as it stands."""
        row = self.rows[question.code]
        return draw(self.asking(question), self.answer(question), row.version, row.saved_at, self.today)

    def rail(self, kinds: Mapping[str, str]) -> list[ThemeLink]:
        """The themes with their progress, and this theme's questions; an outcome in `kinds` hides a state."""
        done = {item.theme: item.state == "completed" for item in theme_progress(self.instrument, self.states)}
        return [
            ThemeLink(
                name=theme.name,
                url=self._url_of(theme),
                is_completed=done[theme.id],
                is_current=theme == self.theme,
                questions=self._links(kinds) if theme == self.theme else (),
            )
            for theme in self.instrument.themes
        ]

    def _links(self, kinds: Mapping[str, str]) -> tuple[QuestionLink, ...]:
        links = []
        for question in self.questions:
            kind = kinds.get(question.code, "")
            state = "conflict" if kind == "conflict" else "not_saved" if kind in NOT_SAVED else ""
            own = own_state(question, self.answer(question), is_proposed=question.code in self.proposed)
            links.append(QuestionLink(question.code, state or self.states[question.code], own))
        return tuple(links)

    def _url_of(self, theme: Theme) -> str:
        return reverse("theme", kwargs={"pk": self.assessment.pk, "voice": self.voice, "theme": theme.id})


UNREAD = Previous("", {}, None, "")


def load_page(
    assessment: Assessment,
    voice: str,
    theme: str,
    *,
    may_write: bool,
    previous: Previous | None = UNREAD,
    plan: tuple[Beside, ...] | None = None,
) -> ThemePage | None:
    """The page of `theme` in `voice`, or None where the assessment has no such theme or voice (at most 4 queries).

    What the country handed in last, and its plan from before, are read unless `previous` and `plan` have them already.
    """
    instrument = instrument_of(assessment)
    if theme not in instrument.theme_by_id or voice not in VOICES:
        return None
    # Only the national voice takes anything from the others, and it is read by nobody before they are.
    found = load_rows_by_voice(assessment, VOICES if voice == NATIONAL else (voice,))
    if voice not in found:
        return None
    rows = found.pop(voice)
    is_asked_about = assessment.state == workflow.RETURNED and voice == NATIONAL
    clarifications = load_clarifications(assessment) if is_asked_about else {}
    is_open = may_write and is_writable(assessment, voice)
    open_codes = open_questions(instrument, assessment, clarifications) if is_open else frozenset()
    return ThemePage(
        assessment=assessment,
        instrument=instrument,
        voice=voice,
        theme=instrument.theme_by_id[theme],
        rows=rows,
        answers={code: to_response(row) for code, row in rows.items()},
        previous=load_previous(assessment, voice) if previous is UNREAD else previous,
        clarifications=clarifications,
        open_codes=open_codes,
        may_write=may_write,
        today=timezone.now().date(),
        others=voices_of(row for held in found.values() for row in held.values()),
        plan=load_beside(assessment) if plan is None else plan,
    )


def own_state(question: Question, answer: Answer, *, is_proposed: bool = False) -> str:
    """The state of a question with `answer`, if it is asked; `is_proposed` if it is not agreed yet."""
    if is_proposed and not answer.is_blank:
        return "proposed"
    if answer.status != "answered":
        return answer.status
    is_given = answer.level is not None if question.takes_level else not answer.is_blank
    return "answered" if is_given else "missing"

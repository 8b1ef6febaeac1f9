"""What the secretariat reads of a submission, worked out from its frozen snapshot; no request and no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from diagnostic.core.instrument import AGENCIES, Criterion, Instrument, Option, Question, Theme
from diagnostic.core.progress import question_states
from diagnostic.core.responses import BLANK, NATIONAL, Evidence, Response
from diagnostic.core.result import Change, Result, project, score
from diagnostic.forms.question_layout import HOLDER_NAMES
from diagnostic.models import Opinion, Submission
from diagnostic.queries import snapshot_voices
from diagnostic.rendering.sentences import (
    is_paper_only,
    say_coverage,
    say_demand,
    say_index,
    say_range,
    say_verdict,
)
from diagnostic.rendering.words import AGENCY_WORDS, BASIS_WORDS, say_level

PARTS = {
    "status": gettext_lazy("whether it is answered"),
    "level": gettext_lazy("level"),
    "basis": gettext_lazy("basis"),
    "narrative": gettext_lazy("what the country wrote"),
    "reason": gettext_lazy("reason"),
    "authority": gettext_lazy("authority"),
    "areas": gettext_lazy("areas"),
    "topics": gettext_lazy("topics"),
    "challenges": gettext_lazy("challenges"),
    "evidence": gettext_lazy("evidence"),
    "agreement": gettext_lazy("why customs and police agree"),
}
STATES = {
    "answered": "",
    "implied": gettext_lazy("implied"),
    "not_applicable": gettext_lazy("not applicable"),
    "unknown": gettext_lazy("cannot answer"),
    "missing": gettext_lazy("no answer"),
    "not_asked": gettext_lazy("not asked"),
}
"""How a question stands, in the words of the reading list."""

OPEN = ("unknown", "missing")
CRITERION_STATES = {"met": gettext_lazy("Met."), "unmet": gettext_lazy("Not met."), "open": gettext_lazy("Still open.")}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the reading list. `level` is the one that counts, or the self-rating's own; None without any."""

    question: Question
    level: int | None
    state: str
    is_marked: bool
    changed: tuple[str, ...]

    @property
    def words(self) -> str:
        """The line's state, the one that matters most to the reader."""
        if self.is_marked:
            return _("clarify")
        return str(STATES[self.state]) or (_("changed") if self.changed else "")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def changes(self) -> str:
        return ", ".join(self.changed)


@dataclass(frozen=True, slots=True)
class ThemeEntries:
    theme: Theme
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One response in words: every part that was given, ready to be set beside another."""

    level: int | None
    level_name: str
    basis: str
    narrative: str
    reason: str
    status: str
    authority: tuple[tuple[str, str], ...]
    areas: tuple[tuple[str, str], ...]
    topics: tuple[str, ...]
    challenges: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    is_blank: bool


@dataclass(frozen=True, slots=True)
class Statement:
    """One of the five statements; `marks` says in words who chose it."""

    level: int
    name: str
    text: str
    is_answer: bool
    is_opinion: bool
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """A criterion that rests on the question, and how the answer stands against it, in words."""

    criterion: Criterion
    demand: str
    state: str


@dataclass(frozen=True)
class Reading:
    """A submission as its reader goes through it; `before` is the submission it follows, where there is one."""

    submission: Submission
    instrument: Instrument
    marked: Collection[str] = ()
    before: Submission | None = None

    @cached_property
    def voices(self) -> Mapping[str, Mapping[str, Response]]:
        return snapshot_voices(self.submission)

    @cached_property
    def responses(self) -> Mapping[str, Response]:
        return self.voices.get(NATIONAL, {})

    @cached_property
    def responses_before(self) -> Mapping[str, Response]:
        return snapshot_voices(self.before).get(NATIONAL, {}) if self.before else {}

    @cached_property
    def agreements(self) -> Mapping[str, str]:
        """Why both agencies agreed on an answer, by question, where each answered for itself."""
        return self.submission.frozen.agreements

    @cached_property
    def agreements_before(self) -> Mapping[str, str]:
        return self.before.frozen.agreements if self.before else {}

    @cached_property
    def result(self) -> Result:
        """The result of the frozen answers, with the target that was frozen with them."""
        return score(self.instrument, self.voices, NATIONAL, self.submission.frozen.target_level)

    @property
    def verdict(self) -> str:
        return say_verdict(self.instrument, self.result)

    @property
    def coverage(self) -> str:
        return say_coverage(self.result)

    @property
    def range(self) -> str:
        return say_range(self.instrument, self.result)

    @cached_property
    def states(self) -> Mapping[str, str]:
        """How each question stands: as for its writers, and `implied` where a follow-up counts as level 1."""
        states = dict(question_states(self.instrument, NATIONAL, self.voices))
        return states | {code: "implied" for code, item in self.result.standings.items() if item.state == "implied"}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        return tuple(self._entry(question) for question in self.instrument.questions)

    @property
    def by_theme(self) -> tuple[ThemeEntries, ...]:
        return tuple(
            ThemeEntries(theme, tuple(entry for entry in self.entries if entry.question.theme == theme.id))
            for theme in self.instrument.themes
        )

    @property
    def open_entries(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.is_open)

    @property
    def changed_entries(self) -> tuple[Entry, ...]:
        return tuple(entry for entry in self.entries if entry.changed)

    def entry(self, code: str) -> Entry:
        return self.entries[self.instrument.order[code]]

    def neighbours(self, code: str) -> tuple[Entry | None, Entry | None]:
        """The questions before and after `code` in instrument order, None at the ends."""
        place = self.instrument.order[code]
        following = self.entries[place + 1] if place + 1 < len(self.entries) else None
        return (self.entries[place - 1] if place else None), following

    def changed_parts(self, code: str) -> tuple[str, ...]:
        """What of the answer differs from the submission before, in words; empty for a first submission."""
        if self.before is None:
            return ()
        now, then = self.responses.get(code, BLANK), self.responses_before.get(code, BLANK)
        found = [part.name for part in fields(Response) if getattr(now, part.name) != getattr(then, part.name)]
        if self.agreements.get(code) != self.agreements_before.get(code):
            found.append("agreement")
        return tuple(str(PARTS[name]) for name in found)

    def given(self, code: str) -> Given:
        return give(self.instrument, self.responses.get(code, BLANK))

    def given_before(self, code: str) -> Given:
        return give(self.instrument, self.responses_before.get(code, BLANK))

    def rubric(
        self,
        question: Question,
        previous: Response = BLANK,
        period: str = "",
        opinion: Opinion | None = None,
        whose: str = "",
    ) -> tuple[Statement, ...]:
        """The five statements, each with who chose it: the country, now, before, or in its period before; a reviewer.

        `whose` names the opinion for the one who reads it.
        """
        response, state = self.responses.get(question.code, BLANK), self.states[question.code]
        then = self.responses_before.get(question.code, BLANK)
        marks: dict[int | None, list[str]] = {}
        if state == "answered":
            marks.setdefault(response.level, []).append(_("Country’s answer"))
        elif state == "implied":
            marks.setdefault(1, []).append(_("Counts as implied"))
        if self.before and then.level and then.level != response.level:
            marks.setdefault(then.level, []).append(_("Submission %(number)d") % {"number": self.before.number})
        if previous.level:
            marks.setdefault(previous.level, []).append(period)
        if opinion:
            marks.setdefault(opinion.level, []).append(whose)
        return tuple(
            Statement(
                level,
                self.instrument.level_name(level),
                text,
                state == "answered" and level == response.level,
                opinion is not None and level == opinion.level,
                tuple(marks.get(level, ())),
            )
            for level, text in sorted(question.levels.items())
        )

    def with_opinion(self, question: Question, opinion: Opinion | None) -> str:
        """What the result would be with the opinion's level in place of the answer's, in a sentence; empty without."""
        if opinion is None or not question.is_scored or self.states[question.code] != "answered":
            return ""
        after = project(self.instrument, self.voices, {question.code: Change(level=opinion.level)})
        values = {
            "before": say_index(self.result),
            "after": say_index(after),
            "level_before": self._level_in_words(self.result.level),
            "level": self._level_in_words(after.level),
        }
        if self.result.level == after.level:
            return (
                _(
                    "With the opinion in place of the answer the index would be %(after)s instead of %(before)s; the "
                    "level would stay %(level)s."
                )
                % values
            )
        return (
            _(
                "With the opinion in place of the answer the index would be %(after)s instead of %(before)s, and the "
                "level %(level)s instead of %(level_before)s."
            )
            % values
        )

    def _level_in_words(self, level: int | None) -> str:
        return say_level(self.instrument, level) if level else _("not stated")

    def criteria(self, question: Question) -> tuple[CriterionEntry, ...]:
        """The criteria that rest on `question`, and how the answer stands against each."""
        return tuple(
            CriterionEntry(item.criterion, say_demand(item.criterion), str(CRITERION_STATES[item.state]))
            for item in self.result.place.criteria
            if item.criterion.question == question.code
        )

    def held_by_paper(self, question: Question) -> Criterion | None:
        """The lowest criterion that the answer's level would meet, were it more than written."""
        return next(
            (
                item.criterion
                for item in self.result.place.criteria
                if item.criterion.question == question.code
                and is_paper_only(item.criterion, self.result.standings[question.code])
            ),
            None,
        )

    def why(self, question: Question) -> str:
        """Why the question carries no answer of its own, in a sentence; empty where it does."""
        state = self.states[question.code]
        if state == "not_applicable":
            return _("The country says that this does not apply to it. It is left out of the scores.")
        if state == "unknown":
            return _("The country cannot answer this now. It stays open and is never read as level 1.")
        if state == "missing":
            return _("The country gave no answer. It stays open and is never read as level 1.")
        if state in ("not_asked", "implied"):
            return self._why_not_asked(question)
        return ""

    def _entry(self, question: Question) -> Entry:
        code = question.code
        level = self.result.standings[code].level if code in self.result.standings else None
        if question.kind == "self_rating" and self.states[code] == "answered":
            level = self.responses[code].level
        return Entry(question, level, self.states[code], code in self.marked, self.changed_parts(code))

    def _why_not_asked(self, question: Question) -> str:
        condition = question.asked_when
        if condition is None:
            return ""
        values: dict[str, object] = {"parent": condition.question, "least": condition.at_least}
        if condition.authority_in:
            return (
                _("Not asked: it follows %(parent)s only where an agency lacks an authority of its own there.") % values
            )
        level = self.responses.get(condition.question, BLANK).level
        if level is None:
            return _("Not asked: it follows %(parent)s from level %(least)d on, and %(parent)s has no level.") % values
        values["level"] = level
        if self.states[question.code] == "implied":
            return (
                _(
                    "Not asked, and counted as level 1: it follows %(parent)s from level %(least)d on, and %(parent)s "
                    "is at level %(level)d."
                )
                % values
            )
        return (
            _("Not asked: it follows %(parent)s from level %(least)d on, and %(parent)s is at level %(level)d.")
            % values
        )


def give(instrument: Instrument, response: Response) -> Given:
    """`response` in words."""
    authority = _names(instrument.authority_options)
    return Given(
        level=response.level,
        level_name=instrument.level_name(response.level) if response.level else "",
        basis=str(BASIS_WORDS.get(response.basis, "")),
        narrative=response.narrative,
        reason=response.reason,
        status=str(STATES.get(response.status, "")),
        authority=tuple(
            (str(AGENCY_WORDS[agency]), authority[response.authority[agency]])
            for agency in AGENCIES
            if agency in response.authority
        ),
        areas=tuple(
            (area.name, str(HOLDER_NAMES[response.areas[area.id]]))
            for area in instrument.risk_areas
            if area.id in response.areas
        ),
        topics=_chosen(instrument.training_topics, response.topics),
        challenges=_chosen(instrument.challenge_kinds, response.challenges),
        evidence=response.evidence,
        is_blank=response.is_blank,
    )


def _names(options: Collection[Option]) -> dict[str, str]:
    return {option.id: option.name for option in options}


def _chosen(options: Collection[Option], chosen: Collection[str]) -> tuple[str, ...]:
    return tuple(option.name for option in options if option.id in chosen)

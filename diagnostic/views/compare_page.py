"""What the comparison shows: each question with both agencies' answers, how far apart they are, what was agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from diagnostic.actions.comparison import agency_names
from diagnostic.core import workflow
from diagnostic.core.agreement import Pair, Side, find_pairs, find_takeable, largest_first, merge
from diagnostic.core.comparison import LARGE, Agreement, find_agreement
from diagnostic.core.completeness import Completeness, find_completeness
from diagnostic.core.instrument import AGENCIES, Instrument
from diagnostic.core.responses import BLANK, NATIONAL, Voices, is_asked
from diagnostic.core.responses import Response as Answer
from diagnostic.core.scoring import shown
from diagnostic.forms.agreement import AgreementForm, DiscussionForm
from diagnostic.forms.question_layout import QuestionParts
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Comment
from diagnostic.models import Response as Row
from diagnostic.pages.answer_text import AnswerText, describe
from diagnostic.permissions import can_answer, can_discuss
from diagnostic.queries import load_clarifications, open_questions, proposed_in, to_response, voices_of
from diagnostic.rendering.words import AGENCY_WORDS, say_level

SHOWS = ("all", "differences", "large", "unanswered")


@dataclass(frozen=True, slots=True)
class SideView:
    """One agency's answer in words."""

    agency: str
    name: str
    icon: str
    said: str
    level: int | None
    text: AnswerText


@dataclass(frozen=True, slots=True)
class PairView:
    """One question of the comparison; `tag` says how its national answer stands, `form` is there to change it."""

    pair: Pair
    sides: tuple[SideView, ...]
    gap: str
    bar: str
    tag: str
    tag_words: str
    row: Row
    national: AnswerText
    comments: tuple[Comment, ...]
    form: AgreementForm | None
    parts: QuestionParts | None
    say: DiscussionForm | None
    is_open: bool
    has_next: bool
    is_saved_today: bool

    @property
    def code(self) -> str:
        return self.pair.question.code

    @property
    def question(self) -> Any:
        return self.pair.question

    @property
    def has_levels(self) -> bool:
        return any(side.level is not None for side in self.sides)

    @property
    def both(self) -> int | None:
        """The level where both agencies have the same one."""
        return self.sides[0].level if self.pair.size == 0 else None


@dataclass(frozen=True)
class ComparePage:
    """The comparison of one assessment as `reader` sees it.

    `rows` are those of every voice, `voices` the answers in them that count; `proposed` are the national answers in
    progress.
    """

    assessment: Assessment
    instrument: Instrument
    rows: Mapping[tuple[str, str], Row]
    voices: Voices
    comments: Mapping[str, tuple[Comment, ...]]
    open_codes: frozenset[str]
    may_discuss: bool
    show: str = "all"
    proposed: frozenset[str] = frozenset()

    voice = NATIONAL

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """The questions that are asked of anybody, in instrument order."""
        return tuple(pair for pair in find_pairs(self.instrument, self.voices) if pair.kind != "not_asked")

    @cached_property
    def by_code(self) -> dict[str, Pair]:
        return {pair.question.code: pair for pair in self.pairs}

    @cached_property
    def agreement(self) -> Agreement | None:
        return find_agreement(self.instrument, self.voices)

    @property
    def mean(self) -> str:
        return shown(self.agreement.mean_difference) if self.agreement else ""

    @cached_property
    def differences(self) -> list[Pair]:
        """What both have answered differently, largest difference first."""
        found = largest_first(pair for pair in self.pairs if pair.kind == "different")
        return [pair for pair in found if (pair.size or 0) >= LARGE] if self.show == "large" else found

    @cached_property
    def equal(self) -> list[Pair]:
        return [pair for pair in self.pairs if pair.kind == "equal"]

    @cached_property
    def unanswered(self) -> list[Pair]:
        """What one agency or neither has answered, in instrument order."""
        return [pair for pair in self.pairs if pair.kind == "open"]

    @cached_property
    def shown(self) -> list[Pair]:
        """What the filter leaves, in the order of the page."""
        parts = {
            "all": (self.differences, self.equal, self.unanswered),
            "differences": (self.differences,),
            "large": (self.differences,),
            "unanswered": (self.unanswered,),
        }
        return [pair for part in parts[self.show] for pair in part]

    @cached_property
    def takeable(self) -> dict[str, Answer]:
        """The equal answers that can be taken over now."""
        if self.assessment.state != workflow.COMPARING:
            return {}
        pairs = [pair for pair in self.pairs if pair.question.code not in self.proposed]
        return find_takeable(self.instrument, pairs, self.voices, agency_names())

    @cached_property
    def completeness(self) -> Completeness:
        """The reasons why the agreed answers cannot be attested yet."""
        return find_completeness(self.instrument, self.assessment.mode, self.voices)

    @property
    def is_being_agreed(self) -> bool:
        return self.assessment.state in workflow.WITH_COUNTRY

    @property
    def may_attest_next(self) -> bool:
        """Whether everything is agreed, so that the answers can be attested."""
        return self.is_being_agreed and self.completeness.is_enough

    @property
    def unsettled(self) -> list[Pair]:
        """The questions that can be left open now, in instrument order."""
        return [self.by_code[code] for code in self.completeness.unsettled if code in self.open_codes]

    @property
    def takeable_words(self) -> list[str]:
        return [self._takeable_words(code, response) for code, response in self.takeable.items()]

    def _takeable_words(self, code: str, response: Answer) -> str:
        if response.level is None:
            return code
        return gettext("%(code)s at %(level)s") % {"code": code, "level": say_level(self.instrument, response.level)}

    @property
    def agreed(self) -> int:
        """The number of questions with an agreed national answer or left open."""
        return sum(self.tag_of(pair) in ("agreed", "left_open") for pair in self.pairs)

    def row(self, code: str, voice: str = NATIONAL) -> Row:
        return self.rows[voice, code]

    def tag_of(self, pair: Pair) -> str:
        """The status of the national answer: "agreed", "left_open", "in_progress", "to_agree", or why it is not asked.

        The reason is "waits" while the question that it follows has no agreed answer, else "not_asked".
        """
        national = self.voices.get(NATIONAL, {})
        response = national.get(pair.question.code, BLANK)
        if not is_asked(self.instrument, pair.question, NATIONAL, self.voices):
            parents = self.instrument.parents_of(pair.question)
            return "waits" if any(national.get(code, BLANK).is_blank for code in parents) else "not_asked"
        if response.status == "unknown":
            return "left_open"
        if pair.question.code in self.proposed:
            return "in_progress"
        return "to_agree" if response.is_blank else "agreed"

    def _is_to_agree(self, pair: Pair) -> bool:
        return self.tag_of(pair) in ("in_progress", "to_agree")

    def first_to_agree(self) -> str:
        """The question to begin with: the first in page order without an agreed answer; else ""."""
        return next((pair.question.code for pair in self.shown if self._is_to_agree(pair)), "")

    def next_after(self, code: str) -> str:
        """The next question in page order without an agreed answer; else ""."""
        codes = [pair.question.code for pair in self.shown]
        rest = self.shown[codes.index(code) + 1 :] if code in codes else self.shown
        return next((pair.question.code for pair in rest if self._is_to_agree(pair)), "")

    def url(self, code: str = "") -> str:
        """The page with its filter, at `code`."""
        query = {} if self.show == "all" else {"show": self.show}
        if code:
            query["open"] = code
        address = reverse("compare", kwargs={"pk": self.assessment.pk})
        return address + (f"?{urlencode(query)}" if query else "") + (f"#{code}" if code else "")

    def meeting_url(self, code: str) -> str:
        """The screen of one question, with the filter."""
        address = reverse("compare-meeting", kwargs={"pk": self.assessment.pk})
        return f"{address}?{urlencode({'show': self.show, 'question': code})}"

    def make_form(self, pair: Pair, data: Mapping[str, Any] | None = None) -> AgreementForm:
        """The form of the national answer: with the current answer, else both agencies' answers combined."""
        row = self.row(pair.question.code)
        standing = to_response(row)
        response = merge(pair, agency_names()) if standing.is_blank else standing
        return AgreementForm(
            self.instrument,
            pair.question,
            data,
            needs_reason=pair.kind == "different",
            response=response,
            agreement=row.agreement,
            version=row.version,
        )

    def view(
        self,
        pair: Pair,
        opened: str = "",
        form: AgreementForm | None = None,
        say: DiscussionForm | None = None,
    ) -> PairView:
        """One question as it is drawn; `form` and `say` where something was typed into it and not saved."""
        code = pair.question.code
        tag = self.tag_of(pair)
        if form is None and code in self.open_codes and tag not in ("waits", "not_asked"):
            form = self.make_form(pair)
        if say is None and self.may_discuss:
            say = DiscussionForm(auto_id=f"{code}-say-%s")
        row = self.row(code)
        return PairView(
            pair=pair,
            sides=tuple(self.side(pair, side) for side in pair.sides),
            gap=_say_gap(pair),
            bar=_bar(pair),
            tag=tag,
            tag_words=self._tag_words(tag, pair, row),
            row=row,
            national=describe(self.instrument, pair.question, to_response(row)),
            comments=self.comments.get(code, ()),
            form=form,
            parts=QuestionParts(form) if form is not None else None,
            say=say,
            is_open=code == opened,
            has_next=bool(self.next_after(code)),
            is_saved_today=row.saved_at is not None and row.saved_at.date() == timezone.now().date(),
        )

    def side(self, pair: Pair, side: Side) -> SideView:
        """One agency's answer in words."""
        return SideView(
            agency=side.agency,
            name=str(AGENCY_WORDS[side.agency]),
            icon=f"i-{side.agency}",
            said=self._say_side(pair, side),
            level=side.level,
            text=describe(self.instrument, pair.question, side.response),
        )

    def _say_side(self, pair: Pair, side: Side) -> str:
        condition = pair.question.asked_when
        if side.level is not None:
            level = say_level(self.instrument, side.level)
            if not side.is_implied or condition is None:
                return level
            return gettext("%(level)s (implied by %(parent)s)") % {"level": level, "parent": condition.question}
        if not side.is_asked:
            return gettext("not asked")
        if side.response.status == "not_applicable":
            return gettext("not applicable")
        if side.response.status == "unknown":
            return gettext("cannot answer")
        return gettext("answered") if side.is_answered else gettext("no answer")

    def _tag_words(self, tag: str, pair: Pair, row: Row) -> str:
        if tag == "waits" and pair.question.asked_when is not None:
            return gettext("Waits for %(code)s") % {"code": pair.question.asked_when.question}
        if tag == "agreed":
            return gettext("Agreed at %(level)d") % {"level": row.level} if row.level else gettext("Agreed")
        words = {
            "left_open": gettext("Left open"),
            "in_progress": gettext("In progress"),
            "to_agree": gettext("To agree"),
            "not_asked": gettext("Not asked"),
        }
        return words[tag]


def _say_gap(pair: Pair) -> str:
    if pair.kind == "equal":
        return gettext("Equal")
    if pair.kind == "open":
        said = [side.agency for side in pair.sides if side.has_said]
        if not said:
            return gettext("Neither")
        return gettext("Customs only") if said == ["customs"] else gettext("Police only")
    if pair.size is None:
        return gettext("Different")
    if pair.size == 0:
        return gettext("Same level")
    return ngettext("%(count)d level", "%(count)d levels", pair.size) % {"count": pair.size}


def _bar(pair: Pair) -> str:
    """The classes of the bar between the two places; "" where there is none to draw."""
    levels = [side.level for side in pair.sides if side.level is not None]
    if len(levels) < len(AGENCIES) or levels[0] == levels[1]:
        return ""
    low, high = min(levels), max(levels)
    return f"span-{high - low + 1} from-{low}-to-{high}"


def load_compare_page(assessment: Assessment, reader: Any, show: str = "all") -> ComparePage:
    """The comparison as `reader` sees it (3 queries; 4 where it was returned), an observer without discussion."""
    instrument = instrument_of(assessment)
    rows = list(Row.objects.filter(assessment=assessment).select_related("saved_by").prefetch_related("evidence"))
    comments: dict[str, list[Comment]] = {}
    if can_discuss(reader, assessment):
        said = Comment.objects.filter(assessment=assessment, audience=Comment.Audience.AGENCIES)
        for comment in said:
            comments.setdefault(comment.question, []).append(comment)
    return ComparePage(
        assessment=assessment,
        instrument=instrument,
        rows={(row.voice, row.question): row for row in rows},
        voices=voices_of(rows),
        proposed=proposed_in(rows),
        comments={code: tuple(items) for code, items in comments.items()},
        open_codes=_open_codes(instrument, assessment, reader),
        may_discuss=can_discuss(reader, assessment) and assessment.state not in workflow.ENDED,
        show=show if show in SHOWS else "all",
    )


def _open_codes(instrument: Instrument, assessment: Assessment, reader: Any) -> frozenset[str]:
    """The questions whose national answer `reader` may change now (1 query where the assessment was returned)."""
    if not can_answer(reader, assessment, NATIONAL):
        return frozenset()
    if assessment.state == workflow.COMPARING:
        return frozenset(instrument.by_code)
    if assessment.state == workflow.RETURNED:
        return open_questions(instrument, assessment, load_clarifications(assessment))
    return frozenset()

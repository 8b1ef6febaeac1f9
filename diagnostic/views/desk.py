"""A submission on a reviewer's desk: what the secretariat's pages and acts load and show; the acts are elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from diagnostic.actions.bases import stamp
from diagnostic.actions.errors import ActionRefused, StateChanged
from diagnostic.core import workflow
from diagnostic.core.instrument import Question
from diagnostic.core.responses import BLANK
from diagnostic.forms.discussion import CommentForm, OpinionForm
from diagnostic.forms.review import ClarificationForm
from diagnostic.instruments import instrument_submitted
from diagnostic.models import Clarification, Comment, Opinion, Review, Submission
from diagnostic.permissions import can_assign, can_review
from diagnostic.queries import load_opinions, load_previous_then, load_read_marks, load_thread

from .access import load_submission, require
from .read_state import ReadState, has_read, last_word
from .reading import Reading, give

UNPROCESSABLE = 422
CONFLICT = 409

View = Callable[[HttpRequest, UUID, str], HttpResponse]


@dataclass(frozen=True, slots=True)
class SaidHere:
    """A question about which something is said; `is_answered` where the country has the last word."""

    question: Question
    opinion: Opinion | None
    comments: int
    is_answered: bool


@dataclass(frozen=True)
class Desk:
    """A submission on the reviewer's desk; `asked` is what is asked on it, `asked_before` on the one it follows."""

    submission: Submission
    reading: Reading
    asked: dict[str, Clarification]
    asked_before: dict[str, Clarification]
    may_assign: bool = False
    reader: Any = None

    @property
    def review(self) -> Review | None:
        return getattr(self.submission, "review", None)

    @property
    def is_waiting(self) -> bool:
        return self.review is None and self.submission.assessment.state == workflow.SUBMITTED

    @property
    def is_open(self) -> bool:
        state = self.submission.assessment.state
        return self.review is not None and not self.review.outcome and state == workflow.IN_REVIEW

    @property
    def is_discussed(self) -> bool:
        """Whether comments can be written: from the taking up until it is accepted or another is handed in."""
        return self.is_open or (self.submission.assessment.state == workflow.RETURNED and self.is_latest)

    @cached_property
    def is_latest(self) -> bool:
        """Whether nothing was handed in after it (1 query)."""
        after = Submission.objects.filter(
            assessment_id=self.submission.assessment_id, number__gt=self.submission.number
        )
        return not after.exists()

    @property
    def marked(self) -> list[Clarification]:
        """What is asked, in instrument order."""
        order = self.reading.instrument.order
        return sorted(self.asked.values(), key=lambda item: order[item.question])

    @cached_property
    def thread(self) -> list[Comment]:
        """Every comment that the secretariat reads, on all questions, the earliest first (1 query)."""
        return list(load_thread(self.submission, Comment.Audience.INTERNAL, Comment.Audience.SHARED))

    @cached_property
    def opinions(self) -> dict[str, Opinion]:
        """The opinions on this submission, by question (1 query)."""
        return {item.question: item for item in load_opinions(self.submission)}

    @cached_property
    def marks(self) -> dict[str, datetime]:
        """What the reader has read, and up to when (1 query)."""
        return load_read_marks(self.submission, self.reader)

    @cached_property
    def read(self) -> frozenset[str]:
        """The questions that the reader has read with all that was said about them until now."""
        codes = self.reading.instrument.by_code
        return frozenset(code for code in codes if has_read(self.marks, code, self._last_word(code)))

    @property
    def unread_count(self) -> int:
        return len(self.reading.entries) - len(self.read)

    def read_state(self, code: str) -> ReadState:
        """How far the reader has come, for the page of one question."""
        return ReadState(
            url=reverse("review-read", kwargs={"pk": self.submission.pk, "code": code}),
            up_to=self._last_word(code),
            is_read=code in self.read,
            read=len(self.read),
            total=len(self.reading.entries),
        )

    def _last_word(self, code: str) -> datetime:
        thread = [item for item in self.thread if item.question == code]
        return last_word(self.submission, thread, self.opinions.get(code), self.reader)

    @property
    def said(self) -> list[SaidHere]:
        """The questions with an opinion or a comment, in instrument order."""
        found = []
        for question in self.reading.instrument.questions:
            comments = [item for item in self.thread if item.question == question.code]
            opinion = self.opinions.get(question.code)
            if comments or opinion:
                found.append(SaidHere(question, opinion, len(comments), bool(comments) and is_of_country(comments[-1])))
        return found

    @property
    def unanswered(self) -> tuple[str, ...]:
        """The questions whose last comment shared with the country is the secretariat's."""
        last = {item.question: item for item in self.thread if item.audience == Comment.Audience.SHARED}
        return tuple(code for code, item in last.items() if not is_of_country(item))

    def as_context(self) -> dict[str, Any]:
        return {
            "desk": self,
            "reading": self.reading,
            "submission": self.submission,
            "assessment": self.submission.assessment,
        }


@dataclass(frozen=True)
class QuestionForms:
    """The forms of a question's page: what was posted, or as they stand at first where it is None."""

    clarification: ClarificationForm | None = None
    opinion: OpinionForm | None = None
    comment: CommentForm | None = None
    others: dict[str, Any] = field(default_factory=dict)


def is_of_country(comment: Comment) -> bool:
    """Whether it was written for the country: its writer may have moved since."""
    return comment.written_by_agency != ""


def load_desk(request: HttpRequest, pk: UUID) -> Desk:
    """The submission, the one before it and what is asked on both (2 queries, 3 from the second submission on)."""
    submission = load_submission(request, pk)
    require(can_review(request.user, submission.assessment), request)
    before = None
    if submission.number > 1:
        before = Submission.objects.filter(assessment_id=submission.assessment_id, number=submission.number - 1).first()
    of_both = [submission.pk, *([before.pk] if before else [])]
    found = Clarification.objects.standing().filter(review__submission__in=of_both).select_related("review")
    asked = {item.question: item for item in found if item.review.submission_id == submission.pk}
    asked_before = {item.question: item for item in found if item.review.submission_id != submission.pk}
    reading = Reading(submission, instrument_submitted(submission), frozenset(asked), before)
    may_assign = can_assign(request.user, submission.assessment)
    return Desk(submission, reading, asked, asked_before, may_assign, request.user)


def question_or_404(reading: Reading, code: str) -> Question:
    """The question of that code. Raises `Http404`."""
    found = reading.instrument.by_code.get(code)
    if found is None:
        raise Http404
    return found


def acts_on_question(act: Callable[[HttpRequest, Desk, Question, HttpResponse], HttpResponse]) -> View:
    """The view of an act on one question of the desk, which gets the page that a done act leads to.

    A GET, as after signing in again, leads there at once. Raises `Http404` where there is no such question.
    """

    @wraps(act)
    def view(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
        desk = load_desk(request, pk)
        about = question_or_404(desk.reading, code)
        here = redirect("review-question", pk=pk, code=code)
        return here if request.method == "GET" else act(request, desk, about, here)

    return view


def render_question(
    request: HttpRequest, desk: Desk, question: Question, forms: QuestionForms | None = None, status: int = 200
) -> HttpResponse:
    """The page of one answer beside the rubric, with what is said about it and the forms to say more (4 queries)."""
    forms = forms or QuestionForms()
    reading, code = desk.reading, question.code
    asked, opinion = desk.asked.get(code), desk.opinions.get(code)
    previous = load_previous_then(desk.submission)
    then = previous.responses.get(code, BLANK) if previous else BLANK
    before, following = reading.neighbours(code)
    thread = [item for item in desk.thread if item.question == code]
    context = {
        "question": question,
        "theme": reading.instrument.theme_by_id[question.theme],
        "entry": reading.entry(code),
        "given": reading.given(code),
        "why": reading.why(question),
        "rubric": reading.rubric(
            question, then, previous.period if previous else "", opinion, _whose(request, opinion)
        ),
        "criteria": reading.criteria(question),
        "held_by_paper": reading.held_by_paper(question),
        "before": reading.given_before(code),
        "previous": previous,
        "previous_given": give(reading.instrument, then),
        "asked": asked,
        "asked_before": desk.asked_before.get(code),
        "preceding": before,
        "following": following,
        "opinion": opinion,
        "with_opinion": reading.with_opinion(question, opinion),
        "thread": thread,
        "read_state": desk.read_state(code),
        "form": forms.clarification
        or ClarificationForm(initial={"text": asked.text, "base": stamp(asked.asked_at)} if asked else None),
        "opinion_form": forms.opinion or blank_opinion(desk, opinion),
        "comment_form": forms.comment or CommentForm(),
    }
    return render(request, "reviews/question.html", desk.as_context() | context | forms.others, status=status)


def _whose(request: HttpRequest, opinion: Opinion | None) -> str:
    is_own = opinion is not None and opinion.given_by_id == request.user.pk
    return _("Your opinion") if is_own else _("Reviewer’s opinion")


def blank_opinion(desk: Desk, opinion: Opinion | None, **typed: Any) -> OpinionForm:
    """The form of an opinion as it stands, with what was `typed` instead where a colleague's came first."""
    held = {"level": opinion.level, "reason": opinion.reason, "base": stamp(opinion.given_at)} if opinion else {}
    return OpinionForm(instrument=desk.reading.instrument, initial=held | typed)


def moved_on(request: HttpRequest, desk: Desk, error: StateChanged, text: str = "") -> HttpResponse:
    """The page for an act that came too late, with what was typed for it."""
    context = desk.as_context() | {"reason": in_words(error), "text": text}
    return render(request, "reviews/moved_on.html", context, status=CONFLICT)


def in_words(error: ActionRefused) -> str:
    """Why an act was refused, in the reader's language."""
    return _(error.message.text) % error.message.values

"""What the country reads of the secretariat's review of a submission; answering it is in comments and opinions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions.errors import StateChanged
from diagnostic.core import workflow
from diagnostic.core.instrument import Question
from diagnostic.forms.discussion import AnswerForm, ReplyForm
from diagnostic.instruments import instrument_submitted
from diagnostic.models import Assessment, Clarification, Comment, Opinion, Review, Submission
from diagnostic.permissions import can_answer_comments, can_read_answers, can_reply
from diagnostic.queries import load_opinions, load_read_marks, load_thread

from .access import load_submission, require
from .desk import CONFLICT, View, in_words, is_of_country, question_or_404, stamp
from .read_state import ReadState, has_read, last_word
from .reading import Reading


@dataclass(frozen=True, slots=True)
class Line:
    """One question about which something was said."""

    question: Question
    level: int | None
    opinion: Opinion | None
    asked: Clarification | None
    comments: int
    awaits_answer: bool


@dataclass(frozen=True)
class Said:
    """What the secretariat said about one submission, as its country reads it; what is internal is never loaded."""

    submission: Submission
    reading: Reading
    is_latest: bool
    asked: dict[str, Clarification]
    reader: Any = None

    @property
    def review(self) -> Review | None:
        return getattr(self.submission, "review", None)

    @property
    def is_discussed(self) -> bool:
        """Whether the country may answer comments now."""
        return self.is_latest and self.submission.assessment.state in workflow.DISCUSSED

    @property
    def is_replied(self) -> bool:
        """Whether the country may reply to opinions now."""
        return self.is_latest and self.submission.assessment.state in workflow.REPLIED

    @cached_property
    def opinions(self) -> dict[str, Opinion]:
        return {item.question: item for item in load_opinions(self.submission)}

    @cached_property
    def thread(self) -> list[Comment]:
        return list(load_thread(self.submission, Comment.Audience.SHARED))

    def read_state(self, code: str) -> ReadState | None:
        """Whether the reader has seen what is said about one question (1 query); None, at none, where nothing is."""
        thread, opinion = [item for item in self.thread if item.question == code], self.opinions.get(code)
        if not (thread or opinion) or not can_answer_comments(self.reader, self.submission.assessment):
            return None
        up_to = last_word(self.submission, thread, opinion, self.reader)
        is_read = has_read(load_read_marks(self.submission, self.reader), code, up_to)
        url = reverse("submission-review-read", kwargs={"pk": self.submission.pk, "code": code})
        return ReadState(url, up_to, is_read)

    @property
    def lines(self) -> list[Line]:
        """The questions about which something was said, in instrument order."""
        return [line for question in self.reading.instrument.questions if (line := self._line(question))]

    def _line(self, question: Question) -> Line | None:
        code = question.code
        comments = [item for item in self.thread if item.question == code]
        opinion, asked = self.opinions.get(code), self.asked.get(code)
        if not (comments or opinion or asked):
            return None
        awaits = self.is_discussed and bool(comments) and not is_of_country(comments[-1])
        return Line(question, self.reading.entry(code).level, opinion, asked, len(comments), awaits)

    def as_context(self) -> dict[str, Any]:
        return {
            "said": self,
            "reading": self.reading,
            "submission": self.submission,
            "assessment": self.submission.assessment,
            "review": self.review,
        }


def load_said(request: HttpRequest, pk: UUID) -> Said:
    """The submission and what was asked on it (3 queries); for the country's own people alone."""
    submission = load_submission(request, pk)
    require(can_read_answers(request.user, submission.assessment), request)
    later = Submission.objects.filter(assessment_id=submission.assessment_id, number__gt=submission.number)
    # What is asked becomes the country's to read when the assessment is returned with it.
    asked = Clarification.objects.standing().filter(
        review__submission=submission, review__closing__outcome=Review.Outcome.RETURNED
    )
    reading = Reading(submission, instrument_submitted(submission))
    found = {item.question: item for item in asked}
    return Said(submission, reading, not later.exists(), found, request.user)


def answers_question(
    may: Callable[[Any, Assessment], bool],
) -> Callable[[Callable[[HttpRequest, Said, Question, HttpResponse], HttpResponse]], View]:
    """The view of what the country says of one question in return, where it `may`; it gets the page to lead to then.

    A GET, as after signing in again, leads there at once. Raises `Http404` where there is no such question, and
    `PermissionDenied`.
    """

    def make(act: Callable[[HttpRequest, Said, Question, HttpResponse], HttpResponse]) -> View:
        @wraps(act)
        def view(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
            said = load_said(request, pk)
            about = question_or_404(said.reading, code)
            require(may(request.user, said.submission.assessment), request)
            here = redirect("submission-review-question", pk=pk, code=code)
            return here if request.method == "GET" else act(request, said, about, here)

        return view

    return make


@login_required
@require_http_methods(["GET", "HEAD"])
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the review stands, and the questions about which something was said."""
    said = load_said(request, pk)
    return render(request, "submissions/review.html", said.as_context())


@login_required
@require_http_methods(["GET", "HEAD"])
def question(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One frozen answer, with the opinion, the clarification and the thread about it."""
    said = load_said(request, pk)
    return render_said(request, said, question_or_404(said.reading, code))


def render_said(
    request: HttpRequest,
    said: Said,
    about: Question,
    reply_form: ReplyForm | None = None,
    answer_form: AnswerForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The page of one question, with the forms as posted or as they stand at first (2 queries, or 3)."""
    code, reading, user = about.code, said.reading, request.user
    opinion = said.opinions.get(code)
    thread = [item for item in said.thread if item.question == code]
    context = {
        "question": about,
        "theme": reading.instrument.theme_by_id[about.theme],
        "given": reading.given(code),
        "why": reading.why(about),
        "rubric": reading.rubric(about, opinion=opinion, whose=_("Reviewer’s opinion")),
        "opinion": opinion,
        "asked": said.asked.get(code),
        "thread": thread,
        "read_state": said.read_state(code),
        "may_reply": said.is_replied and can_reply(user, said.submission.assessment),
        "may_answer": said.is_discussed and bool(thread) and can_answer_comments(user, said.submission.assessment),
        "reply_form": reply_form or blank_reply(opinion),
        "answer_form": answer_form or AnswerForm(),
    }
    return render(request, "submissions/review_question.html", said.as_context() | context | more, status=status)


def blank_reply(opinion: Opinion | None, **typed: Any) -> ReplyForm:
    """The form of the reply as it stands, with what was `typed` instead where a colleague's came first."""
    held = {"text": opinion.reply, "base": stamp(opinion.given_at, opinion.replied_at)} if opinion else {}
    return ReplyForm(initial=held | typed)


def came_too_late(request: HttpRequest, said: Said, error: StateChanged, text: str = "") -> HttpResponse:
    """The page for an act that came too late, with what was typed for it."""
    context = said.as_context() | {"reason": in_words(error), "text": text}
    return render(request, "submissions/moved_on.html", context, status=CONFLICT)

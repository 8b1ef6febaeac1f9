"""Writing into the thread of a question: the secretariat inside or to the country, the country in answer."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import comments
from diagnostic.actions.errors import ActionRefused, StateChanged
from diagnostic.forms.discussion import AnswerForm, CommentForm
from diagnostic.models import Comment
from diagnostic.permissions import can_answer_comments

from .access import require
from .desk import UNPROCESSABLE, QuestionForms, in_words, load_desk, moved_on, question_or_404, render_question
from .notices import tell
from .submission_review import came_too_late, load_said, render_said


@login_required
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """A reviewer's comment; a GET, as after signing in again, leads to the question."""
    desk = load_desk(request, pk)
    about = question_or_404(desk.reading, code)
    here = redirect("review-question", pk=pk, code=code)
    if request.method == "GET":
        return here
    form = CommentForm(request.POST)
    if not form.is_valid():
        return render_question(request, desk, about, QuestionForms(comment=form), UNPROCESSABLE)
    is_shared = form.cleaned_data["audience"] == Comment.Audience.SHARED
    act = comments.share if is_shared else comments.note
    try:
        act(submission=desk.submission, question=code, text=form.cleaned_data["text"], by=request.user)
    except StateChanged as error:
        return moved_on(request, desk, error, form.cleaned_data["text"])
    if is_shared:
        tell("comment", submission=desk.submission, question=code, by=request.user)
        messages.success(request, _("The comment is shared with the country."))
    else:
        messages.success(request, _("The comment is added. Only the secretariat sees it."))
    return here


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """The country's answer in a thread; a GET, as after signing in again, leads to the question."""
    said = load_said(request, pk)
    about = question_or_404(said.reading, code)
    require(can_answer_comments(request.user, said.submission.assessment), request)
    here = redirect("submission-review-question", pk=pk, code=code)
    if request.method == "GET":
        return here
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render_said(request, said, about, answer_form=form, status=UNPROCESSABLE)
    try:
        comments.answer(submission=said.submission, question=code, text=form.cleaned_data["text"], by=request.user)
    except StateChanged as error:
        return came_too_late(request, said, error, form.cleaned_data["text"])
    except ActionRefused as error:
        messages.error(request, in_words(error))
        return here
    tell("comment_answered", submission=said.submission, question=code, by=request.user)
    messages.success(request, _("The secretariat can read your answer now."))
    return here

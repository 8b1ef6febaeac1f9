"""Writing into the thread of a question: the secretariat inside or to the country, the country in answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import comments
from diagnostic.actions.errors import ActionRefused, StateChanged
from diagnostic.core.instrument import Question
from diagnostic.forms.discussion import AnswerForm, CommentForm
from diagnostic.models import Comment
from diagnostic.permissions import can_answer_comments

from .desk import UNPROCESSABLE, Desk, QuestionForms, acts_on_question, in_words, moved_on, render_question
from .submission_review import Said, answers_question, came_too_late, render_said


@login_required
@require_http_methods(["GET", "POST"])
@acts_on_question
def write(request: HttpRequest, desk: Desk, about: Question, here: HttpResponse) -> HttpResponse:
    """A reviewer's comment."""
    form = CommentForm(request.POST)
    if not form.is_valid():
        return render_question(request, desk, about, QuestionForms(comment=form), UNPROCESSABLE)
    is_shared = form.cleaned_data["audience"] == Comment.Audience.SHARED
    act = comments.share if is_shared else comments.note
    try:
        act(submission=desk.submission, question=about.code, text=form.cleaned_data["text"], by=request.user)
    except StateChanged as error:
        return moved_on(request, desk, error, form.cleaned_data["text"])
    if is_shared:
        messages.success(request, _("The comment is shared with the country."))
    else:
        messages.success(request, _("The comment is added. Only the secretariat sees it."))
    return here


@login_required
@require_http_methods(["GET", "POST"])
@answers_question(can_answer_comments)
def answer(request: HttpRequest, said: Said, about: Question, here: HttpResponse) -> HttpResponse:
    """The country's answer in a thread."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return render_said(request, said, about, answer_form=form, status=UNPROCESSABLE)
    try:
        comments.answer(
            submission=said.submission, question=about.code, text=form.cleaned_data["text"], by=request.user
        )
    except StateChanged as error:
        return came_too_late(request, said, error, form.cleaned_data["text"])
    except ActionRefused as error:
        messages.error(request, in_words(error))
        return here
    messages.success(request, _("The secretariat can read your answer now."))
    return here

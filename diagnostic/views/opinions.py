"""A reviewer's opinion of a level, and the country's reply; both stand beside the answer."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import opinions
from diagnostic.actions.errors import ActionRefused, StateChanged, TextChanged
from diagnostic.core.instrument import Question
from diagnostic.forms.discussion import OpinionForm, ReplyForm
from diagnostic.permissions import can_reply

from .desk import (
    CONFLICT,
    UNPROCESSABLE,
    Desk,
    QuestionForms,
    acts_on_question,
    blank_opinion,
    in_words,
    load_desk,
    moved_on,
    render_question,
)
from .submission_review import Said, answers_question, blank_reply, came_too_late, load_said, render_said


@login_required
@require_http_methods(["GET", "POST"])
@acts_on_question
def give(request: HttpRequest, desk: Desk, about: Question, here: HttpResponse) -> HttpResponse:
    """Say at which level the reviewer sees it, or take that back."""
    code = about.code
    if "remove" in request.POST:
        return _take_back(request, desk, about) or here
    form = OpinionForm(request.POST, instrument=desk.reading.instrument)
    if not form.is_valid():
        return render_question(request, desk, about, QuestionForms(opinion=form), UNPROCESSABLE)
    level, reason = form.cleaned_data["level"], form.cleaned_data["reason"]
    if not desk.is_open:
        return moved_on(request, desk, StateChanged(), reason)
    held, base = desk.opinions.get(code), form.cleaned_data["base"]
    if held is not None and (held.level, held.reason) == (level, reason):
        messages.success(request, _("Your opinion on %(code)s is given already.") % {"code": code})
        return here
    try:
        opinions.give(submission=desk.submission, question=code, level=level, reason=reason, by=request.user, base=base)
    except TextChanged:
        desk = load_desk(request, desk.submission.pk)
        held = desk.opinions.get(code)
        again = blank_opinion(desk, held, level=level, reason=reason)
        forms = QuestionForms(opinion=again, others={"other_opinion": held})
        return render_question(request, desk, about, forms, CONFLICT)
    except StateChanged as error:
        return moved_on(request, desk, error, reason)
    except ActionRefused as error:
        form.add_error(None, in_words(error))
        return render_question(request, desk, about, QuestionForms(opinion=form), UNPROCESSABLE)
    messages.success(request, _("Your opinion on %(code)s is given. The country can read it now.") % {"code": code})
    return here


@login_required
@require_http_methods(["GET", "POST"])
@answers_question(can_reply)
def reply(request: HttpRequest, said: Said, about: Question, here: HttpResponse) -> HttpResponse:
    """The country's reply."""
    code = about.code
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return render_said(request, said, about, reply_form=form, status=UNPROCESSABLE)
    text = form.cleaned_data["text"]
    if not said.is_replied:
        return came_too_late(request, said, StateChanged(), text)
    base = form.cleaned_data["base"]
    try:
        opinions.reply(submission=said.submission, question=code, text=text, by=request.user, base=base)
    except TextChanged as error:
        messages.warning(request, in_words(error))
        said = load_said(request, said.submission.pk)
        held = said.opinions.get(code)
        again = blank_reply(held, text=text)
        other = held if held and held.reply not in ("", text) else None
        return render_said(request, said, about, reply_form=again, status=CONFLICT, other_reply=other)
    except StateChanged as error:
        return came_too_late(request, said, error, text)
    messages.success(request, _("Your country’s reply stands beside the opinion now."))
    return here


def _take_back(request: HttpRequest, desk: Desk, about: Question) -> HttpResponse | None:
    code, base = about.code, request.POST.get("base", "")
    try:
        opinions.take_back(submission=desk.submission, question=code, by=request.user, base=base)
    except TextChanged as error:
        messages.warning(request, in_words(error))
        return render_question(request, load_desk(request, desk.submission.pk), about, status=CONFLICT)
    except StateChanged as error:
        return moved_on(request, desk, error, request.POST.get("reason", ""))
    except ActionRefused as error:
        messages.error(request, in_words(error))
        return None
    messages.success(request, _("Your opinion on %(code)s is taken back.") % {"code": code})
    return None

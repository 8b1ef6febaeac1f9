"""The secretariat's pages: the queue, a submission beside the rubric, and the acts on it; words are in reading."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from diagnostic.actions import reviews
from diagnostic.actions.errors import ActionRefused, StateChanged, TextChanged
from diagnostic.core.instrument import Question
from diagnostic.forms.review import ClarificationForm, ClosedFilter, RemarkForm
from diagnostic.models import Submission
from diagnostic.pages.closing import ClosingPage, Standing, build_acceptance_page, build_return_page
from diagnostic.permissions import is_in_secretariat, submissions_visible_to
from diagnostic.queries import load_assignments, load_queue

from .access import require
from .desk import (
    CONFLICT,
    UNPROCESSABLE,
    Desk,
    QuestionForms,
    acts_on_question,
    in_words,
    load_desk,
    moved_on,
    question_or_404,
    render_question,
    stamp,
)
from .twice import was_just_done

PER_PAGE = 25


@login_required
@require_GET
def queue(request: HttpRequest) -> HttpResponse:
    """What waits, the longest waiting first, and below it what is closed."""
    require(is_in_secretariat(request.user), request)
    closed = _closed(request.user)
    form = _closed_filter(request, closed)
    found = _narrow(closed, form.cleaned_data) if form.is_valid() else closed.none()
    return render(
        request,
        "reviews/queue.html",
        {
            "waiting": load_queue().defer("snapshot"),
            "form": form,
            "is_filtered": any(request.GET.get(name) for name in form.fields),
            "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        },
    )


@login_required
@require_GET
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One submission: its facts, its result, what is open, its questions, what is asked."""
    desk = load_desk(request, pk)
    others = Submission.objects.filter(assessment=desk.submission.assessment).exclude(pk=pk)
    held = list(load_assignments(desk.submission.assessment))
    context = {
        "assignments": held,
        "assigned": [item.reviewer for item in held],
        "others": others.select_related("review__closing").defer("snapshot").order_by("-number"),
    }
    return render(request, "reviews/detail.html", desk.as_context() | context)


@login_required
@require_GET
def question(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One answer beside the rubric, and the form to ask about it."""
    desk = load_desk(request, pk)
    about = question_or_404(desk.reading, code)
    return render_question(request, desk, about)


@login_required
@require_http_methods(["GET", "POST"])
@acts_on_question
def ask(request: HttpRequest, desk: Desk, about: Question, here: HttpResponse) -> HttpResponse:
    """Ask about one question, or take it off the list."""
    code = about.code
    if "remove" in request.POST:
        return _take_off(request, desk, about) or here
    form = ClarificationForm(request.POST)
    if not form.is_valid():
        return render_question(request, desk, about, QuestionForms(clarification=form), UNPROCESSABLE)
    text = form.cleaned_data["text"]
    base = form.cleaned_data["base"]
    try:
        reviews.ask(submission=desk.submission, question=code, text=text, by=request.user, base=base)
    except TextChanged:
        desk = load_desk(request, desk.submission.pk)
        held = desk.asked[code]
        again = ClarificationForm(initial={"text": text, "base": stamp(held.asked_at)})
        return render_question(request, desk, about, QuestionForms(again, others={"other": held}), CONFLICT)
    except StateChanged as error:
        return moved_on(request, desk, error, text)
    except ActionRefused as error:
        form.add_error("text", in_words(error))
        return render_question(request, desk, about, QuestionForms(clarification=form), UNPROCESSABLE)
    messages.success(request, _("%(code)s is marked for clarification.") % {"code": code})
    return here


@login_required
@require_http_methods(["GET", "POST"])
def take_up(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin the review of a submission that waits; a GET, as after signing in again, leads to the submission."""
    desk = load_desk(request, pk)
    if request.method == "GET":
        return redirect("review-detail", pk=pk)
    try:
        reviews.take_up(submission=desk.submission, by=request.user)
    except StateChanged as error:
        if not was_just_done("review.take_up", desk.submission.assessment, request.user):
            return moved_on(request, desk, error)
    messages.success(request, _("You have taken up the review."))
    return redirect("review-detail", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def return_(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return for clarification: a GET asks, a POST does."""
    desk = load_desk(request, pk)
    done = _("Returned to %(country)s for clarification.")
    return _close(request, desk, reviews.return_for_clarification, "return", done)


@login_required
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Accept the submission: a GET asks, a POST does."""
    desk = load_desk(request, pk)
    done = _("The assessment of %(country)s is accepted.")
    return _close(request, desk, reviews.accept, "accept", done)


def _close(request: HttpRequest, desk: Desk, close: Any, act: str, done: str) -> HttpResponse:
    form = RemarkForm(request.POST if request.method == "POST" else None)
    status = UNPROCESSABLE if request.method == "POST" else 200
    if not desk.is_open:
        return _closed_already(request, desk, act, done, StateChanged())
    if form.is_valid():
        try:
            close(submission=desk.submission, remark=form.cleaned_data["remark"], by=request.user)
        except StateChanged as error:
            return _closed_already(request, desk, act, done, error)
        except ActionRefused as error:
            form.add_error(None, in_words(error))
        else:
            return _say_closed(request, desk, done)
    context = {"form": form, "page": _closing_page(desk, act)}
    return render(request, f"reviews/{act}.html", desk.as_context() | context, status=status)


def _closing_page(desk: Desk, act: str) -> ClosingPage:
    """The unread and open points, and the effects of the act (3 queries)."""
    reading = desk.reading
    standing = Standing(
        unread=[entry.question.code for entry in reading.entries if entry.question.code not in desk.read],
        unanswered=desk.unanswered,
        unclarified=[code for code in desk.asked_before if not reading.changed_parts(code)],
        opinions=desk.opinions.values(),
    )
    if act == "accept":
        return build_acceptance_page(desk.submission, reading.instrument, standing)
    return build_return_page(desk.submission, reading.instrument, standing, desk.asked)


def _closed_already(request: HttpRequest, desk: Desk, act: str, done: str, error: StateChanged) -> HttpResponse:
    if request.method == "POST" and was_just_done(f"review.{act}", desk.submission.assessment, request.user):
        return _say_closed(request, desk, done)
    return moved_on(request, desk, error, request.POST.get("remark", ""))


def _say_closed(request: HttpRequest, desk: Desk, done: str) -> HttpResponse:
    messages.success(request, done % {"country": desk.submission.assessment.country.name})
    return redirect("review-detail", pk=desk.submission.pk)


def _take_off(request: HttpRequest, desk: Desk, about: Question) -> HttpResponse | None:
    code, base = about.code, request.POST.get("base", "")
    try:
        reviews.ask(submission=desk.submission, question=code, text="", by=request.user, base=base)
    except TextChanged as error:
        messages.warning(request, in_words(error))
        return render_question(request, load_desk(request, desk.submission.pk), about, status=CONFLICT)
    except StateChanged as error:
        return moved_on(request, desk, error, request.POST.get("text", ""))
    messages.success(request, _("%(code)s is no longer marked for clarification.") % {"code": code})
    return None


def _closed(user: Any) -> QuerySet[Submission]:
    return (
        submissions_visible_to(user)
        .filter(review__closing__isnull=False)
        .select_related("assessment__country__region", "review__closing")
        .defer("snapshot")
        .order_by("-review__closing__pk")
    )


def _closed_filter(request: HttpRequest, closed: QuerySet[Submission]) -> ClosedFilter:
    """The filter with the choices that the list of closed reviews holds (1 query)."""
    rows = closed.order_by().values_list(
        "assessment__country__alpha2",
        "assessment__country__name",
        "assessment__country__region__code",
        "assessment__country__region__short_name",
        "assessment__period",
    )
    held = list(rows.distinct())
    return ClosedFilter(
        request.GET,
        countries=sorted({(row[0], row[1]) for row in held}, key=lambda pair: pair[1]),
        regions=sorted({(row[2], row[3]) for row in held if row[2]}, key=lambda pair: pair[1]),
        periods=sorted({row[4] for row in held}, reverse=True),
    )


def _narrow(closed: QuerySet[Submission], wanted: dict[str, str]) -> QuerySet[Submission]:
    columns = {
        "country": "assessment__country__alpha2",
        "region": "assessment__country__region__code",
        "period": "assessment__period",
        "outcome": "review__closing__outcome",
    }
    return closed.filter(**{column: wanted[name] for name, column in columns.items() if wanted[name]})

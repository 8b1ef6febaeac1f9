"""Marking a question of a submission as read; how far a person has read is in read_state.

A page that is asked for changes nothing. Once it is open it sends its form by itself; without a script it is a button.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.views.decorators.http import require_http_methods

from diagnostic.actions.read_marks import mark_read
from diagnostic.models import Submission
from diagnostic.permissions import can_answer_comments

from .access import require
from .desk import load_desk, question_or_404
from .submission_review import load_said


@login_required
@require_http_methods(["GET", "POST"])
def of_reviewer(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """A reviewer has read an answer; a GET, as after signing in again, leads to the question."""
    desk = load_desk(request, pk)
    question_or_404(desk.reading, code)
    if request.method == "POST":
        _mark(request, desk.submission, code)
    if request.method == "POST" and request.htmx:
        return render(request, "components/_read_mark.html", {"read_state": desk.read_state(code)})
    return redirect("review-question", pk=pk, code=code)


@login_required
@require_http_methods(["GET", "POST"])
def of_country(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """One of the country has seen what the secretariat said; a GET leads to the question."""
    said = load_said(request, pk)
    question_or_404(said.reading, code)
    require(can_answer_comments(request.user, said.submission.assessment), request)
    if request.method == "POST":
        _mark(request, said.submission, code)
    if request.method == "POST" and request.htmx:
        return render(request, "components/_read_mark.html", {"read_state": said.read_state(code)})
    return redirect("submission-review-question", pk=pk, code=code)


def _mark(request: HttpRequest, submission: Submission, code: str) -> None:
    """Up to what stood on the page that was read; without a sensible moment, the answer alone."""
    try:
        up_to = parse_datetime(request.POST.get("up_to", ""))
    except ValueError:
        up_to = None
    if up_to is None or not is_aware(up_to):
        up_to = submission.submitted_at
    mark_read(submission=submission, question=code, up_to=up_to, by=request.user)

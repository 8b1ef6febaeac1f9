"""Leaves several questions of the comparison open for one reason, in one act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from diagnostic.actions import comparison
from diagnostic.actions.errors import ActionRefused, Invalid
from diagnostic.core.responses import NATIONAL
from diagnostic.forms.agreement import LeaveOpenForm
from diagnostic.forms.question import in_words
from diagnostic.permissions import can_answer, can_compare

from .access import load_assessment, require
from .compare_page import ComparePage, load_compare_page

CONFLICT = 409
UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "POST"])
def leave_open(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A GET lists the questions without an agreed answer; a POST leaves the ticked ones open for the given reason."""
    assessment = load_assessment(request, pk)
    require(can_compare(request.user, assessment) and can_answer(request.user, assessment, NATIONAL), request)
    page = load_compare_page(assessment, request.user)
    if request.method == "GET":
        return _render(request, page, LeaveOpenForm())
    form = LeaveOpenForm(request.POST)
    if not form.is_valid():
        return _render(request, page, form, UNPROCESSABLE)
    try:
        left = comparison.leave_open(
            assessment=assessment, questions=form.chosen, reason=form.cleaned_data["reason"], by=request.user
        )
    except Invalid as refusal:
        form.add_error("reason", in_words(refusal.faults[0].message))
        return _render(request, page, form, UNPROCESSABLE)
    except ActionRefused as refusal:
        context = {"reason": in_words(refusal.message), "assessment": assessment}
        return render(request, "409.html", context, status=CONFLICT)
    _tell(request, left, [code for code in form.cleaned_data["question"] if code not in left])
    return redirect("compare", pk=pk)


def _tell(request: HttpRequest, left: list[str], others: list[str]) -> None:
    if left:
        done = ngettext(
            "%(count)d question is left open: %(codes)s.", "%(count)d questions are left open: %(codes)s.", len(left)
        )
        messages.success(request, done % {"count": len(left), "codes": ", ".join(left)})
    if others:
        changed = _("Somebody has changed these since the page was opened, so they stay as they are: %(codes)s.")
        messages.warning(request, changed % {"codes": ", ".join(others)})


def _render(request: HttpRequest, page: ComparePage, form: LeaveOpenForm, status: int = 200) -> HttpResponse:
    ticked = form.data.getlist("question") if form.is_bound else []
    offered = [
        (pair.question, page.row(pair.question.code).version, page.tag_of(pair), pair.question.code in ticked)
        for pair in page.unsettled
    ]
    faults = [
        (f"question-{offered[0][0].code}" if name == "question" and offered else f"id_{name}", str(text))
        for name, texts in form.errors.items()
        for text in texts
    ]
    context = {"assessment": page.assessment, "page": page, "form": form, "offered": offered, "faults": faults}
    return render(request, "leaving_open/leave_open.html", context, status=status)

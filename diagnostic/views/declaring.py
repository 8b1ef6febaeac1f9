"""Before the comparison: declaring an agency's answers complete, and asking to open the comparison early."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import comparison
from diagnostic.actions.errors import ActionRefused, GapsChanged, NothingAnswered
from diagnostic.core import workflow
from diagnostic.core.completeness import has_answers
from diagnostic.core.progress import find_gaps, write_gaps
from diagnostic.forms.declaring import AskToOpenForm, DeclareForm
from diagnostic.forms.question import in_words
from diagnostic.models import Assessment
from diagnostic.pages.opening import load_declarers, load_opening
from diagnostic.permissions import agency_of, can_ask_to_open, can_declare
from diagnostic.wording.gaps import say_how_far, say_what_changed

from .access import load_assessment, require
from .overview import load_overview
from .twice import was_just_done

CONFLICT = 409
UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Declare the answers of the person's agency complete, or take that back; a GET shows the effects and the gaps."""
    assessment = load_assessment(request, pk)
    agency = agency_of(request.user)
    require(can_declare(request.user, assessment, agency), request, assessment)
    if request.method == "GET":
        return _show(request, assessment)
    if "take_back" in request.POST:
        return _take_back(request, assessment, comparison.take_back_declaration, _("The declaration is taken back."))
    form = DeclareForm(agency, {}, request.POST)
    if not form.is_valid():
        return _show(request, assessment, form, UNPROCESSABLE)
    try:
        held = comparison.declare_complete(
            assessment=assessment, agency=agency, by=request.user, gaps=form.confirmed_gaps
        )
    except GapsChanged as refusal:
        return _show(request, assessment, form, CONFLICT, refusal)
    except NothingAnswered:
        return _show(request, assessment, status=CONFLICT)
    except ActionRefused as refusal:
        return _refused(request, assessment, refusal, "comparison.open_declared")
    if held.state == workflow.COMPARING:
        return _opened(request, held)
    messages.success(request, _("The answers of your agency are declared complete."))
    return redirect("assessment-declare", pk=pk)


def _show(
    request: HttpRequest,
    assessment: Assessment,
    form: DeclareForm | None = None,
    status: int = 200,
    refusal: GapsChanged | None = None,
) -> HttpResponse:
    agency = agency_of(request.user)
    context: dict[str, Any] = {"assessment": assessment, "agency": agency}
    if workflow.find_transition("open_comparison", assessment.state, assessment.mode) is not None:
        overview = load_overview(assessment, agency, (agency,))
        gaps = find_gaps(overview.states)
        # Ask again about the current gaps; a confirmation of other gaps does not count.
        is_unconfirmed = form is not None and refusal is None
        again = DeclareForm(agency, gaps, {"gaps": write_gaps(gaps)} if is_unconfirmed else None)
        context |= {
            "is_possible": True,
            "overview": overview,
            "how_far": say_how_far(overview.done, overview.asked, gaps),
            "opening": load_opening(assessment, request.user),
            "people": load_declarers(assessment, request.user),
            "is_anything_answered": has_answers(overview.states),
            "form": again,
            "faults": _faults(again, form, gaps, refusal),
        }
    return render(request, "compare/declare.html", context, status=status)


def _faults(
    shown: DeclareForm, posted: DeclareForm | None, gaps: Mapping[str, str], refusal: GapsChanged | None
) -> list[tuple[str, str]]:
    """For the error summary: the gaps not confirmed, or changed since they were."""
    if posted is None:
        return []
    if refusal is not None:
        changes = say_what_changed(posted.confirmed_gaps, gaps)
        return [("", in_words(refusal.message)), *(("blank", line) for line in changes)]
    return [(shown["confirmed"].id_for_label, str(text)) for text in posted.errors.get("confirmed", [])]


@login_required
@require_http_methods(["GET", "POST"])
def open_comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask, for the person's agency, to open early, or take that back; the comparison opens once both agencies ask."""
    assessment = load_assessment(request, pk)
    agency = agency_of(request.user)
    require(can_ask_to_open(request.user, assessment, agency), request, assessment)
    if request.method == "GET":
        return _show_opening(request, assessment, AskToOpenForm())
    if "take_back" in request.POST:
        return _take_back(request, assessment, comparison.take_back_request, _("The request is taken back."))
    form = AskToOpenForm(request.POST)
    if not form.is_valid():
        return _show_opening(request, assessment, form, UNPROCESSABLE)
    try:
        held = comparison.ask_to_open(
            assessment=assessment, agency=agency, by=request.user, reason=form.cleaned_data["reason"]
        )
    except NothingAnswered:
        return _show_opening(request, assessment, form, CONFLICT)
    except ActionRefused as refusal:
        return _refused(request, assessment, refusal, "comparison.open")
    if held.state == workflow.COMPARING:
        return _opened(request, held)
    messages.success(request, _("Your agency’s request is recorded."))
    return redirect("assessment-open-comparison", pk=pk)


def _show_opening(request: HttpRequest, assessment: Assessment, form: AskToOpenForm, status: int = 200) -> HttpResponse:
    agency = agency_of(request.user)
    context: dict[str, Any] = {"assessment": assessment, "agency": agency, "form": form}
    if workflow.find_transition("open_comparison", assessment.state, assessment.mode) is not None:
        overview = load_overview(assessment, agency, (agency,))
        context |= {
            "is_possible": True,
            "opening": load_opening(assessment, request.user),
            "is_anything_answered": has_answers(overview.states),
        }
    return render(request, "compare/open.html", context, status=status)


def _take_back(request: HttpRequest, assessment: Assessment, act: Any, said: str) -> HttpResponse:
    """Reverse `act`, and show its page again."""
    try:
        act(assessment=assessment, agency=agency_of(request.user), by=request.user)
    except ActionRefused as refusal:
        return _refused(request, assessment, refusal)
    messages.success(request, said)
    return redirect(request.path)


def _opened(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    messages.success(request, _("The comparison is open. The people of both agencies are told by e-mail."))
    return redirect("compare", pk=assessment.pk)


def _refused(request: HttpRequest, assessment: Assessment, error: ActionRefused, opened: str = "") -> HttpResponse:
    """Explain why nothing was done; if this person's earlier press opened the comparison, redirect there instead."""
    if opened and was_just_done(opened, assessment, request.user):
        return redirect("compare", pk=assessment.pk)
    context = {"reason": in_words(error.message), "assessment": assessment}
    return render(request, "409.html", context, status=CONFLICT)

"""Before the comparison: each agency's word that its answers are complete, and opening without both words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import comparison
from diagnostic.actions.errors import ActionRefused
from diagnostic.core import workflow
from diagnostic.core.instrument import AGENCIES
from diagnostic.forms.agreement import OpenForm
from diagnostic.forms.question import in_words
from diagnostic.models import Assessment, Declaration
from diagnostic.permissions import agency_of, can_declare, can_open_comparison, side_of
from diagnostic.rendering.words import AGENCY_WORDS

from .access import load_assessment, require
from .notices import tell
from .twice import was_just_done

CONFLICT = 409
UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class AgencyWord:
    """Whether an agency has declared; who and when stands in `declaration`, which only its own people get."""

    name: str
    icon: str
    has_declared: bool
    declaration: Declaration | None


@dataclass(frozen=True, slots=True)
class Declaring:
    """What the overview shows of the way to the comparison; `own` is the reader's agency where they declare for it."""

    agencies: tuple[AgencyWord, ...]
    is_open: bool
    own: str
    has_declared: bool
    may_open: bool


def load_declaring(assessment: Assessment, reader: Any) -> Declaring | None:
    """How far the agencies are on the way to the comparison; None in a joint session (1 query, there none)."""
    if assessment.mode != workflow.SEPARATE:
        return None
    held = {item.agency: item for item in assessment.declarations.select_related("declared_by")}
    mine = side_of(reader, assessment)
    is_draft = assessment.state == workflow.DRAFT
    is_open = assessment.comparison_opened_at is not None
    return Declaring(
        agencies=tuple(
            AgencyWord(
                name=str(AGENCY_WORDS[agency]),
                icon=f"i-{agency}",
                has_declared=agency in held,
                declaration=held.get(agency) if is_open or agency == mine else None,
            )
            for agency in AGENCIES
        ),
        is_open=is_open,
        own=mine if is_draft and can_declare(reader, assessment, mine) else "",
        has_declared=mine in held,
        may_open=is_draft and can_open_comparison(reader, assessment),
    )


@login_required
@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Declare the answers of one's agency complete, or take that back; a GET, as after signing in again, leads back."""
    assessment = load_assessment(request, pk)
    agency = agency_of(request.user)
    require(can_declare(request.user, assessment, agency), request, assessment)
    if request.method == "GET":
        return redirect("assessment-detail", pk=pk)
    try:
        if "take_back" in request.POST:
            comparison.take_back_declaration(assessment=assessment, agency=agency, by=request.user)
            messages.success(request, _("The declaration is taken back."))
            return redirect("assessment-detail", pk=pk)
        held = comparison.declare_complete(assessment=assessment, agency=agency, by=request.user)
    except ActionRefused as refusal:
        if "take_back" not in request.POST and was_just_done("comparison.declare", assessment, request.user):
            return redirect("compare", pk=pk)
        return _refused(request, assessment, refusal)
    if held.state == workflow.COMPARING:
        tell("comparison_declared", about=held, by=request.user)
        messages.success(request, _("Both agencies have declared their answers complete. The comparison is open."))
        return redirect("compare", pk=pk)
    messages.success(request, _("The answers of your agency are declared complete."))
    return redirect("assessment-detail", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def open_comparison(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the comparison before both agencies have declared: a GET asks for the reason, a POST does."""
    assessment = load_assessment(request, pk)
    require(can_open_comparison(request.user, assessment), request, assessment)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            held = comparison.open_comparison(
                assessment=assessment, by=request.user, reason=form.cleaned_data["reason"]
            )
        except ActionRefused as refusal:
            if not was_just_done("comparison.open", assessment, request.user):
                return _refused(request, assessment, refusal)
        else:
            tell("comparison_opened", about=held, by=request.user)
        messages.success(request, _("The comparison is open. The people of the other agency are told by e-mail."))
        return redirect("compare", pk=pk)
    context = {
        "form": form,
        "assessment": assessment,
        "is_possible": workflow.find_transition("open_comparison", assessment.state, assessment.mode) is not None,
    }
    return render(request, "compare/open.html", context, status=UNPROCESSABLE if form.errors else 200)


def _refused(request: HttpRequest, assessment: Assessment, error: ActionRefused) -> HttpResponse:
    context = {"reason": in_words(error.message), "assessment": assessment}
    return render(request, "409.html", context, status=CONFLICT)

"""Compare and agree: the page of both agencies' answers, the agreed answers, the discussion, the meeting's screen."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from diagnostic.actions import comparison, responses
from diagnostic.actions.errors import ActionRefused, Invalid, NotAsked, NotOpen, Stale, StateChanged
from diagnostic.core import workflow
from diagnostic.core.agreement import Pair
from diagnostic.core.responses import NATIONAL
from diagnostic.forms.agreement import AgreementForm, DiscussionForm, ProposalForm
from diagnostic.forms.question import in_words
from diagnostic.models import Assessment
from diagnostic.models import Response as Row
from diagnostic.pages.answer_text import describe
from diagnostic.permissions import can_answer, can_compare, can_discuss
from diagnostic.queries import to_response

from . import page_key
from .access import load_assessment, require
from .answer_saving import Writer, without_cleared
from .compare_page import ComparePage, load_compare_page
from .signatures import VOIDED

CONFLICT = 409
UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "HEAD"])
def compare(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Both agencies' answers, largest difference first, with what was agreed on each."""
    assessment = load_assessment(request, pk)
    require(can_compare(request.user, assessment), request, assessment)
    page = load_compare_page(assessment, request.user, request.GET.get("show", "all"))
    opened = request.GET.get("open", "")
    return _render(request, page, opened or (page.first_to_agree() if page.open_codes else ""))


def _render(
    request: HttpRequest,
    page: ComparePage,
    opened: str,
    form: AgreementForm | None = None,
    say: DiscussionForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    if _is_on_screen(request) and say is None:
        faults = form.links_to_faults() if form is not None and form.is_bound else []
        return _render_meeting(request, page, opened, form, status, faults=faults, **more)

    def views(pairs: list[Pair]) -> list[Any]:
        return [
            page.view(pair, opened, form, say) if pair.question.code == opened else page.view(pair) for pair in pairs
        ]

    show = page.show
    faults = form.links_to_faults() if form is not None and form.is_bound else []
    if say is not None:
        faults += [(f"{opened}-say-text", f"{opened}: {text}") for text in say.errors.get("text", [])]
    context = {
        **_frame(request, page),
        "differences": views(page.differences) if show != "unanswered" else [],
        "equal": views(page.equal) if show == "all" else [],
        "unanswered": views(page.unanswered) if show in ("all", "unanswered") else [],
        "faults": faults,
        "can_take_over": bool(page.open_codes) and bool(page.takeable),
        **more,
    }
    return render(request, "compare/compare.html", context, status=status)


def _frame(request: HttpRequest, page: ComparePage) -> dict[str, Any]:
    """The context of every page with a form of a national answer; the key identifies the page's owner."""
    key = page_key.make(request.user, page.assessment.pk) if page.open_codes else ""
    return {"assessment": page.assessment, "page": page, "page_key": key}


@login_required
@require_http_methods(["GET", "POST"])
def agree(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """Record the national answer to one question as agreed; a GET, for example after signing in again, redirects to it.

    An incomplete answer is saved as a proposal as far as possible, and shown with its errors.
    """
    assessment = load_assessment(request, pk)
    require(
        can_compare(request.user, assessment) and can_answer(request.user, assessment, NATIONAL), request, assessment
    )
    page = load_compare_page(assessment, request.user, request.POST.get("show", "all"))
    pair = _pair_or_404(page, code)
    if request.method == "GET":
        return redirect(page.url(code))
    if code not in page.open_codes:
        return _refused(request, assessment, _why_closed(assessment, code))
    posted = without_cleared(request.POST)
    form = page.make_form(pair, posted)
    if "clear" in request.POST:
        return _render(request, page, code, form)
    if not form.is_valid():
        return _keep_as_proposal(request, page, pair, posted)
    try:
        agreed = responses.record(
            assessment_id=assessment.pk,
            question=code,
            response=form.given,
            agreement=form.agreement,
            base_version=form.base_version,
            by=request.user,
        )
    except Stale as refusal:
        return _say_stale(request, page, code, refusal.row)
    except Invalid as refusal:
        for fault in refusal.faults:
            form.add_fault(fault)
        return _render(request, page, code, form, status=UNPROCESSABLE)
    except NotAsked as refusal:
        form.add_error(None, in_words(refusal.message))
        return _render(request, page, code, form, status=UNPROCESSABLE)
    except ActionRefused as refusal:
        return _refused(request, assessment, refusal)
    if agreed.has_voided:
        messages.warning(request, VOIDED)
    messages.success(request, _("%(code)s is recorded as agreed.") % {"code": code})
    # A follow-up may be asked now that was not before.
    after = load_compare_page(assessment, request.user, page.show)
    following = after.next_after(code)
    return redirect(after.meeting_url(following) if _is_on_screen(request) and following else after.url(following))


def _is_on_screen(request: HttpRequest) -> bool:
    """Whether the form was posted from the meeting screen."""
    return request.POST.get("screen") == "meeting"


def _keep_as_proposal(request: HttpRequest, page: ComparePage, pair: Pair, posted: QueryDict) -> HttpResponse:
    """The form with its errors, on the version saved as a proposal, if it could be saved."""
    code = pair.question.code
    proposal = ProposalForm(page.instrument, pair.question, posted)
    kept = Writer(page.assessment.pk, NATIONAL, request.user).save(proposal)
    if kept.kind == "conflict" and kept.row is not None:
        return _say_stale(request, page, code, kept.row)
    if kept.row is None:
        return _render(request, page, code, page.make_form(pair, posted), status=UNPROCESSABLE)
    if kept.row.has_voided:
        messages.warning(request, VOIDED)
    data = posted.copy()
    data[f"{code}-version"] = str(kept.row.version)
    after = load_compare_page(load_assessment(request, page.assessment.pk), request.user, page.show)
    form = after.make_form(_pair_or_404(after, code), data)
    return _render(request, after, code, form, status=UNPROCESSABLE, is_kept=kept.row.version > 0)


def _why_closed(assessment: Assessment, code: str) -> ActionRefused:
    return NotOpen(code) if assessment.state == workflow.RETURNED else StateChanged()


def _say_stale(request: HttpRequest, page: ComparePage, code: str, row: Row) -> HttpResponse:
    """The page with the typed answer beside the one that somebody else saved first; pressing again replaces that."""
    again = load_compare_page(page.assessment, request.user, page.show)
    data = request.POST.copy()
    data[f"{code}-version"] = str(row.version)
    pair = _pair_or_404(again, code)
    stands = describe(again.instrument, pair.question, to_response(again.row(code)))
    other = {"code": code, "text": stands, "agreement": again.row(code).agreement, "row": again.row(code)}
    return _render(request, again, code, again.make_form(pair, data), status=CONFLICT, other=other)


@login_required
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take over the equal answers that the page listed; a GET, as after signing in again, leads to the page."""
    assessment = load_assessment(request, pk)
    require(
        can_compare(request.user, assessment) and can_answer(request.user, assessment, NATIONAL), request, assessment
    )
    if request.method == "POST":
        try:
            taken = comparison.take_over(
                assessment=assessment, questions=request.POST.getlist("question"), by=request.user
            )
        except ActionRefused as refusal:
            return _refused(request, assessment, refusal)
        if taken and assessment.standing_attestations:
            messages.warning(request, VOIDED)
        done = ngettext("%(count)d equal answer is taken over.", "%(count)d equal answers are taken over.", len(taken))
        messages.success(request, done % {"count": len(taken)})
    return redirect("compare", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def discuss(request: HttpRequest, pk: UUID, code: str) -> HttpResponse:
    """Add to the discussion of one question; a GET, as after signing in again, leads to the question."""
    assessment = load_assessment(request, pk)
    require(can_discuss(request.user, assessment), request, assessment)
    page = load_compare_page(assessment, request.user, request.POST.get("show", "all"))
    _pair_or_404(page, code)
    if request.method == "GET":
        return redirect(page.url(code))
    say = DiscussionForm(request.POST, auto_id=f"{code}-say-%s")
    if not say.is_valid():
        return _render(request, page, code, say=say, status=UNPROCESSABLE)
    try:
        comparison.discuss(assessment=assessment, question=code, text=say.cleaned_data["text"], by=request.user)
    except ActionRefused as refusal:
        return _refused(request, assessment, refusal)
    messages.success(request, _("Your contribution to the discussion of %(code)s is added.") % {"code": code})
    return redirect(page.url(code))


@login_required
@require_http_methods(["GET", "HEAD"])
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One question a screen, for the wall of the room in which both agencies meet; in the order of the page."""
    assessment = load_assessment(request, pk)
    require(can_compare(request.user, assessment), request, assessment)
    page = load_compare_page(assessment, request.user, request.GET.get("show", "all"))
    codes = [pair.question.code for pair in page.shown]
    if not codes:
        return redirect(page.url())
    return _render_meeting(request, page, request.GET.get("question", codes[0]))


def _render_meeting(
    request: HttpRequest,
    page: ComparePage,
    code: str,
    form: AgreementForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    codes = [pair.question.code for pair in page.shown]
    if code not in codes:
        raise Http404
    place = codes.index(code)
    item = page.view(page.shown[place], code, form)
    context = {
        **_frame(request, page),
        "item": item,
        "form": item.form,
        "parts": item.parts,
        "screen": "meeting",
        "number": place + 1,
        "total": len(codes),
        "preceding": codes[place - 1] if place else "",
        "following": codes[place + 1] if place + 1 < len(codes) else "",
    }
    return render(request, "compare/meeting.html", {**context, **more}, status=status)


def _pair_or_404(page: ComparePage, code: str) -> Pair:
    pair = page.by_code.get(code)
    if pair is None:
        raise Http404
    return pair


def _refused(request: HttpRequest, assessment: Assessment, error: ActionRefused) -> HttpResponse:
    context = {"reason": in_words(error.message), "assessment": assessment}
    return render(request, "409.html", context, status=CONFLICT)

"""Pages about proposed coordinators: proposing one, and the administrator's decision."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cpch.isolation import say
from diagnostic.actions.errors import ActionRefused

from . import proposal_actions
from .models import CoordinatorProposal
from .permissions import (
    can_decide_proposals,
    can_propose,
    can_take_back_proposal,
    proposals_visible_to,
)
from .proposal_forms import ApprovalForm, CoordinatorProposalForm, DeclineForm
from .proposal_page import look_at_address
from .refusals import hidden, require
from .views import say_invited


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Propose a coordinator; an administrator continues to the decision."""
    require(can_propose(request.user), request)
    form = CoordinatorProposalForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid():
        given = form.cleaned_data
        try:
            proposal = proposal_actions.propose(
                email=given["email"],
                full_name=given["full_name"],
                country=given["country"],
                agency_kind=given["agency"],
                why=given["why"],
                by=request.user,
            )
        except proposal_actions.AgencyHasCoordinator as refused:
            form.add_error("agency", _(refused.message.text))
        except ActionRefused as refused:
            form.add_error("email", _(refused.message.text))
        else:
            if can_decide_proposals(request.user):
                return redirect("proposal-detail", pk=proposal.pk)
            messages.success(
                request, say(_("You have proposed %(name)s. The secretariat will decide."), name=given["full_name"])
            )
            return redirect("people")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "proposals/create.html", {"form": form}, status=status)


@login_required
@require_http_methods(["GET", "HEAD"])
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposal and its status; an administrator decides here (4 queries)."""
    return _show(request, _load(request, pk))


@login_required
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite the person named in the proposal, after stating how they were verified."""
    proposal = _load(request, pk)
    require(can_decide_proposals(request.user), request)
    form = ApprovalForm(request.POST)
    if form.is_valid():
        try:
            invitation = proposal_actions.approve(
                proposal=proposal, verified=form.cleaned_data["verified"], by=request.user
            )
        except ActionRefused as refused:
            form.add_error(None, _(refused.message.text))
        else:
            say_invited(request, invitation)
            return redirect("proposal-detail", pk=pk)
    return _show(request, proposal, approval=form)


@login_required
@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline a proposal, with a reason."""
    proposal = _load(request, pk)
    require(can_decide_proposals(request.user), request)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            proposal_actions.decline(proposal=proposal, reason=form.cleaned_data["reason"], by=request.user)
        except ActionRefused as refused:
            form.add_error(None, _(refused.message.text))
        else:
            messages.success(request, _("The proposal is declined. The country’s coordinators are told by e-mail."))
            return redirect("proposal-detail", pk=pk)
    return _show(request, proposal, declining=form)


@login_required
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own proposal."""
    proposal = _load(request, pk)
    require(proposal.proposed_by_id == request.user.pk, request)
    try:
        proposal_actions.take_back(proposal=proposal, by=request.user)
    except proposal_actions.ProposalClosed as refused:
        messages.error(request, _(refused.message.text))
    else:
        messages.success(request, _("The proposal is taken back."))
    return redirect("people")


def _load(request: HttpRequest, pk: int) -> CoordinatorProposal:
    proposal = proposals_visible_to(request.user).filter(pk=pk).first()
    if proposal is None:
        raise hidden(request)
    return proposal


def _show(request: HttpRequest, proposal: CoordinatorProposal, **forms: Any) -> HttpResponse:
    faulty = next(iter(forms.values()), None)
    may_decide = can_decide_proposals(request.user) and proposal.is_open
    context = {
        "proposal": proposal,
        "look": look_at_address(proposal) if can_decide_proposals(request.user) else None,
        "may_decide": may_decide,
        "may_take_back": can_take_back_proposal(request.user, proposal),
        "faults": faulty,
        "approval": ApprovalForm(),
        "declining": DeclineForm(),
    } | forms
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faulty is not None and faulty.errors else HTTPStatus.OK
    return render(request, "proposals/detail.html", context, status=status)

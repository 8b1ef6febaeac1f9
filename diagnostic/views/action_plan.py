"""The action plan of a country: its board, its list, and the adding of actions; one action is in plan_action."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cpch.accounts.permissions import membership_of
from diagnostic.actions import action_plan
from diagnostic.actions.errors import ActionRefused
from diagnostic.core.action_plan import OPEN, STATES
from diagnostic.core.instrument import AGENCIES
from diagnostic.forms.action_plan import NewActionForm
from diagnostic.instruments import current_instrument, instrument_of
from diagnostic.models import Action
from diagnostic.permissions import can_plan

from .access import load_assessment, require
from .desk import CONFLICT, UNPROCESSABLE, in_words
from .plan_page import Plan, Row, load_plan_page, load_plannable

ENDED_ON_BOARD = 8
"""How many of what is done, and of what was dropped, the board shows; the list has them all."""


@dataclass(frozen=True, slots=True)
class Column:
    """One state of the board; `more` is how many of its actions only the list has."""

    state: str
    name: str
    rows: tuple[Row, ...]
    more: int

    @property
    def total(self) -> int:
        return len(self.rows) + self.more


@login_required
@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest) -> HttpResponse:
    """Lead a country's people to its plan, everyone else to where they start."""
    membership = membership_of(request.user)
    if membership is None or membership.country is None:
        return redirect("home")
    return redirect("plan", country=membership.country.alpha2)


@login_required
@require_http_methods(["GET", "HEAD"])
def board(request: HttpRequest, country: str) -> HttpResponse:
    """The actions by their state."""
    plan = load_plan_page(request, country)
    context = plan.as_context("board") | {"columns": [_column(plan, state) for state in STATES]}
    return render(request, "action_plan/board.html", context)


def _column(plan: Plan, state: str) -> Column:
    rows = [row for row in plan.rows if row.action.state == state]
    if state in OPEN:
        rows.sort(key=lambda row: row.key)
        shown = rows
    else:
        rows.sort(key=lambda row: row.action.state_changed_at, reverse=True)
        shown = rows[:ENDED_ON_BOARD]
    return Column(state, str(Action.State(state).label), tuple(shown), len(rows) - len(shown))


@login_required
@require_http_methods(["GET", "HEAD"])
def list_(request: HttpRequest, country: str) -> HttpResponse:
    """All actions in one table, or those of one agency or one state."""
    plan = load_plan_page(request, country)
    agency, state = request.GET.get("agency", ""), request.GET.get("state", "")
    rows = [
        row
        for row in plan.rows
        if (agency not in AGENCIES or agency in row.action.agencies)
        and (state not in STATES or row.action.state == state)
    ]
    context = {
        "rows": rows,
        "agencies": Action.Lead.choices[: len(AGENCIES)],
        "states": Action.State.choices,
        "chosen": {"agency": agency, "state": state},
        "is_filtered": len(rows) < len(plan.rows),
    }
    return render(request, "action_plan/list.html", plan.as_context("list") | context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, country: str) -> HttpResponse:
    """Add an action of the country's own."""
    plan = load_plan_page(request, country)
    require(plan.may_change, request)
    held = load_plannable(request.user, plan.country)
    instrument = instrument_of(held[0]) if held else current_instrument()
    form = NewActionForm(request.POST or None, assessments=held, instrument=instrument)
    if request.method == "POST" and form.is_valid():
        try:
            action = action_plan.add(assessment=form.chosen, details=form.details, by=request.user, **form.subject)
        except ActionRefused as error:
            form.add_error(None, in_words(error))
        else:
            messages.success(request, _("Action %(number)d is planned.") % {"number": action.number})
            return redirect("plan-action", country=country, number=action.number)
    context = plan.as_context("board") | {"form": form, "is_possible": bool(held)}
    return render(request, "action_plan/new.html", context, status=UNPROCESSABLE if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Make an action of a recommendation, in one act; a GET, as after signing in again, leads to the result."""
    assessment = load_assessment(request, pk)
    require(can_plan(request.user, assessment), request)
    recommendation = request.POST.get("recommendation", "")
    if request.method == "GET":
        return redirect("result", pk=pk)
    try:
        action = action_plan.plan(assessment=assessment, recommendation=recommendation, by=request.user)
    except ActionRefused as error:
        context = {"reason": in_words(error), "assessment": assessment}
        return render(request, "409.html", context, status=CONFLICT)
    said = _("Action %(number)d is in the plan. Give it a day and somebody responsible there.")
    messages.success(request, said % {"number": action.number})
    return redirect(f"{reverse('result', args=[pk])}#{action.recommendation}")

"""One action of the plan: its page, and everything that is done with it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from diagnostic.actions import action_plan
from diagnostic.actions.clock import now
from diagnostic.actions.errors import ActionChanged, ActionRefused
from diagnostic.core.action_plan import (
    ActionDetails,
    Recommended,
    find_level,
    find_recommended,
    has_moved,
    is_for_coordinators,
    transitions_from,
)
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import score
from diagnostic.forms.action_plan import ActionCommentForm, ActionForm, DropForm, ProofForm
from diagnostic.instruments import instrument_of, instrument_submitted
from diagnostic.models import Action, ActionComment, ActionRevision
from diagnostic.permissions import (
    can_change_plan,
    can_read_plan_comments,
    can_work_on_plan,
    submissions_visible_to,
)
from diagnostic.queries import snapshot_voices

from .access import load_action, require
from .desk import CONFLICT, UNPROCESSABLE, in_words
from .plan_page import Plan, build_rows, last_submission

PART_NAMES = {
    "title": gettext_lazy("What is to be done"),
    "lead": gettext_lazy("Lead"),
    "support": gettext_lazy("Supported by"),
    "responsible": gettext_lazy("Responsible"),
    "due_on": gettext_lazy("Due"),
    "state": gettext_lazy("State"),
    "reason": gettext_lazy("Why it was dropped"),
    "proof": gettext_lazy("Proof"),
}
ACT_NAMES = {
    "begin": gettext_lazy("Begin"),
    "put_back": gettext_lazy("Put back to planned"),
    "complete": gettext_lazy("Mark as done"),
    "reopen": gettext_lazy("Open again"),
    "take_up_again": gettext_lazy("Take up again"),
}
"""The acts that take no text; to drop has a form of its own."""


@dataclass(frozen=True, slots=True)
class PartChange:
    """One part of an action that differs, in words."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of an action, and the parts that it changed; none for the planning of it."""

    revision: ActionRevision
    parts: tuple[PartChange, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """Where what an action rests on stood when it was planned, and where it stands after the `period` named."""

    before: int | None
    now: int | None
    period: str
    has_moved: bool


@dataclass(frozen=True)
class Forms:
    """The forms of an action's page: what was posted, or as they stand at first where it is None."""

    drop: DropForm | None = None
    proof: ProofForm | None = None
    comment: ActionCommentForm | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@login_required
@require_http_methods(["GET", "HEAD"])
def detail(request: HttpRequest, country: str, number: int) -> HttpResponse:
    """The action with what it rests on, how far it is, what is said about it, and what was changed when."""
    return _render(request, load_action(request, country, number))


def _load_for(may: Callable[[Any, int], bool], request: HttpRequest, country: str, number: int) -> Action:
    """The action, for who `may` do what is asked (1 query). Raises `Http404` and `PermissionDenied`."""
    action = load_action(request, country, number)
    require(may(request.user, action.country_id), request)
    return action


@login_required
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, country: str, number: int) -> HttpResponse:
    """Change what is written of the action; of two who change it at once the slower is shown both texts."""
    action = _load_for(can_change_plan, request, country, number)
    if request.method == "GET":
        form = ActionForm(initial=_initial(action))
        return render(request, "action_plan/change.html", _frame(request, action) | {"form": form})
    form = ActionForm(request.POST)
    if not form.is_valid():
        context = _frame(request, action) | {"form": form}
        return render(request, "action_plan/change.html", context, status=UNPROCESSABLE)
    version = form.cleaned_data["version"] or 0
    try:
        action_plan.change(action=action, details=form.details, base_version=version, by=request.user)
    except ActionChanged:
        return _conflict(request, load_action(request, country, number), form.details)
    except ActionRefused as error:
        form.add_error(None, in_words(error))
        context = _frame(request, action) | {"form": form}
        return render(request, "action_plan/change.html", context, status=UNPROCESSABLE)
    messages.success(request, _("The action is changed."))
    return redirect("plan-action", country=country, number=number)


def _conflict(request: HttpRequest, standing: Action, mine: ActionDetails) -> HttpResponse:
    """Both texts, and what was typed in a form that can be saved over what stands now."""
    form = ActionForm(initial={name: getattr(mine, name) for name in mine.__slots__} | {"version": standing.version})
    theirs = {name: getattr(standing, name) for name in mine.__slots__}
    both = [
        PartChange(str(PART_NAMES[name]), _say_part(name, value), _say_part(name, getattr(mine, name)))
        for name, value in theirs.items()
        if value != getattr(mine, name)
    ]
    context = _frame(request, standing) | {"form": form, "both": both}
    return render(request, "action_plan/change.html", context, status=CONFLICT)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, country: str, number: int) -> HttpResponse:
    """Say how far the action is; a GET, as after signing in again, leads to it."""
    act = request.POST.get("act", "")
    action = _load_for(can_change_plan if is_for_coordinators(act) else can_work_on_plan, request, country, number)
    if request.method == "GET":
        return redirect("plan-action", country=country, number=number)
    drop, proof = DropForm(request.POST), ProofForm(request.POST)
    if act == "drop" and not drop.is_valid():
        return _render(request, action, Forms(drop=drop), UNPROCESSABLE)
    if not proof.is_valid():
        return _render(request, action, Forms(proof=proof), UNPROCESSABLE)
    try:
        moved = action_plan.move(
            action=action,
            act=act,
            source=request.POST.get("source", ""),
            reason=drop.cleaned_data.get("reason", "") if drop.is_valid() else "",
            proof=proof.cleaned_data["proof"],
            base_version=proof.cleaned_data["version"] or 0,
            by=request.user,
        )
    except ActionRefused as error:
        standing = load_action(request, country, number)
        again, more = _typed_proof(proof, standing)
        typed = Forms(drop=drop if act == "drop" else None, proof=again, more=more | {"refused": in_words(error)})
        return _render(request, standing, typed, CONFLICT)
    said = _("Action %(number)d is marked: %(state)s.")
    messages.success(request, said % {"number": number, "state": moved.get_state_display().lower()})
    if request.POST.get("then") == "board":
        return redirect("plan", country=country)
    return redirect("plan-action", country=country, number=number)


@login_required
@require_http_methods(["GET", "POST"])
def prove(request: HttpRequest, country: str, number: int) -> HttpResponse:
    """Write down what shows that the action is done; a GET leads to it."""
    action = _load_for(can_work_on_plan, request, country, number)
    if request.method == "GET":
        return redirect("plan-action", country=country, number=number)
    form = ProofForm(request.POST)
    if not form.is_valid():
        return _render(request, action, Forms(proof=form), UNPROCESSABLE)
    text, version = form.cleaned_data["proof"], form.cleaned_data["version"] or 0
    try:
        action_plan.prove(action=action, proof=text, base_version=version, by=request.user)
    except ActionChanged as error:
        standing = load_action(request, country, number)
        again, more = _typed_proof(form, standing)
        return _render(request, standing, Forms(proof=again, more=more | {"refused": in_words(error)}), CONFLICT)
    except ActionRefused as error:
        form.add_error("proof", in_words(error))
        return _render(request, action, Forms(proof=form), UNPROCESSABLE)
    messages.success(request, _("The proof is saved."))
    return redirect("plan-action", country=country, number=number)


def _typed_proof(form: ProofForm, standing: Action) -> tuple[ProofForm, dict[str, Any]]:
    """What was typed, in a form that goes over what stands now, and that beside it where it is another text."""
    text = form.cleaned_data["proof"]
    again = ProofForm(initial={"proof": text or standing.proof, "version": standing.version})
    return again, {"other_proof": standing.proof if text and text.strip() != standing.proof else ""}


@login_required
@require_http_methods(["GET", "POST"])
def comment(request: HttpRequest, country: str, number: int) -> HttpResponse:
    """Say something about the action to one's own country; a GET leads to it."""
    action = _load_for(can_work_on_plan, request, country, number)
    if request.method == "GET":
        return redirect("plan-action", country=country, number=number)
    form = ActionCommentForm(request.POST)
    if not form.is_valid():
        return _render(request, action, Forms(comment=form), UNPROCESSABLE)
    action_plan.comment(action=action, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, _("The comment is added."))
    return redirect("plan-action", country=country, number=number)


def _render(request: HttpRequest, action: Action, forms: Forms | None = None, status: int = 200) -> HttpResponse:
    """The page of an action (1 query for its levels, 2 more for the country's own people)."""
    forms = forms or Forms()
    is_own = can_read_plan_comments(request.user, action.country_id)
    ways = transitions_from(action.state)
    may_change = can_change_plan(request.user, action.country_id)
    frame = _frame(request, action)
    context = {
        "recommended": _recommended(action),
        "levels": _levels(request, action),
        "acts": [
            (row.act, ACT_NAMES[row.act])
            for row in ways
            if row.act in ACT_NAMES and (may_change or not row.is_for_coordinators)
        ],
        "may_drop": may_change and any(row.act == "drop" for row in ways),
        "drop_form": forms.drop or DropForm(),
        "proof_form": forms.proof or ProofForm(initial={"proof": action.proof, "version": action.version}),
        "comment_form": forms.comment or ActionCommentForm(),
        "is_own": is_own,
        "comments": _load_comments(action) if is_own else [],
        "steps": _load_steps(action) if is_own else [],
        **forms.more,
    }
    return render(request, "action_plan/action.html", frame | context, status=status)


def _frame(request: HttpRequest, action: Action) -> dict[str, Any]:
    (row,) = build_rows([action], action.country)
    plan = Plan(
        country=action.country,
        rows=(row,),
        today=now().date(),
        may_change=can_change_plan(request.user, action.country_id),
        may_work=can_work_on_plan(request.user, action.country_id),
    )
    return plan.as_context("action") | {"row": row, "action": action}


def _recommended(action: Action) -> Recommended | None:
    return find_recommended(instrument_of(action.assessment), action.recommendation)


def _levels(request: HttpRequest, action: Action) -> Levels | None:
    """How the level of what the action rests on has changed since, by what was handed in last (1 query)."""
    last = last_submission(submissions_visible_to(request.user), action.country_id)
    if not (action.question or action.theme):
        return None
    if last is None or last.assessment.started_at <= action.assessment.started_at:
        return Levels(action.level_before, None, "", has_moved=False)
    result = score(instrument_submitted(last), snapshot_voices(last), NATIONAL)
    level = find_level(result, action.question, action.theme)
    moved = has_moved(action.state, action.level_before, level)
    return Levels(action.level_before, level, last.assessment.period, moved)


def _load_comments(action: Action) -> list[ActionComment]:
    return list(action.comments.select_related("written_by__membership__agency"))


def _load_steps(action: Action) -> list[Step]:
    """Every change, the latest first (1 query)."""
    found = list(action.revisions.select_related("saved_by"))
    before: Iterable[Mapping[str, Any] | None] = [None, *(item.content for item in found)]
    steps = [Step(item, _differences(then, item.content)) for then, item in zip(before, found, strict=False)]
    return steps[::-1]


def _differences(then: Mapping[str, Any] | None, now_: Mapping[str, Any]) -> tuple[PartChange, ...]:
    if then is None:
        return ()
    return tuple(
        PartChange(str(name), _say_part(part, then.get(part, "")), _say_part(part, now_.get(part, "")))
        for part, name in PART_NAMES.items()
        if then.get(part, "") != now_.get(part, "")
    )


def _say_part(part: str, value: Any) -> str:
    """One part of an action in words; a day is a date, or text as the history keeps it."""
    if not value:
        return _("nobody") if part == "support" else _("none")
    if part == "due_on":
        return date_format(value if isinstance(value, date) else date.fromisoformat(value), "j F Y")
    if part in ("lead", "support"):
        return str(Action.Lead(value).label)
    return str(Action.State(value).label) if part == "state" else str(value)


def _initial(action: Action) -> dict[str, Any]:
    return {name: getattr(action, name) for name in (*ActionDetails.__slots__, "version")}

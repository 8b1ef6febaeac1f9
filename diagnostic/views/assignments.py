"""Who of the secretariat is to look at an assessment, and by when; an administrator's page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cpch.accounts.models import User
from cpch.accounts.models.membership import SECRETARIAT_ROLES
from cpch.isolation import say
from diagnostic.actions import assignments
from diagnostic.actions.errors import ActionRefused, StateChanged
from diagnostic.forms.assignment import AssignmentForm
from diagnostic.permissions import can_assign
from diagnostic.queries import load_assignments

from .access import require
from .desk import UNPROCESSABLE, Desk, in_words, load_desk, moved_on


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who is assigned, and a form to assign another or move the day; `end` takes one back."""
    desk = load_desk(request, pk)
    assessment = desk.submission.assessment
    require(can_assign(request.user, assessment), request)
    if "end" in request.POST:
        return _end(request, desk)
    people = User.objects.filter(is_active=True, membership__role__in=list(SECRETARIAT_ROLES))
    # The action asks what each may, so the membership comes with them.
    form = AssignmentForm(request.POST or None, reviewers=people.select_related("membership"))
    if form.is_valid():
        reviewer, due_on = form.cleaned_data["reviewer"], form.cleaned_data["due_on"]
        try:
            assignments.assign(assessment=assessment, reviewer=reviewer, due_on=due_on, by=request.user)
        except StateChanged as error:
            return moved_on(request, desk, error)
        except ActionRefused as error:
            form.add_error("due_on", in_words(error))
        else:
            messages.success(request, say(_("%(name)s is assigned."), name=reviewer.full_name))
            return redirect("review-assign", pk=pk)
    held = list(load_assignments(assessment))
    context = {
        "form": form,
        "assignments": held,
        "assigned": [item.reviewer for item in held],
        "is_over": assessment.state not in assignments.OPEN,
    }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "reviews/assign.html", desk.as_context() | context, status=status)


def _end(request: HttpRequest, desk: Desk) -> HttpResponse:
    number = request.POST["end"]
    held = load_assignments(desk.submission.assessment).filter(pk=number).first() if number.isdecimal() else None
    if held is None:
        return moved_on(request, desk, StateChanged())
    try:
        assignments.end(assignment=held, by=request.user)
    except StateChanged as error:
        return moved_on(request, desk, error)
    messages.success(request, say(_("%(name)s is no longer assigned."), name=held.reviewer.full_name))
    return redirect("review-assign", pk=desk.submission.pk)

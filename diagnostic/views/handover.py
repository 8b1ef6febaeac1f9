"""Deactivating and moving a person: the page that lists their open items, and the act that settles them."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cpch.accounts.models import Membership
from cpch.accounts.permissions import Place, can_manage, can_move
from cpch.isolation import say
from diagnostic.actions import handover
from diagnostic.actions.errors import ActionRefused
from diagnostic.actions.handover import HandoverChanged
from diagnostic.forms.handover import HandoverForm, PlaceForm, say_place
from diagnostic.handover_queries import Left, count_closed_to, load_left
from diagnostic.pages.handover import build_handover_page

from .access import load_person, require
from .desk import in_words

Act = Callable[[HandoverForm], None]


@login_required
@require_http_methods(["GET", "POST"])
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person's open items, then end their access and settle them (9 queries to show)."""
    person = load_person(request, pk)
    require(can_manage(request.user, person), request)
    if not person.user.is_active:
        messages.info(request, say(_("%(name)s is deactivated already."), name=person.user.full_name))
        return redirect("people")

    def act(form: HandoverForm) -> None:
        given = form.cleaned_data["seen"]
        handover.deactivate(person=person, choices=form.choices, seen=given, by=request.user)

    done = say(_("%(name)s can no longer sign in."), name=person.user.full_name)
    return _settle(request, person, None, act, done)


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the new role; then show the person's open items, and settle them with the change of role."""
    person = load_person(request, pk)
    require(can_move(request.user, person), request)
    chosen = PlaceForm(request.GET if "to" in request.GET else None, person=person)
    if not chosen.is_valid():
        context = {"form": chosen, "person": person}
        status = HTTPStatus.UNPROCESSABLE_ENTITY if chosen.errors else HTTPStatus.OK
        return render(request, "people/move.html", context, status=status)
    to = chosen.place

    def act(form: HandoverForm) -> None:
        given = form.cleaned_data["seen"]
        handover.move(person=person, to=to, choices=form.choices, seen=given, by=request.user)

    done = say(_("%(name)s is now: %(role)s."), name=person.user.full_name, role=say_place(to))
    return _settle(request, person, to, act, done)


def _settle(request: HttpRequest, person: Membership, to: Place | None, act: Act, done: str) -> HttpResponse:
    """Show the page, or perform the act; if something has changed meanwhile, show the updated page with the choices."""
    sees_items = request.user.membership.country_id is not None or person.country_id is None
    left = load_left(person, request.user, to)
    if request.method == "GET":
        return _show(request, left, HandoverForm(left=left, sees_actions=sees_items), sees_items)
    form = HandoverForm(request.POST, left=left, sees_actions=sees_items)
    if not form.is_valid() and form.data.get("seen") == left.stamp:
        return _show(request, left, form, sees_items, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        if not form.is_valid():
            raise HandoverChanged
        act(form)
    except ActionRefused as refused:
        messages.error(request, in_words(refused))
        left = load_left(load_person(request, person.user_id), request.user, to)
        again = HandoverForm(left=left, sees_actions=sees_items, chosen=request.POST)
        return _show(request, left, again, sees_items, HTTPStatus.CONFLICT)
    messages.success(request, done)
    return redirect("people")


def _show(
    request: HttpRequest, left: Left, form: HandoverForm, sees_items: bool, status: int = HTTPStatus.OK
) -> HttpResponse:
    closed = count_closed_to(left.person, left.to) if left.to else 0
    page = build_handover_page(left, form, sees_items=sees_items, closed=closed)
    return render(request, "people/handover.html", {"page": page, "form": form}, status=status)

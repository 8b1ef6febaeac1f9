"""Pages about people: the list, inviting them, accepting an invitation; signing in is in sign_in.py.

Deactivating and moving someone also settles their open items in the diagnostic: diagnostic/views/handover.py.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from cpch.isolation import say
from cpch.limits import Limit, LimitReached
from diagnostic.actions.attempts import record_attempt
from diagnostic.actions.errors import ActionRefused
from diagnostic.models import OutboxItem

from . import actions, limits, security_actions
from .devices import remember_device
from .forms import AcceptanceForm, InvitationForm, LanguageForm, PeopleFilterForm
from .invitation_mail import load_mail_words
from .language import language_of
from .limits import MINUTE
from .models import CoordinatorProposal, Invitation, Membership, Role
from .permissions import (
    can_decide_proposals,
    can_invite,
    can_list_people,
    can_manage,
    can_manage_invitation,
    can_move,
    can_propose,
    can_take_back_proposal,
    can_take_off_second_factor,
    invitations_visible_to,
    people_visible_to,
    proposals_visible_to,
)
from .proving import proof_required
from .refusals import hidden, require
from .second_factor import begin_session
from .security_forms import TakeOffForm
from .sources import source_of

PEOPLE_A_PAGE = 50
INVITATIONS_SHOWN = 50
PROPOSALS_SHOWN = 20
DEAD_LINKS = Limit("dead_link", 30, MINUTE)
"""Attempts of one source to open invitation links that do not work."""


@login_required
@require_http_methods(["GET", "HEAD"])
def people(request: HttpRequest) -> HttpResponse:
    """The people of one's country or, for an administrator, all, with invitations and proposals (at most 8 queries)."""
    require(can_list_people(request.user), request)
    form = PeopleFilterForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    found = _matching(people_visible_to(request.user), wanted, ("user__full_name", "user__email"))
    page = Paginator(found.order_by("user__full_name", "user__email"), PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    waiting = invitations_visible_to(request.user).filter(accepted_at__isnull=True, withdrawn_at__isnull=True)
    invitations = list(_matching(waiting, wanted, ("email",))[: INVITATIONS_SHOWN + 1])
    mailed = load_mail_words(invitations) if invitations else {}
    sees_every_country = request.user.membership.role == Role.ADMINISTRATOR
    return render(
        request,
        "people/index.html",
        {
            "form": form,
            "page": page,
            "rows": [
                (
                    person,
                    can_manage(request.user, person),
                    can_take_off_second_factor(request.user, person),
                    can_move(request.user, person),
                )
                for person in page
            ],
            "invitations": [
                (invitation, can_manage_invitation(request.user, invitation), mailed.get(invitation.pk, ""))
                for invitation in invitations[:INVITATIONS_SHOWN]
            ],
            "proposals": [
                (proposal, can_take_back_proposal(request.user, proposal)) for proposal in _proposals(request.user)
            ],
            "can_propose": can_propose(request.user),
            "has_more_invitations": len(invitations) > INVITATIONS_SHOWN,
            "can_invite": can_invite(request.user),
            "sees_every_country": sees_every_country,
            "undelivered": _count_undelivered() if sees_every_country else 0,
        },
    )


@login_required
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite someone; the link goes to their address."""
    require(can_invite(request.user), request)
    form = InvitationForm(request.POST or None, by=request.user)
    if form.is_valid():
        invitation = _invite(request, form)
        if invitation is not None:
            return redirect("people")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "invitations/create.html", {"form": form}, status=status)


@login_required
@require_POST
def withdraw_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """End an invitation that nobody has used."""
    invitation = _load_invitation(request, pk)
    try:
        actions.withdraw_invitation(invitation=invitation, by=request.user)
    except actions.InvitationClosed as refused:
        messages.error(request, _(refused.message.text))
    else:
        messages.success(request, say(_("The invitation of %(email)s is withdrawn."), email=invitation.email))
    return redirect("people")


@login_required
@require_POST
def resend_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a new link for an invitation that nobody has used; the old link ends."""
    invitation = _load_invitation(request, pk)
    try:
        actions.renew_invitation(invitation=invitation, by=request.user)
    except ActionRefused as refused:
        messages.error(request, _(refused.message.text))
    else:
        say_invited(request, invitation)
    return redirect("people")


@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites to what; set name and password, and sign in."""
    held = Invitation.objects.select_related("country", "agency", "invited_by", "proposal")
    invitation = held.filter(pk=Invitation.number_in(token)).first()
    if invitation is None or not invitation.has_token(token):
        return _refuse_link(request, None)
    if not invitation.is_open:
        return _refuse_link(request, invitation)
    if not actions.is_still_offered(invitation):
        return _refuse_link(request, invitation, "maker")
    form = AcceptanceForm(request.POST or None, invitation=invitation)
    if form.is_valid():
        try:
            user = actions.accept_invitation(
                invitation=invitation,
                full_name=form.cleaned_data["full_name"],
                password=form.cleaned_data["password1"],
                language=form.cleaned_data.get("language", ""),
            )
        except actions.InvitationClosed:
            invitation.refresh_from_db()
            return _refuse_link(request, invitation)
        except actions.MakerMayNot:
            return _refuse_link(request, invitation, "maker")
        except actions.AddressElsewhere:
            return _refuse_link(request, invitation, "elsewhere")
        except actions.AddressTaken:
            return render(request, "invitations/taken.html", status=HTTPStatus.CONFLICT)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        begin_session(request, user)
        response = redirect("home")
        remember_device(request, response, user)
        return response
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "invitations/accept.html", {"form": form, "invitation": invitation}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own address, role and language, where there is a choice; the password has its own page (2 queries)."""
    own = {"language": language_of(request.user)}
    form = LanguageForm(request.POST if request.method == "POST" else None, initial=own)
    if form.is_valid():
        actions.choose_language(person=request.user, language=form.cleaned_data.get("language", ""))
        with translation.override(language_of(request.user)):
            messages.success(request, _("Your account is saved."))
        return redirect("account")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "people/account.html", {"form": form}, status=status)


@login_required
@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person their access back."""
    person = _load_person(request, pk)
    actions.reactivate(person=person, by=request.user)
    messages.success(request, say(_("%(name)s can sign in again."), name=person.user.full_name))
    return redirect("people")


@require_http_methods(["GET", "POST"])
@proof_required
def take_off_second_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask why, then take the second factor off a person who lost it."""
    person = people_visible_to(request.user).filter(user_id=pk).first()
    if person is None:
        raise hidden(request)
    require(can_take_off_second_factor(request.user, person), request)
    form = TakeOffForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            security_actions.take_off(person=person, reason=form.cleaned_data["reason"], by=request.user)
        except security_actions.ReasonMissing as refused:
            form.add_error("reason", _(refused.message.text))
        except security_actions.NothingToTakeOff as refused:
            messages.error(request, _(refused.message.text))
            return redirect("people")
        else:
            messages.success(
                request,
                say(
                    _("The second factor of %(name)s is taken off. They know of it by e-mail."),
                    name=person.user.full_name,
                ),
            )
            return redirect("people")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "people/second_factor.html", {"form": form, "person": person}, status=status)


def _invite(request: HttpRequest, form: InvitationForm) -> Invitation | None:
    """Make the invitation, or show at the address why it cannot be made."""
    given = form.cleaned_data
    try:
        invitation = actions.invite(
            email=given["email"],
            role=given["role"],
            country=given.get("country"),
            agency_kind=given.get("agency", ""),
            organisation=given.get("organisation", ""),
            by=request.user,
        )
    except (actions.AddressTaken, actions.AlreadyInvited, actions.AddressElsewhere) as refused:
        form.add_error("email", _(refused.message.text))
    else:
        say_invited(request, invitation)
        return invitation
    return None


def say_invited(request: HttpRequest, invitation: Invitation) -> None:
    messages.success(
        request,
        say(
            _("%(email)s is invited, and the e-mail is on its way. The link works once and expires in seven days."),
            email=invitation.email,
        ),
    )


def _refuse_link(request: HttpRequest, invitation: Invitation | None, reason: str = "") -> HttpResponse:
    """Explain why a link does not work and whom to ask, and log the attempt; `reason` is a reason from the rules."""
    source = source_of(request)
    try:
        limits.count(DEAD_LINKS, source)
    except LimitReached as reached:
        return limits.refuse(request, reached)
    if invitation is None:
        record_attempt(act="invitation.unknown", by=request.user, source=source)
        return render(request, "invitations/unknown.html", status=HTTPStatus.NOT_FOUND)
    if invitation.accepted_at:
        reason = "used"
    elif invitation.withdrawn_at:
        reason = "withdrawn"
    elif not reason:
        reason = "expired"
    record_attempt(act="invitation.refused", by=request.user, source=source, invitation=invitation.pk, reason=reason)
    return render(
        request,
        "invitations/gone.html",
        {"reason": reason, "invitation": invitation, "contact": settings.DEFAULT_FROM_EMAIL},
        status=HTTPStatus.GONE,
    )


def _count_undelivered() -> int:
    """How many e-mails could not be delivered (1 query)."""
    return OutboxItem.objects.filter(given_up_at__isnull=False).count()


def _proposals(user: Any) -> QuerySet[CoordinatorProposal]:
    """The newest proposals that `user` sees, waiting ones first; an administrator sees only these (1 query)."""
    found = proposals_visible_to(user)
    if can_decide_proposals(user):
        found = found.filter(state=CoordinatorProposal.State.OPEN)
    return found.order_by(F("decided_at").desc(nulls_first=True), "-proposed_at")[:PROPOSALS_SHOWN]


def _load_invitation(request: HttpRequest, pk: int) -> Invitation:
    invitation = invitations_visible_to(request.user).filter(pk=pk).first()
    if invitation is None:
        raise hidden(request)
    require(can_manage_invitation(request.user, invitation), request)
    return invitation


def _load_person(request: HttpRequest, pk: int) -> Membership:
    person = people_visible_to(request.user).filter(user_id=pk).first()
    if person is None:
        raise hidden(request)
    require(can_manage(request.user, person), request)
    return person


def _matching(found: QuerySet, wanted: dict[str, str], texts: tuple[str, ...]) -> QuerySet:
    """The rows with the words that were looked for in one of `texts`, the country or the organisation."""
    if wanted.get("role"):
        found = found.filter(role=wanted["role"])
    words = wanted.get("q", "").strip()
    if not words:
        return found
    where = Q()
    for text in (*texts, "country__name", "organisation"):
        where |= Q(**{f"{text}__icontains": words})
    return found.filter(where)

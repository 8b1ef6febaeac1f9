"""Deactivates or moves a person, and settles their open items in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from cpch.accounts import actions as accounts
from cpch.accounts.models import Country, Membership, User
from cpch.accounts.permissions import Place, can_manage, can_move
from diagnostic.core import workflow
from diagnostic.core.responsible import hand_to, let_go
from diagnostic.core.words import Message, _
from diagnostic.handover_queries import UNDER_REVIEW, Left, load_left
from diagnostic.models import Action, Assessment

from . import action_plan, assignments, attestations
from .errors import ActionRefused

Choices = Mapping[str, int | None]
"""By `key_of` each invitation, assignment and action: the key of the person who takes it over, or None for nobody.

For nobody an invitation is withdrawn, an assignment ends, and an action is left to its agency.
"""


class HandoverChanged(ActionRefused):
    """The person's open items are not those that the page showed."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                _(
                    "Something has changed since this page was opened, and nothing was done. Check what is left behind "
                    "now, and confirm again."
                )
            )
        )


class SuccessorMissing(ActionRefused):
    """No choice was made for an item, or its successor cannot take it over (any more)."""

    def __init__(self) -> None:
        super().__init__(Message(_("Choose for each item what happens to it, from the people who can take it over.")))


def key_of(item: Any) -> str:
    """The key of one open item, as in `Choices` and in the form."""
    return f"{item._meta.model_name}-{item.pk}"


@transaction.atomic
def deactivate(*, person: Membership, choices: Choices, seen: str, by: Any) -> None:
    """End a person's access and settle their open items; `seen` is the stamp of the items that the page showed.

    It may be "" if there are none.

    Only the person's unsubmitted attestations are voided: no answer has changed. Declarations remain, because they are
    the agency's. Does nothing if the person's access has already ended. Raises `PermissionDenied`, `HandoverChanged` or
    `SuccessorMissing`.
    """
    if not can_manage(by, person):
        raise PermissionDenied
    held = _lock(person)
    if not held.user.is_active:
        return
    _settle(load_left(held, by), choices, seen, by, because="deactivated")
    accounts.deactivate(person=held, by=by)


@transaction.atomic
def move(*, person: Membership, to: Place, choices: Choices, seen: str, by: Any) -> None:
    """Give a person another role or agency and settle their open items; otherwise as `deactivate`.

    Also raises `NotMoved` if they already have that role.
    """
    if not can_move(by, person, to):
        raise PermissionDenied
    held = _lock(person)
    _settle(load_left(held, by, to), choices, seen, by, because="moved")
    accounts.move(person=held, to=to, by=by)


def _lock(person: Membership) -> Membership:
    """Lock and reload `person`, so that they cannot attest, plan or assign until the end of the transaction.

    Every act locks in the same order: person, country, assessments. The lock on the person does not wait for rows that
    refer to them, whose writers hold an assessment.
    """
    User.objects.select_for_update(no_key=True).get(pk=person.user_id)
    held = Membership.objects.select_related("user", "country", "agency").get(pk=person.pk)
    if held.country_id is not None:
        Country.objects.select_for_update().get(pk=held.country_id)
    theirs = Q(country=held.country_id, state__in=workflow.WITH_COUNTRY) | Q(
        assignments__reviewer=held.user_id, state__in=UNDER_REVIEW
    )
    keys = list(Assessment.objects.filter(theirs).order_by().values_list("pk", flat=True).distinct())
    list(Assessment.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk").values_list("pk"))
    return held


def _settle(left: Left, choices: Choices, seen: str, by: Any, because: str) -> None:
    if left.stamp != seen and (seen or not left.is_nothing):
        raise HandoverChanged
    for signed in left.attestations:
        attestations.void_one(attestation=signed, by=by, because=because)
    for invitation in left.invitations:
        heir = _chosen(choices, invitation, left.successors_for_invitation)
        if heir is None:
            accounts.end_invitation(invitation=invitation, by=by)
        else:
            accounts.take_over_invitation(invitation=invitation, successor=heir, by=by)
    for assignment in left.assignments:
        heir = _chosen(choices, assignment, left.successors_for_assignment)
        assignments.hand_over(assignment=assignment, successor=heir.user if heir else None, by=by)
    for action in left.actions:
        heir = _chosen(choices, action, lambda item: left.successors_for_actions([item]))
        action_plan.hand_over(action=action, responsible=_responsible(left, action, heir), by=by)


def _chosen(choices: Choices, item: Any, successors: Callable[[Any], list[Membership]]) -> Membership | None:
    """The successor for `item`, or None for nobody. Raises `SuccessorMissing`."""
    if key_of(item) not in choices:
        raise SuccessorMissing
    chosen = choices[key_of(item)]
    if chosen is None:
        return None
    found = next((person for person in successors(item) if person.user_id == chosen), None)
    if found is None:
        raise SuccessorMissing
    return found


def _responsible(left: Left, action: Action, heir: Membership | None) -> str:
    name = left.person.user.full_name
    return let_go(action.responsible, name) if heir is None else hand_to(action.responsible, name, heir.user.full_name)

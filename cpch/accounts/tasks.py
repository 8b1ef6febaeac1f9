"""Work about accounts that the worker does, not the web process."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db.models import QuerySet
from django.urls import reverse
from django_tasks import task

from diagnostic.actions.audit import record

from .addresses import address_key
from .mail import send_password_changed, send_password_reset, send_proposal_notice, send_security_notice
from .models import CoordinatorProposal, User
from .permissions import people_told_of


@task(queue_name="mail")
def mail_password_reset(email: str) -> None:
    """Send the person with this address, if there is one who may sign in, a link to choose a new password.

    Done here, so that asking takes the same time whether the address has an account or not.
    """
    user = User.objects.filter(address_key=address_key(email), is_active=True).first()
    if user is None:
        return
    path = reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)},
    )
    record(act="person.password_reset_asked", by=user)
    send_password_reset(user, path)


@task(queue_name="mail")
def mail_password_changed(user_id: int, at: str) -> None:
    """Tell a person that their password was changed or reset `at` that time (ISO 8601)."""
    for user in _still_here(user_id):
        send_password_changed(user, datetime.fromisoformat(at))


@task(queue_name="mail")
def mail_security_notice(user_id: int, what: str, at: str, told: dict[str, Any]) -> None:
    """Tell a person of what happened to their second factor `at` that time (ISO 8601)."""
    for user in _still_here(user_id):
        send_security_notice(user, what, datetime.fromisoformat(at), told)


@task(queue_name="mail")
def mail_proposal_notice(what: str, proposal_id: int, by_id: int) -> None:
    """Tell a country's coordinators and the administrators of a proposed coordinator, or of the decision.

    If the mail server refuses one e-mail, the others are still sent. Then raises the last `OSError`.
    """
    proposal = CoordinatorProposal.objects.select_related("agency__country").get(pk=proposal_id)
    by = User.objects.get(pk=by_id)
    failed: OSError | None = None
    for person in people_told_of(proposal, by):
        try:
            send_proposal_notice(person, proposal, what, by)
        except OSError as error:
            failed = error
    if failed:
        raise failed


def _still_here(user_id: int) -> QuerySet[User]:
    """The person, unless they were deactivated since: deactivated people get no e-mail."""
    return User.objects.filter(pk=user_id, is_active=True)

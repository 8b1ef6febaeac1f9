"""Helpers for the tests of deactivating and moving people."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from cpch.accounts import actions as accounts
from cpch.accounts.models import Invitation, Membership, Role, User
from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Action, Assessment
from tests.factories import make_country


def membership(user: User) -> Membership:
    return Membership.objects.select_related("user", "country", "agency").get(user=user)


def page(client: Client, by: User, person: User, name: str = "person-deactivate", **query: str) -> Any:
    client.force_login(by)
    return client.get(reverse(name, args=[person.pk], query=query))


def confirm(client: Client, shown: Any, **chosen: str) -> Any:
    """Press the button of the displayed page, with these choices."""
    seen = shown.context["form"]["seen"].value()
    return client.post(shown.wsgi_request.get_full_path(), {"seen": seen} | chosen)


def say(response: Any) -> str:
    return " ".join(response.content.decode().split())


def led_by(person: User, by: User, assessment: Assessment, title: str = "Meet the new minister") -> Action:
    return action_plan.add(assessment=assessment, details=ActionDetails(title, "customs", "", person.full_name), by=by)


def invited(by: User, email: str = "amara@example.org", role: str = Role.RESPONDENT) -> Invitation:
    agency = "customs" if role == Role.RESPONDENT else ""
    return accounts.invite(email=email, role=role, country=make_country(), agency_kind=agency, by=by)

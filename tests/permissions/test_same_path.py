"""What exists for somebody else and what does not exist take the same path: same statements, same answer."""

from __future__ import annotations

import itertools
import logging
import re
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from cpch.accounts import actions as people_actions
from cpch.accounts import proposal_actions, second_factor
from cpch.accounts.models import Role
from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db

ROLES = (
    *("coordinator", "police_coordinator", "respondent", "police_respondent", "observer"),
    *("reviewer", "administrator", "partner", "nobody", "anonymous"),
)
METHODS = {"coordinator": ("get", "head", "post"), "anonymous": ("get",)}
"""How everything is asked for, by role; GET and POST where nothing else is said."""
TOO_LARGE = 10**30
SEEN_BY_ADMINISTRATORS = ("person-", "invitation-", "proposal-")
"""What exists in any country exists for administrators."""
BY_LINK = {"invitation-accept", "account_reset_password_from_key"}
"""Addresses that hold a secret of their own, which decides alone (tests/views/test_invitations.py)."""
ONE_TIME = re.compile(rb'name="(?:csrfmiddlewaretoken|page_key)" value="[^"]*"|(?:nonce|data-key)="[^"]*"')
SAVEPOINT = re.compile(r'"?s\d+_x\d+"?')


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Thousands of refusals would fill the log of the run, and a slow run must not outlast a proof."""
    monkeypatch.setattr(second_factor, "PROOF_LASTS_SECONDS", 10**6)
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def elsewhere(people: factories.People) -> dict[str, Any]:
    """A key of each kind that exists in another country and not for the secretariat."""
    abroad = people.foreigner
    draft = factories.start_assessment(abroad)
    action = action_plan.add(assessment=draft, details=ActionDetails("Meet the minister"), by=abroad)
    withdrawn = factories.start_assessment(abroad)
    colleague = factories.make_user(Role.COORDINATOR, "FR", "police")
    submission = factories.submit(factories.complete(withdrawn, abroad), by=abroad)
    type(withdrawn).objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    people_actions.deactivate(person=colleague.membership, by=people.administrator)
    proposal = proposal_actions.propose(
        email="new@example.org",
        full_name="New Person",
        country=factories.make_country("FR"),
        agency_kind="police",
        why="Named by the head of the agency.",
        by=abroad,
    )
    invitation = people_actions.invite(
        email="guest@example.org", role=Role.OBSERVER, country=factories.make_country("FR"), by=abroad
    )
    key = Authenticator.objects.create(user=abroad, type=Authenticator.Type.WEBAUTHN, data={})
    return {
        "assessment": draft.pk,
        "submission": submission.pk,
        "person": abroad.pk,
        "invitation": invitation.pk,
        "proposal": proposal.pk,
        "security": key.pk,
        "plan": "FR",
        "number": action.number,
    }


def patterns(found: Any) -> Iterator[URLPattern]:
    for item in found:
        if hasattr(item, "url_patterns"):
            yield from patterns(item.url_patterns)
        elif item.name and item.pattern.converters and item.name not in BY_LINK:
            yield item


def kind_of(name: str) -> str:
    """What an address is about, by the beginning of its name."""
    first = name.split("-")[0]
    return {"submission": "submission", "review": "submission"}.get(
        first, first if first in ("person", "invitation", "proposal", "security", "plan") else "assessment"
    )


def variants(item: URLPattern, elsewhere: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Groups of parameters of an address: what exists elsewhere first, then what does not, all else equal.

    A new parameter needs its line here.
    """
    kind, names = kind_of(item.name), item.pattern.converters
    fixed: dict[str, Any] = {"voice": "national", "theme": "framework", "code": "A.1", "agency": "customs"}
    fixed |= {"kind": "agreement", "number": 1}
    rest = {name: fixed[name] for name in names if name not in ("pk", "country")}
    if "country" in names:
        places = [("FR", elsewhere["number"]), ("FR", 77), ("FR", TOO_LARGE), ("DE", 1), ("Ω'\"%", 1)]
        found = [{"country": country, "number": number} for country, number in places]
        return [[{name: values[name] for name in names} for values in (found if "number" in names else found[2:])]]
    if "UUID" in type(names["pk"]).__name__:
        kind = "assessment" if item.name == "plan-add" else kind
        keys = [elsewhere[kind], uuid4()]
        odd = {name: "Ω'\"%" if name != "theme" else "no-such" for name in rest if name != "number"}
        more = rest | odd | ({"number": TOO_LARGE} if "number" in rest else {})
        return [[{"pk": pk} | values for pk in keys] for values in ([rest, more] if rest else [rest])]
    return [[{"pk": pk} | rest for pk in (elsewhere[kind], 777_777, TOO_LARGE)]]


def client_of(people: factories.People, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(getattr(people, who))
        session = client.session
        session[second_factor.PROVED_AT] = time.time()
        session.save()
    return client


def told(client: Client, method: str, url: str) -> tuple[Any, ...]:
    """Everything of an answer, and every statement it took; what was written is taken back."""
    statements: list[str] = []

    def keep(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(SAVEPOINT.sub("SAVEPOINT", sql))
        return execute(sql, *rest)

    with transaction.atomic():
        with connection.execute_wrapper(keep):
            response = getattr(client, method)(url, {"x": "1"})
        attempts = list(AuditEntry.objects.filter(act__startswith="access.").values_list("act", "chain__assessment"))
        transaction.set_rollback(True)
    body = ONE_TIME.sub(b"", response.content).replace(url.encode(), b"URL")
    headers = sorted(
        (name, unquote(unquote(value)).replace(unquote(url), "URL"))
        for name, value in response.headers.items()
        if name not in ("Content-Security-Policy", "Content-Length")
    )
    return response.status_code, headers, body, statements, attempts


@pytest.mark.parametrize("who", ROLES)
def test_what_exists_elsewhere_is_answered_as_what_does_not_exist(
    people: factories.People, elsewhere: dict[str, Any], who: str
) -> None:
    client = client_of(people, who)
    wrong = []
    for item, method in itertools.product(patterns(get_resolver().url_patterns), METHODS.get(who, ("get", "post"))):
        if who == "administrator" and item.name.startswith(SEEN_BY_ADMINISTRATORS):
            continue
        for group in variants(item, elsewhere):
            urls = [reverse(item.name, kwargs=values) for values in group]
            wrong += compared(client, method, urls)
    assert not wrong, "\n".join(wrong)


def compared(client: Client, method: str, urls: list[str]) -> Iterator[str]:
    """What differs between the first address and the others, and what is wrong with the first itself."""
    told(client, method, urls[0])  # what is cached by any request is cached now
    expected, *others = [told(client, method, url) for url in urls]
    if expected[0] not in (302, 401, 404, 405):
        yield f"{method} {urls[0]}: {expected[0]}"
    if expected[0] == 404 and expected[4] not in ([], [("access.hidden", None)]):
        yield f"{method} {urls[0]}: {expected[4]} is logged"
    for url, other in zip(urls[1:], others, strict=True):
        parts = ("status", "headers", "body", "statements", "attempts")
        different = [part for part, one, two in zip(parts, expected, other, strict=True) if one != two]
        if different:
            yield f"{method} {url}: {', '.join(different)} differ from {urls[0]}"

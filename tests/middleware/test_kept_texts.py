"""The server confirms only kept texts that a view stored and reported with a success message."""

from __future__ import annotations

import pytest
from django.contrib import messages
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse

from cpch.messages import Storage
from cpch.middleware.kept_texts import MOST, STORED, confirm_kept_texts
from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from tests import factories
from tests.sessions import signed_in

NAME = f"{'0f' * 12}.3"


def confirmed(level: int | None, response: HttpResponse, name: str = NAME, method: str = "post") -> list[str]:
    """The names stored in the session after one request whose view adds a message of `level`."""
    request: HttpRequest = getattr(RequestFactory(), method)("/", {"kept_text": name})
    request.session = SessionStore()
    request._messages = Storage(request)

    def view(request: HttpRequest) -> HttpResponse:
        if level is not None:
            messages.add_message(request, level, "Told.")
        return response

    confirm_kept_texts(view)(request)
    return request.session.get(STORED, [])


def test_a_redirect_with_a_success_message_confirms_the_text_that_was_sent():
    assert confirmed(messages.SUCCESS, HttpResponseRedirect("/")) == [NAME]


@pytest.mark.parametrize("level", [None, messages.INFO, messages.WARNING, messages.ERROR])
def test_a_redirect_without_one_confirms_nothing(level):
    assert confirmed(level, HttpResponseRedirect("/")) == []


@pytest.mark.parametrize("status", [200, 204, 400, 403, 404, 409, 422, 500])
def test_a_page_confirms_nothing(status):
    assert confirmed(messages.SUCCESS, HttpResponse(status=status)) == []


def test_a_get_confirms_nothing():
    assert confirmed(messages.SUCCESS, HttpResponseRedirect("/"), method="get") == []


@pytest.mark.parametrize(
    "name", ["", "x", NAME.upper(), f"{NAME} {NAME}", NAME[:-2], f"{NAME}\n", '"><script>', "²" * 24]
)
def test_what_is_no_name_of_a_kept_text_is_not_noted(name):
    assert confirmed(messages.SUCCESS, HttpResponseRedirect("/"), name) == []


@pytest.fixture
def action(people):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    return action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=people.coordinator)


@pytest.mark.django_db
def test_the_pages_after_it_name_the_text_for_as_long_as_the_session_lasts(people, action):
    client = signed_in(people.respondent)
    url = reverse("plan-action-comment", args=["ZZ", action.number])
    assert 'data-stored=""' in client.get("/help/").content.decode()
    page = client.post(url, {"text": "", "kept_text": NAME})
    assert page.status_code == 422
    assert 'data-stored=""' in page.content.decode()
    client.post(url, {"text": "We met.", "kept_text": NAME})
    for _visit in range(2):
        assert f'data-stored="{NAME}"' in client.get("/help/").content.decode()
    assert NAME not in signed_in(people.respondent).get("/help/").content.decode()


@pytest.mark.django_db
def test_a_message_that_was_not_shown_yet_confirms_nothing_later(people, action):
    client = signed_in(people.respondent)
    client.post(reverse("plan-action-comment", args=["ZZ", action.number]), {"text": "We met."})
    move = reverse("plan-action-move", args=["ZZ", action.number])
    refused = client.post(move, {"act": "drop", "reason": "Done.", "kept_text": NAME})
    assert refused.status_code == 403
    assert STORED not in client.session


@pytest.mark.django_db
def test_a_session_holds_a_limited_number_of_names(people, action):
    client = signed_in(people.respondent)
    url = reverse("plan-action-comment", args=["ZZ", action.number])
    names = [f"{number:024x}.1" for number in range(MOST + 5)]
    for name in names:
        client.post(url, {"text": f"We met, {name}.", "kept_text": name})
    assert client.session[STORED] == names[5:]

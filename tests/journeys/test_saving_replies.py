"""A save counts only if the server's own JSON confirms it; choosing by arrow keys is one save."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from diagnostic.core.responses import Response as Answer
from diagnostic.models import ResponseRevision

from .theme_page import SAVES, bar, drafts, expect_all_saved, expect_saved, field, state, stored, theme_url

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AFTER = 70_000
RESTED = 1_600
PORTAL = "<html><title>Hotel network</title>Please sign in</html>"
SAVED = {"kind": "saved", "question": "A.1", "version": 1, "saved_at": None, "state": "answered", "asked": {}}


def html(status: int) -> dict[str, Any]:
    return {"status": status, "content_type": "text/html; charset=utf-8", "body": PORTAL}


def reply(body: Any, status: int = 200) -> dict[str, Any]:
    return {"status": status, "content_type": "application/json", "body": json.dumps(body)}


def refusal(kind: str, status: int, **more: Any) -> dict[str, Any]:
    return reply({"kind": kind, "question": "A.1", "message": "No.", **more}, status)


NOT_THE_SERVERS = {
    "html 200": html(200),
    "empty object": reply({}),
    "204": {"status": 204},
    "another question": reply({**SAVED, "question": "A.2.1"}),
    "no question": reply({name: value for name, value in SAVED.items() if name != "question"}),
    "version as text": reply({**SAVED, "version": "1"}),
    "version with a fraction": reply({**SAVED, "version": 1.5}),
    "version before the base": reply({**SAVED, "version": -1}),
    "no version": reply({**SAVED, "version": None}),
    "strange follow-ups": reply({**SAVED, "asked": {"A.2.1": "yes"}}),
    "strange time": reply({**SAVED, "saved_at": "soon"}),
    "strange section": reply({**SAVED, "html": PORTAL}),
    "json as text": {**reply(SAVED), "content_type": "text/html"},
    "unknown kind": reply({**SAVED, "kind": "constructor"}),
    "list": reply([SAVED]),
    "null": reply(None),
    "broken json": {**reply(SAVED), "body": json.dumps(SAVED)[:-5]},
    "saved as 202": reply(SAVED, 202),
    "redirect to the sign-in": {"status": 302, "headers": {"Location": "/accounts/login/"}},
    "500": html(500),
    "502": html(502),
    "400 html": html(400),
    "401 html": html(401),
    "403 html": html(403),
    "404 html": html(404),
    "410 html": html(410),
    "409 html": html(409),
    "422 html": html(422),
    "429 html": html(429),
    "503 busy": reply({"kind": "busy", "message": "The server is busy."}, 503),
    "conflict without texts": refusal("conflict", 409),
    "conflict of another question": reply(
        {"kind": "conflict", "question": "A.3.1", "message": "", "html": PORTAL}, 409
    ),
    "faults without fields": refusal("faults", 422),
    "gone as 200": refusal("gone", 200),
    "refusal of another question": reply({"kind": "gone", "question": "A.17", "message": "No."}, 404),
}


def pause(page: Any) -> None:
    """Put the clock under the test's control."""
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)


@pytest.mark.parametrize("answer", NOT_THE_SERVERS.values(), ids=NOT_THE_SERVERS)
def test_nothing_counts_but_the_servers_own_word(open_as, people, assessment, answer):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.fulfill(**answer))
    field(page, "A.1-narrative").fill("Typed in a hotel.")
    page.clock.fast_forward(RESTED)
    expect(state(page, "A.1")).to_have_text("Not saved – retrying")
    expect(bar(page)).to_contain_text("A.1 is not saved – retrying")
    expect(bar(page)).to_contain_text("What you typed is kept on this device.")
    assert field(page, "A.1-narrative").input_value() == "Typed in a hotel."
    assert len(drafts(page)) == 1
    assert stored(assessment, "A.1").is_blank
    page.unroute(SAVES)
    page.clock.fast_forward(LONG_AFTER)
    expect_saved(page, "A.1")
    expect_all_saved(page)
    assert stored(assessment, "A.1").narrative == "Typed in a hotel."
    assert drafts(page) == []
    assert ResponseRevision.objects.count() == 1


WHAT_HAPPENED = {
    "200 html": ("Something else replied in the server’s place", html(200)),
    "502": ("The server has a fault.", html(502)),
    "503 broken off": ("The server has a fault.", reply({"kind": "broken_off", "message": "Look."}, 503)),
    "503 busy": ("The server is busy.", reply({"kind": "busy", "message": "Busy."}, 503)),
    "429": ("The server is busy.", html(429)),
    "signed out": ("You have been signed out.", refusal("sign_in", 401)),
    "another person": ("Somebody else is signed in", refusal("other_person", 401)),
}


@pytest.mark.parametrize(("words", "answer"), WHAT_HAPPENED.values(), ids=WHAT_HAPPENED)
def test_the_page_says_what_happened(open_as, people, assessment, words, answer):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.fulfill(**answer))
    field(page, "A.1-narrative").fill("Typed.")
    page.clock.fast_forward(RESTED)
    expect(bar(page)).to_contain_text(words)
    assert len(drafts(page)) == 1


def test_a_refusal_of_the_server_stops_the_retrying_and_keeps_the_text(open_as, people, assessment):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment))
    sent: list[Any] = []

    def refuse(route: Any) -> None:
        sent.append(route)
        route.fulfill(**refusal("state", 409))

    page.route(SAVES, refuse)
    field(page, "A.1-narrative").fill("Typed.")
    page.clock.fast_forward(RESTED)
    expect(bar(page)).to_contain_text("A.1: not saved, needs you")
    page.clock.fast_forward(LONG_AFTER)
    assert len(sent) == 1
    assert len(drafts(page)) == 1
    expect(page.locator("[data-kept-stuck]")).to_contain_text(
        "1 answer on this device cannot be sent and needs you: A.1"
    )


def test_choosing_by_arrow_keys_is_one_save(open_as, people, assessment):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment, "people"))
    pause(page)
    field(page, "A.19-answer-1").focus()
    page.keyboard.press("Space")
    for _step in range(3):
        page.clock.run_for(1_400)
        page.keyboard.press("ArrowDown")
    page.clock.run_for(1_400)
    assert ResponseRevision.objects.count() == 0
    page.clock.run_for(200)
    expect_saved(page, "A.19")
    assert stored(assessment, "A.19") == Answer(level=4)
    assert ResponseRevision.objects.count() == 1


def test_leaving_the_question_sends_at_once(open_as, people, assessment):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment, "people"))
    pause(page)
    field(page, "A.19-answer-1").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    field(page, "A.18-answer-1").focus()
    expect_saved(page, "A.19")
    assert stored(assessment, "A.19") == Answer(level=3)
    assert ResponseRevision.objects.count() == 1


def test_who_types_without_a_rest_is_saved_meanwhile(open_as, people, assessment):
    page = open_as(people.respondent)
    page.clock.install()
    page.goto(theme_url(assessment))
    pause(page)
    for _step in range(8):
        field(page, "A.1-narrative").press_sequentially("word ")
        page.clock.run_for(1_000)
    expect(state(page, "A.1")).to_have_text("Saving…")
    expect(field(page, "A.1")).to_have_attribute("data-version", "1")
    assert stored(assessment, "A.1").narrative == "word " * 6

"""A person who types in every kind of field and loses network, server, session and tab in turn loses no text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from cpch.accounts.models import Session
from diagnostic.core.interchange import response_from_json
from tests.sessions import give_session

from .steps_answering import fill_answer
from .theme_page import SAVES, drafts, state, stored, theme_url

pytestmark = pytest.mark.django_db(transaction=True)

NOTHING_KEPT = "() => !Object.keys(localStorage).some((name) => name.startsWith('cpch-kept.'))"
ONLINE = "window.dispatchEvent(new Event('online'))"
TYPED = {
    "A.1": {"level": 4, "basis": "both", "narrative": "Line one.\nLine two.", "evidence": [{"title": "MOU of 2021"}]},
    "A.17": {"level": 3, "basis": "practised", "challenges": ["legal", "trust"], "narrative": "الشرطة والجمارك"},
    "A.5.1": {"level": 2, "authority": {"police": "own", "customs": "none"}, "narrative": "Undercover."},
    "A.5.2": {"areas": {"drugs": "both", "cash": "police"}, "narrative": "Drugs: police."},
    "A.15.1": {"level": 3, "basis": "both", "narrative": "A course a year."},
    "A.15.2": {"topics": ["controls", "documents"], "narrative": "Drug recognition."},
    "A.12": {"status": "unknown", "reason": "The laboratory has not replied."},
}
THEMES = {"framework": ["A.1", "A.17"], "powers": ["A.5.1", "A.5.2", "A.12"], "people": ["A.15.1", "A.15.2"]}


def lose_network(page: Any) -> Callable[[], None]:
    page.context.set_offline(True)
    return lambda: page.context.set_offline(False)


def lose_server(page: Any) -> Callable[[], None]:
    page.context.route(SAVES, lambda route: route.fulfill(status=502, content_type="text/html", body="<p>Bad gateway"))
    return lambda: page.context.unroute(SAVES)


def lose_session(page: Any) -> Callable[[], None]:
    person = Session.objects.get(person__isnull=False).person
    Session.objects.all().delete()
    return lambda: give_session(page, person)


LOSSES = {"network": lose_network, "server": lose_server, "session": lose_session}


@pytest.mark.parametrize("is_closed", [False, True], ids=["same tab", "tab closed"])
@pytest.mark.parametrize("lose", LOSSES.values(), ids=LOSSES)
def test_everything_typed_is_found_again(open_as, people, assessment, lose, is_closed):
    page = open_as(people.respondent)
    for theme, codes in THEMES.items():
        page.goto(theme_url(assessment, theme))
        give_back = lose(page)
        for code in codes:
            fill_answer(page, code, TYPED[code])
        page.get_by_role("heading", level=1).click()
        for code in codes:
            expect(state(page, code)).to_have_text("Not saved – retrying")
        assert len(drafts(page)) == len(codes)
        context = page.context
        if is_closed:
            page.close(run_before_unload=False)
            page = context.new_page()
            give_back()
            page.goto("/help/")
        else:
            give_back()
            page.evaluate(ONLINE)
        page.wait_for_function(NOTHING_KEPT)
    for codes in THEMES.values():
        for code in codes:
            assert stored(assessment, code) == response_from_json(TYPED[code]), code

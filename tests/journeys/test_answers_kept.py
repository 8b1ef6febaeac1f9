"""Nothing that was typed is lost: without a line, with a failing server, after the window or the session ended."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from cpch.accounts.models import Session
from diagnostic.core.responses import Response as Answer
from tests import factories
from tests.sessions import give_session

from .theme_page import (
    SAVES,
    bar,
    drafts,
    expect_all_saved,
    expect_retrying,
    expect_saved,
    field,
    state,
    stored,
    theme_url,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_typed_without_a_line_is_kept_and_sent_when_it_is_back(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.context.set_offline(True)
    field(page, "A.1-answer-2").check()
    field(page, "A.1-narrative").fill("Typed in a tunnel.")
    expect_retrying(page)
    assert state(page, "A.1").inner_text() == "Not saved – retrying"
    assert "A.1 is not saved – retrying" in bar(page).inner_text()
    assert "What you typed is kept on this device." in bar(page).inner_text()
    page.context.set_offline(False)
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1") == Answer(level=2, narrative="Typed in a tunnel.")


def test_after_signing_out_nobody_leafs_back_to_the_answers(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    field(page, "A.1-narrative").fill("For us alone.")
    expect_saved(page, "A.1")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("E-mail")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("E-mail")).to_be_visible()
    assert field(page, "A.1-narrative").count() == 0


def test_a_closed_browser_window_loses_nothing(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.1-narrative").fill("Typed before the lid closed.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    after = page.context.new_page()
    after.goto(theme_url(assessment))
    expect_saved(after, "A.1")
    assert field(after, "A.1-narrative").input_value() == "Typed before the lid closed."
    assert stored(assessment, "A.1").narrative == "Typed before the lid closed."
    assert drafts(after) == []


def test_a_draft_of_another_theme_is_sent_from_whichever_page_comes_next(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.1-narrative").fill("Left behind.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    after = page.context.new_page()
    after.goto(theme_url(assessment, "people"))
    after.wait_for_function("() => !Object.keys(localStorage).some(key => key.startsWith('cpch-kept.'))")
    assert stored(assessment, "A.1").narrative == "Left behind."


def test_another_persons_draft_is_neither_shown_nor_sent(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    page.route(SAVES, lambda route: route.abort())
    field(page, "A.1-narrative").fill("Mine alone.")
    expect_retrying(page)
    page.close(run_before_unload=False)
    context = page.context
    give_session(page, people.coordinator)
    other = context.new_page()
    other.goto(theme_url(assessment))
    other.wait_for_timeout(1500)
    assert field(other, "A.1-narrative").input_value() == ""
    assert stored(assessment, "A.1").is_blank
    assert len(drafts(other)) == 1


def test_a_failing_server_is_tried_again_with_the_very_same_text(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    replies = iter([503, 500])

    def fail_twice(route: Any) -> None:
        status = next(replies, None)
        route.fulfill(status=status, body="sorry") if status else route.continue_()

    page.route(SAVES, fail_twice)
    field(page, "A.1-answer-4").check()
    expect(state(page, "A.1")).to_have_text("Not saved – retrying")
    expect_saved(page, "A.1")
    assert stored(assessment, "A.1").level == 4


def test_a_save_whose_confirmation_was_lost_is_no_conflict_with_oneself(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    lost = iter([True])

    def lose_the_reply(route: Any) -> None:
        if next(lost, False):
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route(SAVES, lose_the_reply)
    field(page, "A.1-narrative").fill("One.")
    expect_retrying(page)
    field(page, "A.1-narrative").fill("One. Two.")
    expect_saved(page, "A.1")
    expect_all_saved(page)
    assert stored(assessment, "A.1").narrative == "One. Two."
    assert page.locator(".conflict").count() == 0


def test_after_signing_in_again_in_another_tab_the_page_saves_by_itself(open_as, people, assessment):
    page = open_as(people.respondent)
    page.goto(theme_url(assessment))
    Session.objects.all().delete()
    field(page, "A.1-narrative").fill("The session ended.")
    page.wait_for_selector("[data-sign-in]:visible")
    assert "You have been signed out." in bar(page).inner_text()
    with page.context.expect_page() as opened:
        page.locator("[data-sign-in]").click()
    tab = opened.value
    tab.fill("[name=login]", people.respondent.email)
    tab.fill("[name=password]", factories.PASSWORD)
    tab.locator("[name=password]").press("Enter")
    tab.wait_for_url(f"**{theme_url(assessment)}")
    page.bring_to_front()
    expect_all_saved(page)
    assert stored(assessment, "A.1").narrative == "The session ended."
    assert not page.locator("[data-sign-in]").is_visible()

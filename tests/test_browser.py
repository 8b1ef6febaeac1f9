"""Shows that a page takes everything from this site, and that a breach of the content policy fails a test."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse

from tests.conftest import policy_faults


def test_the_sign_in_page_takes_everything_from_this_site(page: Any, live_server: Any) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(reverse("account_login"))

    assert answer.status == 200
    assert any(urlsplit(url).path.endswith(".css") for url in asked)
    assert [url for url in asked if not url.startswith(live_server.url)] == []


def test_the_content_policy_lets_nothing_in_from_elsewhere(client: Any, db: None) -> None:
    policy = client.get(reverse("account_login")).headers["Content-Security-Policy"]
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert directives["base-uri"] == "'none'"
    # An image cannot run anything, and Bootstrap's own marks are such images until our sheet is there.
    assert directives.pop("img-src") == "'self' data:"
    assert {value for name, value in directives.items() if value != "'none'"} == {"'self'"}


@pytest.mark.django_db
def test_an_inline_script_is_refused_and_noticed(browser: Any, live_server: Any) -> None:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    lines: list[str] = []
    page.on("console", lambda line: lines.append(line.text))
    page.goto(reverse("account_login"))
    page.evaluate(
        "() => { const s = document.createElement('script'); s.text = 'window.ran = 1'; document.body.append(s); }"
    )
    page.wait_for_timeout(100)
    ran = page.evaluate("() => window.ran")
    context.close()

    assert ran is None
    assert any(policy_faults("", line) for line in lines)


def test_two_pages_share_no_session(new_page: Callable) -> None:
    first, second = new_page(), new_page(viewport={"width": 390, "height": 800})
    first.goto(reverse("account_login"))

    assert first.context.cookies() != []
    assert second.context.cookies() == []

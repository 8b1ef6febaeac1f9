"""Every text field is kept until it is stored, on every page of the site."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.permissions.test_sweep import TABLE, World, address, client_of, world  # noqa: F401

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
WRITERS = ("coordinator", "respondent", "reviewer", "administrator")
TYPED = {"text", "email", "url", "tel", "date", "number", "search"}
AS_SAVED = "data-answers"
"""Marks the forms whose fields are saved without a button; static/js/answer_saving.js keeps them."""
NOT_KEPT = {
    "security-app": "a one-time code",
    "security-prove": "a password or a one-time code",
    "security-key-add": "the browser's own dialogue with a key, which the name goes with",
}
"""Pages with a field that is not kept, and what it holds."""


class Fields(HTMLParser):
    """Collects the fields of a page that are not kept, by the rules of static/js/kept_texts.js."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, Any], list[str], bool]] = []
        self.lost: list[str] = []
        self.count = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        held = dict(attributes)
        if tag == "form":
            self.forms.append((held, [], False))
        is_typed = tag == "textarea" or (tag == "input" and (held.get("type") or "text") in TYPED)
        if self.forms and held.get("type") == "password":
            form, fields, _has = self.forms[-1]
            self.forms[-1] = (form, fields, True)
        if not is_typed or "readonly" in held:
            return
        self.count += 1
        name = held.get("name") or ""
        if not self.forms or held.get("autocomplete") == "one-time-code":
            self.lost.append(name)
        else:
            self.forms[-1][1].append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag != "form":
            return
        form, fields, has_password = self.forms.pop()
        is_get = (form.get("method") or "get").lower() != "post"
        if is_get or AS_SAVED in form:
            return
        if has_password or "data-passkey" in form or form.get("data-keep") == "no":
            self.lost += fields


def test_no_page_has_a_field_that_nothing_keeps(world: World) -> None:  # noqa: F811
    lost, seen = {}, 0
    for who in WRITERS:
        client = client_of(world, who)
        for name, rule in TABLE.items():
            if rule.method == "post":
                continue
            for state, target in world.targets(rule).items():
                page = client.get(address(name, rule, target))
                if page.status_code != 200 or not page["Content-Type"].startswith("text/html"):
                    continue
                text = page.content.decode()
                fields = Fields()
                fields.feed(text)
                seen += fields.count
                if fields.lost and name not in NOT_KEPT:
                    lost[f"{name}, {state}, {who}"] = fields.lost
                scripts = ("js/keeping.js", "js/kept_texts.js")
                assert all(script in text for script in scripts), f"{name} does not load what keeps texts"
    assert lost == {}
    assert seen > 100, "The sweep has lost sight of the forms."


def test_no_template_opts_out() -> None:
    """Necessary exceptions go into NOT_KEPT with their reason."""
    templates = list((ROOT / "templates").rglob("*.html"))
    assert [path for path in templates if "data-keep=" in path.read_text()] == []
    base = (ROOT / "templates" / "base.html").read_text()
    assert base.index("components/_keeping.html") < base.index("components/_kept_texts.html")


def test_every_page_with_a_form_has_the_frame_that_keeps_texts() -> None:
    """A page without base.html would have no script to keep typed text."""
    pages = [path for path in (ROOT / "templates").rglob("*.html") if not path.name.startswith("_")]
    forms = [path for path in pages if re.search(r"<form|_fields\.html", path.read_text())]
    assert forms
    for path in forms:
        if "forms" not in path.parts:
            assert re.search(r'{% extends "[^"]+" %}', path.read_text()), path


@pytest.mark.parametrize("method", ["get", "post"])
def test_before_signing_in_the_script_is_not_loaded(client: Any, method: str) -> None:
    page = getattr(client, method)(reverse("account_login"))
    assert "kept_texts.js" not in page.content.decode()

"""The store of keeping.js: what a browser keeps of unsent text, and for whom."""

from __future__ import annotations

from typing import Any

import pytest

from cpch.accounts.models import User
from tests.sessions import give_session

pytestmark = pytest.mark.django_db(transaction=True)

PUT = """async ([id, text]) => {
  const store = await cpch.keeping.open();
  return store.put({ id, kind: "text", place: "somewhere", label: "Comment on A.1", url: "/help/", text, body: {} });
}"""
TEXTS = "async () => (await cpch.keeping.open()).list().map((entry) => entry.text)"
KINDS = "async () => (await cpch.keeping.open()).list().map((entry) => entry.kind)"
STORED = "JSON.stringify([{ ...localStorage }, { ...sessionStorage }])"


def open_help(page: Any) -> Any:
    page.goto("/help/")
    return page


def test_an_entry_is_read_again_on_the_next_page_and_by_no_one_else(open_as, people):
    page = open_help(open_as(people.respondent))
    assert page.evaluate(PUT, ["one", "Our informant is Ana."])
    assert page.evaluate(TEXTS) == ["Our informant is Ana."]
    assert open_help(page).evaluate(TEXTS) == ["Our informant is Ana."]
    give_session(page, people.coordinator)
    assert open_help(page).evaluate(TEXTS) == []
    stored = page.evaluate(STORED)
    assert "cpch-kept." in stored
    for secret in ("Ana", "A.1", "somewhere", "Comment", people.respondent.keeping_key):
        assert secret not in stored


def test_the_key_is_masked_anew_on_each_page_and_outlives_a_password(client, people):
    client.force_login(people.respondent)
    key = people.respondent.keeping_key
    pages = [client.get("/help/").content.decode() for _page in range(2)]
    masked = [page.split('data-key="')[1][:128] for page in pages]
    assert masked[0] != masked[1]
    assert key not in pages[0]
    for text in masked:
        mask, hidden = bytes.fromhex(text[:64]), bytes.fromhex(text[64:])
        assert bytes(one ^ other for one, other in zip(mask, hidden, strict=True)).hex() == key
    people.respondent.set_password("another long password")
    people.respondent.save()
    assert User.objects.get(pk=people.respondent.pk).keeping_key == key
    assert len({person.keeping_key for person in User.objects.all()}) == User.objects.count()


def test_no_key_is_given_before_the_second_factor(client, people, settings):
    assert b"data-key" not in client.get("/accounts/login/", follow=True).content
    settings.SECOND_FACTOR_REQUIRED_OF = "everyone"
    client.force_login(people.respondent)
    assert b"data-key" not in client.get("/help/", follow=True).content


def test_of_many_overlapping_writes_the_last_is_kept(open_as, people):
    page = open_help(open_as(people.respondent))
    page.evaluate(
        """async (body) => {
          const store = await cpch.keeping.open();
          const entry = { id: "one", kind: "text", place: "p", label: "l", url: "/help/", body: {} };
          await Promise.all(Array.from({ length: 50 }, (_, turn) =>
            store.put({ ...entry, text: `${turn} ` + "x".repeat(50_000 - turn * 1_000) })));
        }"""
    )
    assert open_help(page).evaluate(TEXTS) == ["49 " + "x" * 1_000]


def test_an_entry_is_held_by_one_page_until_that_page_is_gone(open_as, people):
    page = open_help(open_as(people.respondent))
    page.evaluate(PUT, ["one", "Mine."])
    other = open_help(page.context.new_page())
    assert other.evaluate("async () => (await cpch.keeping.open()).takeIfFree('one')") is None
    other.evaluate(
        "async () => { (await cpch.keeping.open()).take('one').then((entry) => { window.taken = entry; }); }"
    )
    assert other.evaluate("window.taken") is None
    page.close()
    other.wait_for_function("() => window.taken && window.taken.text === 'Mine.'")


def test_another_tab_learns_what_was_kept_and_forgotten(open_as, people):
    page = open_help(open_as(people.respondent))
    other = open_help(page.context.new_page())
    page.evaluate(PUT, ["one", "Mine."])
    other.wait_for_function("() => cpch.keeping.open().then((store) => store.list().length === 1)")
    page.evaluate("async () => (await cpch.keeping.open()).forget('one')")
    other.wait_for_function("() => cpch.keeping.open().then((store) => store.list().length === 0)")


@pytest.mark.parametrize(
    "damage",
    [
        "''",
        "'not base64 %'",
        "stored.slice(0, 20)",
        "stored.slice(0, -4) + 'AAAA'",
        "btoa('short')",
        "JSON.stringify({ text: 'plain' })",
    ],
)
def test_a_damaged_entry_is_listed_as_unreadable_and_blocks_nothing(open_as, people, damage):
    page = open_help(open_as(people.respondent))
    faults: list[Any] = []
    page.on("pageerror", lambda fault: faults.append(fault))
    page.evaluate(PUT, ["one", "Whole."])
    page.evaluate(PUT, ["two", "Damaged."])
    page.evaluate(
        f"""() => {{
          const name = Object.keys(localStorage).find((name) => name.endsWith(".two"));
          const stored = localStorage.getItem(name);
          localStorage.setItem(name, {damage});
        }}"""
    )
    assert sorted(open_help(page).evaluate(KINDS)) == ["text", "unreadable"]
    page.evaluate("async () => (await cpch.keeping.open()).forget('two')")
    assert open_help(page).evaluate(TEXTS) == ["Whole."]
    assert faults == []


@pytest.mark.parametrize(
    "missing",
    [
        "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })",
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError'); } })",
        "Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }",
        "Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })",
    ],
)
def test_where_nothing_can_be_kept_the_store_says_so(open_as, people, missing):
    page = open_as(people.respondent)
    page.add_init_script(missing)
    open_help(page)
    assert not page.evaluate("async () => (await cpch.keeping.open()).isPossible")
    assert not page.evaluate(PUT, ["one", "Lost."])
    assert page.evaluate(TEXTS) == []

"""The administrators' log page: every entry outside any assessment, in words, and nothing of a country's answers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import audit
from diagnostic.actions.attempts import LISTED, record_attempt
from diagnostic.models import AuditChain
from diagnostic.views.log_words import ACTS as ACTS_OF_ASSESSMENTS
from diagnostic.wording.site_log import ACTS, WORDS, acts_of
from tests import factories

pytestmark = pytest.mark.django_db

TOLD_APART = {"assessment.settings"}
"""Acts whose sentence is built by a function of log_words."""
NOT_SHOWN = {"review.ask", "review.unask"}
MOST_QUERIES = 12


@pytest.fixture
def client(people: factories.People) -> Client:
    client = Client()
    client.force_login(people.administrator)
    return client


def page(client: Client, **query: str) -> str:
    return client.get(reverse("site-log"), query).content.decode()


def rows(text: str) -> list[str]:
    table = re.search(r"<tbody>(.*)</tbody>", text, re.DOTALL)
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in (table[1].split("</tr>")[:-1] if table else [])]


def test_a_refused_attempt_is_told_with_who_where_and_from_where(people: factories.People, client: Client) -> None:
    assessment = factories.start_assessment(people.coordinator)
    stranger = Client(REMOTE_ADDR="203.0.113.9")
    stranger.force_login(people.foreigner)
    url = reverse("assessment-detail", args=[assessment.pk])
    assert stranger.get(url).status_code == 404

    newest = rows(page(client))[0]
    assert people.foreigner.full_name in newest
    assert "tried to open something that does not exist for them" in newest
    assert f"GET {url}" in newest
    assert newest.endswith("203.0.113.9")
    assert AuditChain.objects.get(assessment=assessment).entries.filter(act__startswith="access.").count() == 0


def test_further_attempts_of_an_hour_are_counted_live(client: Client) -> None:
    for _each in range(LISTED + 1):
        record_attempt(act="access.hidden", source="203.0.113.9")
    assert f"{LISTED + 1} in that hour so far" in rows(page(client))[0]
    record_attempt(act="access.hidden", source="203.0.113.9")
    assert f"{LISTED + 2} in that hour so far" in rows(page(client))[0]
    assert len(rows(page(client))) == LISTED + 1


def test_entries_are_filtered_by_kind_and_by_source(people: factories.People, client: Client) -> None:
    record_attempt(act="access.hidden", source="203.0.113.9")
    record_attempt(act="access.hidden", source="203.0.113.10")
    audit.record(act="person.signed_in", by=people.observer)
    audit.record(act="comment.note", by=people.reviewer, question="A.1", submission="x")
    audit.record(act="invitation.made", by=people.coordinator, email="guest@example.org")
    assert [len(rows(page(client, kind=kind))) for kind in ("", "sign-ins", "attempts", "people", "other")] == [
        *(5, 1, 2, 1, 1),
    ]
    (row,) = rows(page(client, source="203.0.113.9"))
    assert row.endswith(" 203.0.113.9")
    assert "No entries match" in page(client, source="198.51.100.1")


def test_an_empty_log_says_so(client: Client) -> None:
    assert "Nothing has been logged yet." in page(client)


def test_a_changed_entry_is_told_on_its_page_and_a_lost_one_by_the_full_check(
    people: factories.People, client: Client
) -> None:
    for _each in range(3):
        audit.record(act="person.signed_in", by=people.observer)
    assert "match their hashes" in page(client)
    assert "all 3 entries are unchanged" in page(client, check="1")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM diagnostic_auditentry WHERE number = 2")
    assert "entry 2 is missing" in page(client, check="1")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE diagnostic_auditentry SET act = 'person.signed_out' WHERE number = 3")
    assert "entry 3 was changed" in page(client)


def test_the_page_takes_the_same_queries_for_one_entry_and_for_many(people: factories.People, client: Client) -> None:
    page(client)  # The first page of a minute begins the count of them.
    counts = []
    for number in (1, 40):
        for _each in range(number):
            record_attempt(act="invitation.refused", by=people.observer, source=f"192.0.2.{_each}", invitation=1)
            audit.record(act="person.moved", by=people.administrator, person=people.observer.pk)
            audit.record(act="attempts.more", source="192.0.2.1")
        with CaptureQueriesContext(connection) as asked:
            page(client)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= MOST_QUERIES


def test_what_others_typed_cannot_turn_the_line(people: factories.People, client: Client) -> None:
    audit.record(act="invitation.made", by=people.coordinator, email="<b>\u202eguest@example.org")
    assert "<bdi>&lt;b&gt;\u202eguest@example.org</bdi>" in page(client)


# Every act has its words


def recorded() -> Iterator[tuple[str, bool]]:
    """Every act that the code records, and whether it goes into an assessment's log."""
    root = Path(settings.BASE_DIR)
    for path in [*root.glob("cpch/**/*.py"), *root.glob("diagnostic/**/*.py")]:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in [node for node in ast.walk(tree) if isinstance(node, ast.Call)]:
            yield from _acts_in(call, tree)


def _acts_in(call: ast.Call, tree: ast.Module) -> Iterator[tuple[str, bool]]:
    given = {item.arg: item.value for item in call.keywords if item.arg}
    called = getattr(call.func, "attr", getattr(call.func, "id", ""))
    is_logged = called in ("record", "record_attempt") and "act" in given
    if not is_logged and called != "log_attempt":
        return
    act = call.args[1] if called == "log_attempt" else given["act"]
    about = "assessment" in given
    if isinstance(act, ast.JoinedStr):
        prefix = act.values[0].value
        for word in _words_for(tree):
            yield f"{prefix}{word}", about
        return
    # An act that is a parameter of its function is named by the callers in the same module.
    for node in ast.walk(tree if isinstance(act, ast.Name) else act):
        if isinstance(node, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(node.value)):
            yield node.value, about


def _words_for(tree: ast.Module) -> Iterator[str]:
    """What the callers of a module's own `_note` and `_close` give as the act's last part."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_note", "_close"):
            texts = [item.value for item in node.args if isinstance(item, ast.Constant)]
            yield from [text for text in texts if re.fullmatch(r"[a-z_]+", str(text))]


def test_every_act_that_is_recorded_has_words() -> None:
    found = set(recorded())
    assert ("person.app_added", False) in found
    assert ("invitation.refused", False) in found
    without = {act for act, about in found if not about and act not in WORDS}
    without |= {act for act, about in found if about and act not in {*ACTS_OF_ASSESSMENTS, *TOLD_APART, *NOT_SHOWN}}
    assert without == set()


def test_every_kind_but_the_last_lists_its_acts() -> None:
    shown = [act for kind in ACTS for act in acts_of(kind)[0]]
    assert set(shown) | set(ACTS["other"]) == set(WORDS)
    assert set(acts_of("other")[1]) == set(shown)

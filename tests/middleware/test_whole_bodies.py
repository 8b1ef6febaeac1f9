"""Incomplete forms are refused, by the site on gunicorn and on Django's own server."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from django.urls import reverse

from cpch.accounts.models import Invitation, Session
from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import ActionComment, AuditEntry, Response, ResponseRevision
from tests import factories
from tests.sessions import signed_in

from .raw_http import TOKEN, Post, send, status_of

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
TEXT = "We meet every week. " * 20
FORMS = ("theme", "save", "comment", "sign_in", "invitation")
Address = tuple[str, int]


@pytest.fixture
def live(live_server) -> Address:
    parts = urlsplit(live_server.url)
    return str(parts.hostname), int(parts.port or 0)


@pytest.fixture
def form(people: factories.People) -> Callable[[str], Post]:
    """One form of each kind, filled in by a person who may send it."""

    def make(name: str) -> Post:
        assessment = factories.start_assessment(people.coordinator, period="2026")
        session = signed_in(people.coordinator).cookies["sessionid"].value
        of_answer = {"A.1-version": "0", "A.1-answer": "3", "A.1-narrative": TEXT}
        if name == "theme":
            path = reverse("theme", args=[assessment.pk, "national", "framework"])
            return Post(path, of_answer, session)
        if name == "save":
            path = reverse("response-save", args=[assessment.pk, "national", "A.1"])
            return Post(path, of_answer, session, {"Accept": "application/json", "X-CSRFToken": TOKEN})
        if name == "comment":
            action = action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=people.coordinator)
            return Post(reverse("plan-action-comment", args=["ZZ", action.number]), {"text": TEXT}, session)
        if name == "sign_in":
            typed = {"login": people.coordinator.email, "password": factories.PASSWORD}
            return Post(reverse("account_login"), typed)
        wanted = {"role": "respondent", "agency": "customs", "email": "someone.new@customs.example.org"}
        return Post(reverse("invitation-create"), wanted, session)

    return make


def everything_stored() -> tuple[int, ...]:
    """The number of rows that these forms write to."""
    written = Response.objects.exclude(version=0)
    rows = (written, ResponseRevision.objects, ActionComment.objects, AuditEntry.objects)
    return tuple(found.count() for found in (*rows, Invitation.objects, Session.objects))


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("server", ["gunicorn", "live"])
def test_half_a_form_is_400_and_nothing_of_it_is_stored(request, form, server, name):
    address = request.getfixturevalue(server)
    post = form(name)
    before = everything_stored()
    whole = post.head(Content_Length=str(len(post.body)))
    for cut in (len(post.body) // 2, len(post.body) - 1, 0):
        answer = send(address, whole + post.body[:cut])
        assert status_of(answer) == 400, f"{cut} bytes of {len(post.body)}: {answer[:200]}"
        assert everything_stored() == before
    accepted = send(address, whole + post.body)
    assert status_of(accepted) in (200, 302), accepted[:2000]
    assert everything_stored() != before


def test_the_page_says_what_to_do_and_the_script_gets_json(live, form):
    post = form("theme")
    page = send(live, post.head(Content_Length=str(len(post.body))) + post.body[:-9])
    assert "received only part of it" in page
    assert "submit it again" in page
    asked = Post(post.path, post.fields, post.session, {"Accept": "application/json"})
    answer = send(live, asked.head(Content_Length=str(len(post.body))) + post.body[:-9])
    assert re.search(r'"kind": "cut_short"', answer)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("server", ["gunicorn", "live"])
def test_a_chunked_body_or_one_without_length_is_411_and_nothing_of_it_is_stored(request, form, server, name):
    address = request.getfixturevalue(server)
    post = form(name)
    before = everything_stored()
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(post.body), post.body)
    for framed in (post.head(Transfer_Encoding="chunked") + chunks, post.head() + post.body):
        assert status_of(send(address, framed)) == 411
        assert everything_stored() == before


@pytest.mark.parametrize("server", ["gunicorn", "live"])
def test_what_follows_the_declared_length_is_no_part_of_the_form(request, form, server):
    """The length says where the form ends; the rest is read as another request, an invalid one."""
    address = request.getfixturevalue(server)
    post = form("comment")
    longer = post.head(Content_Length=str(len(post.body))) + post.body + b"&text=Another"
    assert status_of(send(address, longer)) == 302
    assert [comment.text for comment in ActionComment.objects.all()] == [TEXT.strip()]


MULTIPART = {"Content-Type": "multipart/form-data; boundary=edge"}


def multipart(fields: dict[str, str]) -> bytes:
    parts = [
        f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    ]
    return "".join([*parts, "--edge--\r\n"]).encode()


def test_half_a_multipart_form_is_refused_too(live, form):
    post = form("comment")
    asked = Post(post.path, {}, post.session, MULTIPART)
    before = everything_stored()
    body = multipart({"csrfmiddlewaretoken": TOKEN, **post.fields})
    assert status_of(send(live, asked.head(Content_Length=str(len(body))) + body[:-20])) == 400
    assert everything_stored() == before
    assert status_of(send(live, asked.head(Content_Length=str(len(body))) + body)) == 302


def test_no_form_of_the_site_uploads_files():
    """If one does, reconsider its limit in cpch/limits.py, and that the whole body is read into memory."""
    uploads = re.compile(r"type=\"file\"")
    assert [path for path in (ROOT / "templates").rglob("*.html") if uploads.search(path.read_text())] == []
    code = [*(ROOT / "cpch").rglob("*.py"), *(ROOT / "diagnostic").rglob("*.py")]
    assert [path for path in code if re.search(r"forms\.(File|Image)Field|request\.FILES", path.read_text())] == []


def test_a_body_whose_connection_breaks_is_400_too(client, monkeypatch):
    def broken(self: object, *_size: int) -> bytes:
        raise ConnectionResetError

    monkeypatch.setattr("django.test.client.FakePayload.read", broken)
    body = urlencode({"login": "x", "password": "y"})
    answer = client.post(reverse("account_login"), body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400

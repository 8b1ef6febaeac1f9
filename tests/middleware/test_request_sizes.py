"""A request that is too large is refused by its declared length; its body is neither read nor written to disk."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

import pytest
from django.urls import reverse

from cpch.limits import ANONYMOUS_BYTES, FORM_BYTES, FORM_FIELDS
from diagnostic.core.instrument import Instrument
from diagnostic.core.response_rules import MAX_CHARACTERS
from diagnostic.instruments import instrument_at
from diagnostic.models import Response
from tests import factories
from tests.sessions import signed_in
from tests.web_server import served

from .raw_http import Post, send, status_of

pytestmark = pytest.mark.django_db(transaction=True)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=edge"}
JSON = {"Accept": "application/json"}
UPLOAD = 60 * 1024 * 1024


def sizes_of(folder: Path) -> int:
    """Bytes of the files in `folder` and of the deleted files that processes still hold open there."""
    held = 0
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):  # It may have been closed meanwhile.
            if str(descriptor.readlink()).startswith(str(folder)):
                held += descriptor.stat().st_size
    return held


def test_sixty_megabytes_to_the_sign_in_page_are_refused_before_they_are_sent(tmp_path, transactional_db):
    spool = tmp_path / "spool"
    spool.mkdir()
    post = Post(reverse("account_login"), {}, headers=MULTIPART)
    with served(tmp_path, TMPDIR=str(spool)) as address:
        # The length alone decides: no body is sent, so none can have been read.
        answer = send(address, post.head(Content_Length=str(UPLOAD)))
    assert status_of(answer) == 413
    assert f"larger than {ANONYMOUS_BYTES // 1024} KiB" in answer


def test_of_what_is_sent_all_the_same_nothing_reaches_the_disk(tmp_path, transactional_db):
    spool = tmp_path / "spool"
    spool.mkdir()
    post = Post(reverse("account_login"), {}, headers=MULTIPART)
    part = b'--edge\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' + b"x" * UPLOAD
    most, is_over = [0], threading.Event()

    def watch() -> None:
        while not is_over.wait(0.01):
            most.append(sizes_of(spool))

    with served(tmp_path, TMPDIR=str(spool)) as address:
        # Refused for its missing token, not its size: the measurement begins with a running server.
        assert status_of(send(address, Post(post.path, {}).head(Content_Length="0"))) == 403
        watcher = threading.Thread(target=watch)
        watcher.start()
        with suppress(OSError):  # The server does not take the rest.
            send(address, post.head(Content_Length=str(len(part))) + part)
        is_over.set()
        watcher.join()
    assert max(most) == 0


@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE", "OPTIONS"])
def test_whatever_the_method_both_limits_hold(gunicorn, people, method):
    session = signed_in(people.coordinator).cookies["sessionid"].value

    def status(session: str, size: int) -> int:
        head = Post("/", {}, session).head(Content_Length=str(size)).replace(b"POST", method.encode(), 1)
        return status_of(send(gunicorn, head))

    assert status("", ANONYMOUS_BYTES + 1) == 413
    assert status("no-such-session", ANONYMOUS_BYTES + 1) == 413
    assert status(session, ANONYMOUS_BYTES + 1) != 413
    assert status(session, FORM_BYTES) != 413
    assert status(session, FORM_BYTES + 1) == 413


def test_a_length_of_thousands_of_digits_is_too_large_too(client):
    answer = client.generic("POST", "/login/", b"", CONTENT_LENGTH="9" * 5000)
    assert answer.status_code == 413


def test_small_requests_and_large_ones_cost_no_further_query(people, django_assert_num_queries):
    client = signed_in(people.coordinator)
    client.get("/help/")
    with django_assert_num_queries(1):
        client.get("/help/")
    with django_assert_num_queries(1):
        client.generic("GET", "/help/", b"x" * (ANONYMOUS_BYTES + 1))


def test_a_script_is_told_what_was_too_large_and_a_signed_out_one_to_sign_in(people, client):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    url = reverse("response-save", args=[assessment.pk, "national", "A.1"])
    large = {"A.1-narrative": "x" * FORM_BYTES}
    told = signed_in(people.coordinator).post(url, large, headers=JSON)
    assert (told.status_code, told.json()["kind"], told.json()["question"]) == (413, "too_large", "A.1")
    assert "1024 KiB" in told.json()["message"]
    kept = client.post(url, {"A.1-narrative": "x" * (ANONYMOUS_BYTES + 1)}, headers=JSON)
    assert (kept.status_code, kept.json()["kind"], kept.json()["question"]) == (401, "sign_in", "A.1")


def test_too_many_fields_are_told_as_such(people):
    page = signed_in(people.coordinator).post(
        reverse("invitation-create"), {f"f{number}": "" for number in range(FORM_FIELDS + 1)}
    )
    assert page.status_code == 413
    assert "more than 1000 fields" in page.content.decode()


def texts_of(instrument: Instrument, theme: str) -> dict[str, str]:
    """Every text of a theme's form as long as it may be, in the letters that take most bytes."""
    longest = "\U0001f4de" * MAX_CHARACTERS
    return {
        f"{question.code}-{name}": longest
        for question in instrument.questions
        if question.theme == theme
        for name in ("narrative", "reason")
    }


def test_the_longest_texts_of_every_theme_fit_without_a_script(people):
    """In the form's own encoding, which is not percent-encoded, and with half of the limit left for documents."""
    assessment = factories.start_assessment(people.coordinator, period="2026")
    client = signed_in(people.coordinator)
    instrument = instrument_at(assessment.pk)
    for theme in instrument.themes:
        url = reverse("theme", args=[assessment.pk, "national", theme.id])
        assert 'enctype="multipart/form-data"' in client.get(url).content.decode()
        typed = texts_of(instrument, theme.id)
        assert sum(len(text.encode()) for text in typed.values()) < FORM_BYTES / 2
        assert client.post(url, typed).status_code in (302, 422)


def test_an_answer_of_ten_thousand_letters_of_three_bytes_is_stored_from_the_page(people):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    url = reverse("theme", args=[assessment.pk, "national", "framework"])
    text = "ก" * MAX_CHARACTERS
    signed_in(people.coordinator).post(url, {"A.1-version": "0", "A.1-answer": "3", "A.1-narrative": text})
    assert Response.objects.get(assessment=assessment, voice="national", question="A.1").narrative == text


def test_the_server_itself_limits_the_address_and_the_headers(gunicorn):
    address, header = b"GET /?%s HTTP/1.1\r\nHost: localhost\r\n\r\n", b"X-H%d: %s\r\n"
    assert status_of(send(gunicorn, address % (b"x" * 4000))) == 302
    assert status_of(send(gunicorn, address % (b"x" * 4100))) == 414
    plain = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    for headers in ([header % (number, b"x") for number in range(101)], [header % (1, b"x" * 8200)]):
        assert status_of(send(gunicorn, plain + b"".join(headers) + b"\r\n")) == 431

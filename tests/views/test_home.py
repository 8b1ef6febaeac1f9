"""Where people start, what helps them, and the pages that say what went wrong."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import get_resolver, reverse
from django.utils import translation

from diagnostic.instruments import current_instrument
from tests.factories import make_people, make_user, start_assessment

pytestmark = pytest.mark.django_db


def test_everyone_starts_where_their_work_is(client: Client) -> None:
    people = make_people()
    for person in (people.coordinator, people.respondent, people.observer, people.partner, people.nobody):
        client.force_login(person)
        assert client.get(reverse("home")).url == reverse("assessment-list")
    for person in (people.reviewer, people.administrator):
        client.force_login(person)
        assert client.get(reverse("home")).url == reverse("review-queue")


def test_the_navigation_leads_only_where_the_role_may_go(client: Client) -> None:
    people = make_people()
    for person in (
        people.coordinator,
        people.observer,
        people.reviewer,
        people.administrator,
        people.partner,
        people.nobody,
    ):
        client.force_login(person)
        response = client.get(reverse("help"))
        for link in response.context.get("links") or []:
            assert client.get(link.url, follow=True).status_code == 200, (person, link)


def test_the_help_page_names_levels_and_markings(client: Client) -> None:
    client.force_login(make_user())
    page = client.get(reverse("help")).content.decode()

    for level in current_instrument().continuum:
        assert level.name in page
        assert level.summary.split(";")[0].split("'")[0] in page
    for label in ("TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"):
        assert f'translate="no" dir="ltr">{label}</span>' in page


def test_the_resources_page_shows_all_with_their_section_and_dates_and_no_editors_note(client: Client) -> None:
    client.force_login(make_user())
    response = client.get(reverse("resources"))
    page = response.content.decode()
    held = current_instrument().resources

    assert sum(len(members) for _, _, members in response.context["groups"]) == len(held) == 61
    for resource in held:
        assert f'id="{resource.id}"' in page
        for fact in resource.facts:
            assert f'<span class="source">({fact.as_of})</span>' in page
    notes = [note for resource in held for note in resource.editor_note]
    assert notes
    assert not [note for note in notes if note in page]


def test_a_page_that_is_not_there_says_so_in_the_frame(client: Client) -> None:
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


def addresses_with_text() -> list[str]:
    """The pattern of every address that has a part of any text."""
    patterns = [str(item.pattern) for part in get_resolver().url_patterns for item in part.url_patterns]
    return [pattern for pattern in patterns if "<str:" in pattern]


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_with_a_nul_is_not_there_and_disturbs_no_database(client: Client, method: str) -> None:
    people = make_people()
    client.force_login(people.coordinator)
    known = {"uuid": str(start_assessment(people.coordinator).pk), "int": "1", "slug": "framework"}
    assert len(addresses_with_text()) > 20
    for path in addresses_with_text():
        address = "/" + re.sub(r"<(\w+):\w+>", lambda part: known.get(part[1], "A%00"), path)
        assert getattr(client, method)(address).status_code == 404, address


def test_an_address_that_only_takes_a_form_says_so(client: Client) -> None:
    client.force_login(make_user())
    response = client.get(reverse("invitation-withdraw", args=[1]))

    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"
    assert "This page cannot be opened directly" in response.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "PROPFIND"])
@pytest.mark.parametrize("name", ["home", "people", "account_login"])
def test_a_method_that_no_page_takes_needs_no_token_to_be_told_so(name: str, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    response = client.generic(method, reverse(name))

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert "This page cannot be opened directly" in response.content.decode()


def test_a_form_without_its_token_is_still_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    assert client.post(reverse("invitation-create"), {}).status_code == 403


def test_a_form_that_is_too_large_says_so(client: Client) -> None:
    client.force_login(make_user())
    response = client.post(reverse("invitation-create"), {"email": "x" * 2 * 1024 * 1024})

    assert response.status_code == 413
    assert "Too much text to send at once" in response.content.decode()


def test_a_form_in_another_encoding_is_refused_with_its_page() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())
    address = reverse("invitation-create")
    client.get(address)
    body = f"csrfmiddlewaretoken={client.cookies['csrftoken'].value}".encode("utf-16")
    response = client.generic("POST", address, body, "application/x-www-form-urlencoded; charset=utf-16")

    assert response.status_code == 400
    assert "This request could not be read" in response.content.decode()


@pytest.mark.parametrize("name", ["400", "403", "404", "405", "409", "410", "413", "429", "500", "403_csrf"])
def test_every_error_page_has_a_heading_and_says_what_to_do(name: str) -> None:
    page = render_to_string(f"{name}.html", request=RequestFactory().get("/"))

    assert page.count("<h1>") == 1
    assert "<main" in page


@pytest.mark.parametrize("name", ["400", "500"])
def test_what_django_renders_without_a_request_needs_no_database(name: str, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):
        assert "<h1>" in render_to_string(f"{name}.html")


def test_a_fault_of_ours_gets_its_page(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.raise_request_exception = False
    client.force_login(make_user())

    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr("diagnostic.views.help.current_instrument", fail)
    response = client.get(reverse("help"))

    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()


def test_the_frame_follows_the_direction_of_the_language() -> None:
    with translation.override("ar"):
        page = render_to_string("404.html")

    assert '<html lang="ar" dir="rtl"' in page
    assert "bootstrap.rtl.min.css" in page


def test_the_context_bar_tells_where_an_assessment_stands(client: Client) -> None:
    coordinator = make_user()
    assessment = start_assessment(coordinator, marking="TLP:AMBER+STRICT")
    request = RequestFactory().get("/")
    request.user = coordinator
    context = {"assessment": assessment, "stage": "answer", "user": coordinator}
    bar = render_to_string("components/_context.html", context, request)

    assert f"Example Country, <bdi>{assessment.period}</bdi>" in bar
    assert "Draft, one joint session" in bar
    assert 'class="tlp tlp-amber" translate="no" dir="ltr">TLP:AMBER+STRICT<' in bar
    assert bar.count('aria-current="page"') == 1

"""The page of people: who sees whom, who ends whose access, at how many queries, and how it looks to axe."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpch.accounts import actions
from cpch.accounts.models import Membership, Role, User
from diagnostic.models import AuditEntry
from tests.factories import PASSWORD, make_country, make_people, make_user
from tests.journeys.axe import find_faults_here

pytestmark = pytest.mark.django_db


def names_on_page(client: Client, user: User, **query: str) -> set[str]:
    client.force_login(user)
    response = client.get(reverse("people", query=query))
    return {person.user.full_name for person, *_ in response.context["rows"]}


def test_a_countrys_people_see_each_other_and_nobody_else(client: Client) -> None:
    people = make_people()
    own = {
        person.full_name
        for person in (
            people.coordinator,
            people.police_coordinator,
            people.respondent,
            people.police_respondent,
            people.observer,
        )
    }

    for reader in (people.coordinator, people.respondent, people.observer):
        assert names_on_page(client, reader) == own
    assert names_on_page(client, people.foreigner) == {people.foreigner.full_name}


def test_an_administrator_finds_anyone(client: Client) -> None:
    people = make_people()

    assert len(names_on_page(client, people.administrator)) == 9
    assert names_on_page(client, people.administrator, q="france") == {people.foreigner.full_name}
    assert names_on_page(client, people.administrator, q=people.partner.email) == {people.partner.full_name}
    assert names_on_page(client, people.administrator, role="observer") == {people.observer.full_name}
    assert names_on_page(client, people.administrator, q="no such person") == set()


def test_reviewers_partners_and_people_without_a_role_have_no_such_page(client: Client) -> None:
    people = make_people()
    for reader in (people.reviewer, people.partner, people.nobody):
        client.force_login(reader)
        assert client.get(reverse("people")).status_code == 403


def test_many_people_take_as_many_queries_as_few(client: Client) -> None:
    coordinator = make_user()
    client.force_login(coordinator)
    client.get(reverse("people"))
    counts = []
    for more in (0, 5):
        for number in range(more):
            make_user(Role.RESPONDENT, agency="police" if number % 2 else "customs")
            actions.invite(
                email=f"{number}@example.org",
                role=Role.RESPONDENT,
                country=make_country(),
                agency_kind="customs",
                by=coordinator,
            )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("people"))
        counts.append(len(queries))

    # The first page lists no invitation, whose e-mails take one query.
    assert counts[0] + 1 == counts[1] <= 7


def test_the_people_of_every_country_come_in_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpch.accounts.views.PEOPLE_A_PAGE", 4)
    people = make_people()
    client.force_login(people.administrator)
    first = client.get(reverse("people"))
    second = client.get(reverse("people", query={"page": "2"}))

    assert "Page 1 of 3" in first.content.decode()
    assert 'href="?page=2"' in first.content.decode()
    assert not {p.pk for p, *_ in first.context["rows"]} & {p.pk for p, *_ in second.context["rows"]}


def test_a_coordinator_ends_the_access_of_their_agencys_respondents_and_of_observers_only(client: Client) -> None:
    people = make_people()
    client.force_login(people.coordinator)
    allowed = {people.respondent, people.observer}
    refused = {people.coordinator, people.police_coordinator, people.police_respondent}
    hidden = {people.foreigner, people.reviewer, people.administrator, people.partner, people.nobody}

    for person in allowed:
        assert client.get(reverse("person-deactivate", args=[person.pk])).status_code == 200
        assert client.post(reverse("person-deactivate", args=[person.pk])).status_code == 302
        assert not User.objects.get(pk=person.pk).is_active
        assert client.post(reverse("person-reactivate", args=[person.pk])).status_code == 302
        assert User.objects.get(pk=person.pk).is_active
    for status, persons in ((403, refused), (404, hidden)):
        for person in persons:
            assert client.post(reverse("person-deactivate", args=[person.pk])).status_code == status
            assert User.objects.get(pk=person.pk).is_active
    assert AuditEntry.objects.filter(act="person.deactivated", by=people.coordinator).count() == len(allowed)
    assert AuditEntry.objects.filter(act="access.refused").count() == len(refused)


def test_an_administrator_ends_anyones_access_but_their_own(client: Client) -> None:
    people = make_people()
    client.force_login(people.administrator)

    assert client.post(reverse("person-deactivate", args=[people.foreigner.pk])).status_code == 302
    assert client.post(reverse("person-deactivate", args=[people.administrator.pk])).status_code == 403
    assert not User.objects.get(pk=people.foreigner.pk).is_active
    assert User.objects.get(pk=people.administrator.pk).is_active


def test_the_act_itself_checks_who_does_it() -> None:
    people = make_people()
    person = Membership.objects.get(user=people.respondent)
    for by in (people.foreigner, people.observer, people.respondent, people.reviewer, people.partner, people.nobody):
        with pytest.raises(PermissionDenied):
            actions.deactivate(person=person, by=by)


def test_a_name_is_text_and_never_markup(client: Client) -> None:
    user = make_user()
    User.objects.filter(pk=user.pk).update(full_name="<script>alert(1)</script>")
    client.force_login(user)

    assert b"<script>alert(1)" not in client.get(reverse("people")).content


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.looks
def test_the_pages_about_people_pass_axe(new_page: Any, width: int) -> None:
    administrator = make_user(Role.ADMINISTRATOR, None, None)
    coordinator = make_user()
    invitation = actions.invite(
        email="amara@example.org", role=Role.RESPONDENT, country=make_country(), agency_kind="customs", by=coordinator
    )
    token = invitation.token
    page = new_page(viewport={"width": width, "height": 900})
    check(page, reverse("account_login"))
    check(page, reverse("account_reset_password"))
    check(page, reverse("invitation-accept", args=[token]))
    check(page, reverse("invitation-accept", args=["unknown"]))
    for user in (coordinator, administrator):
        page.context.clear_cookies()
        page.goto(reverse("account_login"))
        page.fill("#id_login", user.email)
        page.fill("#id_password", PASSWORD)
        page.click("main button")
        for name in (
            "people",
            *(("undelivered-mail",) if user == administrator else ()),
            "invitation-create",
            "proposal-create",
            "help",
            "resources",
            "account",
            "account_change_password",
        ):
            check(page, reverse(name))


def test_an_error_summary_takes_the_focus_and_leads_to_the_field(page: Any) -> None:
    page.goto(reverse("account_login"))
    page.click("main button")

    page.wait_for_function("document.activeElement.className === 'error-summary'")

    page.click("text=Type your password.")

    assert page.evaluate("document.activeElement.id") == "id_password"


def test_the_menu_opens_without_javascript(new_page: Any) -> None:
    user = make_user()
    page = new_page(viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page.goto(reverse("account_login", query={"next": reverse("help")}))
    page.fill("#id_login", user.email)
    page.fill("#id_password", PASSWORD)
    page.click("main button")
    page.click("details.menu summary")
    page.click(".menu-list >> text=People")

    assert page.url.endswith(reverse("people"))


def check(page: Any, path: str) -> None:
    page.goto(path)
    assert find_faults_here(page) == []

"""Each person in their own language: on the pages, and in every e-mail."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cpch.accounts import actions
from cpch.accounts.models import User
from diagnostic.actions.clock import replay
from diagnostic.models import AuditEntry
from tests import factories
from tests.catalogue import switch_on_french
from tests.factories import make_country, make_user
from tests.outbox import deliver, notify
from tests.sessions import signed_in
from tests.views.discussing import make_taken
from tests.views.pages import unisolated

pytestmark = pytest.mark.django_db

WORDS = {
    "Help": "Aide",
    "Your account": "Votre compte",
    "Your account is saved.": "Votre compte est enregistré.",
    "%(country)s, %(period)s: the review has begun": "%(country)s, %(period)s : l’examen a commencé",
    "%(country)s, %(period)s: the answers of customs and police are being compared": (
        "%(country)s, %(period)s : les réponses sont comparées"
    ),
    "Sign in to read it:": "Connectez-vous pour le lire :",
    "Choose a new password for the Customs–Police Cooperation Diagnostic": "Nouveau mot de passe",
    "Invitation to the Customs–Police Cooperation Diagnostic": "Invitation au diagnostic",
}
MARCH = datetime(2026, 3, 12, 9, 40, tzinfo=UTC)
NEW_PASSWORD = "quite another long sentence"


@pytest.fixture
def french(settings: Any, tmp_path: Path) -> None:
    switch_on_french(settings, tmp_path, WORDS)


def read_in(language: str, *people: User) -> None:
    User.objects.filter(pk__in=[person.pk for person in people]).update(language=language)


def mail_to(person: User) -> mail.EmailMessage:
    """What was sent to the person, without the characters that isolate typed text."""
    [message] = [message for message in mail.outbox if message.to == [person.email]]
    message.subject, message.body = unisolated(message.subject), unisolated(message.body)
    return message


# E-mail


def test_a_notice_reaches_each_in_their_own_language(french: None) -> None:
    people = factories.make_people()
    taken = make_taken(people, period="2026")
    read_in("fr", people.respondent, people.police_coordinator)
    mail.outbox.clear()
    notify("taken_up", taken, people.reviewer)

    for person in (people.respondent, people.police_coordinator):
        assert mail_to(person).subject == "Example Country, 2026 : l’examen a commencé"
        assert "Connectez-vous pour le lire :" in mail_to(person).body
    for person in (people.coordinator, people.police_respondent):
        assert mail_to(person).subject == "Example Country, 2026: the review has begun"
        assert "Sign in to read it:" in mail_to(person).body


@pytest.mark.parametrize("kind", ["comparison_opened", "comparison_declared"])
def test_so_does_the_opening_of_the_comparison(french: None, kind: str) -> None:
    people = factories.make_people()
    draft = factories.start_assessment(people.coordinator, mode="separate", period="2026")
    read_in("fr", people.police_coordinator)
    notify(kind, draft, people.coordinator)

    assert len(mail.outbox) == 3
    assert mail_to(people.police_coordinator).subject == "Example Country, 2026 : les réponses sont comparées"
    assert mail_to(people.police_respondent).subject == (
        "Example Country, 2026: the answers of customs and police are being compared"
    )


def test_word_of_a_new_password_carries_the_day_as_its_reader_writes_it(french: None) -> None:
    one, other = make_user(), make_user()
    read_in("fr", one)
    with replay(MARCH):
        for person in (one, other):
            notify("password_changed", by=person)

    assert "12 mars 2026, 09:40" in mail_to(one).body
    assert "12 March 2026, 09:40" in mail_to(other).body


def test_the_link_to_a_new_password_comes_in_the_language_of_who_gets_it(french: None) -> None:
    one, other = make_user(), make_user()
    read_in("fr", one)
    for person in (one, other):
        notify("password_reset", email=person.email)

    assert mail_to(one).subject == "Nouveau mot de passe"
    assert mail_to(other).subject == "Choose a new password for the Customs–Police Cooperation Diagnostic"


def test_an_invitation_goes_out_in_the_language_of_who_sends_it(french: None) -> None:
    one, other = make_user(), make_user()
    read_in("fr", one)
    for person in (one, other):
        given = {"email": f"guest-{person.pk}@example.org", "role": "observer"}
        assert signed_in(person).post(reverse("invitation-create"), given).status_code == 302
        deliver()

    assert [message.subject for message in mail.outbox] == [
        "Invitation au diagnostic",
        "Invitation to the Customs–Police Cooperation Diagnostic",
    ]


def test_a_language_that_was_switched_off_gives_way_to_the_sites(french: None, settings: Any) -> None:
    person = make_user()
    read_in("fr", person)
    settings.LANGUAGES = [("en", "English")]
    with replay(MARCH):
        notify("password_changed", by=person)

    assert "12 March 2026" in mail.outbox[0].body
    assert '<html lang="en"' in signed_in(person).get(reverse("help")).content.decode()


# Pages


def language_and_queries(client: Client, path: str, **headers: str) -> tuple[str, int]:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path, headers=headers)
    assert response["Content-Language"] in response.content.decode().split("<head>")[0]
    return response["Content-Language"], len(asked)


def test_the_pages_follow_the_person_and_else_the_browser(french: None) -> None:
    person = make_user()
    client = signed_in(person)
    help_page = reverse("help")

    assert language_and_queries(client, help_page, accept_language="fr")[0] == "en"

    read_in("fr", person)
    page = client.get(help_page, headers={"accept-language": "en"})

    assert page["Content-Language"] == "fr"
    assert ">Aide</a>" in page.content.decode()

    sign_in = reverse("account_login")
    for asked, spoken in (("fr-CA, en;q=0.5", "fr"), ("de, en;q=0.5", "en"), ("de", "en")):
        assert language_and_queries(Client(), sign_in, accept_language=asked) == (spoken, 0)


def test_a_page_takes_no_query_more_for_it(french: None, settings: Any) -> None:
    person = make_user()
    read_in("fr", person)
    client = signed_in(person)
    client.get(reverse("help"))
    spoken = language_and_queries(client, reverse("help"))
    settings.LANGUAGES = [("en", "English")]
    alone = signed_in(person)
    alone.get(reverse("help"))

    assert spoken == ("fr", language_and_queries(alone, reverse("help"))[1])


def test_the_language_is_chosen_on_accepting_and_offered_as_the_page_is_read(french: None) -> None:
    invitation = actions.invite(email="amara@example.org", role="observer", country=make_country(), by=make_user())
    token = invitation.token
    url = reverse("invitation-accept", args=[token])
    client = Client(headers={"accept-language": "fr"})
    form = client.get(url).context["form"]

    assert form["language"].value() == "fr"

    given = {"full_name": "Amara Diallo", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    assert client.post(url, {**given, "language": "xx"}).status_code == 422
    assert client.post(url, {**given, "language": "en"}).status_code == 302
    assert User.objects.get(email="amara@example.org").language == "en"
    assert client.get(reverse("help"))["Content-Language"] == "en"


# The account page


def test_a_person_chooses_their_language_and_is_told_in_it(french: None) -> None:
    person = make_user()
    client = signed_in(person)
    url = reverse("account")

    assert client.post(url, {"language": "xx"}).status_code == 422

    done = client.post(url, {"language": "fr"}, follow=True).content.decode()

    assert "Votre compte est enregistré." in done
    person.refresh_from_db()
    assert person.language == "fr"
    entry = AuditEntry.objects.get(act="person.language")
    assert (entry.by, entry.detail) == (person, {"before": "en", "after": "fr"})


def test_to_save_what_stands_logs_nothing() -> None:
    assert signed_in(make_user()).post(reverse("account"), {"language": "en"}).status_code == 302
    assert not AuditEntry.objects.exists()


def test_a_name_stays_as_it_stands_under_what_was_signed(french: None) -> None:
    person = make_user()
    signed_in(person).post(reverse("account"), {"full_name": "Zoé", "language": "fr"})
    assert User.objects.get(pk=person.pk).full_name == person.full_name


def test_where_the_site_speaks_one_language_nothing_is_asked_and_nothing_runs() -> None:
    invitation = actions.invite(email="amara@example.org", role="observer", country=make_country(), by=make_user())
    token = invitation.token
    client = signed_in(make_user())
    for path in (reverse("account"), reverse("invitation-accept", args=[token])):
        assert "language" not in client.get(path).context["form"].fields
    given = {"full_name": "Amara Diallo", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    assert Client().post(reverse("invitation-accept", args=[token]), given).status_code == 302
    assert User.objects.get(email="amara@example.org").language == site.LANGUAGE_CODE


def test_a_language_is_switched_on_without_a_change_of_the_database(french: None) -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)

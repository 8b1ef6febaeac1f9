"""The administrators' page of undelivered e-mail: its content, who may see it, and retrying an item."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from diagnostic.actions.clock import replay
from diagnostic.actions.notices import NOTICES_OF
from diagnostic.models import AuditEntry, OutboxItem
from diagnostic.tasks import deliver_mail
from diagnostic.wording.notices import KINDS
from tests import factories
from tests.mail.smtp import MailSink
from tests.outbox import record_order
from tests.sessions import signed_in
from tests.views.discussing import make_taken

pytestmark = pytest.mark.django_db
URL = "/mail/undelivered/"


def give_up(people: factories.People, sink: MailSink) -> OutboxItem:
    """A notice about a review, with one refused recipient, that was tried for three days."""
    taken = make_taken(people)
    OutboxItem.objects.all().delete()
    record_order("taken_up", taken, people.reviewer)
    sink.behaviour.refused = {people.coordinator.email}
    with replay(timezone.now() + timedelta(days=3, minutes=1)):
        deliver_mail.func()
    return OutboxItem.objects.get()


def page_of(client: Client) -> str:
    response = client.get(URL)
    assert response.status_code == 200
    return response.content.decode()


def test_it_names_number_address_kind_and_answer_and_no_country(people: factories.People, sink: MailSink) -> None:
    item = give_up(people, sink)
    page = page_of(signed_in(people.administrator)).split("<main")[1]
    for words in (str(item.pk), people.coordinator.email, "Review begun", "550 5.1.1 No such mailbox"):
        assert words in page
    assert people.respondent.email not in page, "who was told is not undelivered"
    assert "Example Country" not in page


def test_an_empty_page_says_so(people: factories.People) -> None:
    page = page_of(signed_in(people.administrator))
    assert "<h1>Undelivered e-mail</h1>" in page
    assert "None. Every e-mail was delivered or is being retried." in page


def test_what_is_still_tried_is_listed_too(people: factories.People, closed_port: int) -> None:
    record_order("password_changed", by=people.coordinator)
    deliver_mail.func()
    page = page_of(signed_in(people.administrator))
    assert "Being retried" in page
    assert people.coordinator.email in page
    assert "Connection refused" in page


def test_what_no_worker_has_tried_for_ten_minutes_is_listed_too(people: factories.People) -> None:
    record_order("password_changed", by=people.coordinator)
    client = signed_in(people.administrator)
    assert "Being retried" not in page_of(client)
    with replay(timezone.now() + timedelta(minutes=11)):
        page = page_of(client)
    assert "Being retried" in page
    assert "Password changed" in page


def test_the_list_of_people_leads_there_with_the_number(people: factories.People, sink: MailSink) -> None:
    give_up(people, sink)
    page = signed_in(people.administrator).get(reverse("people")).content.decode()
    assert URL in page
    assert 'tag-attention">1</span>' in page
    assert URL not in signed_in(people.coordinator).get(reverse("people")).content.decode()


def test_trying_again_delivers_to_those_who_were_not_told(people: factories.People, sink: MailSink) -> None:
    item = give_up(people, sink)
    sink.behaviour.refused = set()
    client = signed_in(people.administrator)
    for _press in range(2):
        assert client.post(URL, {"item": item.pk}).status_code == 302
    assert AuditEntry.objects.filter(act="mail.try_again", by=people.administrator).count() == 1
    deliver_mail.func()
    item.refresh_from_db()
    assert item.done_at is not None
    assert sink.addresses().count(people.coordinator.email) == 1
    assert len(sink.taken) == 4


@pytest.mark.parametrize("number", ["", "x", "-1", "999999999999999999999", "²"])
def test_an_item_that_is_not_there_changes_nothing(people: factories.People, number: str) -> None:
    client = signed_in(people.administrator)
    response = client.post(URL, {"item": number}, follow=True)
    assert "no longer in the list" in response.content.decode()
    assert not AuditEntry.objects.filter(act="mail.try_again").exists()


@pytest.mark.parametrize("role", ["coordinator", "reviewer", "partner", "observer"])
def test_nobody_else_sees_it_or_tries_again(people: factories.People, sink: MailSink, role: str) -> None:
    item = give_up(people, sink)
    client = signed_in(getattr(people, role))
    assert client.get(URL).status_code == 403
    assert client.post(URL, {"item": item.pk}).status_code == 403
    item.refresh_from_db()
    assert item.given_up_at is not None


def test_many_items_take_as_many_queries_as_one(
    people: factories.People, sink: MailSink, django_assert_num_queries: Any
) -> None:
    item = give_up(people, sink)
    client = signed_in(people.administrator)
    page_of(client)
    for _number in range(2):
        with django_assert_num_queries(5):
            client.get(URL)
        for _more in range(5):
            record_order("password_changed", by=people.coordinator)
        OutboxItem.objects.exclude(pk=item.pk).update(given_up_at=timezone.now())


def test_every_kind_has_a_name() -> None:
    assert set(KINDS) == set(NOTICES_OF.values())

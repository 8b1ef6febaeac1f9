"""A session is read with the person whose it is, and brings nobody else and nobody who may not sign in."""

import pytest
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cpch.accounts.backends import AccountBackend
from cpch.accounts.models import Membership, Role, Session, User
from cpch.accounts.sessions import SessionStore
from tests import factories
from tests.sessions import signed_in

pytestmark = pytest.mark.django_db


def asked_by(client):
    """Who a page takes the client's visitor for, and the queries that this costs."""
    request = HttpRequest()
    request.session = SessionStore(client.cookies["sessionid"].value)
    with CaptureQueriesContext(connection) as queries:
        person = get_user(request)
        known = person.is_authenticated and (
            person.membership.role,
            person.membership.country,
            person.membership.agency,
        )
    return person, known, len(queries)


def test_one_query_reads_session_person_and_membership(people):
    for person in (people.coordinator, people.reviewer):
        found, known, queries = asked_by(signed_in(person))
        assert (found, known[0], queries) == (person, person.membership.role, 1)


def test_two_visitors_in_turn_are_two_people(people):
    one, other = signed_in(people.coordinator), signed_in(people.foreigner)
    assert [asked_by(client)[0] for client in (one, other, one)] == [
        people.coordinator,
        people.foreigner,
        people.coordinator,
    ]


def test_the_person_of_a_session_is_given_to_nobody_else(people):
    SessionStore(signed_in(people.coordinator).cookies["sessionid"].value).load()
    assert AccountBackend().get_user(people.foreigner.pk) == people.foreigner
    assert AccountBackend().get_user(10**9) is None


def test_a_session_that_names_somebody_else_than_it_holds_brings_whom_it_holds(people):
    client = signed_in(people.coordinator)
    Session.objects.update(person=people.foreigner)
    assert asked_by(client)[0] == people.coordinator


def test_what_has_changed_is_there_at_the_next_request(people):
    client = signed_in(people.respondent)
    assert asked_by(client)[1][0] == Role.RESPONDENT
    Membership.objects.filter(user=people.respondent).update(role=Role.COORDINATOR)
    assert asked_by(client)[1][0] == Role.COORDINATOR


def test_who_is_deactivated_or_has_a_new_password_is_out(people):
    gone, changed = signed_in(people.respondent), signed_in(people.coordinator)
    factories.deactivate(people.respondent)
    User.objects.filter(pk=people.coordinator.pk).update(password="another")
    assert [asked_by(client)[1] for client in (gone, changed)] == [False, False]


def test_an_ended_session_brings_nobody(people):
    client = signed_in(people.coordinator)
    Session.objects.update(expire_date=timezone.now())
    assert asked_by(client)[1] is False
    assert client.get(reverse("home")).status_code == 302


def test_a_session_of_nobody_is_nobodys(client):
    store = SessionStore()
    store["seen"] = True
    store.save()
    assert Session.objects.get().person is None
    assert SessionStore(store.session_key).load() == {"seen": True}


def test_signing_out_leaves_no_session(people):
    client = signed_in(people.coordinator)
    assert Session.objects.get().person == people.coordinator
    client.post(reverse("account_logout"))
    assert not Session.objects.filter(person=people.coordinator).exists()

"""Text from a page whose session ended is kept for the page's owner alone, whatever user signs in next."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from diagnostic.models import Assessment
from diagnostic.views import page_key
from tests import factories
from tests.factories import start_assessment

pytestmark = pytest.mark.django_db

PATH = "/assessments/x/national/framework/"


def posted(assessment: Assessment, reader: Any, owner: Any, session: dict[str, Any] | None = None) -> Any:
    """A request that `reader` sends from a page that `owner` opened."""
    typed = {"A.1-narrative": "Private.", page_key.NAME: page_key.make(owner, assessment.pk)}
    request = RequestFactory().post(PATH, typed)
    request.user, request.session = reader, {} if session is None else session
    return request


def opened(reader: Any, session: dict[str, Any]) -> Any:
    request = RequestFactory().get(PATH)
    request.user, request.session = reader, session
    return request


def test_what_a_signed_out_person_posted_is_the_owners_alone(people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    request = posted(assessment, AnonymousUser(), people.respondent)

    assert page_key.keep(request, assessment.pk)

    assert page_key.kept(opened(people.respondent, request.session))["A.1-narrative"] == "Private."
    for other in (people.coordinator, people.police_respondent, AnonymousUser()):
        assert page_key.kept(opened(other, request.session)) is None


def test_another_persons_page_is_not_kept_in_ones_own_session(people: factories.People) -> None:
    assessment = start_assessment(people.coordinator)
    request = posted(assessment, people.coordinator, people.respondent)

    assert not page_key.keep(request, assessment.pk)
    assert request.session == {}
    assert page_key.keep(posted(assessment, people.respondent, people.respondent), assessment.pk)


def test_a_key_is_of_one_assessment(people: factories.People) -> None:
    first, second = start_assessment(people.coordinator), start_assessment(people.coordinator)
    request = posted(first, AnonymousUser(), people.respondent)

    assert page_key.owner(request, first.pk) == people.respondent.pk
    assert page_key.owner(request, second.pk) is None
    assert not page_key.keep(request, second.pk)

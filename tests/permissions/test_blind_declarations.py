"""One agency cannot learn whether or when the other has declared its answers complete or asked to open early.

Every URL is requested as in test_blindness, before and after: body, headers and status may not differ by a byte, nor
may the number of queries.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from diagnostic.core.progress import write_gaps
from diagnostic.models import Assessment, AuditChain, OutboxItem, Submission
from tests import factories
from tests.factories import example_answers, fill, start_assessment
from tests.permissions.test_blindness import OUTSIDE, Walk, addresses, client_of, different, sent, told, walk

pytestmark = pytest.mark.django_db

Act = Callable[[Client, Assessment], None]


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals would fill the log of the run."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def earlier(people: factories.People) -> Submission:
    """The country's submission for another period, for the URLs about a submission."""
    return factories.make_submission(people.coordinator)


@pytest.fixture
def assessment(people: factories.People, earlier: Submission) -> Assessment:
    """A draft that both agencies have answered."""
    draft = start_assessment(people.coordinator, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        fill(draft, by, example_answers("two-voices", voice), voice=voice)
    return draft


@pytest.fixture
def police(people: factories.People) -> Client:
    """The browser of the police's coordinator, signed in beforehand: signing in is not secret."""
    return client_of(people, "police_coordinator")


def press(police: Client, assessment: Assessment, name: str, **data: str) -> None:
    """The police's coordinator submits the form of the page `name`."""
    response = police.post(reverse(name, args=[assessment.pk]), data)
    assert response.status_code == 302, response.content.decode()


def declare(police: Client, assessment: Assessment) -> None:
    gaps = write_gaps(factories.gaps_now(assessment, "police"))
    press(police, assessment, "assessment-declare", gaps=gaps, confirmed="on")


def undeclare(police: Client, assessment: Assessment) -> None:
    declare(police, assessment)
    press(police, assessment, "assessment-declare", take_back="yes")


def ask(police: Client, assessment: Assessment) -> None:
    press(police, assessment, "assessment-open-comparison", reason="The year ends.")


def unask(police: Client, assessment: Assessment) -> None:
    ask(police, assessment)
    press(police, assessment, "assessment-open-comparison", take_back="yes")


def everything(police: Client, assessment: Assessment) -> None:
    undeclare(police, assessment)
    unask(police, assessment)
    declare(police, assessment)
    ask(police, assessment)


def read(client: Client, urls: list[str]) -> Walk:
    """The content of every page, freshly rendered."""
    caches["fragments"].clear()
    return walk(client, urls, ["get"])


@pytest.mark.parametrize("who", ["coordinator", "respondent", "observer"])
def test_no_page_and_no_answer_tells_of_it(
    people: factories.People, police: Client, assessment: Assessment, earlier: Submission, who: str
) -> None:
    """Neither fresh nor cached pages, after reading or after sending an empty form."""
    client, urls = client_of(people, who), addresses(assessment, earlier)
    drawn, kept = read(client, urls), walk(client, urls)

    everything(police, assessment)

    assert different(kept, walk(client, urls)) == []
    assert different(drawn, read(client, urls)) == []


@pytest.mark.parametrize("act", [declare, undeclare, ask, unask], ids=lambda act: act.__name__)
def test_none_of_the_acts_tells_the_other_coordinator(
    people: factories.People, police: Client, assessment: Assessment, earlier: Submission, act: Act
) -> None:
    client, urls = client_of(people, "coordinator"), addresses(assessment, earlier)
    before = read(client, urls)
    act(police, assessment)
    assert different(before, read(client, urls)) == []


def test_nor_does_anything_where_ones_own_agency_has_declared(
    people: factories.People, police: Client, assessment: Assessment, earlier: Submission
) -> None:
    factories.declare(assessment, people.coordinator)
    urls = addresses(assessment, earlier)
    clients = [client_of(people, who) for who in ("coordinator", "respondent")]
    before = [read(client, urls) for client in clients]
    unask(police, assessment)
    ask(police, assessment)
    after = [read(client, urls) for client in clients]
    assert [different(first, second) for first, second in zip(before, after, strict=True)] == [[], []]


@pytest.mark.parametrize("who", OUTSIDE)
def test_nobody_outside_is_told(
    people: factories.People, police: Client, assessment: Assessment, earlier: Submission, who: str
) -> None:
    client, urls = client_of(people, who), addresses(assessment, earlier)
    before = read(client, urls)
    everything(police, assessment)
    assert different(before, read(client, urls)) == []


def test_ones_own_agency_is_told(
    people: factories.People, police: Client, assessment: Assessment, earlier: Submission
) -> None:
    """The comparisons above detect a real difference."""
    client, urls = client_of(people, "police_respondent"), addresses(assessment, earlier)
    before = read(client, urls)
    everything(police, assessment)
    changed = different(before, read(client, urls))
    assert ("get", reverse("assessment-detail", args=[assessment.pk])) in changed


SAVES = {
    "a save": {"A.1-answer": "2", "A.1-narrative": "Mine.", "A.1-version": "1"},
    "a save of an older page": {"A.1-answer": "2", "A.1-narrative": "Mine.", "A.1-version": "0"},
    "a faulty one": {"A.1-answer": "9", "A.1-version": "1"},
    "a merge": {"A.1-answer": "2", "A.1-version": "0", "resolve": "A.1:merge"},
}


@pytest.mark.parametrize("is_declared", [False, True])
@pytest.mark.parametrize("given", SAVES)
def test_what_a_save_is_answered_tells_nothing(
    people: factories.People, police: Client, assessment: Assessment, given: str, is_declared: bool
) -> None:
    """For the agency that still writes, and for the one that has declared and is refused."""
    if is_declared:
        factories.declare(assessment, people.coordinator)
    client = client_of(people, "respondent")
    urls = [
        reverse("response-save", kwargs={"pk": assessment.pk, "voice": voice, "code": "A.1"})
        for voice in ("customs", "police", "national")
    ] + [
        reverse("theme", kwargs={"pk": assessment.pk, "voice": voice, "theme": "framework"})
        for voice in ("customs", "police", "national")
    ]

    def answers() -> list[tuple[Any, ...]]:
        return [without_time(told(sent(client, "post", url, SAVES[given]))) for url in urls]

    before = answers()
    if is_declared:
        ask(police, assessment)
    else:
        everything(police, assessment)
    assert answers() == before


def without_time(answer: tuple[Any, ...]) -> tuple[Any, ...]:
    """The answer without the time of saving, which is exact to the microsecond."""
    status, headers, body = answer
    return status, headers, b"" if b'"saved_at"' in body else body


def test_no_mail_is_sent_and_no_task_is_enqueued(
    people: factories.People, police: Client, assessment: Assessment, django_capture_on_commit_callbacks: Any
) -> None:
    before = (DBTaskResult.objects.count(), OutboxItem.objects.count())
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        everything(police, assessment)
    assert (callbacks, mail.outbox) == ([], [])
    assert (DBTaskResult.objects.count(), OutboxItem.objects.count()) == before


def test_the_main_log_grows_by_nothing_until_the_comparison_opens(
    people: factories.People, police: Client, assessment: Assessment
) -> None:
    main = AuditChain.objects.get(assessment=assessment, sealed_for="")
    everything(police, assessment)
    after = AuditChain.objects.get(assessment=assessment, sealed_for="")
    assert (after.length, after.head) == (main.length, main.head)
    assert not AuditChain.objects.filter(assessment=assessment, sealed_for="customs").exists()

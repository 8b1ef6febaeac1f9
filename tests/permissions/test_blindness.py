"""Customs and police are blind to each other until the comparison opens: every address, before and after a save.

It is not enough that no text of the other agency is found: whatever the other saves, nothing that a person is sent may
differ by a byte, and no page may take another number of queries, from which a patient reader could time the saves.
"""

from __future__ import annotations

import itertools
import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from diagnostic.actions import assessments
from diagnostic.core.responses import VOICES, Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, Submission
from tests import factories
from tests.factories import example_answers, fill, save_answer, start_assessment

pytestmark = pytest.mark.django_db

BLIND = ("coordinator", "respondent", "observer")
OUTSIDE = ("reviewer", "administrator", "partner", "foreigner", "nobody")
CODES = ["A.1", "A.5.1", "A.5.2", "A.9", "A.19"]
"""One of each kind: plain, with authority, opened by an authority, sensitive, and the self-rating."""
SECRET = "KEPT-FROM-THE-OTHER-AGENCY"
NOT_WALKED = ("account_", "second-step", "passkey", "security", "invitation-", "person-", "proposal-")
ONE_TIME = re.compile(rb'name="(?:csrfmiddlewaretoken|page_key)" value="[^"]*"|(?:nonce|data-key)="[^"]*"')


Walk = dict[tuple[str, str], tuple[Any, ...]]
"""By method and address: everything that was told, and how many queries it took."""


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """A thousand refusals would fill the log of the run."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def earlier(people: factories.People) -> Submission:
    """What the country handed in for another period, for the addresses that are about a submission."""
    return factories.make_submission(people.coordinator)


@pytest.fixture
def assessment(people: factories.People, earlier: Submission) -> Assessment:
    """A draft in which customs has begun and the police has not."""
    draft = start_assessment(people.coordinator, mode="separate")
    fill(draft, people.respondent, dict(list(example_answers("two-voices", "customs").items())[:4]), voice="customs")
    return Assessment.objects.select_related("country").get(pk=draft.pk)


def secret_answers() -> dict[str, Answer]:
    """Every answer of the police, each with something to find in every part that takes words."""
    found = {}
    for code, given in example_answers("two-voices", "police").items():
        texts = {"reason" if given.status != "answered" else "narrative": f"{SECRET} {code}"}
        found[code] = replace(given, **texts, evidence=(Evidence(f"{SECRET} title {code}", f"{SECRET} place {code}"),))
    return found


# Walking


def patterns(found: Any) -> Iterator[URLPattern]:
    for item in found:
        if hasattr(item, "url_patterns"):
            yield from patterns(item.url_patterns)
        elif item.name and not item.name.startswith(NOT_WALKED):
            yield item


def values_of(name: str, parameter: str, assessment: UUID, submission: UUID) -> list[Any]:
    """Everything that may stand for a parameter of an address; a new parameter needs its line here."""
    instrument = current_instrument()
    return {
        "pk": [submission if name.startswith(("submission", "review")) else assessment],
        "voice": list(VOICES),
        "theme": list(dict.fromkeys(instrument.by_code[code].theme for code in CODES)),
        "code": CODES,
        "question": CODES,
        "agency": ["customs", "police"],
        "kind": ["agreement", "terms"],
        "number": [1],
        "other": [1],
        "country": ["ZZ"],
    }[parameter]


def addresses(assessment: Assessment, submission: Submission) -> list[str]:
    """Every address but those of signing in and of people's accounts, with everything that may stand in it."""
    found = []
    for item in patterns(get_resolver().url_patterns):
        names = list(item.pattern.converters)
        choices = [values_of(item.name, name, assessment.pk, submission.pk) for name in names]
        found += [
            reverse(item.name, kwargs=dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*choices)
        ]
    return found


def client_of(people: factories.People, who: str) -> Client:
    client = Client()
    client.force_login(getattr(people, who))
    return client


def sent(client: Client, method: str, url: str, data: Any = None) -> Any:
    """The answer to one request, with everything that it wrote taken back."""
    with transaction.atomic():
        response = getattr(client, method)(url, data or {})
        transaction.set_rollback(True)
    return response


def body_of(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def told(response: Any) -> tuple[Any, ...]:
    """All that an answer tells its reader, without what is made anew for each page."""
    headers = {name: value for name, value in response.headers.items() if name != "Content-Security-Policy"}
    headers.pop("Content-Length", None)
    return response.status_code, sorted(headers.items()), ONE_TIME.sub(b"", body_of(response))


def walk(client: Client, urls: list[str], methods: Sequence[str] = ("get", "post")) -> Walk:
    """What every address tells this person, read and posted to, and how many queries each takes."""
    found, asked = {}, itertools.count()

    def count(execute: Any, *query: Any) -> Any:
        next(asked)
        return execute(*query)

    for method, url in itertools.product(methods, urls):
        before = next(asked)
        with connection.execute_wrapper(count):
            response = sent(client, method, url)
        found[method, url] = (*told(response), next(asked) - before)
    return found


def different(before: Walk, after: Walk) -> list[tuple[str, str]]:
    """The addresses that told something else."""
    return [place for place in before if before[place] != after[place]]


# Before the comparison


@pytest.mark.parametrize("who", BLIND + OUTSIDE)
def test_no_word_of_the_other_agency_is_anywhere(
    people: factories.People, assessment: Assessment, earlier: Submission, who: str
) -> None:
    fill(assessment, people.police_respondent, secret_answers(), voice="police")
    client = client_of(people, who)
    found = walk(client, addresses(assessment, earlier))
    assert [place for place, said in found.items() if SECRET in repr(said)] == []


@pytest.mark.parametrize("who", BLIND)
def test_nothing_changes_for_anybody_when_the_other_agency_saves(
    people: factories.People, assessment: Assessment, earlier: Submission, who: str
) -> None:
    """Neither what is drawn anew nor what is kept of a page; the kept one must not even have to be drawn again."""
    client, urls = client_of(people, who), addresses(assessment, earlier)
    caches["fragments"].clear()
    drawn, kept = walk(client, urls, ["get"]), walk(client, urls)

    fill(assessment, people.police_coordinator, secret_answers(), voice="police")

    assert different(kept, walk(client, urls)) == []
    caches["fragments"].clear()
    assert different(drawn, walk(client, urls, ["get"])) == []


def test_what_ones_own_agency_saves_is_seen_at_once(
    people: factories.People, assessment: Assessment, earlier: Submission
) -> None:
    """The walk above notices a difference where there is one."""
    urls = addresses(assessment, earlier)
    colleague, observer = client_of(people, "coordinator"), client_of(people, "observer")
    before, seen = walk(colleague, urls, ["get"]), walk(observer, urls, ["get"])

    save_answer(assessment, people.respondent, "A.19", voice="customs", level=4, narrative="Ours.")

    after = walk(colleague, urls, ["get"])
    changed = different(before, after)
    of = {"pk": assessment.pk}
    for name in ("assessment-detail", "assessment-missing", "assessment-check", "assessment-export", "result"):
        assert ("get", reverse(name, kwargs=of)) in changed
    assert different(seen, walk(observer, urls, ["get"])) == []


@pytest.mark.parametrize("who", ["coordinator", "respondent"])
@pytest.mark.parametrize("act", [{}, {"resolve": "A.1:mine"}, {"resolve": "A.1:merge"}, {"resolve": "A.1:theirs"}])
def test_no_way_of_saving_reads_or_writes_the_other_voice(
    people: factories.People, assessment: Assessment, who: str, act: dict[str, str]
) -> None:
    client = client_of(people, who)
    keep = {"A.1-keep": "theirs"} if act.get("resolve", "").endswith("theirs") else {}
    typed = {"A.1-answer": "2", "A.1-narrative": "Mine.", "A.1-version": "0", **act, **keep}
    urls = [
        reverse("response-save", kwargs={"pk": assessment.pk, "voice": voice, "code": "A.1"})
        for voice in ("police", "national")
    ] + [
        reverse("theme", kwargs={"pk": assessment.pk, "voice": voice, "theme": "framework"})
        for voice in ("police", "national")
    ]
    before = [told(sent(client, "post", url, typed)) for url in urls]
    assert [answer[0] for answer in before] == [404] * 4

    fill(assessment, people.police_respondent, secret_answers(), voice="police")

    assert [told(sent(client, "post", url, typed)) for url in urls] == before


def test_a_save_of_ones_own_says_nothing_of_the_other_voice(people: factories.People, assessment: Assessment) -> None:
    """Not even through a follow-up that the other agency's authority would open."""
    client = client_of(people, "respondent")
    typed = {"A.5.1-answer": "3", "A.5.1-version": "0", "A.5.1-authority_customs": "own"}
    url = reverse("response-save", kwargs={"pk": assessment.pk, "voice": "customs", "code": "A.5.1"})
    before = sent(client, "post", url, typed).json()
    save_answer(assessment, people.police_respondent, "A.5.1", voice="police", level=1, authority={"police": "none"})
    after = sent(client, "post", url, typed).json()
    assert before["asked"] == after["asked"] == {"A.5.2": False}
    assert before | {"saved_at": ""} == after | {"saved_at": ""}


def test_the_file_of_a_draft_holds_ones_own_voice_alone(people: factories.People, assessment: Assessment) -> None:
    fill(assessment, people.police_respondent, secret_answers(), voice="police")
    url = reverse("assessment-export", kwargs={"pk": assessment.pk})
    ours = json.loads(client_of(people, "coordinator").get(url).content)["voices"]
    theirs = json.loads(client_of(people, "police_respondent").get(url).content)["voices"]
    assert (set(ours), set(theirs)) == ({"customs"}, {"police"})
    assert client_of(people, "observer").get(url).status_code == 404


def test_a_draft_that_is_withdrawn_stays_blind(people: factories.People, assessment: Assessment) -> None:
    fill(assessment, people.police_respondent, secret_answers(), voice="police")
    assessments.withdraw(assessment=assessment, by=people.police_coordinator, reason="Another year.")
    client = client_of(people, "coordinator")
    of = {"pk": assessment.pk}
    for name in ("assessment-detail", "assessment-check", "assessment-export", "result", "what-if"):
        response = client.get(reverse(name, kwargs=of))
        assert response.status_code == 200
        assert SECRET not in repr(body_of(response))
    assert client.get(reverse("assessment-report", kwargs=of)).status_code == 404


def test_what_is_kept_of_a_result_is_one_agencys(people: factories.People) -> None:
    """Both have saved as often, so that nothing but whose answers they are tells the two pages apart."""
    draft = start_assessment(people.coordinator, mode="separate")
    save_answer(draft, people.respondent, "A.1", voice="customs", level=5)
    save_answer(draft, people.police_respondent, "A.1", voice="police", level=1)
    url = reverse("result", kwargs={"pk": draft.pk})
    theirs = client_of(people, "police_coordinator").get(url).content.decode()
    ours = client_of(people, "coordinator").get(url).content.decode()
    assert "Police: result" in theirs
    assert "Police: result" not in ours
    assert "Customs: result" in ours


# Who reads and writes which voice

CUSTOMS, POLICE = {"coordinator", "respondent"}, {"police_coordinator", "police_respondent"}
EVERYONE = CUSTOMS | POLICE | {"observer", *OUTSIDE}
OWN = {"customs": CUSTOMS, "police": POLICE, "national": set[str]()}
COUNTRY = CUSTOMS | POLICE | {"observer"}
READERS = {"draft": OWN, "comparing": dict.fromkeys(VOICES, COUNTRY)}
WRITERS = {"draft": OWN, "comparing": {"national": {"coordinator", "police_coordinator"}}}


@pytest.mark.parametrize("state", list(READERS))
def test_each_voice_is_read_and_written_by_those_it_is_for(
    people: factories.People, assessment: Assessment, state: str
) -> None:
    if state == "comparing":
        factories.open_comparison(assessment)
    typed = {"A.19-answer": "2", "A.19-version": "0"}
    wrong = []
    for who, voice in itertools.product(sorted(EVERYONE), VOICES):
        client, of = client_of(people, who), {"pk": assessment.pk, "voice": voice}
        addresses_of = (
            reverse("theme", kwargs={**of, "theme": "framework"}),
            reverse("response-history", kwargs={**of, "code": "A.19"}),
        )
        reads = {sent(client, "get", url).status_code for url in addresses_of}
        writes = sent(client, "post", reverse("response-save", kwargs={**of, "code": "A.19"}), typed).status_code
        is_reader, is_writer = who in READERS[state][voice], who in WRITERS[state].get(voice, ())
        if reads != {200 if is_reader else 404}:
            wrong.append(f"{who} reads {voice}: {reads}")
        if (writes == 200) != is_writer or (not is_reader and writes != 404):
            wrong.append(f"{who} writes {voice}: {writes}")
    assert wrong == []

"""Every text that people type is searched for in every response to everyone, and may appear only where the table says.

Each text holds a marker with its kind (tests/permissions/markers.py); a text field of a model that is neither planted
nor listed below fails the test, and so does an address that is not walked.
"""

from __future__ import annotations

import io
import itertools
import logging
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from tests import reference_data
from tests.permissions.markers import Planted, plant

pytestmark = pytest.mark.django_db

MARKER = re.compile(r"zq-([a-z_]+)-([a-z_]+)-qz")

CUSTOMS, POLICE = {"coordinator", "respondent"}, {"police_coordinator", "police_respondent"}
COUNTRY = CUSTOMS | POLICE | {"observer"}
SECRETARIAT = {"reviewer", "administrator"}
OUTSIDE = {"partner", "foreigner", "nobody", "anonymous"}
ROLES = sorted(COUNTRY | SECRETARIAT | OUTSIDE)

MAY_SEE: dict[str, set[str]] = {
    # Drafts, before and after the comparison opens
    "customs": CUSTOMS,
    "police": POLICE,
    "draft": COUNTRY,
    "opened": COUNTRY,
    "discussion": CUSTOMS | POLICE,
    "fresh": COUNTRY,
    # What was handed in
    "review": COUNTRY | SECRETARIAT,
    "review_sensitive": COUNTRY | SECRETARIAT,
    "disclosed": COUNTRY | SECRETARIAT | {"partner"},
    "disclosed_sensitive": COUNTRY | SECRETARIAT,
    "plan": COUNTRY | SECRETARIAT,
    "plan_comment": COUNTRY,
    # The review
    "internal": SECRETARIAT,
    "asked": SECRETARIAT,
    "shared": COUNTRY | SECRETARIAT,
    "remark": COUNTRY | SECRETARIAT,
    # People
    "name": COUNTRY | SECRETARIAT,
    # Partners read on the receipt and in the report who attested.
    "signatory": COUNTRY | SECRETARIAT | {"partner"},
    "guest": COUNTRY | {"administrator"},
    "secretariat": COUNTRY | SECRETARIAT,
    "partner": {"administrator", "partner"},
    "abroad": {"administrator", "foreigner"},
}
"""Who may be sent a text of each kind."""

SYSTEM = "made by the program"
CHOICE = "a choice or a code"
OF_THE_INSTRUMENT = "reference data of the instrument and of countries"
NOT_TYPED: dict[str, str] = {
    **dict.fromkeys(
        (
            *("action.recommendation", "action.question", "action.theme", "actionreminder.urgency"),
            *("comment.question", "readmark.question", "opinion.question", "clarification.question"),
            *("response.voice", "response.question", "response.status", "response.basis", "response.authority"),
            *("response.areas", "response.topics", "response.challenges", "responserevision.saved_for"),
            *("submission.marking", "auditentry.act", "auditchain.sealed_for"),
            *("reportfile.edition", "reportfile.language", "reportfile.format"),
        ),
        CHOICE,
    ),
    **dict.fromkeys(
        (
            *("attestation.digest", "assessment.instrument_digest", "auditchain.head", "auditentry.previous"),
            *("auditentry.hash", "response.head", "responserevision.previous", "responserevision.hash"),
            *("submission.digest", "submission.index_shown", "sourcehour.source", "instrumenttext.digest"),
            *("instrumenttext.content", "reportfile.digest", "reportfile.name", "reportfile.sha256"),
            *("invitation.token_digest", "user.second_factor", "user.keeping_key", "user.password", "user.language"),
            *("session.session_key", "session.session_data", "user.address_key", "invitation.address_key"),
        ),
        SYSTEM,
    ),
    **dict.fromkeys(
        ("attestation.agreed_by", "attestation.agreed_office", "attestation.agreed_reference"),
        "only while an agency has no accounts; tests/actions/test_absent_agencies.py",
    ),
    "coordinatorproposal.verified": "the administrators' own; only after approval",
    "reportfile.data": "what a report is drawn from: the submission's texts, which are planted",
    "authenticator.data": "a person's own keys",
}
REFERENCE = {"region", "country", "agency"}
OWN_PAGES = ("account_", "second-step", "passkey", "security")
"""Addresses that hold nothing but the reader's own account."""


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker: Any) -> dict[tuple[str, str], Any]:
    """By role and address, the answer's text; nothing stays in the database."""
    logging.disable(logging.WARNING)
    with django_db_blocker.unblock(), transaction.atomic():
        reference_data.lay_again()
        planted = plant()
        unplanted = list(find_unplanted())
        found = {}
        for who in ROLES:
            client = Client()
            if who != "anonymous":
                client.force_login(getattr(planted.people, who))
            for url in addresses(planted):
                found[who, url] = ask(client, url)
        found["fields", ""] = unplanted
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    return found


def ask(client: Client, url: str) -> tuple[str, str, list[str]]:
    """Kind of answer, headers with all text, and the markers in a page that are not isolated."""
    with transaction.atomic():
        response = client.get(url)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    text = repr(response.headers.items()) + text_of(body)
    is_page = response.get("Content-Type", "").startswith("text/html")
    return str(response.status_code), text, find_unisolated(body.decode()) if is_page else []


def text_of(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return "".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())


def find_unplanted() -> Iterator[str]:
    """The text fields that hold no marker in any row."""
    for model in [*apps.get_app_config("accounts").get_models(), *apps.get_app_config("diagnostic").get_models()]:
        name = model._meta.model_name
        if name in REFERENCE or hasattr(model, "instrument_version") or "instrument" in model.__module__:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, (models.CharField, models.TextField, models.JSONField)) or field.choices:
                continue
            if f"{name}.{field.name}" in NOT_TYPED:
                continue
            values = model._base_manager.values_list(field.name, flat=True)
            if not any(MARKER.search(str(value)) for value in values):
                yield f"{name}.{field.name}"


def patterns(found: Any) -> Iterator[URLPattern]:
    for item in found:
        if hasattr(item, "url_patterns"):
            yield from patterns(item.url_patterns)
        elif item.name and not item.name.startswith(OWN_PAGES):
            yield item


def addresses(planted: Planted) -> list[str]:
    """Every address with everything planted that it can name; a new parameter needs its line here."""
    values = {
        "voice": ["national", "customs", "police"],
        "theme": ["framework", "sharing"],
        "code": ["A.1", "A.9"],
        "agency": ["customs"],
        "kind": ["agreement", "terms"],
        "country": ["ZZ"],
        "token": ["no-such-link"],
        "uidb36": ["1"],
        "key": ["1"],
        "number": [1],
    }
    keys: dict[str, list[Any]] = {
        "submission": [item.pk for item in planted.submissions],
        "review": [item.pk for item in planted.submissions],
        "person": [planted.people.police_coordinator.pk, planted.people.foreigner.pk],
        "proposal": [planted.proposal.pk],
        "invitation": [planted.invitation],
    }
    found = []
    for item in patterns(get_resolver().url_patterns):
        first = item.name.split("-")[0]
        of = {**values, "pk": keys.get(first, [each.pk for each in planted.assessments])}
        if first == "plan":
            of["number"] = [action.number for action in planted.actions]
        names = list(item.pattern.converters)
        for chosen in itertools.product(*(of[name] for name in names)):
            found.append(reverse(item.name, kwargs=dict(zip(names, chosen, strict=True))))
    return found


def test_every_text_field_is_planted_or_has_its_reason(walked: dict[tuple[str, str], Any]) -> None:
    assert walked["fields", ""] == []


def test_no_text_is_sent_to_whoever_may_not_see_it(walked: dict[tuple[str, str], Any]) -> None:
    wrong = set()
    for (who, url), answer in walked.items():
        for kind, field in set(MARKER.findall(answer[1])) if who in ROLES else ():
            if who not in MAY_SEE[kind]:
                wrong.add(f"{who}: {kind} {field} at {url}")
    assert not wrong, "\n".join(sorted(wrong))


def test_every_kind_is_found_where_it_may_be(walked: dict[tuple[str, str], Any]) -> None:
    """The walk sees what is there: each kind reaches each role of its line somewhere."""
    seen = {(kind, who) for (who, _), item in walked.items() if who in ROLES for kind, _f in MARKER.findall(item[1])}
    assert {(kind, who) for kind, roles in MAY_SEE.items() for who in roles} - seen == set()


# Isolation

NOT_READ = {"script", "style", "template", "svg"}
"""Where no text stands beside others; the drawings of a result are shared with the report, and are not isolated yet."""
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
SPOKEN = {"aria-label", "title", "alt", "placeholder"}
ISOLATED = re.compile("\u2068[^\u2069]*\u2069")


class Isolation(HTMLParser):
    """Collects the markers of a page that stand in no element of their own and between no isolating characters."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        for name in SPOKEN & set(given):
            self._look(ISOLATED.sub("", given[name] or ""), f"{tag}[{name}]")
        if tag == "input" and given.get("type", "text") in ("text", "search") and given.get("dir") != "auto":
            self._look(given.get("value") or "", "input")
        if tag not in VOID:
            self.open.append((tag, tag == "bdi" or given.get("dir") == "auto"))

    def handle_endtag(self, tag: str) -> None:
        while tag in [name for name, _is in self.open] and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _is in self.open]
        if any(is_isolated for _tag, is_isolated in self.open) or NOT_READ & set(tags):
            return
        self._look(ISOLATED.sub("", data) if {"title", "option"} & set(tags) else data, "/".join(tags[-3:]))

    def _look(self, text: str, where: str) -> None:
        for found in MARKER.finditer(text):
            self.wrong.append(f"{found[0]} in {where}")


def find_unisolated(page: str) -> list[str]:
    parser = Isolation()
    parser.feed(page)
    return parser.wrong


def test_every_typed_text_on_a_page_is_isolated(walked: dict[tuple[str, str], Any]) -> None:
    wrong: dict[str, str] = {}
    for (who, url), answer in walked.items():
        for place in answer[2] if who in ROLES else ():
            wrong.setdefault(place, f"{place}: {who} at {url}")
    assert not wrong, "\n".join(sorted(wrong.values()))

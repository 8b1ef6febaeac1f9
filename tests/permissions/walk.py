"""Asks for everything as everyone, in two countries full of markers: pages, forms, files and e-mails."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, get_resolver, resolve, reverse
from lxml import html
from pypdf import PdfReader

from diagnostic.mail.letters import LETTERS
from diagnostic.models import OutboxItem
from tests.permissions.isolation import MARKER, find_unisolated, find_unisolated_in_text
from tests.permissions.markers import Planted, signed_in

OWN_PAGES = ("account_", "second-step", "passkey", "security")
"""Addresses that hold nothing but the reader's own account."""
STALE = ("base", "version", "digest", "seen")
"""Endings of the fields that say what its sender had seen when a form is submitted."""
POSTED = "posted"
"""What is typed into a form: of no kind, because its sender reads it again."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one answer or e-mail holds: its kinds and fields of markers, and those not isolated."""

    who: str
    where: str
    status: str
    markers: frozenset[tuple[str, str]]
    unisolated: tuple[str, ...]


@dataclass(slots=True)
class Walk:
    """All answers, all e-mails by kind of notice, and the text fields of models that hold no marker."""

    answers: list[Found] = field(default_factory=list)
    letters: list[tuple[str, Found]] = field(default_factory=list)
    unplanted: list[str] = field(default_factory=list)


def walk(planted: Planted, roles: list[str], posting: set[str]) -> Walk:
    """Every address as every role, what those of `posting` are answered to forms, and every e-mail that was ordered."""
    found = Walk(letters=list(read_letters(planted)))
    asked = addresses(planted)
    probe = signed_in(planted.people["coordinator"])
    one = {resolve(url).url_name: url for url in asked}
    takes = {method: {name for name, url in one.items() if ask(probe, method, url)[0] != "405"} for method in METHODS}
    for who in roles:
        client = signed_in(planted.people.get(who))
        offered: dict[str, dict[str, str]] = {}
        for url in asked:
            if resolve(url).url_name in takes["get"]:
                found.answers.append(look(client, who, "get", url, offered))
        if who not in posting:
            continue
        for url in addresses(planted, is_short=True):
            if resolve(url).url_name in takes["post"]:
                found.answers.append(look(client, who, "post", url))
        found.answers += [look(client, who, "post", url, data=stale(data)) for url, data in offered.items()]
    return found


METHODS = ("get", "post")


def stale(data: dict[str, str]) -> dict[str, str]:
    """A form as if its page had been opened long ago, with another text in each empty field."""
    return {name: "0" if name.endswith(STALE) else value or POSTED for name, value in data.items()}


def look(
    client: Client,
    who: str,
    method: str,
    url: str,
    offered: dict[str, dict[str, str]] | None = None,
    data: dict[str, str] | None = None,
) -> Found:
    """The answer to one request; its forms for other than the reader's own account are added to `offered`."""
    status, text, page = ask(client, method, url, data)
    where, markers, wrong = f"{method} {url}", frozenset(MARKER.findall(text)), ()
    if page and (markers or offered is not None):
        tree = html.document_fromstring(page)
        wrong = tuple(find_unisolated(tree))
        if offered is not None and status == "200":
            find_forms(tree, url, offered)
    return Found(who, where, status, markers, wrong)


def find_forms(page: html.HtmlElement, url: str, offered: dict[str, dict[str, str]]) -> None:
    """Add the page's forms for other than the reader's own account, one of each kind for each key."""
    seen = {kind_of(target) for target in offered}
    for form in page.forms:
        target = form.get("action") or url
        if form.method == "POST" and kind_of(target) not in seen and not is_own(target):
            offered[target] = dict(form.form_values())
            seen.add(kind_of(target))


def kind_of(url: str) -> tuple[Any, ...]:
    """The name of an address with its key, whatever its other parameters."""
    found = resolve(url.split("?")[0])
    return found.url_name, found.kwargs.get("pk"), found.kwargs.get("country")


def is_own(url: str) -> bool:
    return str(kind_of(url)[0]).startswith((*OWN_PAGES, "language"))


def ask(client: Client, method: str, url: str, data: dict[str, str] | None = None) -> tuple[str, str, str]:
    """Status, headers with all text, and the page if it is one; what the request wrote is taken back."""
    with transaction.atomic():
        response = getattr(client, method)(url, data or {})
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    text = repr(response.headers.items()) + text_of(body)
    is_page = response.get("Content-Type", "").startswith("text/html")
    return str(response.status_code), text, body.decode() if is_page else ""


def text_of(body: bytes) -> str:
    """All text of a file, that of its markup included."""
    if body.startswith(b"%PDF"):
        pages = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
        return re.sub(r"\s", "", pages)
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        parts = "".join(file.read(name).decode("utf-8", "replace") for name in file.namelist())
    return parts + re.sub("<[^>]*>", "", parts)


def read_letters(planted: Planted) -> Iterator[tuple[str, Found]]:
    """Every ordered e-mail, by kind of notice; of those whom it is sent to without an account, the role is "guest"."""
    roles = {user.email: who for who, user in planted.people.items()}
    for item in OutboxItem.objects.select_related("entry__chain", "entry__by").order_by("pk"):
        for letter in LETTERS[item.kind](item.entry):
            subject, body = letter.write()
            assert "\n" not in subject
            where = f"e-mail {item.kind}" + (" of the draft" if is_about(item, planted.draft) else "")
            markers = frozenset(MARKER.findall(f"{subject} {body}"))
            wrong = (*find_unisolated_in_text(subject), *find_unisolated_in_text(body))
            yield item.kind, Found(roles.get(letter.to, "guest"), where, "", markers, wrong)


def is_about(item: OutboxItem, assessment: Any) -> bool:
    return bool(item.entry.chain.assessment_id == assessment.pk)


def patterns(found: Any) -> Iterator[URLPattern]:
    for item in found:
        if hasattr(item, "url_patterns"):
            yield from patterns(item.url_patterns)
        elif item.name and not item.name.startswith(OWN_PAGES):
            yield item


def addresses(planted: Planted, *, is_short: bool = False) -> list[str]:
    """Every address with everything planted that it can name; a new parameter needs its line here.

    Every key with the first of each other parameter, and each of the others with the first of the rest; only the former
    if `is_short`.
    """
    values: dict[str, list[Any]] = {
        "voice": ["national", "customs", "police"],
        "theme": ["framework", "sharing"],
        "code": ["A.1", "A.9"],
        "agency": ["customs", "police"],
        "kind": ["agreement", "terms"],
        "country": ["ZZ", "FR"],
        "token": ["no-such-link"],
        "uidb36": ["1"],
        "key": ["1"],
        "number": [1],
    }
    people = planted.people
    keys: dict[str, list[Any]] = {
        "submission": [item.pk for item in planted.submissions],
        "review": [item.pk for item in planted.submissions],
        "person": [people["police_coordinator"].pk, people["foreigner"].pk],
        "proposal": [planted.proposal.pk],
        "invitation": [planted.invitation],
    }
    found = []
    for item in patterns(get_resolver().url_patterns):
        first = item.name.split("-")[0]
        of = {**values, "pk": keys.get(first, [each.pk for each in planted.assessments])}
        names = list(item.pattern.converters)
        if first == "plan" and "number" in names:
            chosen = [{"country": each.country.alpha2, "number": each.number} for each in planted.actions]
        else:
            chosen = list(combinations({name: of[name] for name in names}, is_short))
        found += [reverse(item.name, kwargs=values) for values in chosen]
    return found


def combinations(values: dict[str, list[Any]], is_short: bool) -> Iterator[dict[str, Any]]:
    """All that have at most one parameter beside the key that is not the first of its values."""
    for chosen in itertools.product(*values.values()):
        of = dict(zip(values, chosen, strict=True))
        others = sum(of[name] != values[name][0] for name in values if name not in ("pk", "country"))
        if others == 0 or (others == 1 and not is_short):
            yield of

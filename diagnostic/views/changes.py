"""What changed from one submission to a later one of the same assessment, answer by answer."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.core.differences import Piece, mark_differences
from diagnostic.core.instrument import Question
from diagnostic.instruments import instrument_submitted
from diagnostic.models import Submission
from diagnostic.permissions import can_read_everything
from diagnostic.rendering.words import say_level

from .access import load_submission, require
from .reading import PARTS, Given, Reading


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an answer that differs: a text with its differences marked, or what it was and is."""

    name: str
    pieces: tuple[Piece, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose answer differs, with every part that does."""

    question: Question
    parts: tuple[Part, ...]


@login_required
@require_http_methods(["GET", "HEAD"])
def changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The answers that differ since the submission before, or since the one that is named; no other ones."""
    submission = load_submission(request, pk)
    assessment = submission.assessment
    require(can_read_everything(request.user, assessment), request)
    earlier = list(Submission.objects.filter(assessment=assessment, number__lt=submission.number).defer("snapshot"))
    since = _since(request, submission, earlier)
    reading = Reading(submission, instrument_submitted(submission), before=since)
    context = {
        "submission": submission,
        "assessment": assessment,
        "since": since,
        "earlier": earlier,
        "reading": reading,
        "changed": [change(reading, entry.question) for entry in reading.changed_entries],
    }
    return render(request, "submissions/changes.html", context)


def _since(request: HttpRequest, submission: Submission, earlier: list[Submission]) -> Submission | None:
    """The submission to compare with, its snapshot loaded as soon as it is read (1 query). Raises `Http404`."""
    if "since" not in request.GET:
        return earlier[0] if earlier else None
    found = next((item for item in earlier if str(item.number) == request.GET["since"]), None)
    if found is None:
        raise Http404
    return found


def change(reading: Reading, question: Question) -> Changed:
    """What of the answer to `question` differs between the two submissions of `reading`."""
    then, now = reading.given_before(question.code), reading.given(question.code)
    parts = []
    texts = {name: (getattr(then, name), getattr(now, name)) for name in ("narrative", "reason")}
    agreed = (reading.agreements_before, reading.agreements)
    texts["agreement"] = (agreed[0].get(question.code, ""), agreed[1].get(question.code, ""))
    for name, label in PARTS.items():
        if name in texts:
            before, after = texts[name]
            if before != after:
                parts.append(Part(str(label), pieces=mark_differences(before, after)))
            continue
        was, is_now = _lines(reading, then, name), _lines(reading, now, name)
        if was != is_now:
            parts.append(Part(str(label), before=_only(was, is_now), after=_only(is_now, was)))
    return Changed(question, tuple(parts))


def _only(lines: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(line for line in lines if line not in others)


def _lines(reading: Reading, given: Given, name: str) -> tuple[str, ...]:
    """A part that is no text, in words, a line for each thing that it names."""
    value = getattr(given, name)
    if name == "level":
        return (say_level(reading.instrument, value),) if value else ()
    if name == "status":
        return (value or (_("no answer") if given.is_blank else _("answered")),)
    if name in ("authority", "areas"):
        return tuple(_("%(what)s: %(who)s") % {"what": what, "who": who} for what, who in value)
    if name == "evidence":
        return tuple(f"{item.title}, {item.reference}" if item.reference else item.title for item in value)
    return (value,) if isinstance(value, str) and value else tuple(value)

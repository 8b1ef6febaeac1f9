"""How one question of a theme page is drawn, open, closed or in conflict, and how the drawing is remembered.

A drawing holds nothing of the person who reads it and no token, so everybody who would see the same gets the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext

from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.responses import BLANK, Response
from diagnostic.forms.agreement import ProposalForm
from diagnostic.forms.question import QuestionForm
from diagnostic.forms.question_layout import QuestionParts, helper_of
from diagnostic.models import Response as Row
from diagnostic.pages.answer_text import AnswerText, Fact, describe, differing

from .plan_beside import Beside
from .word_marks import Marked, mark_words

Agreed = Literal["", "proposed", "agreed"]


@dataclass(frozen=True, slots=True)
class Asking:
    """The context of a question, whatever its answer: instrument, voice, last period, the secretariat's questions.

    `is_own` if last period's answer is from the same voice; `is_confirmed` if it was confirmed as still true, which
    `can_be_confirmed` allows. `known` is what the agencies said of the authority that it is asked for, such as
    "customs:none police:own"; `agreed` is the status of a national answer of two agencies, "" for any other. `plan` is
    the part of the country's previous plan about the question.
    """

    instrument: Instrument
    question: Question
    voice: str
    period: str = ""
    previous: Response | None = None
    is_own: bool = True
    is_confirmed: bool = False
    can_be_confirmed: bool = True
    clarification: str = ""
    is_open: bool = True
    is_asked: bool = True
    known: str = ""
    agreed: Agreed = ""
    plan: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two answers of a conflict."""

    text: AnswerText
    words: Marked
    facts: tuple[Fact, ...]
    who: str
    at: datetime | None


def draw(asking: Asking, response: Response, version: int, saved_at: datetime | None, today: date) -> str:
    """The question as it stands, from memory where the same was drawn before."""
    is_today = saved_at is not None and saved_at.date() == today
    shown = (
        asking.instrument.digest,
        get_language(),
        _without_instrument(asking),
        response,
        version,
        saved_at,
        is_today,
    )
    key = hashlib.sha256(repr(shown).encode()).hexdigest()
    held = caches["fragments"].get(key)
    if held is None:
        held = _draw(asking, response, version, saved_at, is_today)
        caches["fragments"].set(key, held)
    return held


def _without_instrument(asking: Asking) -> tuple[object, ...]:
    return (
        asking.question.code,
        asking.voice,
        asking.period,
        asking.previous,
        asking.is_own,
        asking.is_confirmed,
        asking.can_be_confirmed,
        asking.clarification,
        asking.is_open,
        asking.is_asked,
        asking.known,
        asking.agreed,
        asking.plan,
    )


def _draw(asking: Asking, response: Response, version: int, saved_at: datetime | None, is_today: bool) -> str:
    saved = {"saved_at": saved_at, "is_today": is_today}
    if not asking.is_open:
        text = describe(asking.instrument, asking.question, response)
        return _render(asking, {"text": text, "version": version, **saved})
    form = QuestionForm(asking.instrument, asking.question, asking.voice, response=response, version=version)
    return draw_form(asking, form, saved)


def draw_form(asking: Asking, form: QuestionForm, extra: Mapping[str, object]) -> str:
    """The question with `form` in it, typed or stored; `extra` says how it stands."""
    parts = QuestionParts(form, asking.previous or BLANK, asking.period)
    version = form["version"].value()
    return _render(asking, {"form": form, "helper": helper_of(form), "parts": parts, "version": version, **extra})


def draw_unsaved(asking: Asking, form: QuestionForm, words: str) -> str:
    """The question with what was typed and not saved, and the `words` that say why."""
    return draw_form(asking, form, {"failure": words, "is_unsaved": True})


def draw_conflict(asking: Asking, form: QuestionForm, row: Row, theirs: Response, typed_at: datetime | None) -> str:
    """Both texts of a conflict: what `form` holds, and what stands in `row`, to choose between."""
    return _render(asking, conflict_of(form, row, theirs, typed_at))


def conflict_of(form: QuestionForm, row: Row, theirs: Response, typed_at: datetime | None) -> dict[str, object]:
    """The context of answers/_conflict.html: the text in `form` and the one in `row`."""
    mine, question = form.typed, form.question
    texts = [describe(form.instrument, question, response) for response in (mine, theirs)]
    agreements = (form.agreement, row.agreement) if isinstance(form, ProposalForm) else ("", "")
    words = mark_words(_prose(mine, agreements[0]), _prose(theirs, agreements[1]))
    facts = differing(*texts)
    return {
        "question": question,
        "conflict": {
            "mine": Side(texts[0], words[0], facts[0], "", typed_at),
            "theirs": Side(texts[1], words[1], facts[1], str(row.saved_by or ""), row.saved_at),
        },
        "typed": _hidden_fields(form),
        "version": row.version,
        "failure": gettext("Two texts – choose one"),
    }


def _prose(response: Response, agreement: str) -> str:
    texts = (response.narrative, response.reason, agreement if agreement != response.reason else "")
    return "\n\n".join(text for text in texts if text)


def _hidden_fields(form: QuestionForm) -> list[tuple[str, str]]:
    """Everything typed, as names and values that another form can carry on; the version is not among them."""
    lists = form.data.lists() if hasattr(form.data, "lists") else ()
    names = form.add_prefix("")
    return [
        (name, value)
        for name, values in lists
        if name.startswith(names) and name not in (form.add_prefix("version"), form.add_prefix("keep"))
        for value in values
    ]


def _render(asking: Asking, context: Mapping[str, object]) -> str:
    question = asking.question
    condition = question.asked_when
    previous = asking.previous
    return render_to_string(
        "answers/_question.html",
        {
            "question": question,
            "asking": asking,
            "condition": condition,
            "authority_options": [
                option.name
                for option in asking.instrument.authority_options
                if condition and option.id in condition.authority_in
            ],
            "then": describe(asking.instrument, question, previous) if previous else None,
            **context,
        },
    )

"""The result of an assessment or of one submission, and the what-if; how it reads is in rendering."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.cache import caches
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi, gettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import replace_url

from cpch.prepared import PreparedRead, Slot
from diagnostic.core import workflow
from diagnostic.core.editions import sensitive_questions
from diagnostic.core.instrument import Instrument
from diagnostic.core.responses import NATIONAL, VOICES, Responses, Voices
from diagnostic.core.result import Result, score
from diagnostic.core.scoring import SCORING_VERSION
from diagnostic.forms.what_if import WhatIfForm
from diagnostic.instruments import instrument_of, instrument_submitted
from diagnostic.models import Action, Assessment, Submission
from diagnostic.pages.heading import Heading, heading_of
from diagnostic.permissions import (
    can_answer,
    can_plan,
    can_read_answers,
    can_read_everything,
    is_in_secretariat,
    readable_voices,
    submissions_visible_to,
)
from diagnostic.queries import Previous, load_previous, load_previous_then, load_voices, snapshot_voices
from diagnostic.rendering.result_page import Before, build_result_page
from diagnostic.rendering.shortest_way import build_way
from diagnostic.rendering.what_if import build_offers, build_projection
from diagnostic.rendering.words import AGENCY_WORDS

from .access import load_assessment, load_main_voice, require
from .result_plan import ResultPlan, load_result_plan

BAD_REQUEST = 400
VERSIONS = PreparedRead(
    lambda: (
        Assessment.objects.filter(country_id=Slot("country_id", models.BigAutoField()))
        .only("state_changed_at")
        .annotate(**{voice: Sum("responses__version", filter=Q(responses__voice=voice)) for voice in VOICES})
        .annotate(
            plan=Subquery(
                Action.objects.filter(country=OuterRef("country"))
                .order_by()
                .values("country")
                .annotate(versions=Sum("version"))
                .values("versions")
            )
        )
        .order_by("pk")
    )
)
"""A country's assessments with the sum of the versions of the answers in each voice and of the country's actions."""


@dataclass(frozen=True)
class Source:
    """What a result is found from: the answers as they stand, or what one submission froze, for one reader.

    Of the answers as they stand nothing is read but `readable`, and `voice` is the one whose result it is.
    """

    request: HttpRequest
    assessment: Assessment
    submission: Submission | None
    voice: str = NATIONAL
    readable: tuple[str, ...] = ()

    @cached_property
    def instrument(self) -> Instrument:
        return instrument_submitted(self.submission) if self.submission else instrument_of(self.assessment)

    @cached_property
    def voices(self) -> Voices:
        if self.submission:
            return snapshot_voices(self.submission)
        return load_voices(self.assessment, self.readable)

    @cached_property
    def target_level(self) -> int | None:
        """The country's own choice: as it was submitted, or as it stands."""
        if self.submission:
            return self.submission.frozen.target_level
        return self.assessment.target_level

    @cached_property
    def result(self) -> Result:
        return score(self.instrument, self.voices, self.voice, self.target_level)

    @property
    def responses(self) -> Responses:
        """Those that the result is of."""
        return self.voices.get(self.voice, {})

    @property
    def shows_everything(self) -> bool:
        """Whether this reader's edition holds the sensitive questions."""
        return can_read_everything(self.request.user, self.assessment)

    @property
    def can_answer(self) -> bool:
        return can_answer(self.request.user, self.assessment, self.voice)

    @property
    def can_plan(self) -> bool:
        """Whether a recommendation may become an action here; never one of a result that is one agency's own."""
        is_whole = self.voice == NATIONAL and self.submission is None
        return is_whole and can_plan(self.request.user, self.assessment) and self.assessment.state != workflow.WITHDRAWN

    @property
    def links_to_answers(self) -> bool:
        return self.voice in readable_voices(self.request.user, self.assessment)

    @cached_property
    def named(self) -> Heading:
        return heading_of(self.assessment, self.submission)

    @property
    def whose(self) -> str:
        """Whose place the result shows: the country's, or that of one agency of it."""
        country = self.named.country
        if self.voice == NATIONAL:
            return country
        return gettext("%(country)s, %(agency)s") % {"country": country, "agency": AGENCY_WORDS[self.voice]}

    @property
    def hidden(self) -> frozenset[str]:
        if self.shows_everything:
            return frozenset()
        return sensitive_questions(self.instrument)

    def key(self) -> str:
        """Names everything that the page shows but for the person who asked (1 query).

        An answer's version only grows, so that their sum tells of every save in a voice that is read here, and of no
        other; what the country handed in before changes only as one of its assessments changes its state. So does what
        the secretariat sees of the plan beside what changes an action, of which the sum of their versions tells.
        """
        assessment = self.assessment
        states, versions = [], {}
        for row in VERSIONS.all(country_id=assessment.country_id):
            states.append((row.pk, row.state_changed_at, row.plan))
            if row.pk == assessment.pk:
                versions = {voice: getattr(row, voice) for voice in self.readable}
        parts = (
            [assessment.pk, assessment.marking, assessment.target_level],
            [assessment.state, assessment.state_changed_at],
            [self.submission and self.submission.pk, self.named, states, self.voice, versions],
            [self.shows_everything, self.links_to_answers, self.can_answer, self.can_plan],
            [is_in_secretariat(self.request.user)],
            [self.instrument.digest, SCORING_VERSION, get_language()],
        )
        return "result:" + hashlib.sha256(repr(parts).encode()).hexdigest()

    def load_previous(self) -> Previous | None:
        """The country's submission for the previous period (1 query)."""
        return load_previous_then(self.submission) if self.submission else load_previous(self.assessment)

    def load_plan(self) -> ResultPlan:
        """The plan beside this result (1 query); nothing of it beside a result that is one agency's own."""
        if self.voice != NATIONAL or not self.shows_everything:
            return ResultPlan()
        return load_result_plan(self.request.user, self.assessment, self.result)


@login_required
@require_http_methods(["GET", "HEAD"])
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where the country stands and why, what holds it, and what to do."""
    source = _load_source(request, pk)
    bar, body = _parts(source)
    context = {
        "assessment": source.assessment,
        "named": source.named,
        "bar": bar,
        "body": body,
        "can_plan": source.can_plan,
    }
    return render(request, "results/result.html", context)


@login_required
@require_http_methods(["GET", "HEAD"])
def what_if(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The result that other levels would give; all of it is in the address, so that it can be kept or sent."""
    source = _load_source(request, pk)
    require(source.shows_everything, request)
    chosen = request.GET.copy()
    for name in [name for name, values in chosen.lists() if not any(values)]:
        del chosen[name]
    if len(chosen) < len(request.GET) and not request.htmx:
        return redirect(f"{request.path}?{chosen.urlencode()}")
    form = WhatIfForm(source.instrument, source.result, source.responses, chosen)
    address = f"{request.path}?{chosen.urlencode()}"
    context = {
        "assessment": source.assessment,
        "submission": source.submission,
        "named": source.named,
        "form": form,
        "address": address,
        "projection": build_projection(
            source.instrument, source.voices, source.result, form.changes, source.target_level
        )
        if form.is_valid()
        else None,
    }
    status = 200 if form.is_valid() else BAD_REQUEST
    if request.htmx:
        response = render(request, "results/_projection.html", context, status=status)
        # On the page of the what-if its own address follows; the result page keeps its own.
        is_own_page = (request.htmx.current_url_abs_path or "").partition("?")[0] == request.path
        return replace_url(response, address) if is_own_page else response
    context["offers"] = build_offers(source.instrument, source.result, source.responses, form.taken_up)
    return render(request, "results/what_if.html", context, status=status)


def _load_source(request: HttpRequest, pk: UUID) -> Source:
    """The current answers for the country's people; a submission where one is named, and for everyone else."""
    assessment = load_assessment(request, pk)
    number = request.GET.get("submission", "")
    if can_read_answers(request.user, assessment) and not number:
        voice = load_main_voice(request, assessment)
        return Source(request, assessment, None, voice, readable_voices(request.user, assessment))
    submissions = submissions_visible_to(request.user).filter(assessment=assessment).defer("snapshot")
    if number:
        if not (number.isascii() and number.isdigit() and len(number) < 7):
            raise Http404
        submissions = submissions.filter(number=int(number))
    submission = submissions.order_by("-number").first()
    if submission is None:
        raise Http404
    return Source(request, assessment, submission)


def _parts(source: Source) -> tuple[SafeString, SafeString]:
    """The assessment's bar and the page below it, rendered once for all who may see the same.

    The bar's links depend on the reader's side, which the key names; neither part holds anything of the person.
    """
    cache, key = caches["fragments"], source.key()
    held = cache.get(key)
    if held is None:
        bar = {"assessment": source.assessment, "submission": source.submission, "user": source.request.user}
        held = [
            str(render_to_string("results/_bar.html", bar)),
            str(render_to_string("results/_body.html", _body_context(source))),
        ]
        cache.set(key, held)
    bar, body = (mark_safe(part) for part in held)  # noqa: S308  what the template engine rendered and escaped
    return bar, body


def _body_context(source: Source) -> dict[str, object]:
    assessment = source.assessment
    # What was handed in before are national answers: no agency's own are compared with them.
    is_comparable = source.shows_everything and source.voice == NATIONAL
    previous = source.load_previous() if is_comparable else None
    plan = source.load_plan()
    page = build_result_page(
        source.instrument,
        source.result,
        country=source.whose,
        period=source.named.period,
        before=Before(previous.period, previous.responses) if previous else None,
        hidden=source.hidden,
        is_rtl=get_language_bidi(),
        plan=plan.by_recommendation,
    )
    return {
        "page": page,
        "plan": plan,
        "can_plan": source.can_plan,
        "assessment": assessment,
        "submission": source.submission,
        "named": source.named,
        "voice": source.voice,
        "agency": AGENCY_WORDS.get(source.voice, ""),
        "links_to_answers": source.links_to_answers,
        "can_answer": source.can_answer,
        "has_drafts": source.shows_everything and source.voice == NATIONAL,
        "scoring_version": SCORING_VERSION,
        "instrument": source.instrument,
        **(_what_if_context(source) if source.shows_everything else {}),
    }


def _what_if_context(source: Source) -> dict[str, object]:
    """What only the whole edition shows: levels that are moved tell of answers that others leave out."""
    return {
        "form": WhatIfForm(source.instrument, source.result, source.responses),
        "offers": build_offers(source.instrument, source.result, source.responses),
        "way": build_way(source.instrument, source.voices, source.result, source.target_level),
    }

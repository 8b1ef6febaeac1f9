"""The history of one answer: who saved it when, and what each save changed of what stood before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from diagnostic.core import workflow
from diagnostic.core.differences import Piece, mark_differences
from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.interchange import response_from_json
from diagnostic.core.responses import BLANK, NATIONAL
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, ResponseRevision
from diagnostic.permissions import readable_voices

from .access import load_assessment, require_voice
from .answer_text import AnswerText, Change, changes, describe

PER_PAGE = 25
VOICE_NAMES = {NATIONAL: _("National answer"), "customs": _("Customs"), "police": _("Police")}


@dataclass(frozen=True, slots=True)
class Step:
    """One save, and what it changed of the answer that stood before it."""

    revision: ResponseRevision
    before: AnswerText
    after: AnswerText
    narrative: tuple[Piece, ...]
    reason: tuple[Piece, ...]
    facts: tuple[Change, ...]
    agreement: tuple[Piece, ...]

    @property
    def has_new_level(self) -> bool:
        return self.before.level != self.after.level

    @property
    def has_new_status(self) -> bool:
        return self.before.status != self.after.status

    @property
    def changes_nothing(self) -> bool:
        """Whether the answer stood word for word, as when it is only confirmed."""
        texts = (self.narrative, self.reason, self.agreement)
        return not (self.has_new_level or self.has_new_status or self.facts or any(texts))


@login_required
@require_http_methods(["GET", "HEAD"])
def revisions(request: HttpRequest, pk: UUID, voice: str, code: str) -> HttpResponse:
    """Every revision of one voice's answer, the latest first, for those who may read that answer."""
    assessment = load_assessment(request, pk)
    require_voice(request, assessment, voice)
    instrument = instrument_of(assessment)
    question = instrument.by_code.get(code)
    if question is None:
        raise Http404
    page = Paginator(_load_revisions(assessment, voice, code), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment,
        "question": question,
        "voice": voice,
        "voice_name": VOICE_NAMES[voice],
        "voices": [
            (name, VOICE_NAMES[name], _url(assessment, name, code))
            for name in readable_voices(request.user, assessment)
        ],
        "answer_url": f"{reverse('theme', args=[pk, voice, question.theme])}#{code}",
        "page": page,
        "is_agreed_on": assessment.mode == workflow.SEPARATE and voice == NATIONAL,
        "steps": _steps(instrument, question, list(page)),
    }
    return render(request, "history/answer.html", context)


def _url(assessment: Assessment, voice: str, code: str) -> str:
    return reverse("response-history", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


def _load_revisions(assessment: Assessment, voice: str, code: str) -> QuerySet[ResponseRevision]:
    found = ResponseRevision.objects.filter(
        response__assessment=assessment, response__voice=voice, response__question=code
    )
    people = found.select_related("saved_by", "confirms__assessment").defer("confirms__snapshot")
    return people.order_by("-number")


def _steps(instrument: Instrument, question: Question, found: Sequence[ResponseRevision]) -> list[Step]:
    """What each of `found` changed (1 query where what stood before is not among them)."""
    held = {item.version: item for item in found if item.was_kept}
    lacking = {_version_before(item) for item in found} - set(held) - {0}
    if lacking:
        kept = ResponseRevision.objects.filter(response=found[0].response_id, version__in=lacking, was_kept=True)
        held.update((item.version, item) for item in kept)
    return [_step(instrument, question, item, held.get(_version_before(item))) for item in found]


def _version_before(revision: ResponseRevision) -> int:
    """The version that stood when this was written; a text that was set aside leaves it standing."""
    return revision.version - 1 if revision.was_kept else revision.version


def _step(
    instrument: Instrument, question: Question, revision: ResponseRevision, previous: ResponseRevision | None
) -> Step:
    then, agreement = (response_from_json(previous.content), previous.agreement) if previous else (BLANK, "")
    now = response_from_json(revision.content)
    before, after = (describe(instrument, question, response) for response in (then, now))
    return Step(
        revision=revision,
        before=before,
        after=after,
        narrative=_marked(then.narrative, now.narrative),
        reason=_marked(then.reason, now.reason),
        facts=changes(before, after),
        agreement=_marked(agreement, revision.agreement) if revision.was_kept or revision.agreement else (),
    )


def _marked(before: str, after: str) -> tuple[Piece, ...]:
    return mark_differences(before, after) if before != after else ()

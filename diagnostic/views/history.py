"""The history of one answer, and restoring an earlier text."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from diagnostic.actions import responses
from diagnostic.actions.errors import ActionRefused, Stale
from diagnostic.core import workflow
from diagnostic.core.instrument import Question
from diagnostic.core.responses import NATIONAL
from diagnostic.forms.question import in_words
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment
from diagnostic.pages.history import Restoring, content_of, load_history, load_restoring, may_restore
from diagnostic.permissions import can_answer, readable_voices

from .access import load_assessment, require, require_voice
from .signatures import VOIDED

CONFLICT = 409
VOICE_NAMES = {
    NATIONAL: gettext_lazy("National answer"),
    "customs": gettext_lazy("Customs"),
    "police": gettext_lazy("Police"),
}


@login_required
@require_http_methods(["GET", "HEAD"])
def revisions(request: HttpRequest, pk: UUID, voice: str, code: str) -> HttpResponse:
    """Every sitting in which one voice's answer was written, latest first, for people who may read that answer."""
    assessment, question = _load(request, pk, voice, code)
    page, entries = load_history(assessment, question, voice, request.GET.get("page"))
    context = _frame(assessment, question, voice) | {
        "voices": [
            (name, VOICE_NAMES[name], _url(assessment, name, code))
            for name in readable_voices(request.user, assessment)
        ],
        "page": page,
        "entries": entries,
        "may_restore": may_restore(request.user, assessment, question, voice),
    }
    return render(request, "history/answer.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk: UUID, voice: str, code: str, number: int) -> HttpResponse:
    """Restore an earlier text as the answer; a GET shows it beside the answer that it would replace."""
    assessment, question = _load(request, pk, voice, code)
    require(can_answer(request.user, assessment, voice), request)
    restoring = load_restoring(assessment, question, voice, number)
    if restoring is None:
        raise Http404
    context = _frame(assessment, question, voice) | {"restoring": restoring}
    if request.method != "POST":
        context["is_open"] = may_restore(request.user, assessment, question, voice)
        return render(request, "history/restore.html", context)
    try:
        _put_back(request, assessment, question, voice, restoring)
    except Stale:
        again = load_restoring(assessment, question, voice, number)
        context |= {"restoring": again, "is_open": True, "is_stale": True}
        return render(request, "history/restore.html", context, status=CONFLICT)
    except ActionRefused as refusal:
        context["refused"] = in_words(refusal.message)
        return render(request, "history/restore.html", context, status=CONFLICT)
    return redirect(_url(assessment, voice, code))


def _put_back(
    request: HttpRequest, assessment: Assessment, question: Question, voice: str, restoring: Restoring
) -> None:
    """Save the chosen text over the version that the page showed. Raises as `responses.save` does."""
    chosen = restoring.chosen.revision
    row = responses.save(
        assessment_id=assessment.pk,
        voice=voice,
        question=question.code,
        response=content_of(chosen),
        base_version=_version(request.POST.get("version", "")),
        by=request.user,
        **({"agreement": chosen.agreement} if chosen.agreement else {}),
    )
    if row.has_voided:
        messages.warning(request, VOIDED)
    if row.version == restoring.version:
        messages.info(request, _("This text already is the answer. Nothing was changed."))
    else:
        said = _("The earlier text is the answer again, as version %(number)d.")
        messages.success(request, said % {"number": row.version})


def _load(request: HttpRequest, pk: UUID, voice: str, code: str) -> tuple[Assessment, Question]:
    assessment = load_assessment(request, pk)
    require_voice(request, assessment, voice)
    question = instrument_of(assessment).by_code.get(code)
    if question is None:
        raise Http404
    return assessment, question


def _frame(assessment: Assessment, question: Question, voice: str) -> dict[str, Any]:
    theme = reverse("theme", args=[assessment.pk, voice, question.theme])
    return {
        "assessment": assessment,
        "question": question,
        "voice": voice,
        "voice_name": VOICE_NAMES[voice],
        "is_agreed_on": assessment.mode == workflow.SEPARATE and voice == NATIONAL,
        "answer_url": f"{theme}#{question.code}",
    }


def _url(assessment: Assessment, voice: str, code: str) -> str:
    return reverse("response-history", kwargs={"pk": assessment.pk, "voice": voice, "code": code})


def _version(given: str) -> int:
    """The version that the page named; without one, a version that never exists."""
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1

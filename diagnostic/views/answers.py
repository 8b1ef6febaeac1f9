"""Answering: the page of a theme, saved whole without a script, and the saving of one answer for the script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from diagnostic.actions.errors import ActsForOther
from diagnostic.core import workflow
from diagnostic.core.responses import NATIONAL, is_asked
from diagnostic.core.responses import Response as Answer
from diagnostic.forms.agreement import ProposalForm
from diagnostic.forms.question import QuestionForm, in_words
from diagnostic.instruments import instrument_at, instrument_of
from diagnostic.models import Assessment
from diagnostic.models import Response as Row
from diagnostic.permissions import can_answer
from diagnostic.queries import load_authorities, to_response

from . import page_key
from .access import load_assessment, require, require_voice
from .agreeing import draw_proposal, draw_proposal_conflict
from .answer_page import ThemePage, load_page, own_state
from .answer_saving import (
    Outcome,
    Writer,
    form_of,
    is_unchanged,
    is_unresolved,
    links_to_faults,
    merged,
    not_saved_words,
    resolution,
    typed_at,
    without_cleared,
)
from .answer_sections import Asking, draw_conflict, draw_unsaved
from .signatures import VOIDED
from .theme_drawing import DrawnTheme, draw_theme, recall_theme

View = Callable[..., HttpResponse]


# The pages of a theme


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def theme(request: HttpRequest, pk: UUID, voice: str, theme: str) -> HttpResponse:
    """The questions of one theme; posted, each changed answer is saved and the faulty ones come back as typed."""
    if request.method == "POST" and not request.user.is_authenticated:
        page_key.keep(request, pk)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    response = _guarded_theme(request, pk, voice, theme)
    if _was_refused_for_its_token(request) and page_key.keep(request, pk):
        return redirect(request.path)
    return response


def _was_refused_for_its_token(request: HttpRequest) -> bool:
    return request.method == "POST" and not getattr(request, "csrf_processing_done", False)


@csrf_protect
def _guarded_theme(request: HttpRequest, pk: UUID, voice: str, theme: str) -> HttpResponse:
    assessment = load_assessment(request, pk)
    require_voice(request, assessment, voice)
    if request.method != "POST":
        return _show_standing(request, assessment, voice, theme)
    require(can_answer(request.user, assessment, voice), request, assessment)
    page = _load(assessment, voice, theme)
    owner = page_key.owner(request, pk)
    require(owner in (None, request.user.pk), request)
    page_key.forget(request)
    outcomes = _save_all(request, page)
    if any(outcome.row is not None and outcome.row.has_voided for outcome in outcomes):
        messages.warning(request, VOIDED)
    unsaved = [outcome for outcome in outcomes if outcome.kind not in ("saved", "unchanged")]
    if unsaved:
        # What was saved is shown as it stands now, and a follow-up as its parent now says.
        page = _load(load_assessment(request, pk), voice, theme)
        return _show(request, page, outcomes, status=_status_of(unsaved))
    if any(outcome.kind == "saved" for outcome in outcomes):
        messages.success(request, _("Saved."))
    stays = request.POST.get("then") != "next"
    return redirect(_place(request, page.url) if stays else page.next_url)


def _show_standing(request: HttpRequest, assessment: Assessment, voice: str, theme: str) -> HttpResponse:
    typed = page_key.kept(request)
    if typed is not None and can_answer(request.user, assessment, voice):
        page = _load(assessment, voice, theme)
        return _show(request, page, _typed_before_signing_in(page, typed))
    drawn = recall_theme(assessment, voice, theme, request.user)
    if drawn is None:
        raise Http404
    return _answer(request, assessment, drawn)


def _load(assessment: Assessment, voice: str, theme: str) -> ThemePage:
    page = load_page(assessment, voice, theme, may_write=True)
    if page is None:
        raise Http404
    return page


def _place(request: HttpRequest, url: str) -> str:
    """The page at the question whose button was pressed."""
    pressed = request.POST.get("clear", "") or request.POST.get("resolve", "").replace(":", "-")
    code = pressed.partition("-")[0]
    return f"{url}#{code}" if code else url


def _typed_before_signing_in(page: ThemePage, typed: QueryDict) -> list[Outcome]:
    words = _("Not saved yet – typed before you signed in again")
    found = []
    for question in page.questions:
        form = page.form(question, typed)
        if form.is_posted and not is_unchanged(form, page.rows[question.code], page.answer(question)):
            found.append(Outcome("merged", form, words=words))
    return found


def _save_all(request: HttpRequest, page: ThemePage) -> list[Outcome]:
    """Save what was changed, in question order, so that a follow-up comes after what it follows."""
    writer = Writer(page.assessment.pk, page.voice, request.user)
    posted = without_cleared(request.POST)
    outcomes = []
    for question in page.questions:
        form = page.form(question, posted)
        if not form.is_posted:
            continue
        act = resolution(posted, question.code)
        if is_unresolved(posted, question.code) and form.is_valid():
            outcomes.append(Outcome("conflict", form, row=page.rows[question.code]))
        elif act == "merge" and form.is_valid():
            both = page.form(question, merged(form, page.rows[question.code]))
            outcomes.append(Outcome("merged", both))
        elif act == "theirs":
            outcomes.append(writer.keep_theirs(form))
        elif act == "confirm":
            outcomes.append(writer.confirm(form))
        elif is_unchanged(form, page.rows[question.code], page.answer(question)):
            outcomes.append(Outcome("unchanged", form))
        else:
            outcomes.append(writer.save(form))
    return outcomes


def _status_of(unsaved: list[Outcome]) -> int:
    kinds = {outcome.kind for outcome in unsaved}
    if kinds & {"conflict", "state"}:
        return 409
    return 422 if kinds & {"faults", "not_asked"} else 200


def _show(request: HttpRequest, page: ThemePage, outcomes: list[Outcome], status: int = 200) -> HttpResponse:
    """The page with the answers that were not saved as they were typed."""
    unsaved = [outcome for outcome in outcomes if outcome.kind not in ("saved", "unchanged")]
    drawn = draw_theme(
        page,
        request.user,
        {outcome.code: _draw(page.asking(outcome.form.question), outcome, request.POST) for outcome in unsaved},
        {outcome.code: outcome.kind for outcome in unsaved},
    )
    faults = [link for outcome in unsaved for link in links_to_faults(outcome)]
    is_kept = request.method == "GET" and bool(unsaved)
    return _answer(request, page.assessment, drawn, status, faults=faults, is_kept=is_kept)


def _answer(
    request: HttpRequest, assessment: Assessment, drawn: DrawnTheme, status: int = 200, **more: Any
) -> HttpResponse:
    key = page_key.make(request.user, assessment.pk) if drawn.is_open else ""
    context = {"assessment": assessment, "drawn": drawn, "page_key": key, **more}
    return render(request, "answers/theme.html", context, status=status)


def _draw(asking: Asking, outcome: Outcome, data: QueryDict) -> str:
    if outcome.kind == "conflict" and outcome.row is not None:
        return draw_conflict(asking, outcome.form, outcome.row, to_response(outcome.row), typed_at(data))
    return draw_unsaved(asking, outcome.form, outcome.words or not_saved_words(outcome))


# One answer, for the script


def answers_in_json(view: View) -> View:
    """Whatever fails, the script gets JSON with the `question`, a `kind` and a `message` for the person.

    The script accepts no other reply, because proxies and sign-in pages may reply in the server's place.
    """

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        code = kwargs["code"]
        if not request.user.is_authenticated:
            return _refuse(code, 401, "sign_in", _("You have been signed out."))
        try:
            response = view(request, **kwargs)
        except ActsForOther as refused:
            return _refuse(code, 403, "forbidden", in_words(refused.message))
        except PermissionDenied:
            return _refuse(code, 403, "forbidden", _("You may not change this answer."))
        except Http404:
            return _refuse(code, 404, "gone", _("You can no longer open this question."))
        if not getattr(request, "csrf_processing_done", False):
            return _refuse(code, 403, "token", _("This page was opened before you signed in again."))
        return response

    return answer


@csrf_exempt
@require_POST
@answers_in_json
@csrf_protect
def save(request: HttpRequest, pk: UUID, voice: str, code: str) -> HttpResponse:
    """Save one answer: 200 with its new version; 409 with both texts or where the state forbids it; 422 with faults."""
    owner = page_key.owner(request, pk)
    if owner not in (None, request.user.pk):
        return _refuse(code, 401, "other_person", _("Somebody else has signed in since this page was opened."))
    # A key proves that this person was shown the assessment. Without it, the cache would reveal whether it exists.
    seen = None if owner else load_assessment(request, pk)
    instrument = instrument_of(seen) if seen else instrument_at(pk)
    act = resolution(request.POST, code)
    try:
        question = instrument.by_code[code]
        form = form_of(instrument, question, voice, request.POST)
        outcome = None if act else Writer(pk, voice, request.user).save(form)
    except (Row.DoesNotExist, KeyError, PermissionDenied):
        outcome = None
    if outcome is not None and not outcome.is_refused:
        return _saved(form, outcome.row)
    # The act checks the person itself; who is told more than "saved" is looked at as on every page.
    assessment = seen or load_assessment(request, pk)
    require_voice(request, assessment, voice)
    require(can_answer(request.user, assessment, voice), request, assessment)
    return _save_with_care(request, assessment, voice, code, outcome)


def _save_with_care(
    request: HttpRequest, assessment: Assessment, voice: str, code: str, outcome: Outcome | None
) -> HttpResponse:
    """What is more than a plain save: a refusal that says why, or a conflict that is resolved."""
    question = instrument_of(assessment).by_code.get(code)
    if question is None:
        raise Http404
    if outcome is not None:
        return _refused(request, assessment, outcome)
    form = form_of(instrument_of(assessment), question, voice, request.POST)
    act = resolution(request.POST, code)
    if act == "merge":
        return _merge(request, assessment, form)
    writer = Writer(assessment.pk, voice, request.user)
    acts = {"theirs": writer.keep_theirs, "confirm": writer.confirm}
    outcome = acts.get(act, writer.save)(form)
    return _refused(request, assessment, outcome) if outcome.is_refused else _resolved(request, assessment, outcome)


def _merge(request: HttpRequest, assessment: Assessment, form: QuestionForm) -> HttpResponse:
    """Both texts in one field, not saved yet."""
    if not form.is_valid():
        return _refused(request, assessment, Outcome("faults", form))
    page, question = _load(assessment, form.voice, form.question.theme), form.question
    row = page.rows[question.code]
    both = form_of(page.instrument, question, form.voice, merged(form, row))
    if isinstance(form, ProposalForm):
        html = draw_proposal(assessment, request.user, question.code, both.data)
    else:
        html = _draw(page.asking(question), Outcome("merged", both), form.data)
    stands = _stands(row) | {"kind": "merged", "html": html}
    return JsonResponse(stands | _follow_ups(row, form, page.answer(question)))


def _resolved(request: HttpRequest, assessment: Assessment, outcome: Outcome) -> HttpResponse:
    """The question as it stands after its conflict, or with the last period's answer in it."""
    form, saved = outcome.form, outcome.row
    page, question = _load(assessment, form.voice, form.question.theme), form.question
    row = page.rows[question.code]
    is_proposal = isinstance(form, ProposalForm)
    html = draw_proposal(assessment, request.user, question.code) if is_proposal else page.section(question)
    return JsonResponse(
        _stands(row)
        | {"html": html, "voided": saved is not None and saved.has_voided}
        | _follow_ups(row, form, page.answer(question))
    )


def _saved(form: QuestionForm, row: Any) -> HttpResponse:
    return JsonResponse(_stands(row) | {"voided": row.has_voided} | _follow_ups(row, form, form.given))


def _stands(row: Row) -> dict[str, Any]:
    return {"kind": "saved", "question": row.question, "version": row.version, "saved_at": _moment(row.saved_at)}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _follow_ups(row: Row, form: QuestionForm, answer: Answer) -> dict[str, Any]:
    """The state of the answer, and which of its follow-ups are asked now that it stands.

    Where agencies agree on it, and it opens a follow-up by authority, what they said of theirs is read (1 query).
    """
    instrument, question, assessment = form.instrument, form.question, row.assessment
    follow_ups = instrument.follow_ups.get(question.code, ())
    is_agreed_on = form.voice == NATIONAL and assessment.mode == workflow.SEPARATE
    rests_on_authority = any(item.asked_when and item.asked_when.authority_in for item in follow_ups)
    others = load_authorities(assessment.pk, question.code) if is_agreed_on and rests_on_authority else {}
    voices = {**others, form.voice: {question.code: answer}}
    return {
        "state": own_state(question, answer, is_proposed=not row.is_agreed),
        "asked": {item.code: is_asked(instrument, item, form.voice, voices) for item in follow_ups},
    }


def _refused(request: HttpRequest, assessment: Assessment, outcome: Outcome) -> HttpResponse:
    form = outcome.form
    code = form.question.code
    if outcome.kind == "conflict":
        if isinstance(form, ProposalForm) and outcome.row is not None:
            html = draw_proposal_conflict(assessment, request.user, form, outcome.row)
        else:
            html = _draw(_load(assessment, form.voice, form.question.theme).asking(form.question), outcome, form.data)
        return _refuse(code, 409, "conflict", _("%(code)s has two texts: choose one") % {"code": code}, html=html)
    if outcome.kind == "faults":
        faults = {
            form.add_prefix(name): " ".join(capfirst(text) for text in texts)
            for name, texts in form.errors.items()
            if name in form.fields
        }
        message = " ".join(form.non_field_errors()) or not_saved_words(outcome)
        return _refuse(code, 422, "faults", message, faults=faults)
    return _refuse(code, 409 if outcome.kind == "state" else 422, outcome.kind, outcome.words)


def _refuse(question: str, status: int, kind: str, message: str, **more: Any) -> JsonResponse:
    return JsonResponse({"kind": kind, "question": question, "message": message, **more}, status=status)

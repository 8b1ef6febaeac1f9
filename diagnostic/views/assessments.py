"""A country's assessments: the list, starting one, its task list, settings, check, submission, file and log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cpch.accounts.models import Agency, Membership
from cpch.isolation import isolate, say
from diagnostic.actions import assessments, attestations, audit, submissions
from diagnostic.actions.assessments import PeriodTaken, base_of
from diagnostic.actions.attestations import AnswersChanged
from diagnostic.actions.clock import now
from diagnostic.actions.errors import (
    ActionRefused,
    GapsChanged,
    NothingAnswered,
    NotSettled,
    StateChanged,
    TextChanged,
)
from diagnostic.core import workflow
from diagnostic.core.interchange import write_assessment
from diagnostic.core.progress import find_gaps
from diagnostic.core.responses import BLANK, NATIONAL
from diagnostic.core.result import score
from diagnostic.forms.assessment import SettingsForm, StartForm, WithdrawForm, settings_of
from diagnostic.forms.attestation import AttestForm
from diagnostic.instruments import current_instrument, instrument_of
from diagnostic.models import Assessment, ResponseRevision, Submission
from diagnostic.pages.opening import load_opening
from diagnostic.pages.withdrawal import build_withdrawal_page
from diagnostic.permissions import (
    assessments_visible_to,
    can_answer,
    can_change_settings,
    can_declare,
    can_read_answers,
    can_read_log,
    can_start,
    can_submit,
    can_withdraw,
    is_in_secretariat,
    is_writable,
    main_voice,
    membership_of,
    readable_voices,
    submissions_visible_to,
    unsealed_agencies,
)
from diagnostic.permissions_sql import has_acted_otherwise
from diagnostic.queries import load_absent_agencies, load_chains, load_log, load_voices, to_file
from diagnostic.rendering.sentences import say_headline, say_verdict
from diagnostic.rendering.words import AGENCY_WORDS

from .access import load_assessment, load_main_voice, require
from .log_check import check_log, list_actors
from .log_limit import count_log_page
from .log_words import say_sections
from .next_step import find_next_step, wait_for_the_comparison
from .overview import Overview, load_overview
from .plan_beside import say_plan_before
from .reading import give
from .signatures import faults_of, form_of, load_keys, load_signable
from .twice import TWICE, was_just_done

PER_PAGE = 25
CONFLICT = 409
UNPROCESSABLE = 422


@login_required
@require_http_methods(["GET", "HEAD"])
def index(request: HttpRequest) -> HttpResponse:
    """The assessments that exist for the reader, each with where it stands and its last submission."""
    membership = membership_of(request.user)
    page = Paginator(_with_last_submission(assessments_visible_to(request.user)), PER_PAGE)
    return render(
        request,
        "assessments/index.html",
        {
            "page": page.get_page(request.GET.get("page")),
            "can_start": can_start(request.user),
            "is_abroad": membership is None or membership.country_id is None,
            "may_write": membership is not None and membership.agency_id is not None,
        },
    )


def _with_last_submission(found: QuerySet[Assessment]) -> QuerySet[Assessment]:
    last = Submission.objects.filter(assessment=OuterRef("pk")).order_by("-number")
    return found.annotate(
        **{
            f"last_{name}": Subquery(last.values(name)[:1])
            for name in ("pk", "number", "level", "index_shown", "submitted_at")
        }
    ).order_by("country__name", "-started_at")


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Start an assessment of one's own country."""
    require(can_start(request.user), request)
    form = StartForm(current_instrument(), request.POST or None)
    taken = None
    if request.method == "POST" and form.is_valid():
        try:
            assessment = assessments.start(by=request.user, **form.cleaned_data)
        except PeriodTaken as error:
            taken = _standing(request.user, form.cleaned_data["period"])
            if taken and _was_just_started(taken, request.user):
                return redirect("assessment-detail", pk=taken.pk)
            form.add_error("period", _(error.message.text) % {"period": isolate(error.message.values["period"])})
        else:
            messages.success(request, say(_("The assessment for %(period)s is started."), period=assessment.period))
            return redirect("assessment-detail", pk=assessment.pk)
    return render(request, "assessments/start.html", {"form": form, "taken": taken}, status=_status_of(form))


def _standing(user: Any, period: str) -> Assessment | None:
    found = assessments_visible_to(user).filter(period=period)
    return found.exclude(state=workflow.WITHDRAWN).first()


def _was_just_started(assessment: Assessment, by: Any) -> bool:
    """Whether a button pressed twice explains that the period is taken."""
    return assessment.started_by_id == by.pk and now() - assessment.started_at < TWICE


@login_required
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change title, marking, disclosure and target while the assessment is with the country."""
    assessment = load_assessment(request, pk)
    require(can_change_settings(request.user, assessment), request)
    initial = settings_of(assessment) | {"base": base_of(assessment)}
    form = SettingsForm(instrument_of(assessment), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = assessments.update_settings(assessment=assessment, by=request.user, **form.cleaned_data)
        except TextChanged:
            return _settings_changed(request, load_assessment(request, pk), form)
        except StateChanged as error:
            return _refused(request, assessment, error)
        if assessment.standing_attestations and not changed.standing_attestations:
            messages.warning(request, _("The attestations are void, because a setting was changed. Both attest again."))
        messages.success(request, _("The settings are changed."))
        return redirect("assessment-detail", pk=pk)
    is_open = assessment.state in workflow.WITH_COUNTRY
    context = {"form": form, "assessment": assessment, "is_open": is_open}
    return render(request, "assessments/settings.html", context, status=_status_of(form))


@login_required
@require_http_methods(["GET", "HEAD"])
def detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The task list; who is not of the country is led to what was submitted."""
    assessment = load_assessment(request, pk)
    if not can_read_answers(request.user, assessment):
        return _to_submission(request, assessment)
    user = request.user
    voice, readable = main_voice(user, assessment), readable_voices(user, assessment)
    overview = load_overview(assessment, voice, readable) if voice else None
    opening = load_opening(assessment, user)
    people = list(_people(assessment, readable))
    return render(
        request,
        "assessments/detail.html",
        {
            "assessment": assessment,
            "overview": overview,
            "agency": AGENCY_WORDS.get(voice, ""),
            "next_step": find_next_step(overview, user, opening) if overview else wait_for_the_comparison(assessment),
            "opening": opening,
            "people": people,
            "agencies_without_people": _without_people(people),
            "before": say_plan_before(assessment) if assessment.state in workflow.WITH_COUNTRY else None,
            "readable": readable,
            "acted_otherwise": has_acted_otherwise(user, assessment),
            "is_national_there": voice == NATIONAL,
            "submissions": _submissions(assessment),
            "is_open": assessment.state in workflow.WITH_COUNTRY,
            "can_submit": can_submit(user, assessment),
            "can_change_settings": can_change_settings(user, assessment),
            "can_withdraw": can_withdraw(user, assessment)
            and workflow.find_transition("withdraw", assessment.state, assessment.mode) is not None,
            "can_read_log": can_read_log(user, assessment),
        },
    )


def _to_submission(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    visible = submissions_visible_to(request.user).filter(assessment=assessment)
    last = visible.order_by("-number").values_list("pk", flat=True).first()
    require(last is not None, request)
    return redirect("review-detail" if is_in_secretariat(request.user) else "submission-detail", pk=last)


def _submissions(assessment: Assessment) -> list[Submission]:
    """What was handed in, the last first, without what it froze (1 query)."""
    found = Submission.objects.filter(assessment=assessment).defer("snapshot").order_by("-number")
    return list(found.select_related("review__closing"))


def _people(assessment: Assessment, readable: tuple[str, ...]) -> QuerySet[Membership]:
    """The country's people, with when they last answered in a voice that is `readable` (1 query)."""
    last = ResponseRevision.objects.filter(
        response__assessment=assessment, response__voice__in=readable, saved_by=OuterRef("user")
    )
    return (
        Membership.objects.filter(country=assessment.country_id, user__is_active=True)
        .select_related("user", "agency")
        .annotate(answered_at=Subquery(last.order_by("-saved_at").values("saved_at")[:1]))
        .order_by(F("agency__kind").asc(nulls_last=True), "user__full_name")
    )


def _without_people(people: Sequence[Membership]) -> list[str]:
    """The agencies that none of the country's `people` belongs to, in words."""
    present = {person.agency.kind for person in people if person.agency}
    return [str(kind.label) for kind in Agency.Kind if kind not in present]


@login_required
@require_http_methods(["GET", "HEAD"])
def missing(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything that is blank or cannot be answered, on one page."""
    overview = _load_overview(request, load_assessment(request, pk))
    context = {"assessment": overview.assessment, "overview": overview}
    return render(request, "assessments/missing.html", context)


@login_required
@require_http_methods(["GET", "HEAD"])
def check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every answer, what is open and what follows, before the assessment is handed in."""
    return _render_check(request, load_assessment(request, pk))


def _load_overview(request: HttpRequest, assessment: Assessment) -> Overview:
    """How far the voice that is shown to this person first has come. Raises as `load_main_voice`."""
    voice = load_main_voice(request, assessment)
    return load_overview(assessment, voice, readable_voices(request.user, assessment))


def _render_check(
    request: HttpRequest,
    assessment: Assessment,
    posted: AttestForm | None = None,
    faults: Sequence[tuple[str, str]] = (),
    status: int = 200,
) -> HttpResponse:
    # Digest first: if an answer is saved meanwhile, the page shows more than the digest covers, never less.
    signable = load_signable(assessment)
    overview = _load_overview(request, assessment)
    gaps = find_gaps(overview.states) if assessment.mode == workflow.JOINT else {}
    keys = load_keys(assessment, request.user, signable, gaps, posted) if signable else None
    instrument, voice = overview.instrument, overview.voice
    result = score(instrument, overview.voices, voice, assessment.target_level)
    responses = overview.voices.get(voice, {})
    themes = [
        (
            theme,
            [
                (
                    question,
                    overview.states[question.code],
                    give(instrument, responses.get(question.code, BLANK)),
                    overview.url_of(question.code),
                )
                for question in instrument.by_theme[theme.id]
            ],
        )
        for theme in instrument.themes
    ]
    context = {
        "assessment": assessment,
        "overview": overview,
        "themes": themes,
        "headline": say_headline(instrument, result),
        "verdict": say_verdict(instrument, result),
        "keys": keys,
        "faults": faults,
        "is_open": assessment.state in workflow.WITH_COUNTRY,
        "agency": AGENCY_WORDS.get(voice, ""),
        "can_submit": can_submit(request.user, assessment),
        "may_declare": assessment.state == workflow.DRAFT and can_declare(request.user, assessment, voice),
        "can_answer": can_answer(request.user, assessment, voice) and is_writable(assessment, voice),
    }
    return render(request, "assessments/check.html", context, status=status)


@login_required
@require_http_methods(["POST"])
def attest(request: HttpRequest, pk: UUID, agency: str) -> HttpResponse:
    """Sign for one's own agency, or record who agreed for the other; the page then shows how far the keys have come."""
    assessment = load_assessment(request, pk)
    form = form_of(assessment, agency, request.user, load_absent_agencies(assessment), request.POST)
    require(form is not None, request, assessment)
    assert form is not None
    if workflow.find_transition("submit", assessment.state, assessment.mode) is None:
        return _refused(request, assessment, StateChanged())
    if not form.is_valid():
        return _render_check(request, assessment, form, faults_of(form), UNPROCESSABLE)
    try:
        signed = attestations.attest(
            assessment=assessment,
            agency=agency,
            digest=form.cleaned_data["digest"],
            by=request.user,
            gaps=form.confirmed_gaps,
            agreement=form.agreement,
        )
    except (AnswersChanged, GapsChanged, NothingAnswered, NotSettled) as error:
        return _render_check(request, assessment, form, _faults_of_refusal(error), CONFLICT)
    except ActionRefused as error:
        return _refused(request, assessment, error)
    said = _("The agreement is recorded.") if signed.agreed_by else _("The attestation is recorded.")
    messages.success(request, said)
    return redirect(f"{reverse('assessment-check', args=[pk])}#submit")


def _faults_of_refusal(error: ActionRefused) -> list[tuple[str, str]]:
    """For an error summary: why the answers cannot be attested or submitted yet, with links to the missing ones."""
    if isinstance(error, NotSettled):
        words = _("%(code)s has no agreed national answer yet.")
        return [(f"missing-{code}", words % {"code": code}) for code in error.questions]
    place = "open" if isinstance(error, NothingAnswered) else ""
    return [(place, _(error.message.text) % error.message.values)]


@login_required
@require_http_methods(["POST"])
def submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand in what both agencies have attested, and show the receipt."""
    assessment = load_assessment(request, pk)
    require(can_submit(request.user, assessment), request, assessment)
    try:
        submission = submissions.submit(assessment=assessment, by=request.user)
    except StateChanged as error:
        if was_just_done("assessment.submit", assessment, request.user):
            return redirect("submission-detail", pk=_submissions(assessment)[0].pk)
        return _refused(request, assessment, error)
    except (NothingAnswered, NotSettled) as error:
        return _render_check(request, assessment, faults=_faults_of_refusal(error), status=CONFLICT)
    except ActionRefused as error:
        return _refused(request, assessment, error)
    return redirect("submission-detail", pk=submission.pk)


def _settings_changed(request: HttpRequest, standing: Assessment, form: SettingsForm) -> HttpResponse:
    """What was chosen, in a form that goes over what stands now, and that beside it."""
    typed = {name: value for name, value in form.cleaned_data.items() if name != "base"}
    again = SettingsForm(instrument_of(standing), initial=typed | {"base": base_of(standing)})
    others = [
        (again.fields[name].label, _say_setting(again, name, value))
        for name, value in settings_of(standing).items()
        if value != typed[name]
    ]
    context = {"form": again, "assessment": standing, "is_open": True, "others": others}
    return render(request, "assessments/settings.html", context, status=CONFLICT)


def _say_setting(form: SettingsForm, name: str, value: Any) -> str:
    """One setting as the form words it."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value if value is not None else "", value or _("none")))


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the assessment back, with a reason."""
    assessment = load_assessment(request, pk)
    require(can_withdraw(request.user, assessment), request)
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            assessments.withdraw(assessment=assessment, by=request.user, reason=form.cleaned_data["reason"])
        except ActionRefused as error:
            if not was_just_done("assessment.withdraw", assessment, request.user):
                return _refused(request, assessment, error)
        messages.success(request, _("The assessment is withdrawn."))
        return redirect("assessment-list")
    is_possible = workflow.find_transition("withdraw", assessment.state, assessment.mode) is not None
    context = {
        "form": form,
        "assessment": assessment,
        "is_possible": is_possible,
        "page": build_withdrawal_page(assessment) if is_possible else None,
    }
    return render(request, "assessments/withdraw.html", context, status=_status_of(form))


@login_required
@require_http_methods(["GET"])
def export(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The answers as they stand, as an interchange file: those voices that this person of the country reads."""
    assessment = load_assessment(request, pk)
    load_main_voice(request, assessment)
    voices = load_voices(assessment, readable_voices(request.user, assessment))
    text = write_assessment(to_file(assessment, voices), instrument_of(assessment))
    audit.record(act="assessment.export", by=request.user, assessment=assessment)
    response = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    name = f"cpch-{assessment.country.alpha2.lower()}-{assessment.pk}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_required
@require_http_methods(["GET", "HEAD"])
def log(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Who did what and when, and whether the hashes match; all are checked on request. Raises `LimitReached`."""
    assessment = load_assessment(request, pk)
    require(can_read_log(request.user, assessment), request)
    count_log_page(request)
    agencies = unsealed_agencies(request.user, assessment)
    page = Paginator(load_log(assessment, agencies), PER_PAGE * 2).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment,
        "page": page,
        "sections": say_sections(page, is_open=assessment.comparison_opened_at is not None),
        "actors": list_actors(page),
        "check": check_log(request, page, load_chains(assessment, agencies)),
    }
    return render(request, "assessments/log.html", context)


def _status_of(form: Any) -> int:
    return UNPROCESSABLE if form.errors else 200


def _refused(request: HttpRequest, assessment: Assessment, error: ActionRefused) -> HttpResponse:
    reason = _(error.message.text) % error.message.values
    return render(request, "409.html", {"reason": reason, "assessment": assessment}, status=CONFLICT)

"""How every view loads what it shows: what a person may not see is not there (404), and the attempt is logged."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from cpch.accounts import refusals
from cpch.accounts.models import Country, Membership
from cpch.accounts.permissions import people_visible_to
from cpch.accounts.refusals import hidden
from diagnostic.actions.sides import refusal
from diagnostic.core.responses import NATIONAL
from diagnostic.models import Action, Assessment, Submission
from diagnostic.permissions import (
    Shape,
    actions_visible_to,
    agency_of,
    as_it_is,
    can_read_answers,
    find_assessment,
    find_submission,
    main_voice,
    plan_countries_visible_to,
    readable_voices,
)
from diagnostic.permissions_sql import has_acted_otherwise


def load_assessment(request: HttpRequest, pk: UUID, shaped: Shape[Assessment] = as_it_is) -> Assessment:
    """The assessment, if it exists for this person (1 query). Raises `Http404`, and logs it.

    `shaped`, a module-level function, adapts the query to what the page needs.
    """
    try:
        return find_assessment(request.user, pk, shaped)
    except Assessment.DoesNotExist as error:
        raise hidden(request) from error


def load_submission(request: HttpRequest, pk: UUID, shaped: Shape[Submission] = as_it_is) -> Submission:
    """The submission with its assessment and review, if it exists for this person (1 query). Raises `Http404`.

    `shaped`, a module-level function, adapts the query to what the page needs.
    """
    try:
        return find_submission(request.user, pk, shaped)
    except Submission.DoesNotExist as error:
        raise hidden(request) from error


def load_person(request: HttpRequest, pk: int) -> Membership:
    """The person with user, country and agency, if visible to this reader (1 query). Raises `Http404`."""
    person = people_visible_to(request.user).filter(user_id=pk).first()
    if person is None:
        raise hidden(request)
    return person


def load_plan_country(request: HttpRequest, code: str) -> Country:
    """The country of that two-letter code, if its action plan exists for this person (1 query). Raises `Http404`."""
    try:
        return plan_countries_visible_to(request.user).get(alpha2=code)
    except Country.DoesNotExist as error:
        raise hidden(request) from error


def load_action(request: HttpRequest, code: str, number: int) -> Action:
    """The action of that number in the country's plan, with all that its page shows, if it exists for this person.

    1 query. Raises `Http404`, and logs it.
    """
    try:
        visible = actions_visible_to(request.user).filter(country__alpha2=code, number=number)
        return visible.select_related("country", "assessment", "planned_by", "changed_by", "state_changed_by").get()
    except Action.DoesNotExist as error:
        raise hidden(request) from error


def require(is_allowed: bool, request: HttpRequest, assessment: Assessment | None = None) -> None:
    """Raise `PermissionDenied` (403), and log the attempt, unless the person may do this.

    If it is about acting in `assessment` and the person acted for the other agency in it, the page gives that reason.
    """
    if not is_allowed:
        refusals.require(False, request, refusal(request.user, assessment) if assessment is not None else None)


def require_voice(request: HttpRequest, assessment: Assessment, voice: str) -> None:
    """Check that this person may read the answers of `voice`.

    Raises `PermissionDenied` for people outside the country, and for people who could read it had they not acted for
    the other agency; else `Http404`, whether or not the assessment has that voice. Each is logged.
    """
    require(can_read_answers(request.user, assessment), request)
    if voice not in readable_voices(request.user, assessment):
        _require_side(voice, request, assessment)
        raise hidden(request)


def load_main_voice(request: HttpRequest, assessment: Assessment) -> str:
    """The voice whose answers this person is shown first. Raises as `require_voice` where they may read none."""
    voice = main_voice(request.user, assessment)
    if not voice:
        _require_side(agency_of(request.user), request, assessment)
        require_voice(request, assessment, NATIONAL)
    return voice


def _require_side(voice: str, request: HttpRequest, assessment: Assessment) -> None:
    """Explain why people cannot read their own agency's answers: they acted for the other one."""
    if voice and voice == agency_of(request.user):
        require(not has_acted_otherwise(request.user, assessment), request, assessment)

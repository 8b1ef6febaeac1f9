"""Who may see and do what: every rule of the diagnostic, in one place (design: Who uses it; What must always hold).

What a person may not see does not exist for them (404); what they may see but not do is refused (403). Whether the
state allows an act is the transition table's matter, not this one's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from cpch.accounts.models import Country, Role
from cpch.accounts.permissions import membership_of
from cpch.prepared import PreparedRead, Slot
from diagnostic.core import workflow
from diagnostic.core.formats import BRIEF, FULL, PARTNERS
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.responses import NATIONAL
from diagnostic.models import Action, Assessment, Submission

from .permissions_sql import SLOTS, has_acted_otherwise, person_values, with_side

SEEN_BY_SECRETARIAT = workflow.HANDED_IN
MADE_SINCE_RETURN = Q(assessment__state=workflow.RETURNED, planned_at__gte=F("assessment__state_changed_at"))
"""The actions that rest on answers which are with the country again and were not handed in yet as they stand now."""

Row = TypeVar("Row", bound=models.Model)
Shape = Callable[[QuerySet[Row]], QuerySet[Row]]
NOBODY, COUNTRY, SECRETARIAT, PARTNER = "nobody", "country", "secretariat", "partner"


def as_it_is(rows: QuerySet[Row]) -> QuerySet[Row]:
    """Nothing more of `rows`, and nothing less."""
    return rows


def _role(user: Any) -> str:
    membership = membership_of(user)
    return membership.role if membership else ""


def _is_of_country(user: Any, assessment: Assessment, *roles: str) -> bool:
    membership = membership_of(user)
    return membership is not None and membership.country_id == assessment.country_id and membership.role in roles


def _acts_in(user: Any, assessment: Assessment, *roles: str) -> bool:
    """Whether `user` may act in `assessment` for their agency: nobody may who acted for the other one in it."""
    return _is_of_country(user, assessment, *roles) and not has_acted_otherwise(user, assessment)


def is_of_country(user: Any, assessment: Assessment) -> bool:
    """A person of the assessment's country, in any role."""
    membership = membership_of(user)
    return membership is not None and membership.country_id == assessment.country_id


def is_in_secretariat(user: Any) -> bool:
    """A reviewer or an administrator of the WCO's secretariat."""
    return _role(user) in (Role.REVIEWER, Role.ADMINISTRATOR)


def is_partner(user: Any) -> bool:
    """A person of INTERPOL or another invited body."""
    return _role(user) == Role.PARTNER


# What exists for a person


def assessments_visible_to(user: Any) -> QuerySet[Assessment]:
    """The assessments that exist for `user`, with their country loaded.

    A country's people see theirs in any state; the secretariat those that were submitted and not withdrawn; a partner
    the accepted ones that their country discloses.
    """
    place, country_id = _place(user)
    return _visible_assessments(place, country_id, person_values(user) if place == COUNTRY else None)


def submissions_visible_to(user: Any) -> QuerySet[Submission]:
    """The submissions that exist for `user`: those of the assessments they see; for a partner, accepted ones."""
    return _visible_submissions(*_place(user))


def find_assessment(user: Any, pk: UUID, shaped: Shape[Assessment] = as_it_is) -> Assessment:
    """The one with the key `pk` of `assessments_visible_to(user)` (1 query). Raises `Assessment.DoesNotExist`.

    `shaped` says what else is loaded with it, or not; it is a function of a module, for its statement is kept.
    """
    return _find(Assessment, _visible_assessments, shaped, user, pk)


def find_submission(user: Any, pk: UUID, shaped: Shape[Submission] = as_it_is) -> Submission:
    """As `find_assessment`, of `submissions_visible_to(user)`. Raises `Submission.DoesNotExist`."""
    return _find(Submission, _visible_submissions, shaped, user, pk)


def _place(user: Any) -> tuple[str, Any]:
    """All of a person that decides what exists for them: where they stand, and for a country's people which one."""
    membership = membership_of(user)
    if membership is None:
        return NOBODY, None
    if membership.country_id is not None:
        return COUNTRY, membership.country_id
    return (SECRETARIAT if is_in_secretariat(user) else PARTNER), None


def _visible_assessments(place: str, country_id: Any, person: Mapping[str, Any] | None = None) -> QuerySet[Assessment]:
    found = Assessment.objects.select_related("country")
    if place == COUNTRY:
        found = found.filter(country_id=country_id)
        return with_side(found, person) if person is not None else found
    if place == SECRETARIAT:
        return found.filter(state__in=SEEN_BY_SECRETARIAT)
    if place == PARTNER:
        return found.filter(state=workflow.ACCEPTED, is_disclosed_to_partners=True)
    return found.none()


def _visible_submissions(place: str, country_id: Any, person: Mapping[str, Any] | None = None) -> QuerySet[Submission]:
    found = Submission.objects.select_related("assessment__country", "review__closing")
    if place == COUNTRY:
        return found.filter(assessment__country_id=country_id)
    if place == SECRETARIAT:
        return found.filter(assessment__state__in=SEEN_BY_SECRETARIAT)
    if place == PARTNER:
        return found.filter(
            Q(assessment__state=workflow.ACCEPTED, review__closing__outcome="accepted"),
            is_disclosed_to_partners=True,
            assessment__is_disclosed_to_partners=True,
        )
    return found.none()


def _find(model: type[Row], visible: Callable[..., QuerySet[Row]], shaped: Shape[Row], user: Any, pk: UUID) -> Row:
    place, country_id = _place(user)
    if place == NOBODY:
        raise model.DoesNotExist  # type: ignore[attr-defined]
    read: PreparedRead[Row] = _one_visible(visible, shaped, place)
    person = person_values(user) if place == COUNTRY else {}
    return read.get(pk=pk, country_id=country_id, **person)


@cache
def _one_visible(visible: Callable[..., QuerySet[Row]], shaped: Shape[Row], place: str) -> PreparedRead[Row]:
    """The one statement for all whose place is the same."""
    return PreparedRead(
        lambda: shaped(visible(place, Slot("country_id", models.BigAutoField()), SLOTS)).filter(
            pk=Slot("pk", models.UUIDField())
        )
    )


def plan_countries_visible_to(user: Any) -> QuerySet[Country]:
    """The countries whose action plan exists for `user`.

    A country's people see their own; the secretariat those of which it sees an assessment; partners none.
    """
    membership = membership_of(user)
    if membership is not None and membership.country_id is not None:
        return Country.objects.filter(pk=membership.country_id)
    if is_in_secretariat(user):
        seen = Assessment.objects.filter(country=OuterRef("pk"), state__in=SEEN_BY_SECRETARIAT)
        return Country.objects.filter(Exists(seen))
    return Country.objects.none()


def actions_visible_to(user: Any) -> QuerySet[Action]:
    """The actions that exist for `user`: all of their country's; for the secretariat those made on what it sees.

    An action tells the level that it was planned at. So what was planned since an assessment was returned is not among
    those before it is handed in again (design: What must always hold, 2).
    """
    membership = membership_of(user)
    if membership is not None and membership.country_id is not None:
        return Action.objects.filter(country_id=membership.country_id)
    if is_in_secretariat(user):
        return Action.objects.filter(assessment__state__in=SEEN_BY_SECRETARIAT).exclude(MADE_SINCE_RETURN)
    return Action.objects.none()


# What a person may do with what they see


def can_start(user: Any) -> bool:
    """Start an assessment of one's own country."""
    return _role(user) == Role.COORDINATOR


def agency_of(user: Any) -> str:
    """The agency that the person speaks for, customs or police; "" for everyone else."""
    membership = membership_of(user)
    return membership.agency.kind if membership is not None and membership.agency is not None else ""


def side_of(user: Any, assessment: Assessment) -> str:
    """The agency that the person acts for in `assessment`: their own; "" if they have acted for the other one in it."""
    return "" if has_acted_otherwise(user, assessment) else agency_of(user)


def can_answer(user: Any, assessment: Assessment, voice: str) -> bool:
    """Write in `voice`: in a joint session the national one; else one's own agency's, and as coordinator the national.

    When each may change is `workflow.writable_voices`.
    """
    if not _acts_in(user, assessment, Role.RESPONDENT, Role.COORDINATOR):
        return False
    if assessment.mode == workflow.JOINT:
        return voice == NATIONAL
    if voice == NATIONAL:
        return _role(user) == Role.COORDINATOR
    return agency_of(user) == voice


def readable_voices(user: Any, assessment: Assessment) -> tuple[str, ...]:
    """The voices whose current answers `user` may read; only the country's own people read any.

    If each agency answers for itself, the agencies are blind to each other until the comparison opens: each reads its
    own voice, an observer none. Nor does a person who has acted for the other agency in it: they know that agency's
    answers, and its people, still at work on them, are no longer their colleagues. Afterwards all voices are readable
    (design: What must always hold, 3).
    """
    if not can_read_answers(user, assessment):
        return ()
    if assessment.mode == workflow.JOINT or assessment.comparison_opened_at is not None:
        return workflow.voices_of(assessment.mode)
    return tuple(filter(None, [side_of(user, assessment)]))


def main_voice(user: Any, assessment: Assessment) -> str:
    """The voice whose answers and result `user` is shown first; "" where they may read none yet."""
    voices = readable_voices(user, assessment)
    return NATIONAL if NATIONAL in voices else next(iter(voices), "")


def can_read_answers(user: Any, assessment: Assessment) -> bool:
    """Be told how the assessment stands, before and after submission: the country's own people.

    Which voices' answers they read is `readable_voices`.
    """
    return _is_of_country(user, assessment, Role.RESPONDENT, Role.COORDINATOR, Role.OBSERVER)


def can_declare(user: Any, assessment: Assessment, agency: str) -> bool:
    """Declare the answers of one's own agency complete, and take it back."""
    return _acts_in(user, assessment, Role.COORDINATOR) and agency_of(user) == agency


def can_ask_to_open(user: Any, assessment: Assessment, agency: str) -> bool:
    """Ask, for one's own agency, to open the comparison before both have declared, and take that back."""
    return _acts_in(user, assessment, Role.COORDINATOR) and agency_of(user) == agency


def is_writable(assessment: Assessment, voice: str) -> bool:
    """Whether answers of `voice` may change now: the state allows it, and its agency has not declared (no query).

    Call it only for a voice that the person may read: before the comparison opens, only an agency's own people know
    whether it has declared.
    """
    return voice in workflow.writable_voices(assessment.state, assessment.mode) and not assessment.has_declared(voice)


def can_compare(user: Any, assessment: Assessment) -> bool:
    """Read both voices side by side and discuss them: the country's own people, once the comparison is open."""
    return assessment.mode == workflow.SEPARATE and NATIONAL in readable_voices(user, assessment)


def can_discuss(user: Any, assessment: Assessment) -> bool:
    """Read and write the discussion between the two agencies: their respondents and coordinators, and nobody else."""
    return can_compare(user, assessment) and _acts_in(user, assessment, Role.RESPONDENT, Role.COORDINATOR)


def can_attest(user: Any, assessment: Assessment, agency: str) -> bool:
    """Sign for `agency`: its own coordinator."""
    return _acts_in(user, assessment, Role.COORDINATOR) and agency_of(user) == agency


def can_record_agreement(user: Any, assessment: Assessment, agency: str, absent: Collection[str]) -> bool:
    """Record, in a joint session, who agreed for the other agency: a coordinator, while that agency has no accounts.

    `absent` is `queries.load_absent_agencies`.
    """
    is_other = agency in AGENCIES and agency != agency_of(user)
    return (
        is_other
        and assessment.mode == workflow.JOINT
        and agency in absent
        and _acts_in(user, assessment, Role.COORDINATOR)
    )


def can_take_attestation_back(user: Any, assessment: Assessment, agency: str, absent: Collection[str]) -> bool:
    """Take the attestation of `agency` back: whoever could give it, for themselves or as a record."""
    return can_attest(user, assessment, agency) or can_record_agreement(user, assessment, agency, absent)


def can_change_settings(user: Any, assessment: Assessment) -> bool:
    """Choose title, marking, disclosure and target."""
    return _is_of_country(user, assessment, Role.COORDINATOR)


def can_submit(user: Any, assessment: Assessment) -> bool:
    """Hand the assessment in."""
    return _acts_in(user, assessment, Role.COORDINATOR)


def can_withdraw(user: Any, assessment: Assessment) -> bool:
    """Take the assessment back."""
    return _is_of_country(user, assessment, Role.COORDINATOR)


def can_review(user: Any, assessment: Assessment) -> bool:
    """Take up, ask for clarification, return and accept."""
    return is_in_secretariat(user) and assessment.state in SEEN_BY_SECRETARIAT


def can_assign(user: Any, assessment: Assessment) -> bool:
    """Say which reviewer is to look at it, and by when: administrators."""
    return _role(user) == Role.ADMINISTRATOR and can_review(user, assessment)


def can_manage_mail(user: Any) -> bool:
    """See undelivered e-mail and retry it: administrators."""
    return _role(user) == Role.ADMINISTRATOR


def can_answer_comments(user: Any, assessment: Assessment) -> bool:
    """Answer what the secretariat shared with the country: its respondents and coordinators."""
    return _is_of_country(user, assessment, Role.RESPONDENT, Role.COORDINATOR)


def can_reply(user: Any, assessment: Assessment) -> bool:
    """Reply to an opinion for the country: its coordinators."""
    return _is_of_country(user, assessment, Role.COORDINATOR)


def can_read_log(user: Any, assessment: Assessment) -> bool:
    """Read the assessment's log: the country's coordinators and observers; it is theirs."""
    return _is_of_country(user, assessment, Role.COORDINATOR, Role.OBSERVER)


def can_read_site_log(user: Any) -> bool:
    """Read the site's log, of acts outside any assessment: administrators."""
    return _role(user) == Role.ADMINISTRATOR


def unsealed_agencies(user: Any, assessment: Assessment) -> tuple[str, ...]:
    """The agencies whose sealed log `user` reads: their own; once the comparison has been opened, both.

    Nobody else learns before then that sealed entries exist: an observer reads the main log alone.
    """
    if not can_read_log(user, assessment):
        return ()
    if assessment.comparison_opened_at is not None:
        return AGENCIES
    return tuple(filter(None, [side_of(user, assessment)]))


def can_plan(user: Any, assessment: Assessment) -> bool:
    """Make an action on `assessment`: the country's coordinators, once its result holds more than one agency's voice.

    Until the comparison opens each agency has a result of its own alone, and an action made of it would tell the other
    what was answered (design: What must always hold, 3).
    """
    return _is_of_country(user, assessment, Role.COORDINATOR) and NATIONAL in readable_voices(user, assessment)


def can_change_plan(user: Any, country_id: int) -> bool:
    """Change the plan of a country, drop actions and take them up again: its coordinators."""
    membership = membership_of(user)
    return membership is not None and membership.country_id == country_id and membership.role == Role.COORDINATOR


def can_work_on_plan(user: Any, country_id: int) -> bool:
    """Say how far an action is, give proof and comment: the country's respondents and coordinators."""
    membership = membership_of(user)
    return membership is not None and membership.country_id == country_id and agency_of(user) != ""


def can_read_plan_comments(user: Any, country_id: int) -> bool:
    """Read what a country's people say to each other about its actions: they themselves."""
    membership = membership_of(user)
    return membership is not None and membership.country_id == country_id


def can_read_everything(user: Any, assessment: Assessment) -> bool:
    """Read sensitive answers and the full report: the country itself and the reviewing secretariat."""
    return can_read_answers(user, assessment) or can_review(user, assessment)


def can_draft(user: Any, assessment: Assessment) -> bool:
    """Take drafts made from the answers away: who may read all of them."""
    return can_read_everything(user, assessment)


def has_drafts(user: Any, assessment: Assessment) -> bool:
    """Whether the drafting kit of `assessment`, which `user` sees, is there for them (no query)."""
    if not can_draft(user, assessment) or assessment.state == workflow.WITHDRAWN:
        return False
    is_open = can_read_answers(user, assessment) and assessment.state in workflow.WITH_COUNTRY
    return not is_open or NATIONAL in readable_voices(user, assessment)


def editions_for(user: Any, assessment: Assessment) -> tuple[str, ...]:
    """The editions of its reports that `user` may have, their own first; () where none.

    Who reads everything may have what partners read too, to see or to hand on; partners have theirs alone.
    """
    if can_read_everything(user, assessment):
        return (FULL, BRIEF, PARTNERS)
    is_disclosed = assessment.state == workflow.ACCEPTED and assessment.is_disclosed_to_partners
    return (PARTNERS,) if is_partner(user) and is_disclosed else ()

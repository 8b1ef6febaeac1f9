"""Who may see and do what: every rule of the diagnostic, in one place (design: Who uses it; What must always hold).

What a person may not see does not exist for them (404); what they may see but not do is refused (403). Whether the
state allows an act is the transition table's matter, not this one's.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from cpch.accounts.models import Role
from cpch.accounts.permissions import membership_of
from diagnostic.core import workflow
from diagnostic.core.responses import NATIONAL
from diagnostic.models import Assessment, Submission

SEEN_BY_SECRETARIAT = (workflow.SUBMITTED, workflow.IN_REVIEW, workflow.RETURNED, workflow.ACCEPTED)


def _role(user: Any) -> str:
    membership = membership_of(user)
    return membership.role if membership else ""


def _is_of_country(user: Any, assessment: Assessment, *roles: str) -> bool:
    membership = membership_of(user)
    return membership is not None and membership.country_id == assessment.country_id and membership.role in roles


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
    found = Assessment.objects.select_related("country")
    membership = membership_of(user)
    if membership is None:
        return found.none()
    if membership.country_id is not None:
        return found.filter(country_id=membership.country_id)
    if is_in_secretariat(user):
        return found.filter(state__in=SEEN_BY_SECRETARIAT)
    return found.filter(state=workflow.ACCEPTED, is_disclosed_to_partners=True)


def submissions_visible_to(user: Any) -> QuerySet[Submission]:
    """The submissions that exist for `user`: those of the assessments they see; for a partner, accepted ones."""
    found = Submission.objects.select_related(
        "assessment__country", "submitted_by", "review__taken_up_by", "review__closed_by"
    )
    membership = membership_of(user)
    if membership is None:
        return found.none()
    if membership.country_id is not None:
        return found.filter(assessment__country_id=membership.country_id)
    if is_in_secretariat(user):
        return found.filter(assessment__state__in=SEEN_BY_SECRETARIAT)
    return found.filter(
        Q(assessment__state=workflow.ACCEPTED, review__outcome="accepted"),
        is_disclosed_to_partners=True,
        assessment__is_disclosed_to_partners=True,
    )


# What a person may do with what they see


def can_start(user: Any) -> bool:
    """Start an assessment of one's own country."""
    return _role(user) == Role.COORDINATOR


def can_answer(user: Any, assessment: Assessment, voice: str) -> bool:
    """Write in `voice`: the national one in a joint session, else one's own agency's."""
    if not _is_of_country(user, assessment, Role.RESPONDENT, Role.COORDINATOR):
        return False
    if assessment.mode == workflow.JOINT:
        return voice == NATIONAL
    membership = membership_of(user)
    return membership is not None and membership.agency is not None and membership.agency.kind == voice


def can_read_answers(user: Any, assessment: Assessment) -> bool:
    """Read the answers as they stand now, before and after submission: the country's own people."""
    return _is_of_country(user, assessment, Role.RESPONDENT, Role.COORDINATOR, Role.OBSERVER)


def can_change_settings(user: Any, assessment: Assessment) -> bool:
    """Choose title, marking, disclosure and target."""
    return _is_of_country(user, assessment, Role.COORDINATOR)


def can_submit(user: Any, assessment: Assessment) -> bool:
    """Hand the assessment in."""
    return _is_of_country(user, assessment, Role.COORDINATOR)


def can_withdraw(user: Any, assessment: Assessment) -> bool:
    """Take the assessment back."""
    return _is_of_country(user, assessment, Role.COORDINATOR)


def can_review(user: Any, assessment: Assessment) -> bool:
    """Take up, ask for clarification, return and accept."""
    return is_in_secretariat(user) and assessment.state in SEEN_BY_SECRETARIAT


def can_read_log(user: Any, assessment: Assessment) -> bool:
    """Read the assessment's log: the country's coordinators and observers; it is theirs."""
    return _is_of_country(user, assessment, Role.COORDINATOR, Role.OBSERVER)


def can_read_everything(user: Any, assessment: Assessment) -> bool:
    """Read sensitive answers and the full report: the country itself and the reviewing secretariat."""
    return can_read_answers(user, assessment) or can_review(user, assessment)

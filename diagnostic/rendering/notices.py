"""The e-mail that tells of a hand-over: to whom it goes, its words and its link; it holds no answer and no comment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cpch.accounts.models import Role, User
from cpch.accounts.models.membership import AGENCY_ROLES, SECRETARIAT_ROLES
from diagnostic.models import Submission

SECRETARIAT = "secretariat"
REVIEWERS = "reviewers"
AGENCIES = "agencies"
COORDINATORS = "coordinators"
NAMED = "named"


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of hand-over. `leads_to` names the page of the submission that it links to."""

    audience: str
    subject: Any
    text: Any
    leads_to: str


NOTICES: dict[str, Notice] = {
    "submitted": Notice(
        SECRETARIAT,
        _("%(country)s, %(period)s: submission %(number)d has come in"),
        _("%(by)s handed in the assessment of %(country)s for %(period)s, as submission %(number)d."),
        "review-detail",
    ),
    "assigned": Notice(
        NAMED,
        _("%(country)s, %(period)s is assigned to you"),
        _("%(by)s asks you to look at what %(country)s submits for %(period)s."),
        "review-detail",
    ),
    "taken_up": Notice(
        AGENCIES,
        _("%(country)s, %(period)s: the review has begun"),
        _("%(by)s of the WCO secretariat has taken up submission %(number)d of your assessment for %(period)s."),
        "submission-review",
    ),
    "returned": Notice(
        AGENCIES,
        _("%(country)s, %(period)s: returned for clarification"),
        _("%(by)s of the WCO secretariat has returned your assessment for %(period)s and asks about some questions."),
        "submission-review",
    ),
    "accepted": Notice(
        AGENCIES,
        _("%(country)s, %(period)s: accepted"),
        _("%(by)s of the WCO secretariat has accepted submission %(number)d of your assessment for %(period)s."),
        "submission-review",
    ),
    "comment": Notice(
        AGENCIES,
        _("%(country)s, %(period)s: a comment on %(question)s"),
        _("%(by)s of the WCO secretariat has shared a comment on %(question)s of your assessment for %(period)s."),
        "submission-review-question",
    ),
    "comment_answered": Notice(
        REVIEWERS,
        _("%(country)s, %(period)s: an answer to the comment on %(question)s"),
        _("%(by)s has answered for %(country)s in the thread on %(question)s, period %(period)s."),
        "review-question",
    ),
    "opinion": Notice(
        COORDINATORS,
        _("%(country)s, %(period)s: an opinion on %(question)s"),
        _("%(by)s of the WCO secretariat has given an opinion on %(question)s. Your country may reply to it."),
        "submission-review-question",
    ),
    "opinion_replied": Notice(
        REVIEWERS,
        _("%(country)s, %(period)s: a reply to the opinion on %(question)s"),
        _("%(by)s has replied for %(country)s to the opinion on %(question)s, period %(period)s."),
        "review-question",
    ),
}


def recipients_of(notice: Notice, submission: Submission, by: User, to: int | None = None) -> QuerySet[User]:
    """The active people that `notice` goes to, never the one whose act it tells of."""
    people = User.objects.filter(is_active=True).exclude(pk=by.pk).order_by("pk")
    if notice.audience == NAMED:
        return people.filter(pk=to)
    if notice.audience in (AGENCIES, COORDINATORS):
        roles = AGENCY_ROLES if notice.audience == AGENCIES else (Role.COORDINATOR,)
        return people.filter(
            membership__country_id=submission.assessment.country_id, membership__role__in=[str(role) for role in roles]
        )
    return _of_the_secretariat(people, notice, submission)


def _of_the_secretariat(people: QuerySet[User], notice: Notice, submission: Submission) -> QuerySet[User]:
    """Who is assigned, and who took the submission up; everyone where a submission comes in that nobody has."""
    people = people.filter(membership__role__in=[str(role) for role in SECRETARIAT_ROLES])
    concerned = Q(assignments__assessment=submission.assessment_id)
    if notice.audience == REVIEWERS:
        concerned |= Q(pk__in=_who_acted_on(submission))
    elif not submission.assessment.assignments.exists():
        return people
    return people.filter(concerned).distinct()


def _who_acted_on(submission: Submission) -> list[int]:
    took_up = User.objects.filter(pk__in=submission.assessment.submissions.values("review__taken_up_by"))
    gave = User.objects.filter(pk__in=submission.opinions.values("given_by"))
    wrote = User.objects.filter(pk__in=submission.comments.values("written_by"))
    return [person.pk for person in took_up | gave | wrote]


def write_notice(notice: Notice, submission: Submission, by: User, question: str, base_url: str) -> dict[str, object]:
    """What the templates of the e-mail need, in the language that is active."""
    values = {
        "country": submission.assessment.country.name,
        "period": submission.assessment.period,
        "number": submission.number,
        "question": question,
        "by": by.full_name,
    }
    arguments = [submission.pk, question] if notice.leads_to.endswith("-question") else [submission.pk]
    return {
        "subject": str(notice.subject) % values,
        "text": str(notice.text) % values,
        "link": base_url + reverse(notice.leads_to, args=arguments),
    }

"""The e-mail that tells of a hand-over: to whom it goes, its words and its link; it holds no answer and no comment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from cpch.accounts.letter import Letter, letter_to
from cpch.accounts.models import Role, User
from cpch.accounts.models.membership import AGENCY_ROLES, SECRETARIAT_ROLES
from cpch.isolation import isolate
from diagnostic.models import Assessment, AuditEntry, Submission

SECRETARIAT = "secretariat"
REVIEWERS = "reviewers"
AGENCIES = "agencies"
BOTH_AGENCIES = "both agencies"
OTHER_COORDINATORS = "other agency's coordinators"
COORDINATORS = "coordinators"
FELLOW_COORDINATORS = "fellow coordinators"
NAMED = "named"
ABOUT_ASSESSMENTS = (BOTH_AGENCIES, OTHER_COORDINATORS, FELLOW_COORDINATORS)
"""Whom a hand-over concerns that is about an assessment, within its country."""
OF_AGENCIES = ("attested", "taken_back")
"""The kinds whose text names the agency that acted."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of hand-over, of a submission or, within its country, of an assessment; `leads_to` names its page."""

    audience: str
    subject: Any
    text: Any
    leads_to: str


COMPARISON_SUBJECT = _("%(country)s, %(period)s: the answers of customs and police are being compared")
ATTESTED_SUBJECT = _("%(country)s, %(period)s: new attestation")
TAKEN_BACK_SUBJECT = _("%(country)s, %(period)s: attestation taken back")

NOTICES: dict[str, Notice] = {
    "comparison_declared": Notice(
        BOTH_AGENCIES,
        COMPARISON_SUBJECT,
        _(
            "Both agencies of %(country)s have declared their answers for %(period)s complete. The comparison is open: "
            "the answers of both are frozen, and each agency reads the other’s."
        ),
        "compare",
    ),
    "comparison_opened": Notice(
        BOTH_AGENCIES,
        COMPARISON_SUBJECT,
        _(
            "Coordinators of both agencies of %(country)s have asked to open the comparison for %(period)s before both "
            "had declared their answers complete; their reasons are on the overview. The comparison is open: the "
            "answers of both are frozen, and each agency reads the other’s."
        ),
        "compare",
    ),
    "customs_attested": Notice(
        OTHER_COORDINATORS,
        ATTESTED_SUBJECT,
        _(
            "%(by)s has attested the assessment of %(country)s for %(period)s for customs. It can be submitted once "
            "both agencies have attested the same text."
        ),
        "assessment-check",
    ),
    "police_attested": Notice(
        OTHER_COORDINATORS,
        ATTESTED_SUBJECT,
        _(
            "%(by)s has attested the assessment of %(country)s for %(period)s for the police. It can be submitted once "
            "both agencies have attested the same text."
        ),
        "assessment-check",
    ),
    "customs_taken_back": Notice(
        FELLOW_COORDINATORS,
        TAKEN_BACK_SUBJECT,
        _(
            "%(by)s has taken back the attestation of customs for the assessment of %(country)s for %(period)s. The "
            "answers have not changed; it cannot be submitted before both agencies attest it."
        ),
        "assessment-check",
    ),
    "police_taken_back": Notice(
        FELLOW_COORDINATORS,
        TAKEN_BACK_SUBJECT,
        _(
            "%(by)s has taken back the attestation of the police for the assessment of %(country)s for %(period)s. The "
            "answers have not changed; it cannot be submitted before both agencies attest it."
        ),
        "assessment-check",
    ),
    "submitted": Notice(
        SECRETARIAT,
        _("%(country)s, %(period)s: submission %(number)d received"),
        _("%(by)s submitted the assessment of %(country)s for %(period)s as submission %(number)d."),
        "review-detail",
    ),
    "assigned": Notice(
        NAMED,
        _("%(country)s, %(period)s is assigned to you"),
        _("%(by)s has assigned you the review of %(country)s for %(period)s."),
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


def write_notices(kind: str, entry: AuditEntry) -> list[Letter]:
    """The e-mails about the act in `entry`; none if its subject no longer exists."""
    notice = NOTICES[_key_of(kind, entry)]
    about = _load_about(notice, entry)
    if about is None:
        return []
    context = _context_of(notice, about, entry)
    return [letter_to(person, "notices/email", context) for person in recipients_of(notice, about, entry)]


def _key_of(kind: str, entry: AuditEntry) -> str:
    """The key in `NOTICES`; each agency's attestation has its own text."""
    return f"{entry.detail['agency']}_{kind}" if kind in OF_AGENCIES else kind


def _load_about(notice: Notice, entry: AuditEntry) -> Submission | Assessment | None:
    """The subject of `notice`, with its country: the assessment, or the submission in the entry (1 query)."""
    if notice.audience in ABOUT_ASSESSMENTS:
        return Assessment.objects.select_related("country").get(pk=entry.chain.assessment_id)
    submissions = Submission.objects.select_related("assessment__country").defer("snapshot")
    if notice.audience == NAMED:
        return submissions.filter(assessment=entry.detail["about"]).order_by("-number").first()
    return submissions.get(assessment=entry.chain.assessment_id, number=entry.detail["number"])


def recipients_of(notice: Notice, about: Submission | Assessment, entry: AuditEntry) -> QuerySet[User]:
    """The active people that `notice` goes to, never the one whose act it tells of."""
    people = User.objects.filter(is_active=True).exclude(pk=entry.by_id).order_by("pk")
    assessment = _assessment(about)
    if notice.audience == NAMED:
        still = people.filter(assignments__assessment=assessment, membership__role__in=_names(SECRETARIAT_ROLES))
        return still.filter(pk=entry.detail["person"])
    if isinstance(about, Submission) and notice.audience in (SECRETARIAT, REVIEWERS):
        return _of_the_secretariat(people, notice, about)
    roles = AGENCY_ROLES if notice.audience in (AGENCIES, BOTH_AGENCIES) else (Role.COORDINATOR,)
    at_home = people.filter(membership__country_id=assessment.country_id, membership__role__in=_names(roles))
    is_others = notice.audience == OTHER_COORDINATORS
    return at_home.exclude(membership__agency__kind=entry.detail["agency"]) if is_others else at_home


def _of_the_secretariat(people: QuerySet[User], notice: Notice, submission: Submission) -> QuerySet[User]:
    """The assigned reviewers, and those who took the submission up or wrote about it; everyone if none of them is
    active.

    So everyone hears of a submission without a reviewer, or whose reviewers were deactivated.
    """
    people = people.filter(membership__role__in=_names(SECRETARIAT_ROLES))
    concerned = Q(assignments__assessment=submission.assessment_id)
    if notice.audience == REVIEWERS:
        concerned |= Q(pk__in=_who_acted_on(submission))
    told = people.filter(concerned).distinct()
    return told if told.exists() else people


def _who_acted_on(submission: Submission) -> list[int]:
    took_up = User.objects.filter(pk__in=submission.assessment.submissions.values("review__taken_up_by"))
    gave = User.objects.filter(pk__in=submission.opinions.values("given_by"))
    wrote = User.objects.filter(pk__in=submission.comments.values("written_by"))
    return [person.pk for person in took_up | gave | wrote]


def _context_of(notice: Notice, about: Submission | Assessment, entry: AuditEntry) -> dict[str, object]:
    """What the templates of the e-mail need; its words are put into the language that is active as they are printed."""
    assessment = _assessment(about)
    question = entry.detail.get("question", "")
    values = {
        "country": assessment.country.name,
        "period": isolate(assessment.period),
        "number": about.number if isinstance(about, Submission) else None,
        "question": question,
        "by": isolate(entry.by.full_name if entry.by else ""),
    }
    in_words = lazy(lambda text: str(text) % values, str)
    arguments = [about.pk, question] if notice.leads_to.endswith("-question") else [about.pk]
    return {
        "subject": in_words(notice.subject),
        "text": in_words(notice.text),
        "link": settings.BASE_URL + reverse(notice.leads_to, args=arguments),
    }


def _assessment(about: Submission | Assessment) -> Assessment:
    return about.assessment if isinstance(about, Submission) else about


def _names(roles: Iterable[Role]) -> list[str]:
    return [str(role) for role in roles]

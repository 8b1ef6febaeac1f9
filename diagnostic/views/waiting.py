"""What waits for a person, read from the rows: one query each; its words are in inbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Case, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value, When

from cpch.accounts.presence import has_had_people
from diagnostic.actions.clock import now
from diagnostic.core import workflow
from diagnostic.core.action_plan import BOTH, OPEN, SOON
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.responses import NATIONAL
from diagnostic.models import (
    Assessment,
    Assignment,
    Attestation,
    Clarification,
    Comment,
    Opinion,
    ReadMark,
    Response,
    Submission,
)
from diagnostic.permissions import agency_of
from diagnostic.queries import load_queue

REPLY_TIME = timedelta(days=30)
"""How long an opinion without a reply is kept before the country's eyes once its assessment is accepted."""


def submissions_waiting(user: Any) -> QuerySet[Submission]:
    """The queue, with the day by which `user` is to look at each, None where they are not assigned (1 query)."""
    own = Assignment.objects.filter(assessment=OuterRef("assessment"), reviewer=user)
    return load_queue().annotate(own_due_on=Subquery(own.values("due_on")[:1])).defer("snapshot")


def answered_comments(user: Any) -> QuerySet[Comment]:
    """The country's last words in the threads that `user` takes part in, the longest waiting first (1 query).

    Those are threads about what they are assigned to or took up, and those they have written in. It waits no more once
    they have answered it, or read it on its page.
    """
    took_part = Comment.objects.filter(
        assessment=OuterRef("assessment"), question=OuterRef("question"), written_by=user
    )
    took_up = Submission.objects.filter(assessment=OuterRef("assessment"), review__taken_up_by=user)
    is_assigned = Assignment.objects.filter(assessment=OuterRef("assessment"), reviewer=user)
    return _last_words().filter(
        Exists(took_part) | Exists(took_up) | Exists(is_assigned),
        ~Exists(_read_by(user, OuterRef("assessment"), OuterRef("written_at"))),
        ~Q(written_by_agency=""),
    )


def comments_to_answer(user: Any) -> QuerySet[Comment]:
    """The secretariat's last words to the country of `user`, the longest waiting first (1 query).

    What begins a thread waits until somebody of the country answers. Where they have, a further word of the secretariat
    waits for each person until that is answered too or they have seen it on its page: it may be no more than thanks.
    """
    answered = Comment.objects.filter(
        ~Q(written_by_agency=""),
        assessment=OuterRef("assessment"),
        question=OuterRef("question"),
        audience="shared",
    )
    is_seen = Exists(_read_by(user, OuterRef("assessment"), OuterRef("written_at")))
    return _last_words().filter(
        ~(Exists(answered) & is_seen),
        assessment__country_id=user.membership.country_id,
        written_by_agency="",
    )


def replied_opinions(user: Any) -> QuerySet[Opinion]:
    """The opinions of `user` that a country replied to, while the submission can still be judged (1 query).

    A reply waits no more once they have given the opinion anew, or read the reply on its page.
    """
    return _of_latest(Opinion.objects.standing()).filter(
        ~Exists(_read_by(user, OuterRef("submission__assessment"), OuterRef("replied_at"))),
        given_by=user,
        awaits_reply=False,
        submission__assessment__state__in=workflow.DISCUSSED,
    )


def opinions_to_reply(user: Any) -> QuerySet[Opinion]:
    """The opinions that the country of `user` has not replied to as they stand now (1 query)."""
    open_now = Q(submission__assessment__state__in=workflow.DISCUSSED)
    just_accepted = Q(
        submission__assessment__state=workflow.ACCEPTED, submission__review__closing__closed_at__gt=now() - REPLY_TIME
    )
    return _of_latest(Opinion.objects.standing()).filter(
        open_now | just_accepted,
        awaits_reply=True,
        submission__assessment__country_id=user.membership.country_id,
    )


def clarifications_to_answer(user: Any) -> QuerySet[Clarification]:
    """Questions of the last return that the country of `user` has not answered again since (1 query).

    If two agencies agree on the answers, a question with only a proposal still counts as waiting.
    """
    saved = Response.objects.filter(
        assessment=OuterRef("review__submission__assessment"),
        voice=NATIONAL,
        is_agreed=True,
        question=OuterRef("question"),
        saved_at__gt=OuterRef("review__closing__closed_at"),
    )
    later = Submission.objects.filter(
        assessment=OuterRef("review__submission__assessment"), number__gt=OuterRef("review__submission__number")
    )
    return (
        Clarification.objects.standing()
        .filter(
            ~Exists(saved),
            ~Exists(later),
            review__closing__outcome="returned",
            review__submission__assessment__state=workflow.RETURNED,
            review__submission__assessment__country_id=user.membership.country_id,
        )
        .select_related("review__submission__assessment__country", "review__closing")
        .defer("review__submission__snapshot")
        .order_by("review__closing__pk", "pk")
    )


def assessments_at_home(user: Any) -> list[Assessment]:
    """The assessments that the country of `user` is working on, and those with actions that are due (1 query).

    An assessment is there once for each such action, told by `due_number`, `due_title` and `due_on`, the first due
    first; they are None where it has none. Due is what the agency of `user` leads and is overdue or due soon. How far
    the two keys are is told as `key_to_turn` takes it.
    """
    is_due = Q(
        actions__state__in=OPEN,
        actions__due_on__lte=now().date() + SOON,
        actions__lead__in=(agency_of(user), BOTH),
    )
    own = agency_of(user)
    standing = Q(pk=OuterRef("customs_attestation")) | Q(pk=OuterRef("police_attestation"))
    signed = Attestation.objects.filter(standing)
    other_has_people = has_had_people(
        next(agency for agency in AGENCIES if agency != own), OuterRef("country"), OuterRef("started_at")
    )
    found = (
        Assessment.objects.filter(country_id=user.membership.country_id)
        .annotate(
            has_signed=Exists(signed.filter(agency=own, agreed_by="")),
            other_has_signed=Exists(signed.exclude(agency=own).filter(agreed_by="")),
            other_is_recorded=Exists(signed.exclude(agency=own).exclude(agreed_by="")),
            other_is_absent=Case(When(mode=workflow.JOINT, then=~other_has_people), default=Value(False)),
        )
        .annotate(due=FilteredRelation("actions", condition=is_due))
        .filter(Q(state__in=workflow.WITH_COUNTRY) | Q(due__isnull=False))
        .annotate(due_number=F("due__number"), due_title=F("due__title"), due_on=F("due__due_on"))
    )
    return list(found.select_related("country").order_by("started_at", "pk", "due__due_on", "due__number"))


ATTEST, RECORD, SUBMIT = "attest", "record", "submit"


def key_to_turn(assessment: Any) -> str:
    """A coordinator's task with the two keys of one of their `assessments_at_home`; "" if there is none.

    There is none before either agency has attested. A record for an agency counts while nobody there has an account.
    """
    other_has = assessment.other_has_signed or (assessment.other_is_recorded and assessment.other_is_absent)
    if assessment.has_signed and other_has:
        return SUBMIT
    if assessment.has_signed and assessment.other_is_absent:
        return RECORD
    return ATTEST if other_has and not assessment.has_signed else ""


def _last_words() -> QuerySet[Comment]:
    """The last shared comment of each thread that is still open, with the submission to go on with."""
    later = Comment.objects.filter(
        assessment=OuterRef("assessment"), question=OuterRef("question"), audience="shared", pk__gt=OuterRef("pk")
    )
    latest = Submission.objects.filter(assessment=OuterRef("assessment")).order_by("-number")
    return (
        Comment.objects.filter(~Exists(later), audience="shared", assessment__state__in=workflow.DISCUSSED)
        .annotate(latest=Subquery(latest.values("pk")[:1]))
        .select_related("assessment__country")
        .order_by("pk")
    )


def _read_by(user: Any, assessment: OuterRef, said_at: OuterRef) -> QuerySet[ReadMark]:
    """What `user` has read, of any submission of `assessment`, of the question at hand and up to `said_at`."""
    return ReadMark.objects.filter(
        submission__assessment=assessment, question=OuterRef("question"), person=user, up_to__gte=said_at
    )


def _of_latest(opinions: Any) -> QuerySet[Opinion]:
    later = Submission.objects.filter(
        assessment=OuterRef("submission__assessment"), number__gt=OuterRef("submission__number")
    )
    return (
        opinions.filter(~Exists(later))
        .select_related("submission__assessment__country")
        .defer("submission__snapshot")
        .order_by("pk")
    )

"""The page that shows each person what waits for them; what is read for it is in waiting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from cpch.accounts.models import CoordinatorProposal, Role
from cpch.accounts.permissions import can_decide_proposals, membership_of, proposals_visible_to
from diagnostic.core import workflow
from diagnostic.core.responses import NATIONAL
from diagnostic.instruments import instrument_of
from diagnostic.models import Assessment, Comment, Submission
from diagnostic.permissions import can_answer, is_in_secretariat

from . import waiting
from .overview import url_of_answer

KEYS = {
    waiting.ATTEST: _lazy("The other agency has attested. It waits for yours."),
    waiting.RECORD: _lazy("Your agency has attested. Record who agreed for the other, in which nobody has an account."),
    waiting.SUBMIT: _lazy("Both agencies have attested. It can be submitted."),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: where it is dealt with, what it is, whose word it is, and since or until when."""

    url: str
    name: str
    hint: str = ""
    at: datetime | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind."""

    key: str
    heading: str
    items: tuple[Item, ...]


@login_required
@require_http_methods(["GET", "HEAD"])
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the reader, in groups; of a country only what is its own."""
    groups = [group for group in groups_of(request.user) if group.items]
    return render(request, "inbox/inbox.html", {"groups": groups, "count": sum(len(group.items) for group in groups)})


def groups_of(user: Any) -> list[Group]:
    """Every kind of task that may be waiting for `user` (at most 5 queries)."""
    membership = membership_of(user)
    if is_in_secretariat(user):
        return _of_the_secretariat(user)
    if membership is not None and membership.role in (Role.RESPONDENT, Role.COORDINATOR):
        return _of_the_country(user, is_coordinator=membership.role == Role.COORDINATOR)
    return []


def _of_the_secretariat(user: Any) -> list[Group]:
    queue = list(waiting.submissions_waiting(user))
    assigned = [item for item in queue if item.own_due_on]
    assigned.sort(key=lambda item: item.own_due_on)
    others = [item for item in queue if not item.own_due_on]
    own = [item for item in others if (review := _review(item)) and review.taken_up_by_id == user.pk]
    free = [item for item in others if _review(item) is None and not item.assigned_to]
    comments = waiting.answered_comments(user)
    opinions = waiting.replied_opinions(user)
    return [
        Group("assigned", _("Assigned to you"), _submissions(assigned)),
        Group("own", _("Taken up by you"), _submissions(own)),
        Group("comments", _("Answers to comments"), _comments(comments, "review-question")),
        Group(
            "replies",
            _("Replies to your opinions"),
            tuple(
                Item(
                    reverse("review-question", args=[item.submission_id, item.question]),
                    _name(item.submission.assessment, item.question),
                    item.replied_by_name,
                    item.replied_at,
                )
                for item in opinions
            ),
        ),
        Group("free", _("Submissions that nobody has taken up"), _submissions(free)),
        Group("proposals", _("Coordinators proposed by a country"), _proposals(user)),
    ]


def _of_the_country(user: Any, *, is_coordinator: bool) -> list[Group]:
    asked = [
        item
        for item in waiting.clarifications_to_answer(user)
        if can_answer(user, item.review.submission.assessment, NATIONAL)
    ]
    opinions = waiting.opinions_to_reply(user) if is_coordinator else ()
    at_home = waiting.assessments_at_home(user)
    due = sorted((item for item in at_home if item.due_number is not None), key=lambda item: item.due_on)
    own = {item.pk: item for item in at_home if item.state in workflow.WITH_COUNTRY}
    keys = {pk: words for pk, item in own.items() if is_coordinator and (words := KEYS.get(waiting.key_to_turn(item)))}
    return [
        Group(
            "clarifications",
            _("Clarifications to give"),
            tuple(
                Item(
                    _where_answered(item.review.submission.assessment, item.question),
                    _name(item.review.submission.assessment, item.question),
                    "",
                    item.review.closed_at,
                )
                for item in asked
            ),
        ),
        Group(
            "comments",
            _("Comments to answer"),
            _comments(waiting.comments_to_answer(user), "submission-review-question"),
        ),
        Group(
            "opinions",
            _("Opinions to reply to"),
            tuple(
                Item(
                    reverse("submission-review-question", args=[item.submission_id, item.question]) + "#opinion",
                    _name(item.submission.assessment, item.question),
                    item.given_by_name,
                    item.given_at,
                )
                for item in opinions
            ),
        ),
        Group(
            "keys",
            _("To attest and submit"),
            tuple(
                Item(reverse("assessment-check", args=[pk]) + "#submit", own[pk].period, str(words))
                for pk, words in keys.items()
            ),
        ),
        Group(
            "plan",
            _("Actions of the plan that your agency leads"),
            tuple(
                Item(
                    reverse("plan-action", args=[item.country.alpha2, item.due_number]),
                    _("Action %(number)d: %(title)s") % {"number": item.due_number, "title": item.due_title},
                    due_on=item.due_on,
                )
                for item in due
            ),
        ),
        Group(
            "home",
            _("Assessments that your country is working on"),
            tuple(
                Item(reverse("assessment-detail", args=[item.pk]), item.period, str(item.get_state_display()))
                for item in own.values()
                if item.pk not in keys
            ),
        ),
    ]


def _proposals(user: Any) -> tuple[Item, ...]:
    """The proposed coordinators waiting for an administrator's decision (1 query, none for others)."""
    if not can_decide_proposals(user):
        return ()
    waiting_for_them = proposals_visible_to(user).filter(state=CoordinatorProposal.State.OPEN)
    return tuple(
        Item(
            reverse("proposal-detail", args=[proposal.pk]),
            _("%(country)s, %(agency)s: %(name)s")
            % {
                "country": proposal.agency.country.name,
                "agency": proposal.agency.get_kind_display(),
                "name": proposal.full_name,
            },
            proposal.proposed_by.full_name,
            proposal.proposed_at,
        )
        for proposal in waiting_for_them.order_by("proposed_at")
    )


def _review(submission: Submission) -> Any:
    return getattr(submission, "review", None)


def _comments(comments: Iterable[Comment], page: str) -> tuple[Item, ...]:
    """The comments, each leading to its thread on the question's `page`."""
    return tuple(
        Item(
            reverse(page, args=[item.latest, item.question]) + "#comments",
            _name(item.assessment, item.question),
            item.written_by_name,
            item.written_at,
        )
        for item in comments
    )


def _submissions(found: Iterable[Any]) -> tuple[Item, ...]:
    return tuple(
        Item(
            reverse("review-detail", args=[item.pk]),
            _("%(country)s, %(period)s: submission %(number)d")
            % {
                "country": item.assessment.country.name,
                "period": item.assessment.period,
                "number": item.number,
            },
            str(item.assessment.get_state_display()),
            item.submitted_at,
            item.own_due_on,
        )
        for item in found
    )


def _name(assessment: Assessment, question: str) -> str:
    values = {"country": assessment.country.name, "period": assessment.period, "question": question}
    return _("%(question)s: %(country)s, %(period)s") % values


def _where_answered(assessment: Assessment, code: str) -> str:
    return url_of_answer(assessment, NATIONAL, instrument_of(assessment).by_code[code])

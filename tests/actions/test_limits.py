"""Limits per person: beyond them, an act is refused with 429 and nothing is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from cpch.accounts import actions as accounts
from cpch.accounts.models import Invitation
from cpch.limits import COMMENTS, INVITATIONS, LOG_PAGES, LimitReached
from diagnostic.actions import action_plan
from diagnostic.actions.clock import replay
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import ActionComment, AuditEntry
from tests import factories
from tests.at_once import at_once
from tests.sessions import signed_in


@pytest.fixture
def action(people):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    return action_plan.add(assessment=assessment, details=ActionDetails("Meet"), by=people.coordinator)


def comment(action, by, number):
    return action_plan.comment(action=action, text=f"We met, {number}.", by=by)


def invite(by, number):
    email = f"person{number}@customs.example.org"
    country = by.membership.country
    return accounts.invite(email=email, role="respondent", country=country, agency_kind="customs", by=by)


def refused():
    return list(AuditEntry.objects.filter(act="limit.refused").values_list("by", "detail__limit", "chain__assessment"))


@pytest.mark.django_db
def test_the_comment_after_the_limit_is_refused_and_shown_to_its_writer(people, action):
    for number in range(COMMENTS.most):
        comment(action, people.coordinator, number)
    url = reverse("plan-action-comment", args=["ZZ", action.number])
    page = signed_in(people.coordinator).post(url, {"text": "One <more>."})
    assert page.status_code == 429
    assert "60 comments" in page.content.decode()
    assert "One &lt;more&gt;." in page.content.decode()
    assert " UTC" in page.content.decode()
    assert 0 < int(page["Retry-After"]) <= 3600
    assert ActionComment.objects.count() == COMMENTS.most
    assert refused() == [(people.coordinator.pk, "comments", None)]
    assert signed_in(people.respondent).post(url, {"text": "Mine."}).status_code == 302


@pytest.mark.django_db
def test_the_next_comment_is_possible_when_the_first_is_an_hour_old(people, action):
    began = timezone.now()
    for number in range(COMMENTS.most):
        with replay(began + timedelta(seconds=number)):
            comment(action, people.coordinator, number)
    with replay(began + timedelta(minutes=59)), pytest.raises(LimitReached) as reached:
        comment(action, people.coordinator, "early")
    assert reached.value.until == began + COMMENTS.window
    with replay(reached.value.until):
        comment(action, people.coordinator, "in time")
    with replay(reached.value.until), pytest.raises(LimitReached):
        comment(action, people.coordinator, "two at once")


@pytest.mark.django_db
def test_a_batch_of_refused_comments_does_not_fill_the_log(people, action):
    for number in range(COMMENTS.most):
        comment(action, people.coordinator, number)
    client = signed_in(people.coordinator)
    for number in range(30):
        client.post(reverse("plan-action-comment", args=["ZZ", action.number]), {"text": f"Again, {number}."})
    assert len(refused()) == 10


@pytest.mark.django_db
def test_invitations_made_and_renewed_count_together(people):
    invitation = invite(people.coordinator, 0)
    for number in range(1, INVITATIONS.most - 1):
        invite(people.coordinator, number)
    accounts.renew_invitation(invitation=invitation, by=people.coordinator)
    form = {"role": "respondent", "agency": "customs", "email": "late@customs.example.org"}
    page = signed_in(people.coordinator).post(reverse("invitation-create"), form)
    assert page.status_code == 429
    assert "late@customs.example.org" in page.content.decode()
    assert not Invitation.objects.filter(email="late@customs.example.org").exists()
    again = signed_in(people.coordinator).post(reverse("invitation-resend", args=[invitation.pk]))
    assert again.status_code == 429
    assert refused() == [(people.coordinator.pk, "invitations", None)] * 2


@pytest.mark.django_db
def test_log_pages_are_limited_for_each_person(people, action):
    url = reverse("assessment-log", args=[action.assessment_id])
    client, other = signed_in(people.coordinator), signed_in(people.observer)
    statuses = [client.get(url).status_code for _page in range(LOG_PAGES.most + 1)]
    assert statuses == [200] * LOG_PAGES.most + [429]
    assert other.get(url).status_code == 200
    assert refused() == [(people.coordinator.pk, "log pages", None)]


@pytest.mark.django_db
def test_who_may_not_comment_learns_nothing_of_limits(people, action):
    with pytest.raises(PermissionDenied):
        comment(action, people.observer, 1)


@pytest.mark.django_db(transaction=True)
def test_acts_at_once_do_not_pass_the_limit(people):
    """Each thread uses its own plan action, so that only the lock on the person serialises them."""
    assessment = factories.start_assessment(people.coordinator, period="2026")
    add = action_plan.add
    planned = [add(assessment=assessment, details=ActionDetails(f"Meet {n}"), by=people.coordinator) for n in range(4)]
    for number in range(COMMENTS.most - 1):
        comment(planned[0], people.coordinator, number)
    acts = [lambda item=item: comment(item, people.coordinator, item.pk) for item in planned]
    came = at_once(*acts)
    assert sum(isinstance(item, LimitReached) for item in came) == 3, came
    assert ActionComment.objects.count() == COMMENTS.most
    connection.close()

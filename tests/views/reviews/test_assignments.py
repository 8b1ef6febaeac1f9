"""Which reviewer is to look at an assessment, and by when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from cpch.accounts.models import User
from diagnostic.actions import assignments, reviews
from diagnostic.models import Assignment, AuditEntry
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import make_taken, text_of, url

pytestmark = pytest.mark.django_db


def in_days(days):
    return timezone.now().date() + timedelta(days=days)


def assign(people, taken, reviewer=None, days=7, **more):
    given = {"reviewer": (reviewer or people.reviewer).pk, "due_on": in_days(days).isoformat()}
    return signed_in(people.administrator).post(url("review-assign", taken), given, **more)


def test_an_administrator_assigns_and_everyone_of_the_secretariat_sees_it(people, taken):
    says = text_of(assign(people, taken, follow=True))
    assert f"{people.reviewer.full_name} is assigned." in says
    day = in_days(7)
    due = f"due {day.day} {day:%B %Y}"
    for page in (url("review-detail", taken), "/review/"):
        says = text_of(signed_in(people.reviewer).get(page))
        assert people.reviewer.full_name in says
        assert due in says
        assert "overdue" not in says
    held = Assignment.objects.get()
    assert (held.reviewer, held.assigned_by, held.due_on) == (people.reviewer, people.administrator, day)


def test_assigning_again_moves_the_day(people, taken):
    assign(people, taken, days=7)
    assign(people, taken, days=3)
    assert Assignment.objects.get().due_on == in_days(3)


def test_what_is_overdue_says_so(people, taken):
    assign(people, taken)
    Assignment.objects.update(due_on=in_days(-1))
    for page in (url("review-detail", taken), "/review/"):
        assert "overdue" in text_of(signed_in(people.reviewer).get(page))


def test_the_queue_names_the_one_due_first_and_counts_the_others(people, taken):
    other = factories.make_user("reviewer", country=None, agency=None)
    assign(people, taken, other, days=9)
    assign(people, taken, days=2)
    assert f"{people.reviewer.full_name} and 1 other" in text_of(signed_in(people.reviewer).get("/review/"))


def test_taking_an_assignment_back(people, taken):
    assign(people, taken)
    admin = signed_in(people.administrator)
    page = admin.post(url("review-assign", taken), {"end": Assignment.objects.get().pk}, follow=True)
    assert f"{people.reviewer.full_name} is no longer assigned." in text_of(page)
    assert not Assignment.objects.exists()
    for gone in ("999999", "x"):
        assert admin.post(url("review-assign", taken), {"end": gone}).status_code == 409


def test_an_assignment_of_another_assessment_cannot_be_ended_here(people, taken):
    assign(people, taken)
    other = make_taken(people)
    page = signed_in(people.administrator).post(url("review-assign", other), {"end": Assignment.objects.get().pk})
    assert page.status_code == 409
    assert Assignment.objects.exists()


def test_only_active_people_of_the_secretariat_can_be_assigned(people, taken):
    for who in (people.coordinator, people.partner):
        assert assign(people, taken, who).status_code == 422
    User.objects.filter(pk=people.reviewer.pk).update(is_active=False)
    assert assign(people, taken).status_code == 422
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"due_on": "2020-01-01"}, "Choose a day that has not passed."),
        ({"due_on": "soon"}, "Write the day as year-month-day"),
        ({"due_on": ""}, "Say by when."),
    ],
)
def test_a_bad_day_is_refused_at_its_field(people, taken, given, fault):
    page = signed_in(people.administrator).post(url("review-assign", taken), {"reviewer": people.reviewer.pk, **given})
    assert page.status_code == 422
    assert fault in text_of(page)
    assert not Assignment.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("reviewer", 403), ("coordinator", 403), ("partner", 404)])
def test_it_is_the_administrators(people, taken, who, status):
    client = signed_in(getattr(people, who))
    assert client.get(url("review-assign", taken)).status_code == status
    with pytest.raises(PermissionDenied):
        assignments.assign(
            assessment=taken.assessment, reviewer=people.reviewer, due_on=in_days(1), by=getattr(people, who)
        )


def test_nobody_is_assigned_once_the_review_is_over(people, taken):
    assign(people, taken)
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    page = signed_in(people.administrator).get(url("review-assign", taken))
    assert "The review is closed" in text_of(page)
    assert assign(people, taken, days=2).status_code == 409
    assert Assignment.objects.get().due_on == in_days(7)


def test_the_country_does_not_learn_of_it(people, taken):
    assign(people, taken)
    held = AuditEntry.objects.get(act="assignment.make")
    assert held.chain.assessment_id is None
    home = signed_in(people.coordinator)
    for page in (f"/assessments/{taken.assessment_id}/log/", url("submission-review", taken)):
        assert "assign" not in text_of(home.get(page)).lower()

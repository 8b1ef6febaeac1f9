"""E-mail at each hand-over: to whom it goes, and that no answer, comment or reason is in it."""

from __future__ import annotations

from datetime import timedelta
from socket import gaierror

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cpch.accounts.models import User
from diagnostic import tasks
from diagnostic.actions import assignments
from diagnostic.models import Submission
from diagnostic.rendering.notices import BOTH_AGENCIES, FELLOW_COORDINATORS, NOTICES, OTHER_COORDINATORS
from diagnostic.views.notices import tell
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import fresh, make_taken, seen_reply, url

SECRETS = ("SECRET-NARRATIVE", "SECRET-QUESTION", "SECRET-REASON", "SECRET-REMARK", "SECRET-NOTE", "SECRET-REPLY")


def notify(kind, people, submission, by, **more):
    """Do what the worker does for one hand-over, and return to whom it wrote."""
    mail.outbox.clear()
    tasks.mail_notice.func(kind, str(submission.pk), by.pk, **more)
    assert all(len(message.to) == 1 for message in mail.outbox)
    return {message.to[0] for message in mail.outbox}


def addresses(*users):
    return {user.email for user in users}


@pytest.mark.django_db
def test_each_hand_over_goes_to_those_whom_it_concerns(people):
    taken = make_taken(people)
    abroad = factories.make_user("respondent", country="FR")
    agencies = addresses(people.coordinator, people.police_coordinator, people.respondent, people.police_respondent)
    for kind in ("taken_up", "returned", "accepted"):
        assert notify(kind, people, taken, people.reviewer) == agencies
    assert notify("comment", people, taken, people.reviewer, question="A.1") == agencies
    coordinators = addresses(people.coordinator, people.police_coordinator)
    assert notify("opinion", people, taken, people.reviewer, question="A.1") == coordinators
    assert notify("opinion_replied", people, taken, people.coordinator, question="A.1") == addresses(people.reviewer)
    assert notify("comment_answered", people, taken, people.respondent, question="A.1") == addresses(people.reviewer)
    assert notify("assigned", people, taken, people.administrator, to_id=people.reviewer.pk) == addresses(
        people.reviewer
    )
    assert notify("assigned", people, taken, people.administrator, to_id=people.administrator.pk) == set()
    assert abroad.email not in agencies


@pytest.mark.django_db
def test_a_submission_is_told_to_who_is_assigned_and_else_to_the_whole_secretariat(people):
    submission = fresh(factories.make_submission(people.coordinator))
    everyone = addresses(people.reviewer, people.administrator)
    assert notify("submitted", people, submission, people.coordinator) == everyone
    assignments.assign(
        assessment=submission.assessment,
        reviewer=people.reviewer,
        due_on=timezone.now().date() + timedelta(days=3),
        by=people.administrator,
    )
    assert notify("submitted", people, submission, people.coordinator) == addresses(people.reviewer)


@pytest.mark.django_db
def test_whoever_may_not_sign_in_any_more_gets_nothing(people):
    taken = make_taken(people)
    User.objects.filter(pk=people.respondent.pk).update(is_active=False)
    assert people.respondent.email not in notify("taken_up", people, taken, people.reviewer)


@pytest.mark.django_db
def test_every_notice_has_a_subject_of_one_line_and_a_link_that_its_reader_may_open(people):
    taken = make_taken(people, period="2026")
    apart = factories.start_assessment(people.coordinator, mode="separate", period="2026-2")
    factories.open_comparison(apart)
    others = {
        BOTH_AGENCIES: addresses(people.respondent, people.police_coordinator, people.police_respondent),
        FELLOW_COORDINATORS: addresses(people.police_coordinator),
        OTHER_COORDINATORS: addresses(people.police_coordinator),
    }
    readers = {person.email: person for person in User.objects.select_related("membership")}
    for kind, notice in NOTICES.items():
        by = people.coordinator if notice.audience in ("secretariat", "reviewers") else people.administrator
        to = {"to_id": people.reviewer.pk} if kind == "assigned" else {}
        if notice.audience in others:
            assert notify(kind, people, apart, people.coordinator) == others[notice.audience], kind
        else:
            assert notify(kind, people, taken, by, question="A.1", **to), kind
        for message in mail.outbox:
            assert "Example Country, 2026" in message.subject
            assert "%(" not in message.subject + message.body
            path = next(line for line in message.body.splitlines() if "://" in line).split("/", 3)[3]
            assert signed_in(readers[message.to[0]]).get(f"/{path}").status_code == 200, (kind, message.to)


@pytest.mark.django_db
def test_one_address_that_is_refused_does_not_keep_the_others_from_theirs(people, monkeypatch):
    taken = make_taken(people)
    real, sent = tasks.send, []

    def refusing(template, context, to, language):
        if to == people.coordinator.email:
            raise OSError("no such mailbox")
        sent.append(to)
        real(template, context, to, language)

    monkeypatch.setattr(tasks, "send", refusing)
    with pytest.raises(OSError, match="no such mailbox"):
        notify("taken_up", people, taken, people.reviewer)
    assert len(sent) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("error", [TimeoutError, ConnectionRefusedError, gaierror])
def test_a_mail_server_that_is_not_there_is_tried_once_and_holds_up_nothing_else(people, monkeypatch, error):
    tried = []

    def unreachable(template, context, to, language):
        tried.append(to)
        raise error

    monkeypatch.setattr(tasks, "send", unreachable)
    with pytest.raises(error):
        notify("taken_up", people, make_taken(people), people.reviewer)
    assert len(tried) == 1


@pytest.mark.django_db
def test_an_unknown_hand_over_is_a_mistake_at_once(people):
    with pytest.raises(KeyError):
        tell("nothing", about=make_taken(people), by=people.reviewer)


def test_no_e_mail_of_a_whole_review_holds_what_was_written(transactional_db, run_tasks):
    """Every hand-over, made through its page, is told once, and nothing that was typed goes out."""
    people = factories.make_people()
    assessment = factories.fill(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)
    factories.save_answer(assessment, people.coordinator, "A.1", level=3, narrative="SECRET-NARRATIVE")
    submission = fresh(factories.submit(assessment, by=people.coordinator))
    tell("submitted", about=submission, by=people.coordinator)
    admin, desk, home = (signed_in(who) for who in (people.administrator, people.reviewer, people.coordinator))
    due = (timezone.now().date() + timedelta(days=3)).isoformat()
    steps = [
        (admin, url("review-assign", submission), {"reviewer": people.reviewer.pk, "due_on": due}),
        (desk, url("review-take-up", submission), {}),
        (desk, url("review-comment", submission, "A.1"), {"text": "SECRET-NOTE", "audience": "internal"}),
        (desk, url("review-comment", submission, "A.1"), {"text": "SECRET-QUESTION", "audience": "shared"}),
        (home, url("submission-review-comment", submission, "A.1"), {"text": "SECRET-REPLY"}),
        (desk, url("review-opinion", submission, "A.1"), {"level": "2", "reason": "SECRET-REASON"}),
        (home, url("submission-review-reply", submission, "A.1"), {"text": "SECRET-REPLY"}),
        (desk, url("review-ask", submission, "A.2.1"), {"text": "SECRET-QUESTION"}),
        (desk, url("review-return", submission), {"remark": "SECRET-REMARK"}),
    ]
    told = []
    for client, path, given in [(None, "", {}), *steps]:
        if client:
            base = {"base": seen_reply(submission)} if path.endswith("/reply/") else {}
            assert client.post(path, given | base).status_code == 302, path
        mail.outbox.clear()
        run_tasks()
        told.append(sorted(message.to[0] for message in mail.outbox))
        for message in mail.outbox:
            assert not [secret for secret in SECRETS if secret in message.subject + message.body]
    agencies = sorted(
        addresses(people.coordinator, people.police_coordinator, people.respondent, people.police_respondent)
    )
    coordinators = sorted(addresses(people.coordinator, people.police_coordinator))
    reviewer = [people.reviewer.email]
    secretariat = sorted(addresses(people.reviewer, people.administrator))
    assert told == [secretariat, reviewer, agencies, [], agencies, reviewer, coordinators, reviewer, [], agencies]
    assert Submission.objects.get().assessment.state == "returned"


@pytest.mark.django_db
def test_a_button_pressed_twice_tells_once(people, monkeypatch):
    told = []
    for module in ("assignments", "comments", "opinions"):
        monkeypatch.setattr(f"diagnostic.views.{module}.tell", lambda kind, **more: told.append(kind))
    taken = make_taken(people)
    due = timezone.now().date() + timedelta(days=3)
    admin, desk, home = (signed_in(who) for who in (people.administrator, people.reviewer, people.coordinator))
    assigned = {"reviewer": people.reviewer.pk, "due_on": due.isoformat()}
    steps = [
        (admin, url("review-assign", taken), assigned),
        (desk, url("review-comment", taken, "A.1"), {"text": "Since when?", "audience": "shared"}),
        (home, url("submission-review-comment", taken, "A.1"), {"text": "Since May."}),
        (desk, url("review-opinion", taken, "A.1"), {"level": "2", "reason": "Two ports only."}),
        (home, url("submission-review-reply", taken, "A.1"), {"text": "Three."}),
    ]
    for client, path, given in steps:
        base = {"base": seen_reply(taken)} if path.endswith("/reply/") else {}
        for _press in range(2):
            assert client.post(path, given | base).status_code == 302, path
    once = ["assigned", "comment", "comment_answered", "opinion", "opinion_replied"]
    assert told == once

    later = {**assigned, "due_on": (due + timedelta(days=1)).isoformat()}
    assert admin.post(url("review-assign", taken), later).status_code == 302
    base = seen_reply(taken)
    reply = url("submission-review-reply", taken, "A.1")
    assert home.post(reply, {"text": "Four.", "base": base}).status_code == 302
    assert told == [*once, "assigned", "opinion_replied"]


@pytest.mark.django_db
def test_submitting_on_the_page_tells_the_secretariat(people, django_capture_on_commit_callbacks, monkeypatch):
    told = []
    monkeypatch.setattr("diagnostic.views.assessments.tell", lambda kind, **more: told.append((kind, more)))
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    signed_in(people.coordinator).post(reverse("assessment-submit", args=[assessment.pk]))
    assert told == [("submitted", {"about": Submission.objects.get(), "by": people.coordinator})]

"""E-mail at each hand-over: to whom it goes, and that no answer, comment or reason is in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from cpch.accounts.models import User
from diagnostic.actions import assignments, opinions
from diagnostic.actions.bases import stamp
from diagnostic.actions.notices import NOTICES_OF
from diagnostic.mail.letters import HAND_OVERS, LETTERS
from diagnostic.mail.notices import BOTH_AGENCIES, FELLOW_COORDINATORS, NOTICES, OTHER_COORDINATORS
from diagnostic.models import Submission
from tests import factories
from tests.outbox import deliver, notify, ordered, told
from tests.sessions import signed_in
from tests.views.discussing import fresh, make_taken, seen_reply, url

SECRETS = ("SECRET-NARRATIVE", "SECRET-QUESTION", "SECRET-REASON", "SECRET-REMARK", "SECRET-NOTE", "SECRET-REPLY")


def assign(assessment, people):
    due = timezone.now().date() + timedelta(days=3)
    assignments.assign(assessment=assessment, reviewer=people.reviewer, due_on=due, by=people.administrator)


def addresses(*users):
    return {user.email for user in users}


@pytest.mark.django_db
def test_each_hand_over_goes_to_those_whom_it_concerns(people):
    taken = make_taken(people)
    abroad = factories.make_user("respondent", country="FR")
    agencies = addresses(people.coordinator, people.police_coordinator, people.respondent, people.police_respondent)
    for kind in ("taken_up", "returned", "accepted"):
        assert notify(kind, taken, people.reviewer) == agencies
    assert notify("comment", taken, people.reviewer, question="A.1") == agencies
    coordinators = addresses(people.coordinator, people.police_coordinator)
    assert notify("opinion", taken, people.reviewer, question="A.1") == coordinators
    assert notify("opinion_replied", taken, people.coordinator, question="A.1") == addresses(people.reviewer)
    assert notify("comment_answered", taken, people.respondent, question="A.1") == addresses(people.reviewer)
    assert notify("assigned", taken, people.administrator, person=people.reviewer.pk) == set()
    assign(taken.assessment, people)
    assert notify("assigned", taken, people.administrator, person=people.reviewer.pk) == addresses(people.reviewer)
    assert notify("assigned", taken, people.administrator, person=people.administrator.pk) == set()
    assert abroad.email not in agencies


@pytest.mark.django_db
def test_a_submission_is_told_to_who_is_assigned_and_else_to_the_whole_secretariat(people):
    submission = fresh(factories.make_submission(people.coordinator))
    everyone = addresses(people.reviewer, people.administrator)
    assert notify("submitted", submission, people.coordinator) == everyone
    assign(submission.assessment, people)
    assert notify("submitted", submission, people.coordinator) == addresses(people.reviewer)


@pytest.mark.django_db
def test_whoever_may_not_sign_in_any_more_gets_nothing(people):
    taken = make_taken(people)
    User.objects.filter(pk=people.respondent.pk).update(is_active=False)
    assert people.respondent.email not in notify("taken_up", taken, people.reviewer)


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
    assign(taken.assessment, people)
    for kind, notice in NOTICES.items():
        mail.outbox.clear()
        by = people.coordinator if notice.audience in ("secretariat", "reviewers") else people.administrator
        to = {"person": people.reviewer.pk} if kind == "assigned" else {}
        if notice.audience in others:
            by = people.police_coordinator if kind.startswith("police") else people.coordinator
            mine, theirs = addresses(by), others[notice.audience]
            wanted = theirs if by == people.coordinator else (theirs | addresses(people.coordinator)) - mine
            assert notify(kind, apart, by) == wanted, kind
        else:
            assert notify(kind, taken, by, question="A.1", **to), kind
        for message in mail.outbox:
            assert "Example Country, \u20682026" in message.subject
            assert "%(" not in message.subject + message.body
            path = next(line for line in message.body.splitlines() if "://" in line).split("/", 3)[3]
            assert signed_in(readers[message.to[0]]).get(f"/{path}").status_code == 200, (kind, message.to)


def test_no_e_mail_of_a_whole_review_holds_what_was_written(transactional_db, run_tasks):
    """Every hand-over, made through its page, is told once, and nothing that was typed goes out."""
    people = factories.make_people()
    assessment = factories.fill(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)
    factories.save_answer(assessment, people.coordinator, "A.1", level=3, narrative="SECRET-NARRATIVE")
    submission = fresh(factories.submit(assessment, by=people.coordinator))
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
    run_tasks()
    mail.outbox.clear()
    told = []
    for client, path, given in steps:
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
    assert told == [reviewer, agencies, [], agencies, reviewer, coordinators, reviewer, [], agencies]
    assert Submission.objects.get().assessment.state == "returned"


@pytest.mark.django_db
def test_a_button_pressed_twice_tells_once(people):
    taken = make_taken(people)
    before = len(ordered())
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
    assert ordered()[before:] == once

    later = {**assigned, "due_on": (due + timedelta(days=1)).isoformat()}
    assert admin.post(url("review-assign", taken), later).status_code == 302
    base = seen_reply(taken)
    reply = url("submission-review-reply", taken, "A.1")
    assert home.post(reply, {"text": "Four.", "base": base}).status_code == 302
    assert ordered()[before:] == [*once, "assigned", "opinion_replied"]


@pytest.mark.django_db
def test_submitting_on_the_page_tells_the_secretariat(people):
    assessment = factories.fill(factories.start_assessment(people.coordinator), people.coordinator)
    factories.sign_both(assessment, people.coordinator)
    deliver()
    signed_in(people.coordinator).post(reverse("assessment-submit", args=[assessment.pk]))
    assert told() == sorted(addresses(people.reviewer, people.administrator))


@pytest.mark.django_db
def test_an_opinion_that_is_changed_before_the_reply_is_told_once(people):
    taken = make_taken(people)
    before = len(ordered())
    for level in (2, 3):
        base = stamp(taken.opinions.last().given_at) if taken.opinions.exists() else None
        opinions.give(submission=taken, question="A.1", level=level, reason="Why.", by=people.reviewer, base=base)
    assert ordered()[before:] == ["opinion"]
    opinions.reply(submission=taken, question="A.1", text="No.", by=people.coordinator, base=seen_reply(taken))
    base = stamp(taken.opinions.last().given_at)
    opinions.give(submission=taken, question="A.1", level=4, reason="Still.", by=people.reviewer, base=base)
    assert ordered()[before:] == ["opinion", "opinion_replied", "opinion"]


@pytest.mark.django_db
def test_every_kind_has_words_and_every_act_a_known_kind():
    assert set(NOTICES_OF.values()) == set(LETTERS)
    written = {key.removeprefix("customs_").removeprefix("police_") for key in NOTICES}
    assert written == set(HAND_OVERS)

"""What waits for each person, and for nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from diagnostic.actions import assignments, comments, opinions, reviews
from diagnostic.models import Closing
from tests import factories
from tests.sessions import signed_in
from tests.tampering import overwrite
from tests.views.discussing import fresh, make_taken, return_for, take_up, text_of, url

pytestmark = pytest.mark.django_db

INBOX = "/inbox/"


def groups(user):
    """The names of what waits for a person, by the key of its group."""
    found = signed_in(user).get(INBOX).context["groups"]
    return {group.key: [item.name for item in group.items] for group in found}


def urls(user, key):
    found = signed_in(user).get(INBOX).context["groups"]
    return [item.url for group in found if group.key == key for item in group.items]


def assign(people, submission, reviewer, days=5):
    due_on = timezone.now().date() + timedelta(days=days)
    assignments.assign(assessment=submission.assessment, reviewer=reviewer, due_on=due_on, by=people.administrator)


def test_nobody_else_is_told_anything(people):
    make_taken(people)
    for who in (people.partner, people.nobody, people.foreigner, people.observer):
        says = text_of(signed_in(who).get(INBOX))
        assert "Nothing waits for you." in says


def test_a_reviewer_sees_assignments_by_their_day_and_what_nobody_has(people):
    first = factories.make_submission(people.coordinator, period="2024")
    second = factories.make_submission(people.coordinator, period="2025")
    factories.make_submission(people.coordinator, period="2026")
    other = factories.make_submission(people.coordinator, period="2027")
    assign(people, fresh(first), people.reviewer, days=9)
    assign(people, fresh(second), people.reviewer, days=2)
    assign(people, fresh(other), people.administrator)
    assert groups(people.reviewer) == {
        "assigned": ["Example Country, 2025: submission 1", "Example Country, 2024: submission 1"],
        "free": ["Example Country, 2026: submission 1"],
    }
    assert groups(people.administrator)["assigned"] == ["Example Country, 2027: submission 1"]


def test_what_a_reviewer_took_up_is_theirs_until_it_is_closed(people):
    taken = make_taken(people, period="2026")
    assert groups(people.reviewer) == {"own": ["Example Country, 2026: submission 1"]}
    assert groups(people.administrator) == {}
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    assert groups(people.reviewer) == {}


def test_a_shared_comment_waits_for_the_country_and_its_answer_for_the_reviewer(people):
    taken = make_taken(people, period="2026")
    comments.note(submission=taken, question="A.2.1", text="Internal.", by=people.reviewer)
    assert groups(people.coordinator) == {}
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    assert groups(people.police_respondent) == {"comments": ["A.1: Example Country, 2026"]}
    assert groups(people.observer) == groups(people.foreigner) == {}
    assert urls(people.respondent, "comments") == [url("submission-review-question", taken, "A.1") + "#comments"]
    comments.answer(submission=taken, question="A.1", text="Because.", by=people.respondent)
    assert groups(people.coordinator) == {}
    assert groups(people.reviewer)["comments"] == ["A.1: Example Country, 2026"]
    assert "comments" not in groups(people.administrator)
    assign(people, taken, people.administrator)
    assert groups(people.administrator)["comments"] == ["A.1: Example Country, 2026"]
    comments.share(submission=taken, question="A.1", text="Thank you.", by=people.administrator)
    assert "comments" not in groups(people.reviewer)


def test_an_opinion_waits_for_the_coordinators_and_the_reply_for_its_giver(people):
    taken = make_taken(people, period="2026")
    opinions.give(submission=taken, question="A.1", level=2, reason="Paper.", by=people.reviewer)
    waits = {"opinions": ["A.1: Example Country, 2026"]}
    assert groups(people.coordinator) == groups(people.police_coordinator) == waits
    assert groups(people.respondent) == groups(people.foreigner) == {}
    opinions.reply(submission=taken, question="A.1", text="No.", by=people.coordinator)
    assert groups(people.police_coordinator) == {}
    assert groups(people.reviewer)["replies"] == ["A.1: Example Country, 2026"]
    assert groups(people.administrator) == {}
    opinions.give(submission=taken, question="A.1", level=1, reason="Still.", by=people.reviewer)
    assert groups(people.coordinator) == waits
    assert "replies" not in groups(people.reviewer)


def read(person, name, submission, code):
    """Open the page of a question and send the form that it sends by itself."""
    client = signed_in(person)
    page = client.get(url(f"{name}-question", submission, code))
    return client.post(url(f"{name}-read", submission, code), {"up_to": page.context["read_state"].stamp})


def test_a_reply_leaves_the_inbox_of_who_has_read_it_and_comes_back_with_the_next(people):
    taken = make_taken(people, period="2026")
    assign(people, taken, people.administrator)
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    opinions.give(submission=taken, question="A.2.1", level=2, reason="Paper.", by=people.reviewer)
    comments.answer(submission=taken, question="A.1", text="Because.", by=people.respondent)
    opinions.reply(submission=taken, question="A.2.1", text="No.", by=people.coordinator)
    assert {"comments", "replies"} <= set(groups(people.reviewer))
    signed_in(people.reviewer).get(url("review-question", taken, "A.1"))
    assert "comments" in groups(people.reviewer), "to ask for a page changes nothing"
    read(people.reviewer, "review", taken, "A.1")
    assert set(groups(people.reviewer)) == {"own", "replies"}
    assert "comments" in groups(people.administrator), "each reads for themselves"
    read(people.reviewer, "review", taken, "A.2.1")
    assert set(groups(people.reviewer)) == {"own"}
    comments.answer(submission=taken, question="A.1", text="And another thing.", by=people.coordinator)
    opinions.reply(submission=taken, question="A.2.1", text="No, again.", by=people.coordinator)
    assert set(groups(people.reviewer)) == {"own", "comments", "replies"}


def test_what_was_said_while_the_page_was_open_is_not_taken_for_read(people):
    taken = make_taken(people, period="2026")
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    comments.answer(submission=taken, question="A.1", text="Because.", by=people.respondent)
    stamp = signed_in(people.reviewer).get(url("review-question", taken, "A.1")).context["read_state"].stamp
    comments.answer(submission=taken, question="A.1", text="Wait.", by=people.respondent)
    signed_in(people.reviewer).post(url("review-read", taken, "A.1"), {"up_to": stamp})
    assert "comments" in groups(people.reviewer)


def test_a_question_waits_for_the_countrys_answer_and_a_further_word_until_it_is_seen(people):
    taken = make_taken(people, period="2026")
    comments.share(submission=taken, question="A.1", text="Why?", by=people.reviewer)
    read(people.respondent, "submission-review", taken, "A.1")
    assert "comments" in groups(people.respondent), "to have seen a question is no answer"
    comments.answer(submission=taken, question="A.1", text="Because.", by=people.police_respondent)
    comments.share(submission=taken, question="A.1", text="Thank you.", by=people.reviewer)
    assert "comments" in groups(people.respondent)
    read(people.respondent, "submission-review", taken, "A.1")
    assert "comments" not in groups(people.respondent)
    assert "comments" in groups(people.coordinator)


def test_an_opinion_on_what_was_accepted_waits_for_thirty_days(people):
    taken = make_taken(people)
    opinions.give(submission=taken, question="A.1", level=2, reason="Paper.", by=people.reviewer)
    reviews.accept(submission=taken, remark="", by=people.reviewer)
    assert "opinions" in groups(people.coordinator)
    overwrite(Closing.objects.all(), closed_at=timezone.now() - timedelta(days=31))
    assert groups(people.coordinator) == {}


def test_a_clarification_waits_until_it_is_answered_again(people):
    taken = return_for(make_taken(people, period="2026"), people.reviewer, "A.1", "A.2.1")
    assert groups(people.respondent)["clarifications"] == [
        "A.1: Example Country, 2026",
        "A.2.1: Example Country, 2026",
    ]
    assert groups(people.respondent)["home"] == ["2026"]
    factories.save_answer(taken.assessment, people.coordinator, "A.1", level=2)
    assert groups(people.coordinator)["clarifications"] == ["A.2.1: Example Country, 2026"]
    assert groups(people.foreigner) == {}
    again = factories.submit(taken.assessment, by=people.coordinator)
    assert groups(people.coordinator) == {}
    assert groups(people.reviewer) == {"free": ["Example Country, 2026: submission 2"]}
    second = return_for(take_up(again, people.reviewer), people.reviewer, "A.3.1")
    assert second.number == 2
    assert groups(people.coordinator)["clarifications"] == ["A.3.1: Example Country, 2026"]


def test_a_key_waits_for_the_coordinators_who_are_to_turn_it(people):
    assessment = factories.start_assessment(people.coordinator, period="2026")
    factories.complete(assessment, people.coordinator)
    factories.sign(assessment, people.coordinator)
    assert groups(people.police_coordinator) == {"keys": ["2026"]}
    assert groups(people.coordinator) == groups(people.police_respondent) == {"home": ["2026"]}
    check = f"/assessments/{assessment.pk}/check/#submit"
    assert urls(people.police_coordinator, "keys") == [check]
    factories.sign(assessment, people.police_coordinator)
    assert groups(people.coordinator) == groups(people.police_coordinator) == {"keys": ["2026"]}
    assert "Both agencies have attested. It can be submitted." in text_of(signed_in(people.coordinator).get(INBOX))
    factories.save_answer(assessment, people.respondent, "A.1", level=2)
    assert groups(people.coordinator) == groups(people.police_coordinator) == {"home": ["2026"]}


def test_a_record_waits_where_nobody_of_the_other_agency_has_an_account(people):
    factories.empty_agency(people)
    assessment = factories.start_assessment(people.coordinator, period="2026")
    factories.complete(assessment, people.coordinator)
    factories.sign(assessment, people.coordinator)
    assert "Record who agreed for the other" in text_of(signed_in(people.coordinator).get(INBOX))
    factories.sign(assessment, people.coordinator, "police", factories.AGREED)
    assert "It can be submitted." in text_of(signed_in(people.coordinator).get(INBOX))
    newcomer = factories.make_user(agency="police")
    assert groups(people.coordinator) == {"home": ["2026"]}
    assert groups(newcomer) == {"keys": ["2026"]}


def test_no_record_waits_where_the_other_agency_has_lost_its_coordinator_only(people):
    factories.deactivate(people.police_coordinator)
    assessment = factories.complete(factories.start_assessment(people.coordinator, period="2026"), people.coordinator)
    factories.sign(assessment, people.coordinator)
    assert groups(people.coordinator) == {"home": ["2026"]}


def test_every_link_leads_where_the_person_may_go(people):
    taken = make_taken(people)
    assign(people, taken, people.reviewer)
    for code in ("A.1", "A.2.1"):
        opinions.give(submission=taken, question=code, level=2, reason="Paper.", by=people.reviewer)
        comments.share(submission=taken, question=code, text="Why?", by=people.reviewer)
    comments.answer(submission=taken, question="A.1", text="Because.", by=people.respondent)
    opinions.reply(submission=taken, question="A.1", text="No.", by=people.coordinator)
    return_for(taken, people.reviewer, "A.3.1")
    for who in (people.coordinator, people.respondent, people.reviewer, people.administrator):
        client = signed_in(who)
        for group in client.get(INBOX).context["groups"]:
            for item in group.items:
                assert client.get(item.url).status_code == 200, item


def test_a_draft_of_one_country_is_not_anothers(people):
    factories.start_assessment(people.coordinator, period="2030")
    assert groups(people.coordinator) == {"home": ["2030"]}
    assert groups(people.foreigner) == groups(people.reviewer) == groups(people.partner) == {}


def test_it_makes_as_many_queries_for_many_as_for_one(people, django_assert_num_queries):
    def fill(country):
        by = factories.make_user(country=country)
        taken = take_up(factories.make_submission(by), people.reviewer)
        assign(people, taken, people.reviewer)
        for code in ("A.1", "A.2.1"):
            opinions.give(submission=taken, question=code, level=2, reason="Paper.", by=people.reviewer)
            comments.share(submission=taken, question=code, text="Why?", by=people.reviewer)
            comments.answer(submission=taken, question=code, text="Because.", by=by)
            opinions.reply(submission=taken, question=code, text="No.", by=by)
        opinions.give(submission=taken, question="A.3.1", level=2, reason="Paper.", by=people.reviewer)
        comments.share(submission=taken, question="A.3.1", text="Why?", by=people.reviewer)
        factories.make_submission(by)

    fill("ZZ")
    desk, home = signed_in(people.reviewer), signed_in(people.coordinator)
    desk.get(INBOX)
    for countries in ((), ("FR", "ZZ", "KE")):
        for country in countries:
            fill(country)
        with django_assert_num_queries(4):
            desk.get(INBOX)
        with django_assert_num_queries(5):
            home.get(INBOX)

"""Two people at once about one submission, each on a connection of their own: nobody writes over the other unseen."""

from __future__ import annotations

from functools import partial

import pytest

from diagnostic.actions import comments, opinions, reviews
from diagnostic.actions.bases import stamp
from diagnostic.actions.errors import StateChanged
from diagnostic.models import AuditEntry, Clarification, Comment, Opinion, Review
from tests import factories
from tests.at_once import at_once
from tests.views.discussing import fresh, make_taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people(transactional_db):
    return factories.make_people()


@pytest.fixture
def taken(people):
    return make_taken(people)


def kinds(found):
    return sorted(type(item).__name__ for item in found)


def test_of_two_who_take_it_up_one_does(people):
    submission = fresh(factories.make_submission(people.coordinator))
    found = at_once(
        *(partial(reviews.take_up, submission=submission, by=by) for by in (people.reviewer, people.administrator))
    )
    assert kinds(found) == ["Review", "StateChanged"]
    assert Review.objects.count() == 1


def test_of_two_opinions_on_one_question_one_is_shown_the_other(people, taken):
    def give(by, level):
        return opinions.give(
            submission=taken, question="A.1", level=level, reason=f"So says {by.full_name}.", by=by, base=""
        )

    found = at_once(partial(give, people.reviewer, 2), partial(give, people.administrator, 4))
    assert kinds(found) == ["Opinion", "TextChanged"]
    held = Opinion.objects.standing().get()
    assert (held.level, held.reason) == (
        (2 if held.given_by == people.reviewer else 4),
        f"So says {held.given_by.full_name}.",
    )


def test_an_opinion_given_twice_by_a_double_click_is_given_once(people, taken):
    give = partial(opinions.give, submission=taken, question="A.1", level=2, reason="So.", by=people.reviewer, base="")
    assert kinds(at_once(give, give)) == ["NoneType", "Opinion"]
    assert AuditEntry.objects.filter(act="opinion.give").count() == 1


def test_of_two_replies_to_one_opinion_one_is_shown_the_other(people, taken):
    opinions.give(submission=taken, question="A.1", level=2, reason="Lower.", by=people.reviewer)
    seen = stamp(Opinion.objects.standing().get().given_at)

    def reply(by):
        return opinions.reply(submission=taken, question="A.1", text=by.full_name, by=by, base=seen)

    found = at_once(partial(reply, people.coordinator), partial(reply, people.police_coordinator))
    assert kinds(found) == ["Opinion", "TextChanged"]
    held = Opinion.objects.standing().get()
    assert held.reply == held.replied_by.full_name


def test_a_reply_beside_a_changed_opinion_never_ends_under_words_that_it_did_not_answer(people, taken):
    first = opinions.give(submission=taken, question="A.1", level=2, reason="Lower.", by=people.reviewer)
    seen = stamp(first.given_at)
    changed, replied = at_once(
        partial(
            opinions.give, submission=taken, question="A.1", level=1, reason="Lower.", by=people.reviewer, base=seen
        ),
        partial(opinions.reply, submission=taken, question="A.1", text="No.", by=people.coordinator, base=seen),
    )
    assert isinstance(changed, Opinion)
    held = Opinion.objects.standing().get()
    if isinstance(replied, Opinion):
        # It stands under the one that it was given to, and is asked for anew.
        assert (held.reply, held.awaits_reply) == ("No.", True)
    else:
        assert (type(replied).__name__, held.reply) == ("TextChanged", "")


def test_of_two_clarifications_of_one_question_one_is_shown_the_other(people, taken):
    def ask(by):
        return reviews.ask(submission=taken, question="A.1", text=by.full_name, by=by, base="")

    found = at_once(partial(ask, people.reviewer), partial(ask, people.administrator))
    assert kinds(found) == ["Clarification", "TextChanged"]
    held = Clarification.objects.standing().get()
    assert held.text == held.asked_by.full_name


def test_of_a_return_and_an_acceptance_at_once_one_is_done(people, taken):
    reviews.ask(submission=taken, question="A.1", text="Which?", by=people.reviewer)
    unask = partial(reviews.ask, submission=taken, question="A.1", text="", by=people.reviewer)
    give_back = partial(reviews.return_for_clarification, submission=taken, remark="", by=people.reviewer)
    accept = partial(reviews.accept, submission=taken, remark="", by=people.administrator)
    at_once(unask, give_back, accept)
    held, review = fresh(taken).assessment, Review.objects.get()
    asked = Clarification.objects.standing().filter(review=review).count()
    assert (held.state, review.outcome, asked) in (
        ("in_review", "", 0),
        ("in_review", "", 1),
        ("returned", "returned", 1),
        ("accepted", "accepted", 0),
    )
    log = AuditEntry.objects.filter(act__in=["review.return", "review.accept"])
    assert log.count() == (0 if held.state == "in_review" else 1)


def test_a_comment_sent_twice_by_a_double_click_is_there_once_and_told_once(people, taken):
    send = partial(comments.share, submission=taken, question="A.1", text="Which?", by=people.reviewer)
    assert kinds(at_once(send, send, send)) == ["Comment", "NoneType", "NoneType"]
    assert Comment.objects.count() == 1
    answer = partial(comments.answer, submission=taken, question="A.1", text="This.", by=people.respondent)
    assert kinds(at_once(answer, answer)) == ["Comment", "NoneType"]


def test_a_comment_beside_the_acceptance_is_before_it_or_refused(people, taken):
    said, accepted = at_once(
        partial(comments.share, submission=taken, question="A.1", text="One thing.", by=people.reviewer),
        partial(reviews.accept, submission=taken, remark="", by=people.administrator),
    )
    assert isinstance(accepted, Review)
    assert isinstance(said, Comment | StateChanged)
    acts = list(
        AuditEntry.objects.filter(chain__assessment=taken.assessment_id)
        .order_by("number")
        .values_list("act", flat=True)
    )
    assert acts[-1] == "review.accept"

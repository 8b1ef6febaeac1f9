"""A reviewer's opinion of a level beside the country's answer, and the country's reply."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from diagnostic.actions import opinions, reviews
from diagnostic.actions.bases import stamp
from diagnostic.actions.errors import ActionRefused, StateChanged, TextChanged
from diagnostic.models import AuditEntry, Opinion, Response
from tests import factories
from tests.sessions import signed_in
from tests.views.discussing import return_for, seen_reply, take_up, text_of, url

pytestmark = pytest.mark.django_db

REASON = "The agreement is on paper."
REPLY = "The meetings were held in March."


def give(desk, taken, level=2, reason=REASON, base="", **more):
    given = {"level": level, "reason": reason, "base": base}
    return desk.post(url("review-opinion", taken, "A.1"), given, **more)


def reply(client, taken, text=REPLY, base=None, **more):
    base = seen_reply(taken) if base is None else base
    return client.post(url("submission-review-reply", taken, "A.1"), {"text": text, "base": base}, **more)


def test_an_opinion_stands_beside_the_answer_and_never_in_its_place(desk, taken, people):
    row = Response.objects.filter(assessment=taken.assessment, question="A.1").values().get()
    response = give(desk, taken, follow=True)
    says = text_of(response)
    assert "Your opinion on A.1 is given. The country can read it now." in says
    marks = {item.level: item.marks for item in response.context["rubric"] if item.marks}
    assert marks == {2: ("Your opinion",), 3: ("Country’s answer",)}
    assert "the index would be 2.2 instead of 2.3; the level would stay 2 Communication" in says
    assert Response.objects.filter(assessment=taken.assessment, question="A.1").values().get() == row
    digest = taken.digest
    taken.refresh_from_db()
    assert taken.digest == digest

    colleague = signed_in(people.administrator).get(url("review-question", taken, "A.1"))
    assert {item.level: item.marks for item in colleague.context["rubric"]}[2] == ("Reviewer’s opinion",)
    says = text_of(signed_in(people.observer).get(url("submission-review-question", taken, "A.1")))
    assert REASON in says
    assert "It stands beside your country’s answer and never replaces it." in says


def test_the_country_replies_and_may_change_its_reply(desk, taken, people):
    give(desk, taken)
    home = signed_in(people.coordinator)
    assert "No reply yet" in text_of(home.get(url("submission-review", taken)))
    says = text_of(reply(home, taken, follow=True))
    assert "Your country’s reply stands beside the opinion now." in says
    assert REPLY in says
    assert "Replied" in text_of(home.get(url("submission-review", taken)))
    assert REPLY in text_of(desk.get(url("review-question", taken, "A.1")))
    assert "The country replied." in text_of(desk.get(url("review-detail", taken)))
    base = home.get(url("submission-review-question", taken, "A.1")).context["reply_form"]["base"].value()
    reply(home, taken, "In April.", base)
    assert Opinion.objects.standing().get().reply == "In April."


def test_one_coordinators_reply_is_not_overwritten_in_silence(desk, taken, people):
    give(desk, taken)
    opened = seen_reply(taken)
    reply(signed_in(people.police_coordinator), taken, "Theirs.")
    response = reply(signed_in(people.coordinator), taken, "Ours.", opened)
    assert response.status_code == 409
    says = text_of(response)
    assert f"{people.police_coordinator.full_name} has replied since you opened this page" in says
    assert "Theirs." in says
    assert response.context["reply_form"]["text"].value() == "Ours."
    assert Opinion.objects.standing().get().reply == "Theirs."
    reply(signed_in(people.coordinator), taken, "Ours.", response.context["reply_form"]["base"].value())
    assert Opinion.objects.standing().get().reply == "Ours."


def test_a_colleagues_opinion_is_not_overwritten_in_silence(desk, taken, people):
    give(signed_in(people.administrator), taken, 1, "What the colleague thinks.")
    response = give(desk, taken, 4, "What I think.")
    assert response.status_code == 409
    says = text_of(response)
    assert f"{people.administrator.full_name} has given an opinion since you opened this page" in says
    assert "What the colleague thinks." in says
    assert response.context["opinion_form"]["reason"].value() == "What I think."
    assert Opinion.objects.standing().get().level == 1
    give(desk, taken, 4, "What I think.", response.context["opinion_form"]["base"].value())
    assert Opinion.objects.standing().get().level == 4


def test_an_opinion_is_taken_back_only_while_nobody_replied(desk, taken, people):
    give(desk, taken)
    base = stamp(Opinion.objects.standing().get().given_at)
    page = desk.post(url("review-opinion", taken, "A.1"), {"remove": "1", "base": base}, follow=True)
    assert "Your opinion on A.1 is taken back." in text_of(page)
    assert not Opinion.objects.standing().exists()
    give(desk, taken)
    reply(signed_in(people.coordinator), taken)
    assert 'name="remove"' not in desk.get(url("review-question", taken, "A.2.1")).content.decode()
    page = desk.post(url("review-opinion", taken, "A.1"), {"remove": "1"}, follow=True)
    assert "The country has replied to this opinion." in text_of(page)
    assert Opinion.objects.standing().get().reply == REPLY


def test_an_opinion_changed_after_the_reply_waits_for_a_new_one(desk, taken, people):
    give(desk, taken)
    home = signed_in(people.coordinator)
    reply(home, taken)
    give(
        desk,
        taken,
        1,
        "On reading it again.",
        desk.get(url("review-question", taken, "A.1")).context["opinion_form"]["base"].value(),
    )
    assert "The opinion was changed after this reply." in text_of(
        home.get(url("submission-review-question", taken, "A.1"))
    )
    assert "No reply yet" in text_of(home.get(url("submission-review", taken)))
    assert REPLY in text_of(desk.get(url("review-question", taken, "A.1")))


def test_a_reply_to_an_opinion_that_was_changed_meanwhile_is_not_put_under_the_new_one(desk, taken, people):
    give(desk, taken, 3)
    opened = seen_reply(taken)
    give(desk, taken, 1, "On reading it again.", stamp(Opinion.objects.standing().get().given_at))
    response = reply(signed_in(people.coordinator), taken, "We agree.", opened)
    assert response.status_code == 409
    says = text_of(response)
    assert "Somebody else has changed this since the page was opened" in says
    assert "On reading it again." in says
    assert response.context["reply_form"]["text"].value() == "We agree."
    assert Opinion.objects.standing().get().reply == ""


def test_taking_back_takes_no_opinion_that_was_not_seen(desk, taken, people):
    give(desk, taken)
    opened = stamp(Opinion.objects.standing().get().given_at)
    give(signed_in(people.administrator), taken, 4, "What the colleague thinks.", opened)
    response = desk.post(url("review-opinion", taken, "A.1"), {"remove": "1", "base": opened})
    assert response.status_code == 409
    assert "What the colleague thinks." in text_of(response)
    assert Opinion.objects.standing().get().level == 4


@pytest.mark.parametrize("base", ["", "2020-01-01T00:00:00+00:00"])
def test_the_acts_themselves_look_at_the_base_under_the_lock(taken, people, base):
    about = {"submission": taken, "question": "A.1"}
    held = opinions.give(**about, level=2, reason=REASON, by=people.reviewer)
    for act, more, by in (
        (opinions.give, {"level": 3, "reason": REASON}, people.reviewer),
        (opinions.take_back, {}, people.reviewer),
        (opinions.reply, {"text": REPLY}, people.coordinator),
    ):
        with pytest.raises(TextChanged):
            act(**about, **more, base=base, by=by)
    replied = opinions.reply(**about, text=REPLY, base=stamp(held.given_at), by=people.coordinator)
    with pytest.raises(TextChanged):
        opinions.reply(**about, text="Ours.", base=stamp(held.given_at), by=people.police_coordinator)
    assert replied.reply == Opinion.objects.standing().get().reply == REPLY


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"level": "", "reason": REASON}, "Choose the level at which you see it."),
        ({"level": "6", "reason": REASON}, "Select a valid choice."),
        ({"level": "2", "reason": " "}, "Say why you see it at this level."),
        ({"level": "2", "reason": "x" * 10_001}, "The text has 10,001 characters"),
    ],
)
def test_a_bad_opinion_is_refused_at_its_field_and_kept(desk, taken, given, fault):
    response = desk.post(url("review-opinion", taken, "A.1"), given)
    assert response.status_code == 422
    assert fault in text_of(response)
    assert response.context["opinion_form"]["reason"].value() == given["reason"]
    assert not Opinion.objects.standing().exists()


def test_an_empty_reply_is_refused(desk, taken, people):
    give(desk, taken)
    response = reply(signed_in(people.coordinator), taken, " ")
    assert response.status_code == 422
    assert "Write the reply first." in text_of(response)


@pytest.mark.parametrize(
    ("who", "status"),
    [("police_coordinator", 302), ("respondent", 403), ("observer", 403), ("reviewer", 403), ("foreigner", 404)],
)
def test_a_coordinator_replies_for_the_country(desk, taken, people, who, status):
    give(desk, taken)
    assert reply(signed_in(getattr(people, who)), taken).status_code == status
    assert bool(Opinion.objects.standing().get().reply) is (status == 302)


def test_an_opinion_is_given_in_review_and_replied_to_until_the_next_submission(desk, taken, people):
    waiting = factories.make_submission(people.coordinator)
    assert give(desk, waiting).status_code == 409
    give(desk, taken)
    returned = return_for(taken, people.reviewer, "A.1")
    assert give(desk, returned, 1).status_code == 409
    assert reply(signed_in(people.coordinator), returned).status_code == 302
    factories.save_answer(returned.assessment, people.coordinator, "A.1", level=2)
    second = take_up(factories.submit(returned.assessment, by=people.coordinator), people.reviewer)
    late = reply(signed_in(people.coordinator), taken, "Too late.")
    assert late.status_code == 409
    assert "Too late." in text_of(late)
    give(desk, second)
    reviews.accept(submission=second, remark="", by=people.reviewer)
    assert reply(signed_in(people.coordinator), second).status_code == 302


def test_a_question_without_a_level_takes_no_opinion(desk, taken, people):
    from diagnostic.instruments import current_instrument

    descriptive = next(item.code for item in current_instrument().questions if not item.takes_level)
    with pytest.raises(ActionRefused):
        opinions.give(submission=taken, question=descriptive, level=2, reason=REASON, by=people.reviewer)
    assert "Your opinion" not in text_of(desk.get(url("review-question", taken, descriptive)))


def test_the_action_refuses_whoever_may_not(taken, people):
    for by in (people.coordinator, people.observer, people.partner):
        with pytest.raises(PermissionDenied):
            opinions.give(submission=taken, question="A.1", level=2, reason=REASON, by=by)
    for by in (people.respondent, people.reviewer, people.foreigner):
        with pytest.raises(PermissionDenied):
            opinions.reply(submission=taken, question="A.1", text=REPLY, by=by)
    with pytest.raises(StateChanged):
        opinions.reply(submission=taken, question="A.1", text=REPLY, by=people.coordinator)


def test_the_log_says_who_did_it_and_holds_no_text(desk, taken, people):
    give(desk, taken)
    reply(signed_in(people.coordinator), taken)
    held = AuditEntry.objects.filter(chain__assessment=taken.assessment_id, act__startswith="opinion")
    assert [entry.act for entry in held.order_by("number")] == ["opinion.give", "opinion.reply"]
    assert REASON not in str([entry.detail for entry in held])
    says = text_of(signed_in(people.coordinator).get(f"/assessments/{taken.assessment_id}/log/"))
    assert "gave an opinion on A.1 of submission 1" in says
    assert "replied to the opinion on A.1 of submission 1" in says

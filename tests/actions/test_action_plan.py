"""The acts of the action plan: who may, what is logged, and that nothing is overwritten in silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from diagnostic.actions import action_plan, assessments
from diagnostic.actions.action_plan import AlreadyPlanned
from diagnostic.actions.audit_check import find_breaks
from diagnostic.actions.clock import now
from diagnostic.actions.errors import ActionChanged, ActionRefused, Invalid, StateChanged
from diagnostic.core.action_plan import TRANSITIONS, ActionDetails
from diagnostic.core.result import score
from diagnostic.instruments import current_instrument
from diagnostic.models import Action, ActionComment, ActionRevision, Assessment, AuditChain, AuditEntry
from diagnostic.permissions import actions_visible_to, can_plan, plan_countries_visible_to
from diagnostic.queries import load_voices, to_action_line
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return factories.make_people()


@pytest.fixture
def assessment(people):
    return factories.fill(factories.start_assessment(people.coordinator), people.coordinator)


def recommended(assessment):
    held = Assessment.objects.get(pk=assessment.pk)
    return score(current_instrument(), load_voices(held), target_level=held.target_level).recommendations


def any_of(assessment, is_step):
    """One recommendation for a question, or one for a theme."""
    return next(item for item in recommended(assessment) if (item.question is None) == is_step)


def planned(assessment, by, is_step=False):
    return action_plan.plan(assessment=assessment, recommendation=any_of(assessment, is_step).id, by=by)


def add(assessment, by, **more):
    details = ActionDetails(**({"title": "Meet the new minister"} | more.pop("details", {})))
    return action_plan.add(assessment=assessment, details=details, by=by, **more)


def last_entry():
    return AuditEntry.objects.order_by("-pk").first()


def test_a_recommendation_becomes_an_action_in_its_own_words(people, assessment):
    item = any_of(assessment, is_step=False)
    action = action_plan.plan(assessment=assessment, recommendation=item.id, by=people.coordinator)
    held = Action.objects.get(pk=action.pk)
    result = score(current_instrument(), load_voices(assessment))
    assert (held.number, held.state, held.version) == (1, "planned", 1)
    assert (held.recommendation, held.question, held.theme) == (item.id, item.question, item.theme)
    assert held.level_before == result.standings[item.question].level
    assert (held.due_on, held.planned_by) == (None, people.coordinator)
    entry = last_entry()
    assert (entry.act, entry.detail) == ("plan.add", {"action": 1, "recommendation": item.id})
    assert entry.chain.assessment_id == assessment.pk


def test_a_step_is_measured_by_the_level_of_its_theme(people, assessment):
    action = planned(assessment, people.coordinator, is_step=True)
    result = score(current_instrument(), load_voices(assessment))
    theme = next(held for held in result.place.themes if held.theme == action.theme)
    assert (action.question, action.level_before) == ("", theme.level)
    assert action.to_level > theme.level


def test_a_button_pressed_twice_plans_once_and_what_ended_may_be_planned_again(people, assessment):
    first = planned(assessment, people.coordinator)
    assert planned(assessment, people.police_coordinator).pk == first.pk
    action_plan.move(action=first, act="complete", source="planned", by=people.respondent)
    second = planned(assessment, people.coordinator)
    assert (second.number, second.recommendation) == (2, first.recommendation)
    with pytest.raises(AlreadyPlanned):
        action_plan.move(action=first, act="reopen", source="done", by=people.respondent)
    assert Action.objects.get(pk=first.pk).state == "done"


def test_what_the_answers_do_not_recommend_cannot_be_planned(people, assessment):
    for unknown in ("G-A.99", "", "S-A.19"):
        with pytest.raises(ActionRefused):
            action_plan.plan(assessment=assessment, recommendation=unknown, by=people.coordinator)
    assert not Action.objects.exists()


def test_nothing_is_planned_on_what_was_withdrawn(people, assessment):
    item = any_of(assessment, is_step=False).id
    assessments.withdraw(assessment=assessment, by=people.coordinator, reason="Wrong year.")
    with pytest.raises(StateChanged):
        action_plan.plan(assessment=assessment, recommendation=item, by=people.coordinator)


def test_blind_agencies_make_no_plan(people):
    """A result of one agency's answers is its own: nothing that both read may be made of it."""
    apart = factories.start_assessment(people.coordinator, mode="separate")
    factories.save_answer(apart, people.respondent, "A.1", voice="customs", level=1)
    assert not can_plan(people.coordinator, apart)
    with pytest.raises(PermissionDenied):
        action_plan.plan(assessment=apart, recommendation="G-A.1", by=people.coordinator)
    with pytest.raises(PermissionDenied):
        add(apart, people.coordinator)
    factories.open_comparison(apart)
    add(Assessment.objects.get(pk=apart.pk), people.coordinator)
    assert Action.objects.count() == 1


def test_a_free_action_may_concern_a_question_a_theme_or_neither(people, assessment):
    about = [
        add(assessment, people.coordinator, question="A.1"),
        add(assessment, people.coordinator, theme="people"),
        add(assessment, people.coordinator),
    ]
    result = score(current_instrument(), load_voices(assessment))
    people_level = next(held.level for held in result.place.themes if held.theme == "people")
    found = [(item.number, item.question, item.theme, item.level_before) for item in about]
    assert found == [
        (1, "A.1", "framework", result.standings["A.1"].level),
        (2, "", "people", people_level),
        (3, "", "", None),
    ]
    for unknown in ({"question": "A.99"}, {"theme": "weather"}):
        with pytest.raises(ActionRefused):
            add(assessment, people.coordinator, **unknown)
    with pytest.raises(Invalid):
        add(assessment, people.coordinator, details={"title": " "})


def test_an_action_added_twice_by_one_press_is_there_once(people, assessment):
    first = add(assessment, people.coordinator, question="A.1")
    assert add(assessment, people.coordinator, question="A.1") == first
    others = [
        add(assessment, people.coordinator, question="A.9"),
        add(assessment, people.police_coordinator, question="A.9"),
        add(assessment, people.police_coordinator, question="A.9", details={"title": "Another"}),
    ]
    Action.objects.update(planned_at=now() - timedelta(minutes=1))
    others.append(add(assessment, people.police_coordinator, question="A.9", details={"title": "Another"}))
    assert [item.number for item in others] == [2, 3, 4, 5]


def test_the_numbers_are_the_countrys_own(people, assessment):
    add(assessment, people.coordinator)
    abroad = factories.start_assessment(people.foreigner)
    assert add(abroad, people.foreigner).number == 1
    again = factories.start_assessment(people.police_coordinator)
    assert add(again, people.police_coordinator).number == 2


WRITERS = {"coordinator", "police_coordinator"}
WORKERS = WRITERS | {"respondent", "police_respondent"}
EVERYBODY = WORKERS | {"observer", "reviewer", "administrator", "partner", "foreigner", "nobody"}


def attempts(people, who, assessment, action):
    """Each kind of act, tried and taken back: whether it was let through."""
    by = getattr(people, who)
    acts = {
        "plan": lambda: planned(assessment, by),
        "add": lambda: add(assessment, by),
        "change": lambda: action_plan.change(action=action, details=ActionDetails("New"), base_version=1, by=by),
        "drop": lambda: action_plan.move(action=action, act="drop", source="planned", reason="No.", by=by),
        "begin": lambda: action_plan.move(action=action, act="begin", source="planned", by=by),
        "complete": lambda: action_plan.move(action=action, act="complete", source="planned", proof="Law 7", by=by),
        "prove": lambda: action_plan.prove(action=action, proof="Law 7", base_version=1, by=by),
        "comment": lambda: action_plan.comment(action=action, text="Why?", by=by),
    }
    found = set()
    for name, act in acts.items():
        try:
            with transaction.atomic():
                act()
                found.add(name)
                transaction.set_rollback(True)
        except PermissionDenied:
            pass
    return found


def test_who_may_do_what(people, assessment):
    action = add(assessment, people.coordinator)
    work = {"begin", "complete", "prove", "comment"}
    everything = work | {"plan", "add", "change", "drop"}
    allowed = {who: attempts(people, who, assessment, action) for who in EVERYBODY}
    expected = {who: everything if who in WRITERS else work if who in WORKERS else set() for who in EVERYBODY}
    assert allowed == expected


def test_who_sees_the_plan(people, assessment):
    add(assessment, people.coordinator)
    seen = {
        who: (
            actions_visible_to(getattr(people, who)).count(),
            plan_countries_visible_to(getattr(people, who)).filter(alpha2="ZZ").exists(),
        )
        for who in EVERYBODY
    }
    country = WORKERS | {"observer"}
    assert seen == {who: (1, True) if who in country else (0, False) for who in EVERYBODY}
    factories.submit(assessment, people.coordinator)
    for who in ("reviewer", "administrator"):
        assert actions_visible_to(getattr(people, who)).count() == 1
        assert plan_countries_visible_to(getattr(people, who)).filter(alpha2="ZZ").exists()
    # What rests on the next draft is not there for the secretariat, and a partner reads nothing of a plan.
    add(factories.start_assessment(people.coordinator), people.coordinator)
    assert actions_visible_to(people.reviewer).count() == 1
    assert actions_visible_to(people.coordinator).count() == 2
    assert not actions_visible_to(people.partner).exists()


def test_a_change_names_the_version_it_was_based_on(people, assessment):
    action = add(assessment, people.coordinator)
    first = ActionDetails("Meet", "customs", "police", "Deputy heads", date(2027, 3, 31))
    changed = action_plan.change(action=action, details=first, base_version=1, by=people.coordinator)
    assert changed.version == 2
    assert last_entry().detail == {"action": 1, "parts": ["due_on", "lead", "responsible", "support", "title"]}
    with pytest.raises(ActionChanged) as found:
        action_plan.change(action=action, details=ActionDetails("Other"), base_version=1, by=people.police_coordinator)
    assert (found.value.row.title, found.value.row.changed_by) == ("Meet", people.coordinator)
    # What stands already is no conflict, whoever was first.
    action_plan.change(action=action, details=first, base_version=1, by=people.police_coordinator)
    assert Action.objects.get(pk=action.pk).version == 2


def test_what_stood_before_is_kept(people, assessment):
    action = add(assessment, people.coordinator)
    due = ActionDetails("Meet", due_on=date(2027, 3, 31))
    action_plan.change(action=action, details=due, base_version=1, by=people.police_coordinator)
    action_plan.move(action=action, act="complete", source="planned", proof="Minutes", by=people.respondent)
    found = [(item.version, item.saved_by, item.content) for item in ActionRevision.objects.all()]
    assert [(version, by) for version, by, _content in found] == [
        (1, people.coordinator),
        (2, people.police_coordinator),
        (3, people.respondent),
    ]
    first, second, third = (content for _version, _by, content in found)
    assert (first["title"], first["due_on"]) == ("Meet the new minister", "")
    assert (second["title"], second["due_on"], second["state"]) == ("Meet", "2027-03-31", "planned")
    assert (third["state"], third["proof"]) == ("done", "Minutes")


def test_every_row_of_the_table_and_no_other_way(people, assessment):
    for number, row in enumerate(TRANSITIONS, start=1):
        action = add(assessment, people.coordinator)
        reason = "Overtaken." if row.source == "dropped" else ""
        Action.objects.filter(pk=action.pk).update(state=row.source, reason=reason)
        moved = action_plan.move(
            action=action, act=row.act, source=row.source, reason="No money.", by=people.coordinator
        )
        assert (moved.number, moved.state, moved.state_changed_by) == (number, row.target, people.coordinator)
        assert last_entry().detail == {"action": number, "state": row.target}
    with pytest.raises(ActionRefused):
        action_plan.move(action=action, act="complete", source="dropped", by=people.coordinator)


def test_who_is_slower_is_told(people, assessment):
    action = add(assessment, people.coordinator)
    action_plan.move(action=action, act="begin", source="planned", by=people.respondent)
    with pytest.raises(ActionChanged):
        action_plan.move(action=action, act="begin", source="planned", by=people.police_respondent)


def test_dropping_needs_a_reason_and_what_is_done_may_have_a_proof(people, assessment):
    action = add(assessment, people.coordinator)
    for reason in ("", "  "):
        with pytest.raises(ActionRefused):
            action_plan.move(action=action, act="drop", source="planned", reason=reason, by=people.coordinator)
    dropped = action_plan.move(action=action, act="drop", source="planned", reason="No budget.", by=people.coordinator)
    assert to_action_line(dropped).reason == "No budget."
    again = action_plan.move(action=action, act="take_up_again", source="dropped", by=people.coordinator)
    assert (again.reason, to_action_line(again).reason) == ("No budget.", "")
    done = action_plan.move(action=action, act="complete", source="planned", proof="MOU of 3 May", by=people.respondent)
    assert (done.proof, done.state) == ("MOU of 3 May", "done")
    proved = action_plan.prove(action=done, proof="MOU 2027/3", base_version=done.version, by=people.respondent)
    assert proved.proof == "MOU 2027/3"
    with pytest.raises(ActionChanged):
        action_plan.prove(action=done, proof="Other", base_version=1, by=people.police_respondent)
    with pytest.raises(ActionRefused):
        action_plan.prove(action=done, proof="Turned \u202e", base_version=proved.version, by=people.respondent)


def test_a_proof_that_somebody_else_wrote_is_not_lost_to_a_button(people, assessment):
    action = add(assessment, people.coordinator)
    proved = action_plan.prove(action=action, proof="Theirs", base_version=1, by=people.police_respondent)
    for proof, version in (("Mine", 1), ("Mine", 0)):
        with pytest.raises(ActionChanged):
            action_plan.move(
                action=action, act="complete", source="planned", proof=proof, base_version=version, by=people.respondent
            )
    same = action_plan.move(action=action, act="begin", source="planned", proof="Theirs", by=people.respondent)
    assert (same.proof, same.state) == ("Theirs", "under_way")
    seen = same.version
    assert seen == proved.version + 1
    done = action_plan.move(
        action=action, act="complete", source="under_way", proof="Mine", base_version=seen, by=people.respondent
    )
    assert done.proof == "Mine"


def test_the_log_holds_no_word_that_somebody_wrote(people, assessment):
    action = add(assessment, people.coordinator, details={"title": "SECRET title", "responsible": "SECRET person"})
    details = ActionDetails("SECRET other", responsible="SECRET man")
    action_plan.change(action=action, details=details, base_version=1, by=people.coordinator)
    action_plan.comment(action=action, text="SECRET comment", by=people.respondent)
    action_plan.move(action=action, act="complete", source="planned", proof="SECRET proof", by=people.respondent)
    action_plan.move(action=action, act="reopen", source="done", by=people.respondent)
    action_plan.move(action=action, act="drop", source="under_way", reason="SECRET reason", by=people.coordinator)
    chain = AuditChain.objects.get(assessment=assessment)
    acts = [entry.act for entry in chain.entries.filter(act__startswith="plan.")]
    assert acts == ["plan.add", "plan.change", "plan.comment", *["plan.move"] * 3]
    assert "SECRET" not in repr(list(chain.entries.values_list("detail")))
    assert list(find_breaks(chain)) == []


def test_a_comment_pressed_twice_is_said_once(people, assessment):
    action = add(assessment, people.coordinator)
    for _press in range(2):
        action_plan.comment(action=action, text=" Waiting for the minister. ", by=people.respondent)
    assert [item.text for item in ActionComment.objects.all()] == ["Waiting for the minister."]
    with pytest.raises(ActionRefused):
        action_plan.comment(action=action, text=" ", by=people.respondent)


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "asleep"},
        {"state": "dropped", "reason": ""},
        {"title": ""},
        {"lead": "wco"},
        {"lead": "both", "support": "police"},
        {"lead": "police", "support": "police"},
        {"to_level": 6},
        {"level_before": 0},
    ],
)
def test_the_database_guards_what_an_action_is(people, assessment, wrong):
    action = add(assessment, people.coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(**wrong)


def test_what_is_planned_in_a_draft_is_measured_from_what_is_handed_in(people, assessment):
    factories.save_answer(assessment, people.coordinator, "A.9", level=1)
    action = add(assessment, people.coordinator, question="A.9")
    whole = add(assessment, people.coordinator)
    assert action.level_before == 1
    factories.save_answer(assessment, people.coordinator, "A.9", level=5)
    factories.make_returned(assessment, people.coordinator, people.reviewer, "A.9")
    action.refresh_from_db()
    whole.refresh_from_db()
    assert (action.level_before, whole.level_before) == (5, None)
    factories.save_answer(assessment, people.coordinator, "A.9", level=2)
    later = add(assessment, people.coordinator, question="A.9")
    assert later.level_before == 2
    factories.save_answer(assessment, people.coordinator, "A.9", level=4)
    factories.submit(assessment, by=people.coordinator)
    action.refresh_from_db()
    later.refresh_from_db()
    assert (action.level_before, later.level_before) == (5, 4)


def test_the_lines_of_report_and_workbook(people, assessment, django_assert_num_queries):
    first = planned(assessment, people.coordinator)
    details = ActionDetails(first.title, "customs", "police", "Deputy heads", date(2027, 3, 31))
    action_plan.change(action=first, details=details, base_version=1, by=people.coordinator)
    add(assessment, people.coordinator)
    add(factories.start_assessment(people.coordinator), people.coordinator)
    result = score(current_instrument(), load_voices(assessment))
    with django_assert_num_queries(1):
        lines = [to_action_line(action, result) for action in Action.objects.filter(assessment=assessment)]
    assert [line.number for line in lines] == [1, 2]
    assert (lines[0].lead, lines[0].support, lines[0].due_on) == ("customs", "police", "2027-03-31")
    assert lines[0].level_now == lines[0].level_before is not None
    assert (lines[1].question, lines[1].level_now, lines[1].due_on) == ("", None, "")


def test_the_secretariat_learns_no_level_of_what_was_returned_before_it_is_handed_in_again(people, assessment):
    add(assessment, people.coordinator)
    factories.make_returned(assessment, people.coordinator, people.reviewer, "A.1")
    assessment.refresh_from_db()
    factories.save_answer(assessment, people.coordinator, "A.1", level=4)
    since = add(assessment, people.coordinator, question="A.1")
    assert since.level_before == 4
    seen = [
        list(actions_visible_to(who).values_list("number", flat=True)) for who in (people.reviewer, people.observer)
    ]
    assert seen == [[1], [1, 2]]
    factories.submit(assessment, people.coordinator)
    assert actions_visible_to(people.reviewer).count() == 2

"""Two agencies: declaring, opening, taking over, agreeing, discussing; who may and when."""

import pytest
from django.core.exceptions import PermissionDenied

from diagnostic.actions import comparison, responses
from diagnostic.actions.errors import ActionRefused, AgreementNeeded, Invalid, NotOpen, StateChanged
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, AuditEntry, Comment, Declaration, Response, ResponseRevision
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(people):
    return factories.start_assessment(people.coordinator, mode="separate")


def save(assessment, by, voice, question, agreement=None, **members):
    row = Response.objects.get(assessment=assessment, voice=voice, question=question)
    return responses.save(
        assessment_id=assessment.pk,
        voice=voice,
        question=question,
        response=Answer(**members),
        base_version=row.version,
        by=by,
        agreement=agreement,
    )


def record(assessment, by, question, agreement=None, **members):
    return responses.record(
        assessment_id=assessment.pk,
        question=question,
        response=Answer(**members),
        agreement=agreement,
        base_version=national(assessment, question).version,
        by=by,
    )


def national(assessment, question):
    return Response.objects.get(assessment=assessment, voice="national", question=question)


def acts(assessment, sealed_for=""):
    entries = AuditEntry.objects.filter(chain__assessment=assessment, chain__sealed_for=sealed_for)
    return list(entries.order_by("number").values_list("act", flat=True))


def opened(assessment, people):
    return comparison.open_comparison(assessment=assessment, by=people.coordinator, reason="The year ends.")


def test_the_comparison_opens_when_both_have_declared(assessment, people):
    held = comparison.declare_complete(assessment=assessment, agency="customs", by=people.coordinator)
    assert (held.state, held.comparison_opened_at) == ("draft", None)
    held = comparison.declare_complete(assessment=assessment, agency="police", by=people.police_coordinator)
    stored = Assessment.objects.get(pk=assessment.pk)
    assert stored.state == held.state == "comparing"
    assert stored.comparison_opened_at is not None
    assert (stored.comparison_opened_by, stored.comparison_reason) == (people.police_coordinator, "")
    assert acts(assessment) == ["assessment.start", "comparison.open_declared"]
    assert acts(assessment, "customs") == acts(assessment, "police") == ["comparison.declare"]


def test_a_declaration_twice_is_one(assessment, people):
    for _time in range(2):
        comparison.declare_complete(assessment=assessment, agency="customs", by=people.coordinator)
    assert Declaration.objects.count() == 1
    assert acts(assessment, "customs").count("comparison.declare") == 1


def test_a_declaration_is_taken_back_while_the_comparison_is_closed(assessment, people):
    comparison.declare_complete(assessment=assessment, agency="customs", by=people.coordinator)
    comparison.take_back_declaration(assessment=assessment, agency="customs", by=people.coordinator)
    held = comparison.declare_complete(assessment=assessment, agency="police", by=people.police_coordinator)
    assert held.state == "draft"
    opened(assessment, people)
    with pytest.raises(StateChanged):
        comparison.take_back_declaration(assessment=assessment, agency="police", by=people.police_coordinator)


@pytest.mark.parametrize("who", ["police_coordinator", "respondent", "observer", "reviewer", "foreigner"])
def test_only_the_agencys_own_coordinator_declares(assessment, people, who):
    for act in (comparison.declare_complete, comparison.take_back_declaration):
        with pytest.raises(PermissionDenied):
            act(assessment=assessment, agency="customs", by=getattr(people, who))
    assert not Declaration.objects.exists()


def test_a_coordinator_opens_with_a_reason(assessment, people):
    with pytest.raises(ActionRefused, match="why the comparison is opened"):
        comparison.open_comparison(assessment=assessment, by=people.coordinator, reason=" ")
    held = opened(assessment, people)
    assert (held.state, held.comparison_reason) == ("comparing", "The year ends.")
    with pytest.raises(StateChanged):
        opened(assessment, people)


@pytest.mark.parametrize("who", ["respondent", "observer", "administrator", "foreigner"])
def test_nobody_else_opens(assessment, people, who):
    with pytest.raises(PermissionDenied):
        comparison.open_comparison(assessment=assessment, by=getattr(people, who), reason="Now.")


def test_there_is_nothing_to_compare_in_a_joint_session(people):
    joint = factories.start_assessment(people.coordinator)
    with pytest.raises(StateChanged):
        comparison.open_comparison(assessment=joint, by=people.coordinator, reason="Now.")
    with pytest.raises(StateChanged):
        comparison.declare_complete(assessment=joint, agency="customs", by=people.coordinator)


def test_both_voices_are_frozen_once_it_is_open(assessment, people):
    save(assessment, people.respondent, "customs", "A.1", level=3)
    with pytest.raises(StateChanged):
        save(assessment, people.coordinator, "national", "A.1", level=3)
    opened(assessment, people)
    with pytest.raises(StateChanged):
        save(assessment, people.respondent, "customs", "A.1", level=4)
    with pytest.raises(PermissionDenied):
        save(assessment, people.respondent, "national", "A.1", level=4)
    assert save(assessment, people.police_coordinator, "national", "A.1", level=4).level == 4


def test_equal_answers_are_taken_over_in_one_act(assessment, people):
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        save(assessment, by, voice, "A.1", level=3, narrative=f"Said by the {voice}")
        save(assessment, by, voice, "A.13", level=2)
    opened(assessment, people)
    save(assessment, people.coordinator, "national", "A.13", level=5)
    taken = comparison.take_over(assessment=assessment, questions=["A.1", "A.13"], by=people.coordinator)
    assert taken == ["A.1"]
    row = national(assessment, "A.1")
    assert (row.level, row.saved_by, row.version) == (3, people.coordinator, 1)
    assert row.narrative == "Customs: Said by the customs\n\nPolice: Said by the police"
    assert national(assessment, "A.13").level == 5, "what was recorded meanwhile stands"
    entry = AuditEntry.objects.get(act="comparison.take_over")
    assert entry.detail == {"questions": ["A.1"]}


def test_what_differs_is_not_taken_over(assessment, people):
    save(assessment, people.respondent, "customs", "A.1", level=3)
    save(assessment, people.police_respondent, "police", "A.1", level=2)
    opened(assessment, people)
    with pytest.raises(ActionRefused, match=r"A\.1 are not equal"):
        comparison.take_over(assessment=assessment, questions=["A.1"], by=people.coordinator)
    assert national(assessment, "A.1").level is None


def test_only_coordinators_take_over_and_only_while_it_is_compared(assessment, people):
    with pytest.raises(StateChanged):
        comparison.take_over(assessment=assessment, questions=[], by=people.coordinator)
    opened(assessment, people)
    for who in (people.respondent, people.observer, people.foreigner):
        with pytest.raises(PermissionDenied):
            comparison.take_over(assessment=assessment, questions=[], by=who)


def test_the_reason_of_an_agreement_is_kept_with_the_answer_and_its_revision(assessment, people):
    opened(assessment, people)
    row = record(assessment, people.coordinator, "A.1", agreement="We met.", level=3)
    assert (row.agreement, row.version) == ("We met.", 1)
    again = save(assessment, people.coordinator, "national", "A.1", level=3)
    assert (again.agreement, again.version) == ("We met.", 1), "without a new reason nothing changed"
    record(assessment, people.coordinator, "A.1", agreement="We met twice.", level=3)
    assert national(assessment, "A.1").agreement == "We met twice."
    assert list(ResponseRevision.objects.order_by("version").values_list("agreement", flat=True)) == [
        "We met.",
        "We met twice.",
    ]


def test_over_a_difference_no_answer_is_recorded_without_the_reason(assessment, people):
    save(assessment, people.coordinator, "customs", "A.1", level=4)
    save(assessment, people.police_coordinator, "police", "A.1", level=2)
    opened(assessment, people)
    with pytest.raises(AgreementNeeded):
        record(assessment, people.coordinator, "A.1", level=3)
    assert national(assessment, "A.1").level is None
    record(assessment, people.coordinator, "A.1", agreement="The memorandum is not applied.", level=3)
    record(assessment, people.coordinator, "A.1", level=2)
    assert national(assessment, "A.1").agreement == "The memorandum is not applied."
    record(assessment, people.coordinator, "A.6", level=3)


def test_an_agreement_goes_with_the_national_answer_alone(assessment, people):
    with pytest.raises(Invalid):
        save(assessment, people.respondent, "customs", "A.1", agreement="We met.", level=3)
    joint = factories.start_assessment(people.coordinator)
    with pytest.raises(Invalid):
        save(joint, people.coordinator, "national", "A.1", agreement="We met.", level=3)
    opened(assessment, people)
    with pytest.raises(Invalid):
        save(assessment, people.coordinator, "national", "A.1", agreement="hid\u202eden", level=3)


def test_on_return_only_what_was_named_and_its_follow_ups_are_agreed_on_anew(assessment, people):
    opened(assessment, people)
    factories.fill(assessment, people.coordinator)
    factories.make_returned(assessment, people.coordinator, people.reviewer, "A.3.1")
    for code in ("A.3.1", "A.3.2"):
        row = record(assessment, people.police_coordinator, code, agreement="We met again.", level=4)
        assert (row.level, row.agreement) == (4, "We met again.")
    with pytest.raises(NotOpen):
        save(assessment, people.coordinator, "national", "A.1", agreement="We met again.", level=5)
    with pytest.raises(NotOpen):
        save(assessment, people.coordinator, "national", "A.1", agreement="Another reason.", level=3)
    assert national(assessment, "A.1").agreement == factories.AGREEMENT
    for voice, by in (("customs", people.coordinator), ("police", people.police_coordinator)):
        with pytest.raises(StateChanged):
            save(assessment, by, voice, "A.3.1", level=4)
    with pytest.raises(StateChanged):
        comparison.take_over(assessment=assessment, questions=["A.3.1"], by=people.coordinator)


def test_the_two_agencies_discuss_once_it_is_open(assessment, people):
    def discuss(by, text="Which year?"):
        return comparison.discuss(assessment=Assessment.objects.get(pk=assessment.pk), question="A.1", text=text, by=by)

    with pytest.raises(PermissionDenied):
        discuss(people.respondent)
    opened(assessment, people)
    said = discuss(people.respondent)
    assert (said.audience, said.question, said.submission) == (Comment.Audience.AGENCIES, "A.1", None)
    assert "Which year" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))
    with pytest.raises(ActionRefused):
        discuss(people.police_respondent, "  ")
    for who in (people.observer, people.reviewer, people.foreigner):
        with pytest.raises(PermissionDenied):
            discuss(who)


def test_a_word_of_the_discussion_pressed_twice_is_said_once(assessment, people):
    opened = comparison.open_comparison(assessment=assessment, by=people.coordinator, reason="The year ends.")

    def discuss(by, text):
        return comparison.discuss(assessment=opened, question="A.1", text=text, by=by)

    assert discuss(people.respondent, "Which year?") == discuss(people.respondent, " Which year? ")
    discuss(people.police_respondent, "Which year?")
    discuss(people.respondent, "Which year?")
    assert [item.written_by for item in Comment.objects.all()] == [
        people.respondent,
        people.police_respondent,
        people.respondent,
    ]

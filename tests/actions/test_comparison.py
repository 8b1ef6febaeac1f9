"""Two agencies: declaring, opening, taking over, agreeing, discussing; who may and when."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from diagnostic.actions import comparison, responses
from diagnostic.actions.errors import (
    ActionRefused,
    AgreementNeeded,
    Declared,
    GapsChanged,
    Invalid,
    NothingAnswered,
    NotOpen,
    StateChanged,
)
from diagnostic.core.responses import Response as Answer
from diagnostic.models import (
    Assessment,
    AuditChain,
    AuditEntry,
    Comment,
    Declaration,
    OpeningRequest,
    Response,
    ResponseRevision,
)
from diagnostic.permissions import agency_of
from tests import factories

pytestmark = pytest.mark.django_db
SAVE_QUERIES = 5
"""The lock, the answer and its revision, within a savepoint."""


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


def opened(assessment, _people):
    return factories.open_comparison(assessment)


@pytest.fixture
def answered(assessment, people):
    """Each agency has answered one question, and left the rest blank."""
    save(assessment, people.respondent, "customs", "A.1", level=3)
    save(assessment, people.police_respondent, "police", "A.1", level=2)
    return assessment


def ask(assessment, by, reason="The year ends."):
    return comparison.ask_to_open(assessment=assessment, agency=agency_of(by), by=by, reason=reason)


def test_the_comparison_opens_when_both_have_declared(answered, people):
    held = factories.declare(answered, people.coordinator)
    assert (held.state, held.comparison_opened_at) == ("draft", None)
    assert acts(answered) == ["assessment.start"]
    held = factories.declare(answered, people.police_coordinator)
    stored = Assessment.objects.get(pk=answered.pk)
    assert stored.state == held.state == "comparing"
    assert stored.comparison_opened_at is not None
    assert acts(answered) == ["assessment.start", "comparison.open_declared"]
    assert acts(answered, "customs") == acts(answered, "police") == ["comparison.declare"]


def test_the_opening_names_how_both_sealed_chains_ended(answered, people):
    factories.declare(answered, people.coordinator)
    factories.declare(answered, people.police_coordinator)
    heads = {
        chain.sealed_for: {"length": chain.length, "head": chain.head}
        for chain in AuditChain.objects.filter(assessment=answered).exclude(sealed_for="")
    }
    assert AuditEntry.objects.get(act="comparison.open_declared").detail["sealed"] == heads
    assert set(heads) == {"customs", "police"}


def test_a_declaration_twice_is_one(answered, people):
    for _time in range(2):
        factories.declare(answered, people.coordinator)
    assert Declaration.objects.count() == 1
    assert acts(answered, "customs") == ["comparison.declare"]


def test_a_declaration_is_taken_back_while_the_comparison_is_closed(answered, people):
    factories.declare(answered, people.coordinator)
    comparison.take_back_declaration(assessment=answered, agency="customs", by=people.coordinator)
    assert not Assessment.objects.get(pk=answered.pk).has_declared("customs")
    assert acts(answered, "customs") == ["comparison.declare", "comparison.undeclare"]
    held = factories.declare(answered, people.police_coordinator)
    assert held.state == "draft"
    factories.declare(answered, people.coordinator)
    with pytest.raises(StateChanged):
        comparison.take_back_declaration(assessment=answered, agency="police", by=people.police_coordinator)


@pytest.mark.parametrize("who", ["police_coordinator", "respondent", "observer", "reviewer", "foreigner"])
def test_only_the_agencys_own_coordinator_declares_and_asks(answered, people, who):
    by = getattr(people, who)
    for act in (comparison.declare_complete, comparison.take_back_declaration, comparison.take_back_request):
        with pytest.raises(PermissionDenied):
            act(assessment=answered, agency="customs", by=by)
    with pytest.raises(PermissionDenied):
        comparison.ask_to_open(assessment=answered, agency="customs", by=by, reason="Now.")
    assert not Declaration.objects.exists()
    assert not OpeningRequest.objects.exists()


@pytest.mark.parametrize("answers", [{}, {"A.12": {"status": "unknown", "reason": "Nobody knows."}}])
def test_nothing_empty_is_declared_or_opened(assessment, people, answers):
    for code, members in answers.items():
        save(assessment, people.respondent, "customs", code, **members)
    with pytest.raises(NothingAnswered):
        factories.declare(assessment, people.coordinator)
    with pytest.raises(NothingAnswered):
        ask(assessment, people.coordinator)
    assert not Declaration.objects.exists()
    assert not OpeningRequest.objects.exists()
    assert AuditEntry.objects.filter(chain__assessment=assessment).count() == 1


def test_the_blanks_that_stand_are_confirmed_in_the_same_act(answered, people):
    seen = factories.gaps_now(answered, "customs")
    with pytest.raises(GapsChanged):
        comparison.declare_complete(assessment=answered, agency="customs", by=people.coordinator)
    save(answered, people.respondent, "customs", "A.13", level=3)
    with pytest.raises(GapsChanged):
        comparison.declare_complete(assessment=answered, agency="customs", by=people.coordinator, gaps=seen)
    save(answered, people.respondent, "customs", "A.12", status="unknown", reason="The laboratory has not replied.")
    gaps = factories.gaps_now(answered, "customs")
    assert gaps["A.12"] == "unknown"
    with pytest.raises(GapsChanged):
        comparison.declare_complete(
            assessment=answered, agency="customs", by=people.coordinator, gaps=gaps | {"A.12": "missing"}
        )
    comparison.declare_complete(assessment=answered, agency="customs", by=people.coordinator, gaps=gaps)
    assert AuditEntry.objects.get(act="comparison.declare").detail["gaps"] == gaps


def test_a_declared_voice_is_frozen_until_the_declaration_is_taken_back(answered, people):
    factories.declare(answered, people.coordinator)
    for act in ({"level": 4}, {"level": 3}):
        with pytest.raises(Declared, match="Customs has declared its answers complete"):
            save(answered, people.respondent, "customs", "A.1", **act)
    with pytest.raises(Declared):
        responses.set_aside(
            assessment_id=answered.pk, voice="customs", question="A.1", response=Answer(level=5), by=people.respondent
        )
    assert save(answered, people.police_respondent, "police", "A.1", level=5).level == 5
    comparison.take_back_declaration(assessment=answered, agency="customs", by=people.coordinator)
    assert save(answered, people.respondent, "customs", "A.1", level=4).level == 4


def test_a_save_asks_no_more_for_a_declaration(answered, people):
    members = {"assessment_id": answered.pk, "voice": "customs", "by": people.respondent}
    with CaptureQueriesContext(connection) as before:
        responses.save(**members, question="A.1", response=Answer(level=4), base_version=1)
    factories.declare(answered, people.police_coordinator)
    with CaptureQueriesContext(connection) as after:
        responses.save(**members, question="A.1", response=Answer(level=5), base_version=2)
    assert len(after) == len(before) == SAVE_QUERIES
    comparison.take_back_declaration(assessment=answered, agency="police", by=people.police_coordinator)
    factories.declare(answered, people.coordinator)
    with CaptureQueriesContext(connection) as refused, pytest.raises(Declared):
        responses.save(**members, question="A.1", response=Answer(level=1), base_version=3)
    assert len(refused) < SAVE_QUERIES


def test_opening_early_takes_both_agencies_one_press_each_with_a_reason(answered, people):
    with pytest.raises(ActionRefused, match="why the comparison should open"):
        ask(answered, people.coordinator, " ")
    assert ask(answered, people.coordinator, "The year ends.").state == "draft"
    assert ask(answered, people.coordinator, "Once more.").state == "draft"
    assert acts(answered) == ["assessment.start"]
    held = ask(answered, people.police_coordinator, "The minister asks.")
    assert held.state == "comparing"
    found = OpeningRequest.objects.order_by("agency").values_list("agency", "reason")
    assert list(found) == [("customs", "The year ends."), ("police", "The minister asks.")]
    detail = AuditEntry.objects.get(act="comparison.open").detail
    assert (detail["customs"], detail["police"]) == ("The year ends.", "The minister asks.")
    assert set(detail["sealed"]) == {"customs", "police"}
    with pytest.raises(StateChanged):
        ask(answered, people.coordinator)
    with pytest.raises(StateChanged):
        comparison.take_back_request(assessment=answered, agency="customs", by=people.coordinator)


@pytest.mark.parametrize("first", ["declare", "ask"])
def test_a_declaration_is_no_request_of_the_other_agency(answered, people, first):
    """An agency with one answer cannot open the other's declared answers with its request alone."""
    acts_of = {"declare": lambda by: factories.declare(answered, by), "ask": lambda by: ask(answered, by)}
    second = "ask" if first == "declare" else "declare"
    acts_of[first](people.coordinator)
    assert acts_of[second](people.police_coordinator).state == "draft"
    assert acts_of[second](people.coordinator).state == "comparing"


def test_a_request_is_taken_back_until_it_opens(answered, people):
    ask(answered, people.coordinator)
    comparison.take_back_request(assessment=answered, agency="customs", by=people.coordinator)
    comparison.take_back_request(assessment=answered, agency="customs", by=people.coordinator)
    assert acts(answered, "customs") == ["comparison.ask", "comparison.unask"]
    assert ask(answered, people.police_coordinator).state == "draft"
    assert ask(answered, people.coordinator, "Now it may.").state == "comparing"
    assert AuditEntry.objects.get(act="comparison.open").detail["customs"] == "Now it may."


def test_a_request_without_an_answer_left_opens_nothing(answered, people):
    ask(answered, people.coordinator)
    save(answered, people.respondent, "customs", "A.1")
    assert ask(answered, people.police_coordinator).state == "draft"


def test_nothing_tells_whether_the_other_agency_has_asked_or_declared(answered, people):
    """The queries are the same whatever the other agency has done, unless the comparison opens."""

    def queries(act, by):
        with CaptureQueriesContext(connection) as found:
            act(answered, by)
        return len(found)

    def walk():
        by = people.coordinator
        counts = [queries(ask, by), queries(factories.declare, by)]
        comparison.take_back_request(assessment=answered, agency="customs", by=by)
        comparison.take_back_declaration(assessment=answered, agency="customs", by=by)
        return counts

    walk()
    first = walk()
    ask(answered, people.police_coordinator)
    comparison.take_back_request(assessment=answered, agency="police", by=people.police_coordinator)
    assert walk() == first
    ask(answered, people.police_coordinator)
    assert queries(factories.declare, people.coordinator) == first[1]
    comparison.take_back_declaration(assessment=answered, agency="customs", by=people.coordinator)
    comparison.take_back_request(assessment=answered, agency="police", by=people.police_coordinator)
    factories.declare(answered, people.police_coordinator)
    assert queries(ask, people.coordinator) == first[0]


def test_there_is_nothing_to_compare_in_a_joint_session(people):
    joint = factories.start_assessment(people.coordinator)
    with pytest.raises(StateChanged):
        ask(joint, people.coordinator)
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
    opened = factories.open_comparison(assessment)

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

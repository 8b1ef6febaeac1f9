"""When national answers are complete enough to be attested and submitted."""

from __future__ import annotations

import pytest

from diagnostic.core.completeness import find_completeness, has_answers, says_something
from diagnostic.core.responses import Response
from diagnostic.instruments import instrument_from_fixtures

INSTRUMENT = instrument_from_fixtures()
LEFT_OPEN = Response(status="unknown", reason="Nobody knows.")
ALWAYS = [question.code for question in INSTRUMENT.questions if question.asked_when is None]


def settled(**others: Response) -> dict[str, Response]:
    """Leave every question that is always asked open, except `others`, named with "_" for "."."""
    given = dict.fromkeys(ALWAYS, LEFT_OPEN)
    return given | {name.replace("_", "."): response for name, response in others.items()}


def test_two_agencies_settle_every_question_that_is_asked() -> None:
    answers = settled(A_1=Response(level=2))
    assert find_completeness(INSTRUMENT, "separate", {"national": answers}).is_enough
    for code in ALWAYS:
        without = {name: response for name, response in answers.items() if name != code}
        found = find_completeness(INSTRUMENT, "separate", {"national": without})
        assert found.unsettled == (code,), "scored, descriptive and self-rating alike"
        assert not found.is_enough


def test_a_follow_up_is_settled_where_it_is_asked() -> None:
    asked = settled(A_3_1=Response(level=2)) | {"A.3.1": Response(level=2)}
    asked = {code: response for code, response in asked.items() if code in INSTRUMENT.by_code}
    assert find_completeness(INSTRUMENT, "separate", {"national": asked}).unsettled == ("A.3.2",)
    assert find_completeness(INSTRUMENT, "separate", {"national": asked | {"A.3.2": LEFT_OPEN}}).is_enough


def test_a_text_without_a_level_settles_no_question_that_asks_for_one() -> None:
    answers = settled(A_1=Response(level=2)) | {"A.13": Response(narrative="We share a boat.")}
    assert find_completeness(INSTRUMENT, "separate", {"national": answers}).unsettled == ("A.13",)


@pytest.mark.parametrize("mode", ["joint", "separate"])
def test_nothing_answered_is_never_enough(mode: str) -> None:
    for answers in ({}, dict.fromkeys(ALWAYS, LEFT_OPEN)):
        found = find_completeness(INSTRUMENT, mode, {"national": answers})
        assert not found.has_answers
        assert not found.is_enough


def test_a_joint_session_may_leave_blanks() -> None:
    assert find_completeness(INSTRUMENT, "joint", {"national": {"A.1": Response(level=1)}}).is_enough


def test_an_answer_that_does_not_apply_is_an_answer() -> None:
    assert has_answers({"A.1": "not_applicable", "A.2.1": "missing"})
    assert not has_answers({"A.1": "unknown", "A.2.1": "proposed", "A.3.1": "not_asked"})


def test_what_settles_a_question() -> None:
    scored, described = INSTRUMENT.by_code["A.1"], INSTRUMENT.by_code["A.17"]
    assert says_something(scored, Response(level=1))
    assert says_something(scored, LEFT_OPEN)
    assert not says_something(scored, Response(narrative="Long."))
    if not described.takes_level:
        assert says_something(described, Response(narrative="Long."))
        assert not says_something(described, Response())

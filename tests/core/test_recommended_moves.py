"""What taking up a recommendation moves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnostic.core.recommended_moves import find_moves, join_moves, recommendation_ids
from diagnostic.core.responses import NATIONAL, Response
from diagnostic.core.result import Change, project, score

from .strategies import FEW_WORDS, INSTRUMENT, all_voices

SCORED = [question.code for question in INSTRUMENT.scored]


def moves_of(recommendation, **changes):
    answers = {code: Response(level=2) for code in SCORED}
    answers |= {code.replace("_", "."): response for code, response in changes.items()}
    result = score(INSTRUMENT, {NATIONAL: answers})
    return find_moves(INSTRUMENT, result, answers, recommendation)


def test_one_question_moves_one_level_up():
    assert moves_of("G-A.16.1", A_16_1=Response(level=1)) == {"A.16.1": Change(level=2)}


def test_paper_that_suffices_is_put_into_practice_instead():
    assert moves_of("G-A.1", A_1=Response(level=3, basis="written")) == {"A.1": Change(basis="both")}
    assert moves_of("G-A.1", A_1=Response(level=2, basis="written")) == {"A.1": Change(level=3)}


def test_a_next_step_lifts_its_theme_to_its_level():
    lifted = moves_of("N-information-3", A_2_2=Response(level=3, basis="written"), A_14_1=Response(level=4))
    assert lifted == {"A.2.1": Change(level=3), "A.2.2": Change(basis="both")}


def test_a_next_step_asks_a_follow_up_at_the_level_that_it_holds():
    answers = {"A_3_1": Response(level=1), "A_3_2": Response(level=4)}
    assert moves_of("N-risk-3", **answers) == {"A.3.1": Change(level=3), "A.3.2": Change(level=4)}


@pytest.mark.parametrize("response", [Response(), Response(status="not_applicable", reason="None."), Response(level=5)])
def test_what_is_open_not_applicable_or_at_the_top_does_not_move(response):
    assert moves_of("G-A.12", A_12=response) == {}
    assert "A.12" not in moves_of("N-powers-5", A_12=response)


def test_a_question_without_a_level_moves_nothing():
    assert moves_of("G-A.7.1") == {}


def test_an_unknown_recommendation_is_an_error():
    with pytest.raises(KeyError):
        moves_of("N-powers-9")


def test_of_two_levels_the_higher_counts():
    joined = join_moves([{"A.1": Change(level=4)}, {"A.1": Change(level=3, basis="both"), "A.13": Change(level=2)}])
    assert joined == {"A.1": Change(level=4, basis="both"), "A.13": Change(level=2)}


@given(all_voices(FEW_WORDS), st.sets(st.sampled_from(recommendation_ids(INSTRUMENT)), max_size=4))
def test_taking_up_recommendations_never_lowers_anything(voices, taken_up):
    before = score(INSTRUMENT, voices)
    moves = join_moves(find_moves(INSTRUMENT, before, voices[NATIONAL], code) for code in taken_up)
    after = project(INSTRUMENT, voices, moves)
    assert (after.place.working_level or 0) >= (before.place.working_level or 0)
    for code, standing in before.standings.items():
        held = after.standings[code].level
        assert standing.state == "implied" or standing.level is None or held >= standing.level


@given(all_voices(FEW_WORDS))
def test_every_recommendation_of_a_result_is_known(voices):
    result = score(INSTRUMENT, voices)
    assert {item.id for item in result.recommendations} <= set(recommendation_ids(INSTRUMENT))

"""The shortest way to the next level: by hand, and against a search that tries every set of steps there is."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnostic.core.instrument import Condition, Criterion
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.responses import NATIONAL, Response
from diagnostic.core.result import project, score
from diagnostic.core.scoring import find_place, find_standings
from diagnostic.core.shortest_way import EFFORTS, find_shortest_way
from tests.factories import EXAMPLES

from .strategies import FEW_WORDS, INSTRUMENT, all_voices

SCORED = [question.code for question in INSTRUMENT.scored]


def way_of(answers, instrument=INSTRUMENT):
    return find_shortest_way(instrument, {NATIONAL: answers})


def all_at(level, **changes):
    answers = {code: Response(level=level, basis="both") for code in SCORED}
    return answers | {code.replace("_", "."): value for code, value in changes.items()}


def steps_of(way):
    return [(step.question, step.to_level) for step in way.steps]


# By hand


def test_the_joint_session_needs_four_steps():
    voices = parse_assessment((EXAMPLES / "joint-session.json").read_bytes(), INSTRUMENT, {"ZZ"}).voices
    way = find_shortest_way(INSTRUMENT, voices)
    # A.1 stands on paper and A.2.2 at 2; the index, 7/3, lacks 7/6 of a theme: 1/2, 1/3 and the cheapest other 1/3.
    assert steps_of(way) == [("A.1", 4), ("A.1", None), ("A.2.2", 3), ("A.16.1", 2)]
    assert [step.effort for step in way.steps] == ["medium", "quick", "medium", "quick"]
    assert (way.to_level, way.effort, way.taken, way.to_answer) == (3, 6, (), ())
    assert project(INSTRUMENT, voices, way.changes).level == 3


def test_a_foundation_on_paper_only_needs_one_quick_step():
    way = way_of(all_at(3, A_1=Response(level=3, basis="written")))
    assert (steps_of(way), way.effort) == ([("A.1", None)], 1)


def test_a_follow_up_that_becomes_asked_brings_the_level_that_it_holds():
    answers = all_at(
        2, A_3_1=Response(level=1), A_3_2=Response(level=5), A_1=Response(level=3), A_2_2=Response(level=3)
    )
    answers |= {code: Response(level=3) for code in ("A.13", "A.17", "A.6", "A.8", "A.15.1", "A.16.1", "A.19")}
    way = way_of(answers)
    assert ("A.3.1", 2) in steps_of(way)
    assert way.taken == ()
    assert project(INSTRUMENT, {NATIONAL: answers}, way.changes).place.working_level >= 3


def test_a_follow_up_without_a_level_is_taken_at_1_and_named():
    criterion = Criterion("C2-risk", 2, "A.3.2", 2, "")
    instrument = replace(INSTRUMENT, criteria=(criterion,))
    answers = all_at(2, A_3_1=Response(level=1), A_3_2=Response(status="unknown", reason="Nobody knows."))
    way = way_of(answers, instrument)
    assert steps_of(way) == [("A.3.1", 2), ("A.3.2", 2)]
    assert way.taken == ("A.3.2",)
    assert project(instrument, {NATIONAL: answers}, way.changes).level == 2


def test_a_follow_up_on_paper_that_becomes_asked_has_to_be_practised():
    instrument = replace(INSTRUMENT, criteria=(Criterion("C3-risk", 3, "A.3.2", 3, ""),))
    answers = all_at(3, A_3_1=Response(level=1), A_3_2=Response(level=3, basis="written"))
    assert steps_of(way_of(answers, instrument)) == [("A.3.1", 2), ("A.3.2", None)]


@pytest.mark.parametrize(
    "answers", [{}, all_at(5), {"A.1": Response(status="unknown", reason="Not known.")}], ids=["blank", "top", "open"]
)
def test_where_nothing_counts_and_at_the_top_there_is_no_way(answers):
    assert way_of(answers) is None


def test_a_criterion_on_what_is_not_applicable_leaves_no_way():
    instrument = replace(INSTRUMENT, criteria=(Criterion("C3-forensics", 3, "A.12", 3, ""),))
    assert way_of(all_at(2, A_12=Response(status="not_applicable", reason="None.")), instrument) is None


def test_an_open_foundation_is_to_be_answered_and_no_step():
    answers = all_at(2, A_13=Response(status="unknown", reason="Not known."))
    way = way_of(answers)
    assert way.to_answer == ("A.13",)
    assert "A.13" not in [step.question for step in way.steps]
    after = project(INSTRUMENT, {NATIONAL: answers}, way.changes)
    assert (after.place.working_level, after.level) == (3, None)


def test_the_earlier_question_wins_a_tie():
    # Seven of the twelve steps in the two themes of two questions are needed; eight of those are no more than medium.
    way = way_of(all_at(2), replace(INSTRUMENT, criteria=()))
    assert steps_of(way) == [
        *(("A.1", 3), ("A.1", 4), ("A.3.1", 3), ("A.3.1", 4), ("A.3.2", 3), ("A.3.2", 4)),
        ("A.17", 3),
    ]


def test_one_structural_step_is_shorter_than_two_quick_ones():
    # The themes add up to 721/30 and level 4 asks 735/30: one step of a theme of two questions, or two of one of three.
    levels = {"A.3.1": 4, "A.16.1": 1, "A.19": 1, "A.15.1": 2, "A.5.1": 3}
    levels |= dict.fromkeys(("A.2.1", "A.2.2", "A.14.1"), 1) | dict.fromkeys(("A.9", "A.10", "A.11", "A.12"), 2)
    answers = all_at(5) | {code: Response(level=level) for code, level in levels.items()}
    assert steps_of(way_of(answers, replace(INSTRUMENT, criteria=()))) == [("A.3.1", 5)]


# Against every set of steps there is


@st.composite
def small_cases(draw):
    """An instrument of a few questions in a few themes with any criteria, conditions and efforts, and answers to it."""
    count = draw(st.integers(1, 4))
    codes = [f"Q{place}" for place in range(count)]
    themes = INSTRUMENT.themes[: draw(st.integers(1, 3))]
    questions = tuple(_small_question(draw, codes, place, themes) for place in range(count))
    levels = st.integers(2, 5)
    criteria = tuple(
        Criterion(f"C{number}", draw(levels), draw(st.sampled_from(codes)), draw(st.integers(1, 5)), "")
        for number in range(draw(st.integers(0, 3)))
    )
    steps = tuple(replace(step, effort=draw(st.sampled_from(list(EFFORTS)))) for step in INSTRUMENT.next_steps)
    instrument = replace(INSTRUMENT, questions=questions, themes=themes, criteria=criteria, next_steps=steps)
    status = st.sampled_from(["answered"] * 5 + ["unknown", "not_applicable"])
    level = st.sampled_from([None, 1, 1, 2, 3, 4, 5])
    basis = st.sampled_from(["", "written", "written", "practised", "both"])
    answers = {
        code: Response(status=draw(status), level=draw(level), basis=draw(basis), reason="Words.") for code in codes
    }
    return instrument, answers


def _small_question(draw, codes, place, themes):
    follows = draw(st.sampled_from([None, *codes[:place], *codes[:place]]))
    return replace(
        INSTRUMENT.by_code["A.1"],
        code=codes[place],
        theme=draw(st.sampled_from(themes)).id,
        weakness=None,
        solution=None,
        asked_when=Condition(follows, draw(st.integers(1, 5))) if follows else None,
    )


@settings(max_examples=300)
@given(small_cases())
def test_no_set_of_steps_is_better_in_a_small_instrument(case):
    instrument, answers = case
    way = find_shortest_way(instrument, {NATIONAL: answers})
    assert (None if way is None else steps_of(way)) == best_of_all(instrument, answers)


def best_of_all(instrument, answers):
    """The best set, found by trying every level and basis of every question, the better sets first."""
    standings = find_standings(instrument, NATIONAL, {NATIONAL: answers})
    place = find_place(instrument, standings)
    if place.working_level in (None, 5):
        return None
    held = {code: taken(answers[code], standing) for code, standing in standings.items()}
    ends = []
    for code, response in held.items():
        levels = range(response.level, 6) if standings[code].state in ("answered", "implied") else [None]
        bases = (False, True) if response.basis == "written" and levels != [None] else (False,)
        ends.append(product([code], levels, bases))
    for steps in sorted((steps_between(held, end) for end in product(*ends)), key=lambda it: rank(instrument, it)):
        if reaches(instrument, held, steps, place.working_level + 1):
            return steps
    return None


def taken(response, standing):
    """What a follow-up that is not asked now would hold if it were; any other response as it is."""
    if standing.state != "implied" or (response.status == "answered" and response.level is not None):
        return response
    return replace(response, status="answered", level=1)


def steps_between(held, end):
    steps = []
    for code, level, is_practised in end:
        if level is not None:
            steps += [(code, step) for step in range(held[code].level + 1, level + 1)]
        if is_practised:
            steps.append((code, None))
    return steps


def rank(instrument, steps):
    efforts = [
        EFFORTS[instrument.step_by_target[instrument.by_code[code].theme, level].effort] if level else 1
        for code, level in steps
    ]
    return len(steps), sum(efforts), [(instrument.order[code], level or 6) for code, level in steps]


def reaches(instrument, held, steps, level):
    moved = dict(held)
    for code, to_level in steps:
        change = {"basis": "both"} if to_level is None else {"level": to_level}
        moved[code] = replace(moved[code], **change)
    return find_place(instrument, find_standings(instrument, NATIONAL, {NATIONAL: moved})).working_level >= level


# Of the whole instrument


@settings(max_examples=150)
@given(all_voices(FEW_WORDS))
def test_the_way_reaches_the_level_as_a_what_if(voices):
    way = find_shortest_way(INSTRUMENT, voices)
    before = score(INSTRUMENT, voices)
    if before.place.working_level in (None, 5):
        assert way is None
        return
    after = project(INSTRUMENT, voices, way.changes)
    assert after.place.working_level >= way.to_level == before.place.working_level + 1
    assert way.effort == sum(EFFORTS[step.effort] for step in way.steps)
    assert set(way.to_answer) <= {code for code, standing in before.standings.items() if standing.is_open}
    if after.level is None and before.level is not None:
        assert way.to_answer, "only an open foundation can keep a level that was stated from being stated"


@settings(max_examples=40)
@given(all_voices(FEW_WORDS))
def test_no_step_can_be_left_out_or_exchanged_for_a_better_one(voices):
    way = find_shortest_way(INSTRUMENT, voices)
    if way is None:
        return
    held = held_of(voices)
    possible = possible_steps(held)
    own = steps_of(way)
    for step in own:
        others = [other for other in own if other != step]
        if not is_whole(held, others):
            continue
        assert not reaches(INSTRUMENT, held, others, way.to_level)
        for other in possible:
            exchanged = sorted([*others, other], key=lambda it: (SCORED.index(it[0]), it[1] or 6))
            if other in own or not is_whole(held, exchanged) or rank(INSTRUMENT, exchanged) >= rank(INSTRUMENT, own):
                continue
            assert not reaches(INSTRUMENT, held, exchanged, way.to_level)


@settings(max_examples=25)
@given(all_voices(FEW_WORDS))
def test_no_pair_of_steps_is_better_than_a_short_way(voices):
    way = find_shortest_way(INSTRUMENT, voices)
    if way is None or len(way.steps) > 2:
        return
    held = held_of(voices)
    possible = possible_steps(held)
    sets = [[], *([step] for step in possible), *([a, b] for i, a in enumerate(possible) for b in possible[i + 1 :])]
    for steps in sorted((it for it in sets if is_whole(held, it)), key=lambda it: rank(INSTRUMENT, it)):
        if reaches(INSTRUMENT, held, steps, way.to_level):
            assert steps == steps_of(way)
            return
    pytest.fail("no pair of steps reaches what the way reaches")


def held_of(voices):
    standings = find_standings(INSTRUMENT, NATIONAL, voices)
    return {
        code: taken(voices[NATIONAL].get(code, Response()), standing)
        for code, standing in standings.items()
        if standing.state in ("answered", "implied")
    }


def possible_steps(held):
    return [
        (code, level)
        for code, response in held.items()
        for level in (*range(response.level + 1, 6), *([None] if response.basis == "written" else []))
    ]


def is_whole(held, steps):
    """Whether no step to a level lacks the one before it."""
    return all(level is None or level == held[code].level + 1 or (code, level - 1) in steps for code, level in steps)

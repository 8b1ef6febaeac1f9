"""What always holds of a score, whatever the answers."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from diagnostic.core.recommendations import find_recommendations
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Change, project, score
from diagnostic.core.result_file import result_to_json
from diagnostic.core.scoring import shown

from .strategies import FEW_WORDS, INSTRUMENT, all_voices, targets

voices_given = all_voices(FEW_WORDS)


def places(voices, target=None):
    result = score(INSTRUMENT, voices, NATIONAL, target)
    return result, {theme.theme: theme.score for theme in result.place.themes}


@given(voices_given, st.data())
def test_raising_a_level_never_lowers_anything(voices, data):
    raisable = [
        code
        for code, response in voices[NATIONAL].items()
        if response.level is not None and response.level < 5 and INSTRUMENT.by_code[code].is_scored
    ]
    if not raisable:
        return
    code = data.draw(st.sampled_from(raisable))
    response = voices[NATIONAL][code]
    raised = replace(response, level=data.draw(st.integers(response.level + 1, 5)))
    before, themes_before = places(voices)
    after, themes_after = places({**voices, NATIONAL: {**voices[NATIONAL], code: raised}})
    assert all(
        themes_after[theme] is not None and themes_after[theme] >= score
        for theme, score in themes_before.items()
        if score is not None
    )
    assert (after.place.index or 0) >= (before.place.index or 0)
    assert (after.place.working_level or 0) >= (before.place.working_level or 0)
    for bound in ("lowest_level", "highest_level", "index_low", "index_high"):
        assert getattr(after.range, bound) >= getattr(before.range, bound), bound


@given(voices_given)
def test_index_and_level_lie_within_their_bounds(voices):
    result, _themes = places(voices)
    if result.place.index is not None:
        assert result.range.index_low <= result.place.index <= result.range.index_high
        assert result.range.lowest_level <= result.place.working_level <= result.range.highest_level
    if result.level is not None:
        assert result.level == result.place.working_level


@given(voices_given, targets)
def test_each_unmet_criterion_up_to_the_target_has_a_step(voices, target):
    result, _themes = places(voices, target)
    steps = {(item.theme, item.to_level) for item in result.recommendations if item.kind == "next_step"}
    for item in result.place.criteria:
        if item.state == "unmet" and result.target_level and item.criterion.level <= result.target_level:
            assert (INSTRUMENT.by_code[item.criterion.question].theme, item.criterion.level) in steps


@given(voices_given, targets, st.randoms())
def test_the_order_of_input_never_matters(voices, target, random):
    shuffled = {}
    for voice in random.sample(list(voices), len(voices)):
        codes = random.sample(list(voices[voice]), len(voices[voice]))
        shuffled[voice] = {code: voices[voice][code] for code in codes}
    assert _json(shuffled, target) == _json(voices, target)


def _json(voices, target):
    return result_to_json(score(INSTRUMENT, voices, NATIONAL, target), INSTRUMENT, "ZZ", "2026")


@given(voices_given)
def test_coverage_adds_up(voices):
    coverage = score(INSTRUMENT, voices).coverage
    assert sum(count for state, count in coverage.items() if state != "scored") == coverage["scored"] == 21


@given(voices_given, targets)
def test_every_recommendation_stands_once_and_in_order(voices, target):
    result = score(INSTRUMENT, voices, NATIONAL, target)
    ids = [item.id for item in result.recommendations]
    assert len(ids) == len(set(ids))
    tiers = [("blocking", "weakness", "next").index(item.tier) for item in result.recommendations]
    assert tiers == sorted(tiers)
    again = find_recommendations(
        INSTRUMENT, NATIONAL, voices, result.standings, result.place, result.findings, result.target_level
    )
    assert again == result.recommendations


@given(voices_given, targets)
def test_a_what_if_without_changes_is_the_result(voices, target):
    assert project(INSTRUMENT, voices, {}, NATIONAL, target) == score(INSTRUMENT, voices, NATIONAL, target)


@given(voices_given, st.sampled_from([question.code for question in INSTRUMENT.scored]), st.integers(1, 5))
def test_a_changed_question_is_answered(voices, code, level):
    result = project(INSTRUMENT, voices, {code: Change(level=level)})
    standing = result.standings[code]
    assert standing.level == level or INSTRUMENT.by_code[code].asked_when is not None


@given(st.fractions(min_value=1, max_value=5))
def test_a_score_is_shown_rounded_down(value):
    tenths = Fraction(shown(value).replace(".", "")) / 10
    assert tenths <= value < tenths + Fraction(1, 10)

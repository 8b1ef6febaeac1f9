"""The rules of scoring, one case each, with figures that a reader can check by hand."""

from fractions import Fraction

import pytest

from diagnostic.core.responses import Response
from diagnostic.core.result import Change, project, score
from diagnostic.core.scoring import level_of, shown

from .strategies import INSTRUMENT

SCORED = [question.code for question in INSTRUMENT.scored]


def all_at(level, **changes):
    answers = {code: Response(level=level) for code in SCORED}
    return {"national": answers | {code.replace("_", "."): value for code, value in changes.items()}}


def scored(voices, target=None, voice="national"):
    return score(INSTRUMENT, voices, voice, target)


def criteria_of(result):
    return {item.criterion.id: item.state for item in result.place.criteria}


def standing(result, code):
    return result.standings[code].state, result.standings[code].level


def steps(result):
    return [item.id for item in result.recommendations if item.kind == "next_step"]


def ids(result):
    return [item.id for item in result.recommendations]


@pytest.mark.parametrize(
    ("score_", "level"),
    [("9/2", 5), ("89/20", 4), ("7/2", 4), ("349/100", 3), ("5/2", 3), ("249/100", 2), ("3/2", 2), ("149/100", 1)],
)
def test_a_band_begins_where_the_rule_says(score_, level):
    assert level_of(Fraction(score_)) == level


@pytest.mark.parametrize(("value", "words"), [("249/100", "2.4"), ("5/3", "1.6"), ("3", "3.0"), ("2999/1000", "2.9")])
def test_a_shown_score_is_rounded_down(value, words):
    assert shown(Fraction(value)) == words


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_same_level_everywhere_is_the_level(level):
    result = scored(all_at(level))
    assert (result.level, result.place.index, result.range.is_provisional) == (level, level, False)
    assert result.target_level == min(level + 1, 5)


def test_a_missing_foundation_holds_the_level_however_good_the_average():
    result = scored(all_at(5, A_1=Response(level=1)))
    assert (result.place.index_level, result.level) == (5, 1)
    assert result.blocking == {"A.1"}


def test_paper_alone_does_not_carry_cooperation_but_carries_communication():
    result = scored(all_at(3, A_1=Response(level=3, basis="written")))
    assert criteria_of(result)["C2-contact"] == "met"
    assert criteria_of(result)["C3-framework"] == "unmet"
    assert result.level == 2
    assert scored(all_at(3, A_1=Response(level=3, basis="practised"))).level == 3


def test_paper_alone_blocks_each_higher_criterion_of_its_question():
    result = scored(all_at(5, A_13=Response(level=5, basis="written")))
    assert criteria_of(result)["C3-resources"] == criteria_of(result)["C5-resources"] == "unmet"
    assert result.level == 2


def test_a_follow_up_below_its_condition_counts_as_one_whatever_it_holds():
    result = scored(all_at(4, A_3_1=Response(level=1), A_3_2=Response(level=5)))
    assert standing(result, "A.3.2") == ("implied", 1)
    assert result.not_counted == ("A.3.2",)
    assert result.coverage["implied"] == 1


def test_a_follow_up_whose_parent_is_open_is_open_and_blank_whatever_it_holds():
    for parent in (Response(), Response(status="unknown", reason="?")):
        result = scored(all_at(4, A_3_1=parent, A_3_2=Response(status="unknown", reason="?")))
        assert standing(result, "A.3.2") == ("blank", None)


def test_what_is_not_applicable_is_left_out():
    result = scored(all_at(3, A_9=Response(status="not_applicable", reason="law")))
    assert standing(result, "A.9") == ("not_applicable", None)
    assert result.place.index == 3
    assert next(theme.counted for theme in result.place.themes if theme.theme == "powers") == 4


def test_open_answers_give_a_range_and_never_count_as_one():
    result = scored(all_at(3, A_13=Response(status="unknown", reason="?")))
    assert result.place.index == 3
    assert criteria_of(result)["C3-resources"] == "open"
    assert (result.level, result.place.working_level) == (None, 3)
    assert (result.range.lowest_level, result.range.highest_level) == (2, 3)


def test_the_level_is_stated_from_three_quarters_on():
    fifteen = {code: Response(level=2) for code in SCORED[:15]}
    sixteen = {code: Response(level=2) for code in SCORED[:16]}
    assert scored({"national": fifteen}).level is None
    assert scored({"national": sixteen | {"A.13": Response(level=2)}}).level == 2


def test_a_basis_without_a_level_bounds_nothing_so_that_the_working_level_lies_in_its_range():
    result = scored(all_at(5, A_1=Response(basis="written")))
    assert result.place.working_level == result.range.highest_level == 5


def test_the_national_voice_takes_authority_from_the_agencies_where_it_is_silent():
    voices = {
        "national": {"A.7.1": Response(authority={"customs": "own"})},
        "customs": {"A.7.1": Response(authority={"customs": "none"})},
        "police": {"A.7.1": Response(authority={"police": "limited"})},
    }
    (finding,) = scored(voices).findings
    assert (finding.question, finding.status, finding.agencies) == (
        "A.7.1",
        "partial",
        {"customs": "absent", "police": "partial"},
    )
    (own,) = scored(voices, voice="customs").findings
    assert own.agencies == {"customs": "present"}


def test_an_unknown_answer_gives_no_finding_though_an_agency_spoke():
    voices = {
        "national": {"A.9": Response(status="unknown", reason="?")},
        "customs": {"A.9": Response(authority={"customs": "none"})},
    }
    assert scored(voices).findings == ()
    assert scored(voices).recommendations == ()


def test_a_level_alone_is_no_finding_where_the_rule_reads_authority():
    assert scored({"national": {"A.9": Response(level=1)}}).findings == ()


def test_challenges_show_a_weakness_without_a_level():
    result = scored({"national": {"A.17": Response(challenges=("duplication",))}})
    assert [finding.question for finding in result.findings] == ["A.17"]
    assert ids(result) == ["S-A.17"]


def test_the_solution_of_a17_ends_above_level_three():
    duplicated = Response(level=4, challenges=("duplication",))
    assert "S-A.17" not in ids(scored(all_at(4, A_17=duplicated)))
    assert "S-A.17" in ids(scored(all_at(3, A_17=Response(level=3, challenges=("duplication",)))))
    assert "S-A.17" in ids(scored(all_at(2)))


@pytest.mark.parametrize(("level", "is_there"), [(1, True), (2, True), (3, True), (4, False)])
def test_the_solution_of_a6_applies_at_its_levels(level, is_there):
    assert ("S-A.6" in ids(scored(all_at(level)))) is is_there


def test_guidance_ends_at_level_three_though_the_weakness_stays():
    weak = {"customs": "none", "police": "own"}
    result = scored(all_at(3, A_12=Response(level=3, authority=weak)))
    assert [finding.question for finding in result.findings] == ["A.12"]
    assert "G-A.12" not in ids(result)
    assert "G-A.12" in ids(scored(all_at(2, A_12=Response(level=2, authority=weak))))


def test_guidance_without_a_weakness_text_follows_level_or_authority():
    assert "G-A.13" in ids(scored(all_at(2)))
    assert "G-A.8" in ids(scored({"national": {"A.8": Response(authority={"customs": "relies"})}}))
    assert "G-A.8" not in ids(scored({"national": {"A.8": Response(authority={"customs": "limited"})}}))


def test_a_step_leads_to_each_level_up_to_the_target():
    result = scored(all_at(2), target=4)
    assert [step for step in steps(result) if "risk" in step] == ["N-risk-3", "N-risk-4"]
    assert len(steps(result)) == 14


def test_a_step_stands_for_an_unmet_criterion_though_the_theme_is_above():
    result = scored(all_at(4, A_1=Response(level=2)), target=3)
    assert result.place.themes[0].level == 3
    assert steps(result) == ["N-framework-3"]
    assert result.recommendations[0].tier == "blocking"


def test_a_target_at_or_below_the_level_blocks_nothing():
    result = scored(all_at(2), target=2)
    assert result.blocking == frozenset()
    assert steps(result) == []


def test_an_earlier_step_comes_before_a_later_one_of_more_gain():
    result = scored(all_at(2, A_3_1=Response(level=1)), target=4)
    following = [item for item in result.recommendations if item.tier == "next"]
    assert [item.stage for item in following] == sorted(item.stage for item in following)
    assert following[0].id == "N-risk-2"


def test_what_if_answers_a_question_and_drops_its_reason():
    voices = all_at(2, A_9=Response(status="not_applicable", reason="law"))
    result = project(INSTRUMENT, voices, {"A.9": Change(level=4)})
    assert standing(result, "A.9") == ("answered", 4)


def test_what_if_keeps_a_chosen_target_and_computes_one_that_was_not():
    changes = {code: Change(level=3) for code in SCORED}
    assert project(INSTRUMENT, all_at(2), changes, target_level=5).target_level == 5
    assert project(INSTRUMENT, all_at(2), changes).target_level == 4


def test_what_if_can_change_the_basis_alone():
    voices = all_at(3, A_1=Response(level=3, basis="written"))
    assert project(INSTRUMENT, voices, {"A.1": Change(basis="both")}).level == 3


def test_agreement_compares_what_counts_in_both_voices():
    voices = {
        "national": {},
        "customs": {"A.1": Response(level=5), "A.3.1": Response(level=1), "A.13": Response(level=2)},
        "police": {"A.1": Response(level=2), "A.3.1": Response(level=3), "A.3.2": Response(level=4)},
    }
    agreement = scored(voices).agreement
    assert (agreement.compared, agreement.equal, agreement.within_one) == (3, 0, 0)
    assert agreement.mean_difference == Fraction(8, 3)
    assert [(item.question, item.customs, item.police) for item in agreement.differences] == [
        ("A.1", 5, 2),
        ("A.3.2", 1, 4),
        ("A.3.1", 1, 3),
    ]


def test_the_self_rating_stands_beside_the_level_and_never_in_it():
    result = scored(all_at(2, A_18=Response(level=5)))
    assert (result.self_rating.level, result.self_rating.difference) == (5, 3)
    assert result.place.index == 2
    assert scored({"national": {"A.18": Response(level=5)}}).self_rating.difference is None


def test_areas_are_asked_by_authority_even_without_a_level():
    answers = {
        "A.5.1": Response(authority={"customs": "limited"}),
        "A.5.2": Response(areas={"drugs": "both"}),
    }
    assert scored({"national": answers}).not_counted == ()
    answers["A.5.1"] = Response(authority={"customs": "own", "police": "own"})
    assert scored({"national": answers}).not_counted == ("A.5.2",)

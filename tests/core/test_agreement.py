"""Two agencies' answers by question: kinds, order, what is equal, what becomes of two texts."""

import pytest

from diagnostic.core.agreement import find_pairs, find_takeable, largest_first, merge
from diagnostic.core.responses import Evidence, Response
from diagnostic.instruments import instrument_from_fixtures

NAMES = {"customs": "Customs", "police": "Police"}


@pytest.fixture(scope="module")
def instrument():
    return instrument_from_fixtures()


def pairs(instrument, customs, police, national=None):
    voices = {"customs": customs, "police": police, "national": national or {}}
    return {pair.question.code: pair for pair in find_pairs(instrument, voices)}


def test_kinds_of_a_pair(instrument):
    found = pairs(
        instrument,
        {"A.1": Response(level=3), "A.2.1": Response(level=4), "A.19": Response(level=2), "A.17": Response(level=2)},
        {"A.1": Response(level=3), "A.2.1": Response(level=1), "A.17": Response(status="unknown", reason="?")},
    )
    assert [found[code].kind for code in ("A.1", "A.2.1", "A.19", "A.17", "A.13")] == [
        "equal",
        "different",
        "open",
        "open",
        "open",
    ]
    assert (found["A.2.1"].size, found["A.1"].size, found["A.19"].size) == (3, 0, None)


def test_an_implied_level_is_compared_and_never_equal(instrument):
    found = pairs(
        instrument,
        {"A.3.1": Response(level=4), "A.3.2": Response(level=1)},
        {"A.3.1": Response(level=1), "A.3.2": Response(level=5)},
    )
    assert found["A.3.2"].kind == "different"
    assert (found["A.3.2"].police.level, found["A.3.2"].police.is_implied, found["A.3.2"].size) == (1, True, 0)


def test_a_follow_up_that_nobody_was_asked_is_left_out_until_the_national_answer_asks_it(instrument):
    low = {"A.3.1": Response(level=1)}
    assert pairs(instrument, low, low)["A.3.2"].kind == "not_asked"
    assert pairs(instrument, low, low, {"A.3.1": Response(level=3)})["A.3.2"].kind == "open"


@pytest.mark.parametrize(
    ("mine", "yours", "kind"),
    [
        (Response(level=3, narrative="a"), Response(level=3, narrative="b"), "equal"),
        (Response(level=3, basis="both"), Response(level=3), "equal"),
        (Response(level=3, basis="written"), Response(level=3, basis="practised"), "different"),
        (Response(level=3, narrative="a" * 9_000), Response(level=3, narrative="b" * 9_000), "different"),
        (Response(status="not_applicable", reason="a"), Response(status="not_applicable", reason="b"), "equal"),
        (Response(status="not_applicable", reason="a"), Response(level=1), "different"),
    ],
)
def test_what_counts_as_equal(instrument, mine, yours, kind):
    assert pairs(instrument, {"A.1": mine}, {"A.1": yours})["A.1"].kind == kind


def test_texts_without_a_level_are_equal_only_in_the_same_words(instrument):
    codes = [question.code for question in instrument.questions if question.kind == "descriptive"]
    code = next(code for code in codes if instrument.by_code[code].asked_when is None)
    one, other = {code: Response(narrative="a")}, {code: Response(narrative="b")}
    assert pairs(instrument, one, other)[code].kind == "different"
    assert pairs(instrument, one, one)[code].kind == "equal"


def test_the_largest_difference_comes_first_then_the_order_of_the_questions(instrument):
    found = pairs(
        instrument,
        {"A.1": Response(level=3), "A.2.1": Response(level=5), "A.17": Response(level=4), "A.19": Response(level=1)},
        {"A.1": Response(level=2), "A.2.1": Response(level=1), "A.17": Response(level=3), "A.19": Response(level=1)},
    )
    asked = [found[code] for code in ("A.1", "A.2.1", "A.17", "A.19")]
    assert [pair.question.code for pair in largest_first(asked)] == ["A.2.1", "A.1", "A.17", "A.19"]


def test_two_answers_become_one(instrument):
    found = pairs(
        instrument,
        {"A.1": Response(level=3, narrative="Ours", basis="both", evidence=(Evidence("MOU"), Evidence("Plan")))},
        {"A.1": Response(level=3, narrative="Theirs", evidence=(Evidence("MOU"),))},
    )
    assert merge(found["A.1"], NAMES) == Response(
        level=3,
        basis="both",
        narrative="Customs: Ours\n\nPolice: Theirs",
        evidence=(Evidence("MOU"), Evidence("Plan")),
    )


def test_a_level_is_merged_only_where_both_have_it(instrument):
    found = pairs(instrument, {"A.1": Response(level=3)}, {"A.1": Response(level=2, narrative="x")})
    assert merge(found["A.1"], NAMES) == Response(narrative="x")


def test_an_equal_follow_up_waits_for_the_national_answer_above_it(instrument):
    customs = {"A.3.1": Response(level=4), "A.3.2": Response(level=3)}
    police = {"A.3.1": Response(level=2), "A.3.2": Response(level=3)}

    def takeable(national):
        voices = {"customs": customs, "police": police, "national": national}
        return list(find_takeable(instrument, find_pairs(instrument, voices), voices, NAMES))

    assert takeable({}) == []
    assert takeable({"A.3.1": Response(level=3)}) == ["A.3.2"]
    police["A.3.1"] = Response(level=4)
    assert takeable({}) == ["A.3.1", "A.3.2"]
    assert takeable({"A.3.1": Response(level=4), "A.3.2": Response(level=1)}) == []

"""The page about states is the table that the code runs."""

from pathlib import Path

from diagnostic.core.workflow import STATES, TRANSITIONS, find_transition

PAGE = Path(__file__).parents[2] / "docs" / "workflow.md"


def test_the_page_has_every_row_and_no_other():
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]
    code = [(row.act, row.source, row.target, row.side, ", ".join(row.modes)) for row in TRANSITIONS]
    assert rows == code


def test_every_state_can_be_reached_and_the_ended_ones_are_left_by_nothing():
    reached = {"draft"} | {row.target for row in TRANSITIONS}
    assert reached == set(STATES)
    assert {row.source for row in TRANSITIONS}.isdisjoint({"accepted", "withdrawn"})


def test_no_state_offers_two_ways_for_one_act():
    pairs = [(row.act, row.source, mode) for row in TRANSITIONS for mode in row.modes]
    assert len(pairs) == len(set(pairs))
    assert find_transition("accept", "draft", "joint") is None

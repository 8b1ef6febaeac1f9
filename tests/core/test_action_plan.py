"""The rules of the action plan: the table of its states, what is due, what moved a level, what is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from diagnostic.core.action_plan import (
    ACTS,
    BOTH,
    LEADS,
    MAX_TITLE,
    OPEN,
    SOON,
    STATES,
    TRANSITIONS,
    ActionDetails,
    Progress,
    agencies_of,
    check_details,
    count_by,
    count_progress,
    find_level,
    find_moved,
    find_recommended,
    find_transition,
    find_urgency,
    has_agencies,
    has_moved,
    is_for_coordinators,
    is_from_last_time,
    lead_of,
    transitions_from,
)
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.core.responses import NATIONAL, Response
from diagnostic.core.result import score
from diagnostic.instruments import instrument_from_fixtures

TODAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Item:
    state: str
    due_on: date | None = None
    lead: str = "customs"


def test_every_state_is_reached_and_left_and_no_act_has_two_ways_from_one():
    assert {row.target for row in TRANSITIONS} == {row.source for row in TRANSITIONS} == set(STATES)
    pairs = [(row.act, row.source) for row in TRANSITIONS]
    assert len(pairs) == len(set(pairs))
    assert find_transition("complete", "planned").target == "done"
    assert find_transition("complete", "dropped") is None
    assert [row.act for row in transitions_from("under_way")] == ["put_back", "complete", "drop"]


def test_only_dropping_and_taking_up_again_are_for_coordinators():
    assert {act for act in ACTS if is_for_coordinators(act)} == {"drop", "take_up_again"}


@pytest.mark.parametrize(("days", "urgency"), [(-1, "overdue"), (0, "soon"), (SOON.days, "soon"), (SOON.days + 1, "")])
def test_an_open_action_is_overdue_from_the_day_after_its_day(days, urgency):
    assert {find_urgency(state, TODAY + timedelta(days=days), TODAY) for state in OPEN} == {urgency}


def test_what_is_ended_or_has_no_day_is_never_overdue():
    long_ago = TODAY - timedelta(days=400)
    assert {find_urgency(state, long_ago, TODAY) for state in ("done", "dropped")} == {""}
    assert find_urgency("planned", None, TODAY) == ""


def test_an_agency_supports_the_other_one_or_nobody_does():
    found = {(lead, support) for lead in (*LEADS, "", "wco") for support in ("", *LEADS) if has_agencies(lead, support)}
    assert found == {("customs", ""), ("police", ""), (BOTH, ""), ("customs", "police"), ("police", "customs")}


def test_what_nobody_or_the_government_is_to_lead_is_led_by_both():
    assert [lead_of(lead) for lead in ("customs", "police", "joint", "government", "")] == [
        ("customs", ""),
        ("police", ""),
        (BOTH, ""),
        (BOTH, ""),
        (BOTH, ""),
    ]
    assert agencies_of("customs", "") == ("customs",)
    assert agencies_of("police", "customs") == agencies_of(BOTH, "") == ("customs", "police")


@pytest.mark.parametrize(
    ("details", "place"),
    [
        (ActionDetails(" "), "title"),
        (ActionDetails("x" * (MAX_TITLE + 1)), "title"),
        (ActionDetails("Two\nlines"), "title"),
        (ActionDetails("Turned \u202e around"), "title"),
        (ActionDetails("Meet", responsible="x" * 121), "responsible"),
        (ActionDetails("Meet", due_on=date(1999, 12, 31)), "due_on"),
        (ActionDetails("Meet", due_on=date.max), "due_on"),
        (ActionDetails("Meet", lead=BOTH, support="police"), "support"),
        (ActionDetails("Meet", lead="customs", support="customs"), "support"),
    ],
)
def test_what_cannot_be_written_of_an_action_says_where(details, place):
    assert [fault.path for fault in check_details(details)] == [place]
    assert check_details(ActionDetails("Meet", "customs", "police", "Deputy heads", TODAY)) == []


def test_every_recommendation_of_the_instrument_is_found_by_its_id():
    instrument = instrument_from_fixtures()
    for item in (*instrument.guidance, *instrument.next_steps):
        found = find_recommended(instrument, item.id)
        assert (found.text, found.handbook, found.lead) == (item.text, item.handbook, item.lead)
    assert find_recommended(instrument, "S-A.1").text == instrument.by_code["A.1"].solution.text
    assert find_recommended(instrument, "S-A.19") is None
    longest = max(len(item.text) for item in (*instrument.guidance, *instrument.next_steps))
    assert longest <= MAX_TITLE


def test_the_level_of_what_an_action_rests_on_is_its_questions_or_its_themes():
    instrument = instrument_from_fixtures()
    result = score(instrument, {NATIONAL: {"A.1": Response(level=4), "A.2.1": Response(level=2)}})
    theme = instrument.by_code["A.1"].theme
    assert find_level(result, "A.1", theme) == 4
    assert find_level(result, "", theme) == 4
    assert find_level(result, "A.6", "") is None
    assert find_level(result, "", "") is None


def test_what_somebody_worked_on_and_is_higher_than_then_has_moved():
    assert has_moved("done", 1, 2)
    assert has_moved("under_way", 1, 3)
    assert not any(has_moved(state, 1, 2) for state in ("planned", "dropped"))
    assert not any(has_moved("done", *levels) for levels in ((2, 2), (2, 1), (None, 2), (2, None)))


def test_an_assessment_opens_with_what_is_open_or_ended_since_the_one_before():
    last = datetime(2025, 3, 1, tzinfo=UTC)
    before, after = last - timedelta(days=1), last + timedelta(days=1)
    assert all(is_from_last_time(state, before, last) for state in OPEN)
    assert not any(is_from_last_time(state, before, last) for state in ("done", "dropped"))
    assert is_from_last_time("done", after, last)
    assert is_from_last_time("done", before, None)


def test_the_lines_that_moved_are_told_in_their_order():
    def line(number: int, state: str, now: int | None) -> ActionLine:
        return ActionLine(number, "Meet", "", "A.1", "", None, "customs", "", "", "", state, "", "", 2, now)

    lines = [line(1, "done", 3), line(2, "done", 2), line(3, "dropped", 3), line(4, "under_way", 5)]
    assert [found.number for found in find_moved(lines)] == [1, 4]


def test_progress_counts_what_is_overdue_once_more_and_leaves_out_what_was_dropped():
    late = TODAY - timedelta(days=1)
    items = [Item("planned", late), Item("under_way"), Item("done", late), Item("done"), Item("dropped", late)]
    figures = count_progress(items, TODAY)
    assert figures == Progress(planned=1, under_way=1, done=2, dropped=1, overdue=1)
    assert (figures.total, figures.counted, figures.share_done) == (5, 4, 50)
    assert count_progress([], TODAY).share_done == 0


def test_an_action_of_both_agencies_counts_for_each():
    items = [Item("done", lead="customs"), Item("planned", lead="both"), Item("planned", lead="police")]
    figures = count_by(items, ("customs", "police"), lambda item: agencies_of(item.lead, ""), TODAY)
    assert {name: held.total for name, held in figures.items()} == {"customs": 2, "police": 2}
    assert list(figures) == ["customs", "police"]

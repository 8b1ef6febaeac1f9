"""The action plan: the states of an action, the one table of their transitions, what is overdue, what moved a level.

An action is read here by its plain values, so that rows and lines of a report are counted by the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, Protocol, TypeVar

from .instrument import AGENCIES, Guidance, Instrument, NextStep
from .names import find_name_fault
from .report_follow_up import ActionLine
from .response_rules import Fault, find_text_fault
from .result import Result
from .visible_text import says_nothing
from .words import Message, _

PLANNED = "planned"
UNDER_WAY = "under_way"
DONE = "done"
DROPPED = "dropped"

STATES: tuple[str, ...] = (PLANNED, UNDER_WAY, DONE, DROPPED)
OPEN: tuple[str, ...] = (PLANNED, UNDER_WAY)
"""The states in which an action still waits for somebody."""

BOTH = "both"
LEADS: tuple[str, ...] = (*AGENCIES, BOTH)
"""Who may lead an action; where both do, nobody is left to support it."""

MAX_TITLE = 300
MAX_RESPONSIBLE = 120
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
"""The days on which an action may be due: those that the calendar shows."""
SOON = timedelta(days=30)
URGENT = ("soon", "overdue")
"""How long before its day an open action is due soon."""

Urgency = Literal["", "soon", "overdue"]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: `act` leads from `source` to `target`; some acts are for coordinators alone."""

    act: str
    source: str
    target: str
    is_for_coordinators: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition("begin", PLANNED, UNDER_WAY),
    Transition("put_back", UNDER_WAY, PLANNED),
    Transition("complete", PLANNED, DONE),
    Transition("complete", UNDER_WAY, DONE),
    Transition("reopen", DONE, UNDER_WAY),
    Transition("drop", PLANNED, DROPPED, is_for_coordinators=True),
    Transition("drop", UNDER_WAY, DROPPED, is_for_coordinators=True),
    Transition("take_up_again", DROPPED, PLANNED, is_for_coordinators=True),
)

ACTS: tuple[str, ...] = tuple(dict.fromkeys(row.act for row in TRANSITIONS))


def find_transition(act: str, state: str) -> Transition | None:
    """The row for `act` from `state`, or None where the table has none."""
    return next((row for row in TRANSITIONS if (row.act, row.source) == (act, state)), None)


def transitions_from(state: str) -> tuple[Transition, ...]:
    """The rows that lead away from `state`, in the order of the table."""
    return tuple(row for row in TRANSITIONS if row.source == state)


def is_for_coordinators(act: str) -> bool:
    """Whether `act` is for the country's coordinators alone."""
    return any(row.is_for_coordinators for row in TRANSITIONS if row.act == act)


def find_urgency(state: str, due_on: date | None, today: date) -> Urgency:
    """Whether an action in `state` is past its day, or that is near; its day itself is not past. "" for all others."""
    if state not in OPEN or due_on is None:
        return ""
    if due_on < today:
        return "overdue"
    return "soon" if due_on - today <= SOON else ""


def has_agencies(lead: str, support: str) -> bool:
    """Whether `lead` and `support` can stand together: an agency supports the other one, or nobody does."""
    return lead in LEADS and (support == "" or (support in AGENCIES and lead in AGENCIES and support != lead))


def lead_of(recommended: str) -> tuple[str, str]:
    """Lead and supporting agency of an action made of a recommendation with this lead; "" is nobody.

    What the instrument gives to the government, or to both, is led by both agencies together.
    """
    return (recommended, "") if recommended in AGENCIES else (BOTH, "")


# What an action holds


@dataclass(frozen=True, slots=True)
class ActionDetails:
    """What its people write of an action: all but what it rests on and how far it is."""

    title: str
    lead: str = BOTH
    support: str = ""
    responsible: str = ""
    due_on: date | None = None


def check_details(details: ActionDetails) -> list[Fault]:
    """Every fault of `details`; empty where they can be taken."""
    faults = []
    for name, text, most in (
        ("title", details.title, MAX_TITLE),
        ("responsible", details.responsible, MAX_RESPONSIBLE),
    ):
        fault = find_text_fault(text) if name == "title" else find_name_fault(text)
        if fault is None and "\n" in text:
            fault = Message(_("must stand on one line"))
        if fault is None and len(text) > most:
            fault = Message(_("can have %(most)s characters at most"), {"most": most})
        if fault:
            faults.append(Fault(name, fault))
    if says_nothing(details.title):
        faults.append(Fault("title", Message(_("say what is to be done"))))
    if details.due_on and not FIRST_DAY <= details.due_on <= LAST_DAY:
        years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
        faults.append(Fault("due_on", Message(_("must be in the years %(first)s to %(last)s"), years)))
    if not has_agencies(details.lead, details.support):
        faults.append(Fault("support", Message(_("can only be the agency that does not lead"))))
    return faults


@dataclass(frozen=True, slots=True)
class Recommended:
    """The text of a recommendation by its id, the section it rests on, and who is to lead; "" where nobody is named.

    `handbook` is "" for the handbook's own solution.
    """

    text: str
    handbook: str
    lead: str


def find_recommended(instrument: Instrument, recommendation: str) -> Recommended | None:
    """What `instrument` says under that id of a recommendation; None where it has none."""
    advice: list[Guidance | NextStep] = [*instrument.guidance, *instrument.next_steps]
    for item in advice:
        if item.id == recommendation:
            return Recommended(item.text, item.handbook, item.lead)
    for question in instrument.questions:
        if question.solution and recommendation == f"S-{question.code}":
            return Recommended(question.solution.text, "", "")
    return None


# What an action moved


def find_level(result: Result, question: str, theme: str) -> int | None:
    """The level of what an action rests on: its question, else its theme; None where there is none in `result`."""
    if question:
        standing = result.standings.get(question)
        return standing.level if standing else None
    return next((held.level for held in result.place.themes if held.theme == theme), None)


def has_moved(state: str, before: int | None, now: int | None) -> bool:
    """Whether an action in `state` may have moved a level: somebody worked on it, and the level is higher than then."""
    return state in (UNDER_WAY, DONE) and before is not None and now is not None and now > before


def is_from_last_time(state: str, ended_at: datetime, last_started_at: datetime | None) -> bool:
    """Whether an assessment opens with an earlier action: it is open, or ended since the assessment before was started.

    What ended before that one has been looked at there already. `last_started_at` is None where there was none.
    """
    return state in OPEN or last_started_at is None or ended_at >= last_started_at


def find_moved(lines: Iterable[ActionLine]) -> tuple[ActionLine, ...]:
    """The actions that may have moved a level, in the order given."""
    return tuple(line for line in lines if has_moved(line.state, line.level_before, line.level_now))


# Progress


class Counted(Protocol):
    """What is counted of an action."""

    @property
    def state(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...


Item = TypeVar("Item", bound=Counted)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many actions are in each state; `overdue` counts some of the planned and those under way once more."""

    planned: int = 0
    under_way: int = 0
    done: int = 0
    dropped: int = 0
    overdue: int = 0

    @property
    def total(self) -> int:
        return self.planned + self.under_way + self.done + self.dropped

    @property
    def counted(self) -> int:
        """Those that the share of what is done is of: what was dropped is no one's task any more."""
        return self.total - self.dropped

    @property
    def share_done(self) -> int:
        """The share of what is done, in whole per cent rounded down; 0 where there is nothing to do."""
        return self.done * 100 // self.counted if self.counted else 0


def count_progress(items: Iterable[Counted], today: date) -> Progress:
    """The figures of `items` on the day `today`."""
    held = list(items)
    states = [item.state for item in held]
    return Progress(
        planned=states.count(PLANNED),
        under_way=states.count(UNDER_WAY),
        done=states.count(DONE),
        dropped=states.count(DROPPED),
        overdue=sum(find_urgency(item.state, item.due_on, today) == "overdue" for item in held),
    )


def count_by(
    items: Iterable[Item], keys: Sequence[Key], key: Callable[[Item], Iterable[Key]], today: date
) -> Mapping[Key, Progress]:
    """The figures of the items that belong to each of `keys`, in that order; `key` says to which an item belongs."""
    held = [(item, frozenset(key(item))) for item in items]
    return {name: count_progress((item for item, names in held if name in names), today) for name in keys}


def agencies_of(lead: str, support: str) -> tuple[str, ...]:
    """The agencies that an action is on, leading or supporting."""
    return tuple(agency for agency in AGENCIES if lead in (agency, BOTH) or support == agency)

"""The states of an assessment and the one table of transitions that code, tests and documentation share."""

from __future__ import annotations

from dataclasses import dataclass

from .instrument import AGENCIES
from .responses import NATIONAL, VOICES

DRAFT = "draft"
COMPARING = "comparing"
SUBMITTED = "submitted"
IN_REVIEW = "in_review"
RETURNED = "returned"
ACCEPTED = "accepted"
WITHDRAWN = "withdrawn"

STATES: tuple[str, ...] = (DRAFT, COMPARING, SUBMITTED, IN_REVIEW, RETURNED, ACCEPTED, WITHDRAWN)

JOINT = "joint"
SEPARATE = "separate"
MODES: tuple[str, ...] = (JOINT, SEPARATE)

COUNTRY = "country"
SECRETARIAT = "secretariat"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: `act` leads from `source` to `target`, by one `side`, in the given `modes`."""

    act: str
    source: str
    target: str
    side: str
    modes: tuple[str, ...] = MODES


TRANSITIONS: tuple[Transition, ...] = (
    Transition("submit", DRAFT, SUBMITTED, COUNTRY, (JOINT,)),
    Transition("open_comparison", DRAFT, COMPARING, COUNTRY, (SEPARATE,)),
    Transition("submit", COMPARING, SUBMITTED, COUNTRY, (SEPARATE,)),
    Transition("take_up", SUBMITTED, IN_REVIEW, SECRETARIAT),
    Transition("return", IN_REVIEW, RETURNED, SECRETARIAT),
    Transition("accept", IN_REVIEW, ACCEPTED, SECRETARIAT),
    Transition("submit", RETURNED, SUBMITTED, COUNTRY),
    Transition("withdraw", DRAFT, WITHDRAWN, COUNTRY),
    Transition("withdraw", COMPARING, WITHDRAWN, COUNTRY),
    Transition("withdraw", SUBMITTED, WITHDRAWN, COUNTRY),
    Transition("withdraw", RETURNED, WITHDRAWN, COUNTRY),
)

ACTS: tuple[str, ...] = tuple(dict.fromkeys(row.act for row in TRANSITIONS))

MOVES = {
    "comparison.open": "open_comparison",
    "comparison.open_declared": "open_comparison",
    "assessment.submit": "submit",
    "assessment.withdraw": "withdraw",
    "review.take_up": "take_up",
    "review.return": "return",
    "review.accept": "accept",
}
"""The acts that change the state of an assessment, as the log and as the transition table call them."""

WITH_COUNTRY: tuple[str, ...] = (DRAFT, COMPARING, RETURNED)
"""The states in which an assessment is with its country: answers, settings and signatures are its own matter."""

HANDED_IN: tuple[str, ...] = (SUBMITTED, IN_REVIEW, RETURNED, ACCEPTED)
"""The states of what was submitted and is not withdrawn."""

DISCUSSED: tuple[str, ...] = (IN_REVIEW, RETURNED)
"""The states in which secretariat and country write to each other about the answers of the latest submission."""

REPLIED: tuple[str, ...] = (*DISCUSSED, ACCEPTED)
"""The states in which the country may reply to an opinion: to one given just before acceptance, too."""

ENDED: tuple[str, ...] = (ACCEPTED, WITHDRAWN)


def writable_voices(state: str, mode: str) -> tuple[str, ...]:
    """The voices whose answers may change in `state`; on return only the named questions of them.

    In a joint session that is the national voice; where each agency answers for itself, the agencies' until they are
    compared, and from then on only the national one (design: What must always hold, 3).
    """
    if state not in WITH_COUNTRY:
        return ()
    return AGENCIES if mode == SEPARATE and state == DRAFT else (NATIONAL,)


def voices_of(mode: str) -> tuple[str, ...]:
    """The voices that an assessment in `mode` has."""
    return VOICES if mode == SEPARATE else (NATIONAL,)


def find_transition(act: str, state: str, mode: str) -> Transition | None:
    """The row for `act` from `state` in `mode`, or None where the table has none."""
    return next((row for row in TRANSITIONS if (row.act, row.source) == (act, state) and mode in row.modes), None)


def sources(act: str, mode: str) -> tuple[str, ...]:
    """The states from which `act` is possible in `mode`."""
    return tuple(row.source for row in TRANSITIONS if row.act == act and mode in row.modes)

"""What taking up a recommendation would move, as the changes of a what-if.

A recommendation for one question moves that question one level up; where the level suffices for a criterion but stands
on paper only, it moves the basis instead. A theme's next step lifts every counted question of the theme that stands
below its level to it, and puts into practice what stands on paper only where a criterion up to that level asks for it.
What is open or not applicable moves with neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .instrument import LEVELS, Instrument
from .responses import BLANK, Response, Responses
from .result import Change, Result

Moves = dict[str, Change]


def recommendation_ids(instrument: Instrument) -> tuple[str, ...]:
    """The id of everything that can be recommended at all."""
    return (*_by_question(instrument), *(step.id for step in instrument.next_steps))


def find_moves(instrument: Instrument, result: Result, responses: Responses, recommendation: str) -> Moves:
    """The changes, by question, of the recommendation with that id; none where no level rests on it.

    `result` is the one of `responses`. Raises `KeyError` for an unknown id.
    """
    code = _by_question(instrument).get(recommendation)
    if code is not None:
        return _move_one(instrument, result, code)
    step = next((step for step in instrument.next_steps if step.id == recommendation), None)
    if step is None:
        raise KeyError(recommendation)
    return _move_theme(instrument, result, responses, step.theme, step.to_level)


def join_moves(moves: Iterable[Mapping[str, Change]]) -> Moves:
    """All of them together: of two levels for one question the higher."""
    found: Moves = {}
    for changes in moves:
        for code, change in changes.items():
            held = found.get(code, Change())
            levels = [level for level in (held.level, change.level) if level is not None]
            found[code] = Change(max(levels, default=None), held.basis or change.basis)
    return found


def _by_question(instrument: Instrument) -> dict[str, str]:
    solved = {f"S-{question.code}": question.code for question in instrument.questions if question.solution}
    return solved | {item.id: item.question for item in instrument.guidance}


def _move_one(instrument: Instrument, result: Result, code: str) -> Moves:
    standing = result.standings.get(code)
    if standing is None or standing.state != "answered" or standing.level is None:
        return {}
    if standing.basis == "written" and _asks_practice(instrument, code, LEVELS[-1], standing.level):
        return {code: Change(basis="both")}
    return {code: Change(level=standing.level + 1)} if standing.level < LEVELS[-1] else {}


def _move_theme(instrument: Instrument, result: Result, responses: Responses, theme: str, to_level: int) -> Moves:
    found: Moves = {}
    for question in instrument.by_theme[theme]:
        standing = result.standings.get(question.code)
        if standing is None or standing.level is None:
            continue
        response = responses.get(question.code, BLANK)
        level = max(to_level, _held(response)) if standing.level < to_level else None
        is_paper = response.basis == "written" and _asks_practice(instrument, question.code, to_level, LEVELS[-1])
        if level is not None or is_paper:
            found[question.code] = Change(level, "both" if is_paper else None)
    return found


def _held(response: Response) -> int:
    """The level that a question holds, asked or not; 0 without one."""
    return response.level or 0 if response.status == "answered" else 0


def _asks_practice(instrument: Instrument, code: str, up_to: int, at_level: int) -> bool:
    """Whether a criterion of level 3 to `up_to`, for which `at_level` suffices, asks that the question is practised."""
    return any(
        criterion.question == code and 3 <= criterion.level <= up_to and criterion.at_least <= at_level
        for criterion in instrument.criteria
    )

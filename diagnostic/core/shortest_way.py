"""The shortest way to the next level: the smallest set of steps that reaches it, by exact search (design: What if).

A step raises one question by one level, or changes what it rests on from `written` to `both`. A level step has the
effort of its theme's next step to that level, a change of basis is quick. Of the sets with the fewest steps the one
with the least total effort wins; of those the one that holds the earliest step, in instrument order, that the others
lack.

How the search finds it. How many questions of a theme count never changes on the way: a question that is not asked
counts as 1, and one that becomes asked counts too. So a level step adds to the index what its theme's share is,
whatever else is done, and the index asks for a sum; each criterion asks something of one question alone; and questions
depend on each other only along their follow-ups. For one question after the other, with its follow-ups, the search
therefore keeps the cheapest way to each sum, and drops a way where another gives as much for less: none that is dropped
can be part of the best. What a set costs, and by what it wins a tie, is one whole number that adds up step by step
(`_Ledger`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .instrument import LEVELS, Instrument, Question
from .responses import BLANK, NATIONAL, Response, Voices
from .result import Change
from .scoring import Place, Standing, Standings, band_start, criterion_state, find_place, find_standings, stand

EFFORTS = {"quick": 1, "medium": 2, "structural": 3}
BASIS_EFFORT = "quick"

Ways = dict[int, int]
"""The cheapest cost, as the ledger writes it, of each gain towards the index."""


@dataclass(frozen=True, slots=True)
class Step:
    """One level up for `question`, to `to_level`; or, where that is None, its basis from `written` to `both`."""

    question: str
    to_level: int | None
    effort: str

    @property
    def weight(self) -> int:
        """The effort as a number: quick 1, medium 2, structural 3."""
        return EFFORTS[self.effort]


@dataclass(frozen=True, slots=True)
class Way:
    """The smallest set of steps to `to_level`, in instrument order; `effort` is their total.

    `taken` are the follow-ups that become asked on the way and have no level yet: they are taken at 1. `to_answer` are
    the open questions that a criterion up to `to_level` asks for: no step answers them, and until they are answered the
    level is not stated.
    """

    to_level: int
    steps: tuple[Step, ...]
    effort: int
    taken: tuple[str, ...]
    to_answer: tuple[str, ...]

    @property
    def changes(self) -> dict[str, Change]:
        """The way as a what-if: `project` with it has the working level `to_level` at least."""
        found = {code: Change(level=1) for code in self.taken}
        for step in self.steps:
            change = found.get(step.question, Change())
            if step.to_level is None:
                found[step.question] = replace(change, basis="both")
            else:
                found[step.question] = replace(change, level=step.to_level)
        return found


def find_shortest_way(instrument: Instrument, voices: Voices, voice: str = NATIONAL) -> Way | None:
    """The shortest way of `voice` from the working level to the next.

    Only what has a level, or gets one as it becomes asked, is raised: what is open or not applicable stays as it is.
    None where there is no way: at level 5, where nothing counts yet, and where a criterion rests on a question that is
    not applicable.
    """
    standings = find_standings(instrument, voice, voices)
    place = find_place(instrument, standings)
    if place.working_level is None or place.working_level == LEVELS[-1]:
        return None
    search = _Search(instrument, voices, voice, standings, place, place.working_level + 1)
    steps = search.run()
    if steps is None:
        return None
    return Way(
        to_level=search.to_level,
        steps=steps,
        effort=sum(step.weight for step in steps),
        taken=search.taken_by(steps),
        to_answer=tuple(
            dict.fromkeys(
                item.criterion.question
                for item in place.criteria
                if item.state == "open" and item.criterion.level <= search.to_level
            )
        ),
    )


class _Ledger:
    """Writes what a set of steps costs as one number: fewest steps first, then least effort, then instrument order.

    Each step has a bit, the earlier in instrument order the higher: of two sets that cost the same, the one with the
    larger sum of bits holds the earliest step that the other lacks. Bits are therefore subtracted, and below the cost.
    """

    def __init__(self, instrument: Instrument):
        self.steps = tuple(_steps_of(instrument))
        bits = {step: 1 << place for place, step in enumerate(reversed(self.steps))}
        self._one_effort = 1 << len(self.steps)
        one_step = self._one_effort * (len(self.steps) * max(EFFORTS.values()) + 1)
        self._costs = {
            (step.question, step.to_level): one_step + step.weight * self._one_effort - bits[step]
            for step in self.steps
        }

    def cost(self, question: str, to_level: int | None) -> int:
        """The cost of one step."""
        return self._costs[question, to_level]

    def read(self, cost: int) -> tuple[Step, ...]:
        """The steps of the set that costs `cost`, in instrument order."""
        bits = -cost % self._one_effort
        last = len(self.steps) - 1
        return tuple(step for place, step in enumerate(self.steps) if bits >> (last - place) & 1)


def _steps_of(instrument: Instrument) -> Iterable[Step]:
    """Every step there can be, in instrument order."""
    for question in instrument.scored:
        for level in LEVELS[1:]:
            yield Step(question.code, level, instrument.step_by_target[question.theme, level].effort)
        yield Step(question.code, None, BASIS_EFFORT)


class _Search:
    """The search from one place to `to_level`."""

    def __init__(
        self, instrument: Instrument, voices: Voices, voice: str, standings: Standings, place: Place, to_level: int
    ):
        self.instrument = instrument
        self.responses = voices.get(voice, {})
        self.standings = standings
        self.to_level = to_level
        self.ledger = _Ledger(instrument)
        self.criteria = [item.criterion for item in place.criteria if item.criterion.level <= to_level]
        counted = {theme.theme: theme.counted for theme in place.themes if theme.counted}
        whole = math.lcm(*counted.values())
        self.shares = {theme: whole // number for theme, number in counted.items()}
        """What one level more of a question adds, by theme, in units in which every theme's share is a whole number."""
        assert place.index is not None
        missing = (band_start(to_level) - place.index) * len(counted) * whole
        self.needed = max(0, math.ceil(missing))

    def run(self) -> tuple[Step, ...] | None:
        """The best set of steps, in instrument order; None where no set reaches the level."""
        ways: Ways = {0: 0}
        for question in self.instrument.scored:
            if self._scored_parent(question) is None:
                ways = self._both(ways, self._ways(question, self.standings[question.code]))
        cost = ways.get(self.needed)
        return None if cost is None else self.ledger.read(cost)

    def taken_by(self, steps: Iterable[Step]) -> tuple[str, ...]:
        """The follow-ups that become asked by `steps` and are taken at 1, in instrument order."""
        raised = {step.question: step.to_level for step in steps if step.to_level is not None}
        return tuple(
            question.code
            for question in self.instrument.scored
            if self.standings[question.code].state == "implied"
            and self._after(question, raised).state == "answered"
            and stand(question, self._response(question), None).level is None
        )

    def _after(self, question: Question, raised: Mapping[str, int]) -> Standing:
        parent = self._scored_parent(question)
        if parent is None:
            standing = self.standings[question.code]
        else:
            standing = self._stand(question, self._after(parent, raised))
        return replace(standing, level=raised.get(question.code, standing.level))

    def _ways(self, question: Question, standing: Standing) -> Ways:
        """The ways of `question`, which counts as `standing` before any step of its own, and of all that follows it."""
        if standing.state != "answered" or standing.level is None:
            return self._with_follow_ups(question, standing, 0)
        found: Ways = {}
        cost = 0
        for level in range(standing.level, LEVELS[-1] + 1):
            if level > standing.level:
                cost += self.ledger.cost(question.code, level)
            raised = replace(standing, level=level)
            _keep_cheapest(found, self._with_follow_ups(question, raised, cost))
            if standing.basis == "written":
                practised = cost + self.ledger.cost(question.code, None)
                _keep_cheapest(found, self._with_follow_ups(question, replace(raised, basis="both"), practised))
        return _without_worse(found)

    def _with_follow_ups(self, question: Question, standing: Standing, cost: int) -> Ways:
        """The ways of all that follows `question` once that counts as `standing`, which costs `cost`.

        None where a criterion asks more of it. Its own gain is what it counts more than now.
        """
        asked = [criterion for criterion in self.criteria if criterion.question == question.code]
        if any(criterion_state(criterion, standing) == "unmet" for criterion in asked):
            return {}
        now = self.standings[question.code].level
        gain = 0 if standing.level is None or now is None else (standing.level - now) * self.shares[question.theme]
        ways: Ways = {min(gain, self.needed): cost}
        for follow_up in self.instrument.follow_ups.get(question.code, ()):
            if follow_up.is_scored:
                ways = self._both(ways, self._ways(follow_up, self._stand(follow_up, standing)))
        return ways

    def _both(self, first: Ways, second: Ways) -> Ways:
        """One way of each together, for every pair of them."""
        found: Ways = {}
        for gain, cost in first.items():
            for more, dearer in second.items():
                total, price = min(gain + more, self.needed), cost + dearer
                if total not in found or price < found[total]:
                    found[total] = price
        return _without_worse(found)

    def _stand(self, question: Question, parent: Standing) -> Standing:
        """How a follow-up counts before any step of its own; one that becomes asked without a level is taken at 1."""
        response = self._response(question)
        standing = stand(question, response, parent)
        is_new = self.standings[question.code].state == "implied" and standing.state != "implied"
        return Standing("answered", 1, response.basis) if is_new and standing.level is None else standing

    def _scored_parent(self, question: Question) -> Question | None:
        """The question that `question` follows, where steps can raise that."""
        parent = self.instrument.by_code[question.asked_when.question] if question.asked_when else None
        return parent if parent and parent.is_scored else None

    def _response(self, question: Question) -> Response:
        return self.responses.get(question.code, BLANK)


def _keep_cheapest(found: Ways, more: Ways) -> None:
    """Add to `found` what `more` has cheaper."""
    for gain, cost in more.items():
        if gain not in found or cost < found[gain]:
            found[gain] = cost


def _without_worse(ways: Ways) -> Ways:
    """The ways but those beside which another gains as much or more and costs less."""
    kept: Ways = {}
    least: int | None = None
    for gain in sorted(ways, reverse=True):
        if least is None or ways[gain] < least:
            kept[gain] = least = ways[gain]
    return kept

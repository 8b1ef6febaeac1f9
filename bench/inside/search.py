"""Searches the shortest way in random cases and prints the worst processor time as JSON, with what can be moved.

Standard input says how many cases and from which seed: `{"cases": 1000, "seed": 1}`.
"""

from __future__ import annotations

import json
import random
import sys
import time

from diagnostic.core.instrument import Instrument
from diagnostic.core.recommended_moves import recommendation_ids
from diagnostic.core.responses import NATIONAL, Response, Responses
from diagnostic.core.shortest_way import find_shortest_way
from diagnostic.instruments import instrument_from_fixtures

BASES = ("", "written", "practised", "both")


def main() -> None:
    """Print `{"worst_seconds": …, "longest": …, "codes": […], "recommendations": […]}`."""
    given = json.load(sys.stdin)
    instrument = instrument_from_fixtures()
    choice = random.Random(given["seed"])
    worst, longest = 0.0, 0
    for _number in range(given["cases"]):
        voices = {NATIONAL: answers(instrument, choice)}
        began = time.process_time()
        way = find_shortest_way(instrument, voices)
        worst = max(worst, time.process_time() - began)
        longest = max(longest, len(way.steps) if way else 0)
    codes = [question.code for question in instrument.scored]
    said = {"codes": codes, "recommendations": recommendation_ids(instrument)}
    print(json.dumps({"worst_seconds": worst, "longest": longest, **said}))


def answers(instrument: Instrument, choice: random.Random) -> Responses:
    """Answers of a country that stands low, high or anywhere, with now and then an open or not applicable question."""
    lowest = choice.choice((1, 1, 2, 3))
    highest = choice.randint(lowest, 5)
    not_applicable = choice.choice((0.0, 0.2, 0.6))
    given: dict[str, Response] = {}
    for question in instrument.scored:
        if choice.random() < 0.05:
            given[question.code] = Response(status="unknown", reason="Not known.")
        elif question.allows_not_applicable and choice.random() < not_applicable:
            given[question.code] = Response(status="not_applicable", reason="None.")
        else:
            given[question.code] = Response(level=choice.randint(lowest, highest), basis=choice.choice(BASES))
    return given


if __name__ == "__main__":
    main()

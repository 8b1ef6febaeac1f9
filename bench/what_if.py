"""The what-if: how long an answer takes, and the search for the shortest way in its worst case."""

from __future__ import annotations

import random
from urllib.parse import urlencode

from .client import Answer, Unmeasurable
from .databases import Databases
from .effort import Effort
from .figures import Figure, at_most
from .laid import Served
from .rounds import percentile_95

MOST_ANSWER_MS = 50
MOST_SEARCH_MS = 200
SEED = 2018
MOST_MOVES = 8
RECOMMENDATION = "recommendation"


def measure(served: Served, databases: Databases, effort: Effort) -> list[Figure]:
    """The answers on both databases; the search, which reads none, once."""
    figures = [answers(served, databases.kind, effort)]
    if databases.kind == "SQLite":
        figures.append(searches(served, effort))
    return figures


def answers(served: Served, kind: str, effort: Effort) -> Figure:
    """As the page asks while somebody chooses, each time something else."""
    given = served.laid.inside("search", {"cases": 0, "seed": SEED})
    choice = random.Random(SEED)
    seconds = [ask(served, moves(choice, given)).seconds for _number in range(effort.what_ifs)]
    name = f"A what-if, 95th percentile of {effort.what_ifs}, {kind}"
    return at_most(name, percentile_95(seconds) * 1000, MOST_ANSWER_MS, "ms", 1)


def moves(choice: random.Random, given: dict[str, list[str]]) -> str:
    """A few levels and recommendations as the query string of an address."""
    codes = choice.sample(given["codes"], choice.randint(1, MOST_MOVES))
    taken_up = choice.sample(given["recommendations"], choice.randint(0, 3))
    fields = [(code, str(choice.randint(1, 5))) for code in codes]
    return urlencode([*fields, *((RECOMMENDATION, code) for code in taken_up)])


def ask(served: Served, query: str) -> Answer:
    """One answer. Raises `Unmeasurable` where it is none."""
    answer = served.coordinator.get(f"{served.laid.site['what_if']}?{query}", "HX-Request: true\r\n")
    if answer.status != 200 or b"what-if-details" not in answer.body:
        raise Unmeasurable(f"a what-if was not answered: {answer.status} {answer.body[:200]!r}")
    return answer


def searches(served: Served, effort: Effort) -> Figure:
    """The worst of many random cases, in a process of the site's own."""
    said = served.laid.inside("search", {"cases": effort.searches, "seed": SEED})
    name = f"Shortest way, worst of {effort.searches} random cases, up to {said['longest']} steps, processor time"
    return at_most(name, said["worst_seconds"] * 1000, MOST_SEARCH_MS, "ms", 1)

"""`script/bench [PART …] [--quick]`: measures the parts, or all of them, and prints one table."""

from __future__ import annotations

import signal
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import psycopg2

from . import pages, queries, report, saves, start, what_if
from .client import Unmeasurable
from .databases import Databases, postgresql, sqlite
from .effort import FULL, QUICK, Effort
from .figures import Figure, table
from .laid import served

PARTS = ("queries", "pages", "saves", "what-if", "report", "assess", "start")
ON_BOTH = {"queries", "pages", "saves", "what-if"}


def main() -> None:
    """Measure what the command line names and print the table; figures are no tests, so nothing fails here."""
    parser = ArgumentParser(prog="script/bench", description="Measure the site beside a bare Django application.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of: {', '.join(PARTS)}; else all")
    parser.add_argument("--quick", action="store_true", help="fewer and shorter rounds; script/check is left out")
    options = parser.parse_args()
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    figures: list[Figure] = []
    try:
        measure(set(options.parts or PARTS), QUICK if options.quick else FULL, figures)
    except KeyboardInterrupt:
        say("stopped before the end")
    print(table(figures))


def measure(parts: set[str], effort: Effort, figures: list[Figure]) -> None:
    """Add every figure of `parts`: all on SQLite, those of the pages and of saving on PostgreSQL too."""
    with tempfile.TemporaryDirectory(prefix="cpch-bench-") as name:
        folder = Path(name)
        on(sqlite(folder), folder, parts, effort, figures)
        if parts & ON_BOTH:
            try:
                on(postgresql(), folder, parts & ON_BOTH, effort, figures)
            except psycopg2.OperationalError as error:
                figures.append(Figure("PostgreSQL", f"not measured: {error}".strip(), is_met=False))
        if "start" in parts and effort.checks:
            say("script/check")
            figures += start.measure_checks()


def on(
    databases: AbstractContextManager[Databases], folder: Path, parts: set[str], effort: Effort, figures: list[Figure]
) -> None:
    """Add the figures of `parts` on one kind of database."""
    with databases as both:
        say(f"{both.kind}: laying both applications")
        with served(both, folder, effort.savers) as running:
            steps: dict[str, Callable[[], list[Figure]]] = {
                "queries": lambda: queries.measure(running.laid, both),
                "pages": lambda: pages.measure(running, both, effort),
                "saves": lambda: saves.measure(running, both, effort),
                "what-if": lambda: what_if.measure(running, both, effort),
                "report": lambda: [
                    *report.measure_rendering(running.laid, folder, effort),
                    *report.measure_serving(running, effort),
                ],
                "assess": lambda: start.measure_assess(running.laid, folder, effort),
                "start": lambda: start.measure_start(running.laid, both, effort),
            }
            for part in PARTS:
                if part in parts:
                    say(f"{both.kind}: {part}")
                    figures += attempt(f"{part}, {both.kind}", steps[part])


def attempt(name: str, step: Callable[[], list[Figure]]) -> list[Figure]:
    """The figures of one part, or a line that says why there are none."""
    try:
        return step()
    except Unmeasurable as error:
        return [Figure(name, f"not measured: {error}", is_met=False)]


def say(text: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()

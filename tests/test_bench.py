"""Shows that the benchmark runs, stays on this machine and computes what it says; no time is asserted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import __main__ as bench
from bench import databases, processes, rounds
from bench.client import Answer, Unmeasurable, hold, sound
from bench.effort import Effort
from bench.figures import Figure, at_most, ratio_at_least, ratio_at_most, table
from bench.laid import Laid

ROOT = Path(__file__).resolve().parent.parent
TINY = Effort(
    rounds=1,
    round_seconds=0,
    clients=2,
    savers=3,
    saving_seconds=0,
    what_ifs=2,
    searches=2,
    starts=1,
    renders=1,
    reports=1,
    idle_seconds=0,
    checks=False,
)


def test_every_part_runs_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    figures: list[Figure] = []
    monkeypatch.setattr(Laid, "inside", shortened(Laid.inside))
    environment = processes.environment
    # Static files from where they lie: collecting and compressing them would take longer than all the rest.
    monkeypatch.setattr(processes, "environment", lambda variables: environment(variables) | {"CPCH_DEBUG": "1"})

    bench.on(databases.sqlite(tmp_path), tmp_path, set(bench.PARTS), TINY, figures)

    said = {figure.name: figure for figure in figures}
    assert len(said) == len(figures) == 27
    assert [figure.ours for figure in figures if "not measured" in figure.ours] == []
    assert said["3 people saving for 0 s, SQLite"].ours == "0 errors, 0 of 6 lost"
    facts = ("Queries", "WeasyPrint", "Bootstrap")
    assert [figure.name for figure in figures if figure.name.startswith(facts) and not figure.is_met] == []


def shortened(inside: Callable[..., Any]) -> Callable[..., Any]:
    """What is said of the site, but with one line for each report that is only rendered to be measured."""

    def say(laid: Laid, module: str, given: Any = None) -> Any:
        said = inside(laid, module, given)
        if module == "order":
            html = '<html lang="en"><title>Short</title><p>Short.</p></html>'
            blank = (ROOT / "tests" / "core" / "examples" / "blank.json").read_text()
            orders = {name: said[name] | {"html": html} for name in ("order", "voices", "long")}
            said |= {**orders, "file": blank, "file_html": html}
        return said

    return say


def test_the_site_is_served_as_the_server_serves_it() -> None:
    server = (ROOT / "script" / "lib" / "serve.py").read_text()

    for option in processes.WORKER_OPTIONS:
        assert f'"{option}"' in server


def test_only_this_machine_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_POSTGRESQL", "postgres://postgres@db.example.org/postgres")

    with pytest.raises(SystemExit, match="on this machine"), databases.postgresql():
        pytest.fail("a database elsewhere was used")


def test_an_unknown_part_is_refused() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "bench", "everything"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert result.returncode == 2
    assert "no such part: everything" in result.stderr


def test_turns_are_taken_and_ratios_are_those_of_pairs() -> None:
    order: list[str] = []
    values = iter([9.0, 1.0, 4.0, 2.0, 1.0, 3.0, 5.0, 10.0])

    def take(name: str) -> float:
        order.append(name)
        return next(values)

    pairs = rounds.by_turns(lambda: take("ours"), lambda: take("bare"), 3)

    assert order == ["ours", "bare", "ours", "bare", "bare", "ours", "ours", "bare"]
    assert pairs == [(4.0, 2.0), (3.0, 1.0), (5.0, 10.0)]
    assert rounds.median_ratio(pairs) == 2.0
    assert rounds.medians(pairs) == (4.0, 2.0)
    assert rounds.percentile_95(range(101)) == 95


def test_a_load_counts_answers_and_faults_and_is_bounded() -> None:
    load = hold([lambda: Answer(200, b"", 0.5)] * 2, 60, most=10)
    assert (len(load.seconds), load.faults) == (10, [])
    assert sound(load) is load

    def refuse() -> Answer:
        raise ConnectionRefusedError("nobody there")

    mixed = hold([refuse, lambda: Answer(409, b"a conflict", 0.1)], 0)
    assert sorted(mixed.faults) == ["409 b'a conflict'", "ConnectionRefusedError: nobody there"]
    with pytest.raises(Unmeasurable, match="2 requests failed"):
        sound(mixed)


def test_a_command_that_fails_says_why_in_the_table() -> None:
    def step() -> list[Figure]:
        processes.run(["-c", "raise SystemExit('no such thing')"], {})
        return []

    assert bench.attempt("assess", step)[0].cells()[1].endswith("no such thing")


def test_what_a_command_took_is_its_own() -> None:
    ran = processes.run(
        ["-c", "import sys; x = bytearray(200_000_000); sys.stdout.write(sys.stdin.read())"], {}, given=b"a"
    )

    assert ran.output == b"a"
    assert ran.peak_bytes > 200_000_000


def test_the_table_says_whether_a_limit_is_met() -> None:
    lines = table(
        [
            at_most("Size", 0.25, 0.2, "MB", 2),
            ratio_at_least("Pages", "10/s", "10/s bare", 1.0, 1.0),
            ratio_at_most("Start", "2 s", "1 s bare", 2.0, 1.5),
        ]
    ).splitlines()

    assert [line.split()[-1] for line in lines[2:]] == ["NO", "yes", "NO"]
    assert "<= 0.2 MB" in lines[2]
    assert "1.00   >= 1.00" in lines[3]

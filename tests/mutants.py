"""Breaks the code in one place at a time and checks that the tests detect it.

.venv/bin/python tests/mutants.py            every mutant, two at a time
.venv/bin/python tests/mutants.py void       those whose name contains "void"
.venv/bin/python tests/mutants.py --list     their names

Each mutant is applied to a temporary copy of the repository, and its tests run there. The exit status is 1 if a
mutant survives or is at fault: its old text is no longer found exactly once, its tests fail without it, cannot be
collected, or take too long. It is not part of `.ci/run`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import mutants_of_acts, mutants_of_core, mutants_of_work  # noqa: E402
from tests.mutant import Mutant  # noqa: E402

MUTANTS = (*mutants_of_core.MUTANTS, *mutants_of_acts.MUTANTS, *mutants_of_work.MUTANTS)

TIME_LIMIT = 300
"""How long one file of tests may take, in seconds; a test that a mutant sends round and round is ended by it."""
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "__pycache__", "*.pyc", "var", "test-results", ".*_cache")
PASSED, FAILED = 0, 1
"""pytest's exit statuses; every other one says that it could not run the tests."""


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def run_tests(copy: Path, tests: Sequence[str]) -> int | None:
    """pytest's exit status for `tests` in `copy`; None if they took too long."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not looks", *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, timeout=TIME_LIMIT * len(tests), capture_output=True, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    return done.returncode


def try_mutant(copy: Path, mutant: Mutant) -> str:
    """ "" if the tests detect `mutant` in `copy`, which is restored afterwards; else the fault."""
    path = copy / mutant.file
    whole = path.read_text(encoding="utf-8")
    if whole.count(mutant.old) != 1:
        return f"AT FAULT: its old text is there {whole.count(mutant.old)} times in {mutant.file}, not once"
    path.write_text(whole.replace(mutant.old, mutant.new), encoding="utf-8")
    try:
        status = run_tests(copy, mutant.tests)
    finally:
        path.write_text(whole, encoding="utf-8")
    if status is None:
        return f"AT FAULT: its tests took longer than {TIME_LIMIT * len(mutant.tests)} seconds"
    if status == PASSED:
        return f"SURVIVES: {', '.join(mutant.tests)} pass"
    return "" if status == FAILED else f"AT FAULT: pytest could not run its tests (exit status {status})"


def find_failing(copy: Path, tests: Iterable[str]) -> list[str]:
    """The `tests` that fail on unchanged code, and so cannot detect anything."""
    together = sorted(set(tests))
    if not together or run_tests(copy, together) == PASSED:
        return []
    return [test for test in together if run_tests(copy, [test]) != PASSED]


def choose(words: Sequence[str]) -> list[Mutant]:
    """The mutants whose names contain one of `words`; all of them without words."""
    return [mutant for mutant in MUTANTS if not words or any(word in mutant.name for word in words)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Whether the tests catch what is broken on purpose.")
    parser.add_argument("words", nargs="*", help="only mutants whose names contain one of these")
    parser.add_argument("--list", action="store_true", help="only say their names")
    parser.add_argument("--jobs", type=int, default=2, help="how many to try at a time")
    given = parser.parse_args()
    chosen = choose(given.words)
    if given.list:
        for mutant in chosen:
            say(f"{mutant.name}  ({mutant.file})")
        return 0
    with tempfile.TemporaryDirectory(prefix="cpch-mutants-") as folder:
        return try_all(chosen, [Path(folder) / str(number) for number in range(max(1, given.jobs))])


def try_all(mutants: Sequence[Mutant], folders: Sequence[Path]) -> int:
    """Test `mutants` in parallel in new `folders` and report each result; returns the exit status."""
    copies: SimpleQueue[Path] = SimpleQueue()
    for folder in folders:
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        copies.put(folder)
    failing = find_failing(folders[0], (test for mutant in mutants for test in mutant.tests))
    if failing:
        say(f"These fail on the code as it is, so that they show nothing: {', '.join(failing)}")
        return 1

    def attempt(mutant: Mutant) -> str:
        copy = copies.get()
        try:
            return try_mutant(copy, mutant)
        finally:
            copies.put(copy)

    wrong = 0
    with ThreadPoolExecutor(len(folders)) as pool:
        for mutant, fault in zip(mutants, pool.map(attempt, mutants), strict=True):
            say(f"{fault or 'caught'}  {mutant.name}")
            wrong += bool(fault)
    say(f"{len(mutants) - wrong} of {len(mutants)} mutants are caught.")
    return 1 if wrong or not mutants else 0


if __name__ == "__main__":
    sys.exit(main())

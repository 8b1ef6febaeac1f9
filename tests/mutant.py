"""What a mutant of tests/mutants.py is; they stand in mutants_of_core.py and mutants_of_acts.py."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` stands once in `file`, and `new` in its place breaks what `name` says; `tests` fail then."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

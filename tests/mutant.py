"""The mutants of tests/mutants.py, which are defined in mutants_of_core.py and mutants_of_acts.py."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` occurs once in `file`; replacing it by `new` causes the defect `name`, and `tests` then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

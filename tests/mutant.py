"""The mutants of tests/mutants.py; mutants_of_core.py, mutants_of_acts.py and mutants_of_work.py define them."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` occurs once in `file`; replacing it by `new` causes the defect `name`, and `tests` then fail."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

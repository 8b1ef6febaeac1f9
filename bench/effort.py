"""How long and how often to measure; every loop of the benchmark is bounded by one of these numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Rounds of each comparison, ours and the other one by turns; times in seconds."""

    rounds: int
    round_seconds: float
    clients: int
    savers: int
    saving_seconds: float
    what_ifs: int
    searches: int
    starts: int
    renders: int
    reports: int
    idle_seconds: float
    checks: bool


FULL = Effort(
    rounds=9,
    round_seconds=2,
    clients=8,
    savers=64,
    saving_seconds=30,
    what_ifs=300,
    searches=1000,
    starts=9,
    renders=5,
    reports=3,
    idle_seconds=8,
    checks=True,
)
QUICK = Effort(
    rounds=3,
    round_seconds=1,
    clients=8,
    savers=64,
    saving_seconds=5,
    what_ifs=60,
    searches=1000,
    starts=3,
    renders=2,
    reports=3,
    idle_seconds=3,
    checks=False,
)

"""Saving answers: beside a bare save, and many people at once with every acknowledged save looked up afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .client import Answer, Load, Reader, hold, sound
from .databases import Databases
from .effort import Effort
from .figures import Figure, ratio_at_least, ratio_at_most
from .laid import Served
from .rounds import by_turns, median_ratio, medians, percentile_95

LEAST_RATIO = 0.6
MOST_95TH_RATIO = 1.7
WORDS = "Both agencies wrote this down, and it is practised at every land border since the second meeting. " * 6


@dataclass
class Saver:
    """A person who saves one answer of theirs over and over, each time another text; keeps what was acknowledged."""

    reader: Reader
    path: str
    assessment: str
    code: str
    version: int = 0
    saves: list[tuple[int, str]] = field(default_factory=list)

    def __call__(self) -> Answer:
        text = f"{WORDS}{self.code} {self.version}"
        fields = {"version": str(self.version), "answer": str(self.version % 5 + 1), "basis": "practised"}
        fields["narrative"] = text
        answer = self.reader.post(self.path, {f"{self.code}-{name}": value for name, value in fields.items()})
        if answer.status == 200:
            self.version = json.loads(answer.body)["version"]
            self.saves.append((self.version, text))
        return answer

    def acknowledged(self) -> dict[str, Any]:
        """What `inside.verify` looks up."""
        return {"assessment": self.assessment, "code": self.code, "saves": self.saves}


def measure(served: Served, databases: Databases, effort: Effort) -> list[Figure]:
    """The comparison, then the long stretch, then the look into the database."""
    savers = [
        Saver(Reader(served.site_web.port, item["session"]), item["path"], item["assessment"], item["code"])
        for item in served.laid.site["savers"]
    ]
    bare_savers = [bare_saver(served.bare_web.port, item) for item in served.bare["savers"]]

    def ours() -> Load:
        return sound(hold(savers, effort.round_seconds))

    def bare() -> Load:
        return sound(hold(bare_savers, effort.round_seconds))

    pairs = by_turns(ours, bare, effort.rounds)
    at_once = hold(savers, effort.saving_seconds)
    verified = served.laid.inside("verify", [saver.acknowledged() for saver in savers])
    return [*compare(pairs, databases.kind, effort.savers), kept(at_once, verified, databases.kind, effort)]


def bare_saver(port: int, item: dict[str, str]) -> Callable[[], Answer]:
    """One who saves the same amount of text in the bare application."""
    reader = Reader(port, item["session"])
    return lambda: reader.post(item["path"], {"body": WORDS})


def compare(pairs: list[tuple[Load, Load]], kind: str, savers: int) -> list[Figure]:
    """Saves a second, and how long 95 of 100 savers wait at most, of both."""
    rates = [(own.per_second, other.per_second) for own, other in pairs]
    waits = [(percentile_95(own.seconds), percentile_95(other.seconds)) for own, other in pairs]
    own, other = medians(rates)
    own_wait, other_wait = (f"{seconds * 1000:.0f} ms" for seconds in medians(waits))
    return [
        ratio_at_least(
            f"Saving one answer, {kind}", f"{own:.0f}/s", f"{other:.0f}/s bare", median_ratio(rates), LEAST_RATIO
        ),
        ratio_at_most(
            f"Saving, 95th percentile at {savers} clients, {kind}",
            own_wait,
            f"{other_wait} bare",
            median_ratio(waits),
            MOST_95TH_RATIO,
        ),
    ]


def kept(load: Load, verified: dict[str, int], kind: str, effort: Effort) -> Figure:
    """Errors and losses of everybody saving at once."""
    name = f"{effort.savers} people saving for {effort.saving_seconds:g} s, {kind}"
    ours = f"{len(load.faults)} errors, {verified['lost']} of {verified['acknowledged']} lost"
    return Figure(name, ours, limit="0 errors, 0 lost", is_met=not load.faults and not verified["lost"])

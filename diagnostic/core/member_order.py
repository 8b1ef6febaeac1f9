"""In which order the members of a response were read from a file, so that its faults are told in that order."""

from __future__ import annotations

from .response_rules import Fault


class MemberOrder:
    """Remembers the order of one response's members, so that what the rules find later falls in its place."""

    def __init__(self) -> None:
        self.clock = 0
        self.noted: list[int] = []
        self.passed: dict[str, int] = {}
        self.left: dict[str, int] = {}
        self.unread: set[str] = set()

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def note(self) -> None:
        self.noted.append(self.tick())

    def pass_by(self, path: str) -> None:
        self.passed[path] = self.tick()

    def leave(self, path: str) -> None:
        self.left[path] = self.tick()

    def is_unread(self, path: str) -> bool:
        if "" in self.unread or path in self.unread:
            return True
        item = path.rpartition(".")[0]
        return item.startswith("evidence[") and item in self.unread

    def sort(self, noted: list[Fault], broken: list[Fault]) -> list[Fault]:
        """`noted` as they came and `broken` where their member stands, or would have stood."""
        placed = list(zip(self.noted, noted, strict=True))
        placed += [(self._place(fault.path), fault) for fault in broken]
        return [fault for _place, fault in sorted(placed, key=lambda item: item[0])]

    def _place(self, path: str) -> int:
        if path in self.passed:
            return self.passed[path]
        parent = path.rpartition(".")[0]
        return self.left.get(parent, self.clock)

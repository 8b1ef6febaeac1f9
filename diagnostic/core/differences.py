"""What differs between two texts, word by word, for a reader; which answers differ is the views' matter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "removed", "added"]

TOKENS = re.compile(r"\s+|\w+|[^\w\s]")
MOST_PAIRS = 250_000
"""How many pairs of equal words are set side by side at most; beyond that a text is shown as replaced whole."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a text: in both, only in the earlier one, or only in the later one."""

    kind: Kind
    text: str


def mark_differences(before: str, after: str) -> tuple[Piece, ...]:
    """`before` and `after` as one sequence: without what was added it is `before`, without what was removed `after`."""
    old, new = TOKENS.findall(before), TOKENS.findall(after)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    kept, old = (old[:start], old[len(old) - end :]), old[start : len(old) - end]
    new = new[start : len(new) - end]
    found = [Piece("same", "".join(kept[0])), *_compare(old, new), Piece("same", "".join(kept[1]))]
    return tuple(_joined(piece for piece in found if piece.text))


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    for place, (mine, yours) in enumerate(zip(old, new, strict=False)):
        if mine != yours:
            return place
    return min(len(old), len(new))


def _compare(old: list[str], new: list[str]) -> Iterator[Piece]:
    if _pairs(old, new) > MOST_PAIRS:
        yield Piece("removed", "".join(old))
        yield Piece("added", "".join(new))
        return
    gone, came = "", ""
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = "".join(old[a:b]) if tag == "equal" else ""
        # A space that two changes have in common would tear each of them into words.
        if same and not (same.isspace() and (gone or came)):
            yield from (Piece("removed", gone), Piece("added", came), Piece("same", same))
            gone, came = "", ""
        else:
            gone, came = gone + "".join(old[a:b]), came + "".join(new[c:d])
    yield from (Piece("removed", gone), Piece("added", came))


def _pairs(old: list[str], new: list[str]) -> int:
    """How much there is to compare: every word with each place where the other text has it too."""
    there = Counter(new)
    return sum(count * there[token] for token, count in Counter(old).items())


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one piece."""
    held: Piece | None = None
    for piece in pieces:
        if held is not None and held.kind == piece.kind:
            held = Piece(held.kind, held.text + piece.text)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held

"""Two texts side by side with the words marked in which they differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# Chinese and Japanese write no spaces, so there each character stands for a word.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*|\s+")

Marked = list[tuple[str, bool]]


def mark_words(mine: str, theirs: str) -> tuple[Marked, Marked]:
    """Both texts in runs, each with whether it differs from the other text; joined, the runs give the text again."""
    left, right = WORD.findall(mine), WORD.findall(theirs)
    # Words that fill a long text are left out of the search, so that no text can make it slow.
    matcher = SequenceMatcher(None, [word.strip() for word in left], [word.strip() for word in right], autojunk=True)
    marked_left: Marked = []
    marked_right: Marked = []
    for tag, from_left, to_left, from_right, to_right in matcher.get_opcodes():
        _add(marked_left, left[from_left:to_left], tag != "equal")
        _add(marked_right, right[from_right:to_right], tag != "equal")
    return marked_left, marked_right


def _add(marked: Marked, words: list[str], is_changed: bool) -> None:
    if words:
        marked.append(("".join(words), is_changed))

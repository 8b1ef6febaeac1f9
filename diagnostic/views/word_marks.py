"""Two texts, side by side or one grown out of the other, with the words marked in which they differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

# Chinese and Japanese write no spaces, so there each character stands for a word.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\s\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+\s*|\s+")

Marked = list[tuple[str, bool]]
Changed = list[tuple[str, str]]


def mark_words(mine: str, theirs: str) -> tuple[Marked, Marked]:
    """Both texts in runs, each with whether it differs from the other text; joined, the runs give the text again."""
    left, right = WORD.findall(mine), WORD.findall(theirs)
    marked_left: Marked = []
    marked_right: Marked = []
    for tag, from_left, to_left, from_right, to_right in _compare(left, right):
        _add(marked_left, left[from_left:to_left], tag != "equal")
        _add(marked_right, right[from_right:to_right], tag != "equal")
    return marked_left, marked_right


def mark_changes(before: str, after: str) -> Changed:
    """The way from one text to the other in runs, each with what became of it: "same", "gone" or "new"."""
    left, right = WORD.findall(before), WORD.findall(after)
    changed: Changed = []
    for tag, from_left, to_left, from_right, to_right in _compare(left, right):
        if tag == "equal":
            changed.append(("".join(right[from_right:to_right]), "same"))
            continue
        runs = ((left[from_left:to_left], "gone"), (right[from_right:to_right], "new"))
        changed += [("".join(words), fate) for words, fate in runs if words]
    return changed


def _compare(left: list[str], right: list[str]) -> list[tuple[str, int, int, int, int]]:
    # Words that fill a long text are left out of the search, so that no text can make it slow.
    matcher = SequenceMatcher(None, [word.strip() for word in left], [word.strip() for word in right], autojunk=True)
    return matcher.get_opcodes()


def _add(marked: Marked, words: list[str], is_changed: bool) -> None:
    if words:
        marked.append(("".join(words), is_changed))

"""What a what-if would change, in words and figures; the page around it is the template's matter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from diagnostic.core.instrument import Instrument
from diagnostic.core.responses import Voices
from diagnostic.core.result import Change, Result, project
from diagnostic.core.scoring import shown

from . import sentences
from .charts import draw_what_if
from .words import say_level


@dataclass(frozen=True, slots=True)
class Projection:
    """The result as it is and as it would be; `needed` says which of the changes the new level rests on."""

    level_before: int | None
    level_after: int | None
    index_before: str
    index_after: str
    strip: SafeString
    verdict: str
    needed: tuple[str, ...]


def build_projection(
    instrument: Instrument, voices: Voices, before: Result, changes: Mapping[str, Change], target_level: int | None
) -> Projection:
    """Compare `before` with the same answers and `changes` applied."""
    after = project(instrument, voices, changes, before.voice, target_level)
    return Projection(
        level_before=before.level,
        level_after=after.level,
        index_before=sentences.say_index(before),
        index_after=sentences.say_index(after),
        strip=draw_what_if(before.place.index, after.place.index),
        verdict=sentences.say_verdict(instrument, after),
        needed=tuple(_needed(instrument, voices, before, after, changes, target_level)),
    )


def _needed(
    instrument: Instrument,
    voices: Voices,
    before: Result,
    after: Result,
    changes: Mapping[str, Change],
    target_level: int | None,
) -> list[str]:
    if after.level is None or len(changes) < 2 or (before.level is not None and after.level <= before.level):
        return []
    found = []
    for code in changes:
        others = {other: change for other, change in changes.items() if other != code}
        without = project(instrument, voices, others, before.voice, target_level)
        if without.level == after.level or without.place.index is None:
            continue
        values = {"code": code, "index": shown(without.place.index)}
        if without.level is None:
            words = gettext("Without %(code)s the index would be %(index)s and the level could not be stated.")
        else:
            words = gettext("Without %(code)s the index would be %(index)s and the level would be %(level)s.")
            values["level"] = say_level(instrument, without.level)
        found.append(words % values)
    return found

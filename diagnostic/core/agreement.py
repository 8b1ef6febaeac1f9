"""Two agencies' answers question by question: how far apart they are, and what they agree on without a word.

The figures over all of it are in `core.comparison`; nothing here depends on what the national answer says, but for
which of the equal answers can be taken over into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from .instrument import AGENCIES, Instrument, Question
from .response_rules import MAX_CHARACTERS
from .responses import BLANK, NATIONAL, Evidence, Response, Voices, holds_answer, is_asked
from .scoring import Standings, find_standings

Kind = Literal["different", "equal", "open", "not_asked"]

ROOM = 200
"""Characters kept free for the names that stand before two texts that become one."""


@dataclass(frozen=True, slots=True)
class Side:
    """One agency's answer to a question; `level` is the one that counts, the implied one of a follow-up included."""

    agency: str
    response: Response
    level: int | None
    is_asked: bool
    is_implied: bool
    is_answered: bool

    @property
    def has_said(self) -> bool:
        """Whether the agency takes a stand on the question, by its own answer or by that to the question above."""
        return self.is_answered or self.is_implied


@dataclass(frozen=True, slots=True)
class Pair:
    """Both agencies' answers to one question.

    `different` and `equal` where both have said something, `open` where one or neither has, `not_asked` where the
    question follows one whose answers leave it out. `size` is the difference of the levels; None without two levels.
    """

    question: Question
    customs: Side
    police: Side
    kind: Kind

    @property
    def size(self) -> int | None:
        if self.customs.level is None or self.police.level is None:
            return None
        return abs(self.customs.level - self.police.level)

    @property
    def sides(self) -> tuple[Side, Side]:
        return (self.customs, self.police)


def find_pairs(instrument: Instrument, voices: Voices) -> tuple[Pair, ...]:
    """Every question with both agencies' answers, in instrument order.

    A question that neither agency was asked is open where the national answers ask it.
    """
    standings = {agency: find_standings(instrument, agency, voices) for agency in AGENCIES}
    return tuple(_pair(instrument, question, voices, standings) for question in instrument.questions)


def _pair(instrument: Instrument, question: Question, voices: Voices, standings: Mapping[str, Standings]) -> Pair:
    customs, police = (_side(instrument, question, agency, voices, standings[agency]) for agency in AGENCIES)
    kind: Kind = "open"
    if customs.has_said and police.has_said and not (customs.is_implied and police.is_implied):
        kind = "equal" if _is_equal(question, customs, police) else "different"
    elif not customs.is_asked and not police.is_asked and not is_asked(instrument, question, NATIONAL, voices):
        kind = "not_asked"
    return Pair(question, customs, police, kind)


def _side(instrument: Instrument, question: Question, agency: str, voices: Voices, standings: Standings) -> Side:
    response = voices.get(agency, {}).get(question.code, BLANK)
    asked = is_asked(instrument, question, agency, voices)
    answered = asked and (response.status == "not_applicable" or holds_answer(question, response))
    standing = standings.get(question.code)
    implied = standing is not None and standing.state == "implied"
    level = standing.level if standing is not None else response.level if answered else None
    return Side(agency, response, level, asked, implied, answered)


def _is_equal(question: Question, customs: Side, police: Side) -> bool:
    """Whether both say the same in everything but their own words, so that it can be taken over as it is."""
    if customs.is_implied or police.is_implied:
        return False
    mine, yours = customs.response, police.response
    return (
        (mine.status, mine.level) == (yours.status, yours.level)
        and _agree(mine.basis, yours.basis)
        and all(_agree(holder, yours.areas.get(area, "")) for area, holder in mine.areas.items())
        and set(mine.topics) == set(yours.topics)
        and set(mine.challenges) == set(yours.challenges)
        and (question.takes_level or _agree(mine.narrative, yours.narrative))
        and all(
            len(one) + len(other) + ROOM <= MAX_CHARACTERS
            for one, other in ((mine.narrative, yours.narrative), (mine.reason, yours.reason))
        )
    )


def _agree(one: str, other: str) -> bool:
    return one == other or not one or not other


def largest_first(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs with the largest difference first; what cannot be measured last, else in the order given."""
    return sorted(pairs, key=lambda pair: -(pair.size if pair.size is not None else -1))


def merge(pair: Pair, names: Mapping[str, str]) -> Response:
    """Both answers of `pair` in one, each agency's own words under its name; a level only where both have the same.

    `names` says what the agencies are called in the text.
    """
    mine, yours = (side.response if side.is_answered else BLANK for side in pair.sides)
    given = [item for item in (mine, yours) if not item.is_blank]
    first = given[0] if given else BLANK
    is_same = len(given) < 2 or (mine.status, mine.level) == (yours.status, yours.level)
    return Response(
        status=first.status if is_same else "answered",
        level=first.level if is_same else None,
        basis=_one_of(mine.basis, yours.basis),
        narrative=_join(mine.narrative, yours.narrative, names),
        reason=_join(mine.reason, yours.reason, names) if is_same else "",
        authority={**mine.authority, **yours.authority},
        areas={
            area: holder for area, holder in {**yours.areas, **mine.areas}.items() if _holds(mine, yours, area, holder)
        },
        topics=tuple(dict.fromkeys((*mine.topics, *yours.topics))),
        challenges=tuple(dict.fromkeys((*mine.challenges, *yours.challenges))),
        evidence=_documents((*mine.evidence, *yours.evidence)),
    )


def _one_of(one: str, other: str) -> str:
    return (one or other) if _agree(one, other) else ""


def _holds(mine: Response, yours: Response, area: str, holder: str) -> bool:
    return all(_agree(holder, response.areas.get(area, "")) for response in (mine, yours))


def _join(mine: str, yours: str, names: Mapping[str, str]) -> str:
    one, other = mine.strip(), yours.strip()
    if not one or not other or one == other:
        return one or other
    customs, police = AGENCIES
    return f"{names[customs]}: {one}\n\n{names[police]}: {other}"


def _documents(evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(evidence))


def find_takeable(
    instrument: Instrument, pairs: Iterable[Pair], voices: Voices, names: Mapping[str, str]
) -> dict[str, Response]:
    """The equal answers that can become the national ones now, by question in instrument order.

    Those that have no national answer yet and are asked of the national voice, once the ones before them are taken
    over.
    """
    national = dict(voices.get(NATIONAL, {}))
    found: dict[str, Response] = {}
    for pair in pairs:
        code = pair.question.code
        if pair.kind != "equal" or code in national:
            continue
        if is_asked(instrument, pair.question, NATIONAL, {**voices, NATIONAL: national}):
            found[code] = national[code] = merge(pair, names)
    return found

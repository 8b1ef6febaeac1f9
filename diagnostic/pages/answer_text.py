"""An answer in words, for where it is read and not changed: a closed question, last period's, the two of a conflict."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from diagnostic.core.instrument import Instrument, Question
from diagnostic.core.responses import Evidence, Response
from diagnostic.forms.question import AGENCY_NAMES
from diagnostic.forms.question_layout import BASIS_NAMES, HOLDER_NAMES, STATUS_NAMES


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that an answer says beside level and text."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that an answer said and another says differently; "" where it is not said."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class AnswerText:
    """What a response says; `facts` are its other parts, in the order they are asked."""

    is_blank: bool
    level: int | None
    statement: str
    status: str
    reason: str
    narrative: str
    facts: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]


def describe(instrument: Instrument, question: Question, response: Response) -> AnswerText:
    """`response` in the reader's words."""
    level = response.level
    return AnswerText(
        is_blank=response.is_blank,
        level=level,
        statement=question.levels.get(level, "") if level else "",
        status=str(STATUS_NAMES.get(response.status, "")),
        reason=response.reason,
        narrative=response.narrative,
        facts=tuple(_facts(instrument, response)),
        evidence=response.evidence,
    )


def differing(mine: AnswerText, theirs: AnswerText) -> tuple[tuple[Fact, ...], tuple[Fact, ...]]:
    """The facts that only one of two answers states; evidence counts as one."""
    left, right = (*mine.facts, *_evidence_fact(mine)), (*theirs.facts, *_evidence_fact(theirs))
    return tuple(fact for fact in left if fact not in right), tuple(fact for fact in right if fact not in left)


def changes(before: AnswerText, after: AnswerText) -> tuple[Change, ...]:
    """The facts, evidence among them, in which the later answer is another than the one before it."""
    then = {fact.label: fact.value for fact in (*before.facts, *_evidence_fact(before))}
    now = {fact.label: fact.value for fact in (*after.facts, *_evidence_fact(after))}
    labels = dict.fromkeys((*then, *now))
    found = (Change(label, then.get(label, ""), now.get(label, "")) for label in labels)
    return tuple(change for change in found if change.before != change.after)


def _facts(instrument: Instrument, response: Response) -> list[Fact]:
    authority = {option.id: option.name for option in instrument.authority_options}
    areas = {area.id: area.name for area in instrument.risk_areas}
    topics = {option.id: option.name for option in instrument.training_topics}
    challenges = {option.id: option.name for option in instrument.challenge_kinds}
    facts = [
        Fact(str(AGENCY_NAMES.get(agency, agency)), authority.get(value, value))
        for agency, value in response.authority.items()
    ]
    facts += [
        Fact(areas.get(area, area), str(HOLDER_NAMES.get(holder, holder))) for area, holder in response.areas.items()
    ]
    if response.topics:
        facts.append(Fact(_("Topics"), _names(topics, response.topics)))
    if response.challenges:
        facts.append(Fact(_("Challenges"), _names(challenges, response.challenges)))
    if response.basis:
        facts.append(Fact(_("Basis"), str(BASIS_NAMES.get(response.basis, response.basis))))
    return facts


def _names(known: dict[str, str], chosen: tuple[str, ...]) -> str:
    return "; ".join(known.get(item, item) for item in chosen)


def _evidence_fact(text: AnswerText) -> list[Fact]:
    if not text.evidence:
        return []
    documents = [f"{item.title} ({item.reference})" if item.reference else item.title for item in text.evidence]
    return [Fact(_("Evidence"), "; ".join(documents))]

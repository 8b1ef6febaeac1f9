"""Hypothesis strategies for responses, voices and files of the instrument in the fixtures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from hypothesis import strategies as st

from diagnostic.core.instrument import AGENCIES, AREA_HOLDERS, BASES, Instrument
from diagnostic.core.interchange import AssessmentFile
from diagnostic.core.responses import NATIONAL, VOICES, Evidence, Response
from diagnostic.core.visible_text import says_nothing
from diagnostic.instruments import instrument_from_fixtures

INSTRUMENT: Instrument = instrument_from_fixtures()

clean_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d\u202e"), max_size=30
)
filled_text = clean_text.filter(lambda text: not says_nothing(text))
evidence = st.lists(st.builds(Evidence, filled_text, clean_text), max_size=2).map(tuple)


@dataclass(frozen=True)
class Words:
    """What may be written beside an answer; built once, for building a strategy costs more than drawing from it."""

    narrative: st.SearchStrategy[str]
    reason: st.SearchStrategy[str]
    evidence: st.SearchStrategy[tuple[Evidence, ...]]


ANY_WORDS = Words(clean_text, filled_text, evidence)
# A score reads that something was written, never what: drawing every letter would be most of the work.
FEW_WORDS = Words(
    st.sampled_from(["", "Words."]), st.just("Words."), st.sampled_from([(), (Evidence("A memorandum", "7"),)])
)


def _ids(options):
    return [option.id for option in options]


def _chosen(options):
    return st.lists(st.sampled_from(_ids(options)), unique=True, max_size=3).map(tuple)


@cache
def responses_to(code: str, voice: str, words: Words = ANY_WORDS) -> st.SearchStrategy[Response]:
    """Any response that the rules let `voice` give to the question of that code."""
    question = INSTRUMENT.by_code[code]
    statuses = ["answered", "answered", "answered", "unknown"]
    if question.allows_not_applicable:
        statuses.append("not_applicable")
    common = {"narrative": words.narrative, "evidence": words.evidence}
    members: dict[str, st.SearchStrategy] = {}
    if question.takes_level:
        members |= {"level": st.sampled_from([None, 1, 2, 3, 4, 5]), "basis": st.sampled_from(["", *BASES])}
    if question.takes_authority:
        agencies = AGENCIES if voice == NATIONAL else (voice,)
        options = st.sampled_from(_ids(INSTRUMENT.authority_options))
        members["authority"] = st.dictionaries(st.sampled_from(agencies), options)
    if question.takes_areas:
        areas, holders = st.sampled_from(_ids(INSTRUMENT.risk_areas)), st.sampled_from(AREA_HOLDERS)
        members["areas"] = st.dictionaries(areas, holders, max_size=3)
    if question.takes_topics:
        members["topics"] = _chosen(INSTRUMENT.training_topics)
    if question.takes_challenges:
        members["challenges"] = _chosen(INSTRUMENT.challenge_kinds)
    answered = st.builds(Response, **members, **common)
    open_ = {status: st.builds(Response, status=st.just(status), reason=words.reason, **common) for status in statuses}
    return st.sampled_from(statuses).flatmap(lambda status: answered if status == "answered" else open_[status])


densities = st.sampled_from([0.3, 0.8, 1.0])
chances = st.floats(0, 1)


@st.composite
def voice_responses(draw: st.DrawFn, voice: str, words: Words = ANY_WORDS) -> dict[str, Response]:
    """Responses of one voice to any of the questions."""
    density = draw(densities)
    return {
        question.code: draw(responses_to(question.code, voice, words))
        for question in INSTRUMENT.questions
        if draw(chances) <= density
    }


@st.composite
def all_voices(draw: st.DrawFn, words: Words = ANY_WORDS) -> dict[str, dict[str, Response]]:
    """The national voice and, now and then, those of the agencies."""
    voices = {NATIONAL: draw(voice_responses(NATIONAL, words))}
    for agency in VOICES[1:]:
        if draw(st.booleans()):
            voices[agency] = draw(voice_responses(agency, words))
    return voices


files = st.builds(
    AssessmentFile,
    country=st.just("ZZ"),
    period=filled_text,
    title=clean_text,
    target_level=st.none() | st.integers(1, 5),
    voices=all_voices(),
)
targets = st.none() | st.integers(1, 5)

"""Hypothesis strategies for responses, voices and files of the instrument in the fixtures."""

from __future__ import annotations

from hypothesis import strategies as st

from diagnostic.core.instrument import AGENCIES, AREA_HOLDERS, BASES, Instrument, Question
from diagnostic.core.interchange import AssessmentFile
from diagnostic.core.responses import NATIONAL, VOICES, Evidence, Response
from diagnostic.instruments import instrument_from_fixtures

INSTRUMENT: Instrument = instrument_from_fixtures()

clean_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u202a\u202b\u202c\u202d\u202e"), max_size=30
)
filled_text = clean_text.filter(lambda text: bool(text.strip()))
evidence = st.lists(st.builds(Evidence, filled_text, clean_text), max_size=2).map(tuple)


def _ids(options):
    return [option.id for option in options]


def _chosen(options):
    return st.lists(st.sampled_from(_ids(options)), unique=True, max_size=3).map(tuple)


@st.composite
def responses_to(draw: st.DrawFn, question: Question, voice: str) -> Response:
    """Any response that the rules let `voice` give to `question`."""
    statuses = ["answered", "answered", "answered", "unknown"]
    if question.allows_not_applicable:
        statuses.append("not_applicable")
    status = draw(st.sampled_from(statuses))
    common = {"narrative": draw(clean_text), "evidence": draw(evidence)}
    if status != "answered":
        return Response(status=status, reason=draw(filled_text), **common)
    agencies = AGENCIES if voice == NATIONAL else (voice,)
    authority = st.dictionaries(st.sampled_from(agencies), st.sampled_from(_ids(INSTRUMENT.authority_options)))
    areas = st.dictionaries(st.sampled_from(_ids(INSTRUMENT.risk_areas)), st.sampled_from(AREA_HOLDERS), max_size=3)
    return Response(
        level=draw(st.none() | st.integers(1, 5)) if question.takes_level else None,
        basis=draw(st.sampled_from(["", *BASES])) if question.takes_level else "",
        authority=draw(authority) if question.takes_authority else {},
        areas=draw(areas) if question.takes_areas else {},
        topics=draw(_chosen(INSTRUMENT.training_topics)) if question.takes_topics else (),
        challenges=draw(_chosen(INSTRUMENT.challenge_kinds)) if question.takes_challenges else (),
        **common,
    )


@st.composite
def voice_responses(draw: st.DrawFn, voice: str) -> dict[str, Response]:
    """Responses of one voice to any of the questions."""
    density = draw(st.sampled_from([0.3, 0.8, 1.0]))
    return {
        question.code: draw(responses_to(question, voice))
        for question in INSTRUMENT.questions
        if draw(st.floats(0, 1)) <= density
    }


@st.composite
def all_voices(draw: st.DrawFn) -> dict[str, dict[str, Response]]:
    """The national voice and, now and then, those of the agencies."""
    voices = {NATIONAL: draw(voice_responses(NATIONAL))}
    for agency in VOICES[1:]:
        if draw(st.booleans()):
            voices[agency] = draw(voice_responses(agency))
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

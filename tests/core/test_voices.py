"""What each voice knows and is asked: an agency speaks only for itself, and follow-ups start at their level."""

from __future__ import annotations

import pytest

from diagnostic.core.instrument import Instrument
from diagnostic.core.responses import Response, as_given_by, is_asked, known_authority
from diagnostic.instruments import instrument_from_fixtures

BOTH = {"customs": "all", "police": "none"}


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return instrument_from_fixtures()


def test_an_agency_speaks_of_its_own_authority_alone() -> None:
    given = Response(level=2, authority=BOTH)

    assert as_given_by("customs", given).authority == {"customs": "all"}
    assert as_given_by("police", given).authority == {"police": "none"}
    assert as_given_by("national", given).authority == BOTH


def test_only_the_national_voice_knows_the_authority_of_both() -> None:
    voices = {agency: {"A.9": Response(authority={agency: held})} for agency, held in BOTH.items()}

    assert known_authority("A.9", "national", voices) == BOTH
    assert known_authority("A.9", "customs", voices) == {"customs": "all"}
    assert known_authority("A.9", "police", voices) == {"police": "none"}


def test_a_follow_up_is_asked_from_its_level_on(instrument: Instrument) -> None:
    follow_ups = [item for item in instrument.questions if item.asked_when and item.asked_when.at_least]
    assert follow_ups
    for question in follow_ups:
        condition = question.asked_when
        assert condition is not None
        if instrument.by_code[condition.question].asked_when:
            continue
        for level in range(1, 6):
            voices = {"national": {condition.question: Response(level=level)}}
            is_reached = level >= (condition.at_least or 0)
            assert is_asked(instrument, question, "national", voices) is is_reached

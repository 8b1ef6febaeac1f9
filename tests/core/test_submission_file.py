"""The two frozen texts of a submission, and the text of its instrument, read back as they were written."""

from __future__ import annotations

import dataclasses
import json

import pytest

from diagnostic.core.instrument import Instrument
from diagnostic.core.instrument_text import InstrumentTextChanged, read_instrument
from diagnostic.core.interchange import AssessmentFile, write_assessment
from diagnostic.core.plain_data import canonical
from diagnostic.core.report_data import AttestationLine, ReportFacts
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.core.responses import Response
from diagnostic.core.submission_file import (
    Context,
    CountryLine,
    OpeningLine,
    Receipt,
    Reference,
    facts_of,
    parse_receipt,
    parse_snapshot,
    write_context,
    write_receipt,
)
from diagnostic.instruments import instrument_from_fixtures

ACTION = ActionLine(
    number=3,
    title="Meet every month",
    recommendation="",
    question="A.2.2",
    theme="information",
    to_level=None,
    lead="customs",
    support="police",
    responsible="Head of Risk",
    due_on="2027-03-01",
    state="under_way",
    reason="",
    proof="Minutes",
    level_before=2,
    level_now=3,
)
CONTEXT = Context(
    country=CountryLine("ZZ", "Example Country", "As of 2026.", True),
    mode="separate",
    plan=(ACTION,),
    previous_plan=(dataclasses.replace(ACTION, number=1),),
    previous=Reference("0b5e", "d" * 64),
    earlier=(Reference("0a11", "c" * 64), Reference("0b5e", "d" * 64)),
)
RECEIPT = Receipt(
    number=2,
    digest="e" * 64,
    country="Example Country",
    period="2026",
    title="After the reform",
    mode="separate",
    submitted_at="2026-03-12T09:40:00+00:00",
    submitted_by="Nadia Ferrand",
    started_at="2026-01-12T09:40:00+00:00",
    started_by="Nadia Ferrand",
    comparison_opened_at="2026-02-12T09:40:00+00:00",
    comparison_openings=(
        OpeningLine("customs", asked_by="Nadia Ferrand", asked_at="2026-02-11T08:00:00+00:00", reason="The year ends."),
        OpeningLine(
            "police",
            declared_by="Tomas Marsh",
            declared_at="2026-02-10T08:00:00+00:00",
            asked_by="Tomas Marsh",
            asked_at="2026-02-12T09:40:00+00:00",
            reason="The minister asks for it.",
        ),
    ),
    attestations=(
        AttestationLine("customs", "Nadia Ferrand", "2026-03-12T09:30:00+00:00"),
        AttestationLine("police", "Tomas Marsh", "2026-03-12T09:35:00+00:00", "Ada Example, Head"),
    ),
)


@pytest.fixture
def instrument() -> Instrument:
    return instrument_from_fixtures()


@pytest.fixture
def snapshot(instrument: Instrument) -> str:
    answers = AssessmentFile("ZZ", "2026", "After the reform", 4, {"national": {"A.1": Response(level=3)}})
    content = {
        "assessment": json.loads(write_assessment(answers, instrument)),
        "marking": "TLP:RED",
        "is_disclosed_to_partners": True,
        "allows_statistics": False,
        "instrument_digest": instrument.digest,
        "respondents": {"national": 2},
        "result": {"level": 3, "index": {"exact": "31/10", "shown": "3.1"}},
        "agreements": {"A.1": "Both looked at it."},
        **write_context(CONTEXT),
    }
    return canonical(content)


def test_a_snapshot_is_read_as_it_was_written(snapshot: str, instrument: Instrument) -> None:
    frozen = parse_snapshot(snapshot)
    assert frozen.context == CONTEXT
    assert (frozen.period, frozen.title, frozen.target_level) == ("2026", "After the reform", 4)
    assert frozen.voices == {"national": {"A.1": Response(level=3)}}
    assert (frozen.agreements, frozen.respondents) == ({"A.1": "Both looked at it."}, {"national": 2})
    assert (frozen.instrument_digest, frozen.level, frozen.index_shown) == (instrument.digest, 3, "3.1")


def test_a_receipt_is_read_as_it_was_written() -> None:
    assert parse_receipt(write_receipt(RECEIPT)) == RECEIPT


def test_every_fact_of_a_submissions_report_comes_from_its_two_texts(snapshot: str) -> None:
    facts = facts_of(parse_snapshot(snapshot), RECEIPT, "2026-05-01T10:00:00+00:00", "Jonas Weiler")
    unset = ReportFacts(country="", period="", marking="")
    assert [f.name for f in dataclasses.fields(ReportFacts) if getattr(facts, f.name) == getattr(unset, f.name)] == []
    assert facts.state == "accepted"
    assert facts_of(parse_snapshot(snapshot), RECEIPT).state == "submitted"


def test_an_instrument_is_read_from_its_text_and_from_no_other(instrument: Instrument) -> None:
    again = read_instrument(instrument.text, instrument.digest)
    assert again == instrument
    assert again.digest == instrument.digest
    with pytest.raises(InstrumentTextChanged):
        read_instrument(instrument.text.replace("Coexistence", "Nothing"), instrument.digest)

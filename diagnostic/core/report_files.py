"""The two files that a report carries: its answers as an interchange file, and their result; and what partners get."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from .comparison import Agreement
from .instrument import Instrument
from .interchange import AssessmentFile, write_assessment
from .responses import NATIONAL, VOICES
from .result import Result
from .result_file import agreement_to_json, result_to_json
from .scoring import exact

DATA_FILE = "cpch-assessment.json"
RESULT_FILE = "cpch-result.json"
TOLD_BY_QUESTION = ("findings", "recommendations")
"""The members of a result that are lists of objects which each name a question."""


def write_data_file(filled: AssessmentFile, instrument: Instrument, voice: str) -> str:
    """The interchange file of a report of `voice`: the answers that it prints, so an agency's own, or all of them."""
    shown = VOICES if voice == NATIONAL else (voice,)
    voices = {name: filled.voices[name] for name in shown if name in filled.voices}
    kept = AssessmentFile(filled.country, filled.period, filled.title, filled.target_level, voices)
    return write_assessment(kept, instrument)


def write_result_file(result: Result, instrument: Instrument, country: str, period: str) -> str:
    """The result as `assess` prints it."""
    return _text(result_to_json(result, instrument, country, period))


def hide_answers(data_file: str, hidden: Collection[str]) -> str:
    """`data_file` without any voice's answer to the `hidden` questions; "" stays ""."""
    if not data_file:
        return ""
    data = json.loads(data_file)
    data["voices"] = {
        voice: {code: answer for code, answer in answers.items() if code not in hidden}
        for voice, answers in data["voices"].items()
    }
    return _text(data)


def hide_results(
    result_file: str,
    hidden: Collection[str],
    hidden_criteria: Collection[str],
    agreement: Agreement | None,
    coverage: Mapping[str, int],
    blurred: Collection[str],
) -> str:
    """`result_file` without what tells the answers to the `hidden` questions; "" stays "".

    Level, index and theme scores stay those of all answers, so they cannot be found again from the answers that are
    left; index, range and the scores of the `blurred` themes are as exact as they are shown. `agreement` and `coverage`
    are those of the other questions.
    """
    if not result_file:
        return ""
    data = json.loads(result_file)
    for member in TOLD_BY_QUESTION:
        data[member] = [item for item in data[member] if item["question"] not in hidden]
    data["criteria"] = [item for item in data["criteria"] if item["id"] not in hidden_criteria]
    data["not_counted"] = [code for code in data["not_counted"] if code not in hidden]
    data["agreement"] = agreement_to_json(agreement)
    data["coverage"] = dict(coverage)
    for holder, member in [
        *((data, name) for name in ("index", "index_low", "index_high")),
        *((theme, "score") for theme in data["themes"] if theme["id"] in blurred),
    ]:
        if holder[member] is not None:
            holder[member]["exact"] = exact(Fraction(holder[member]["shown"]))
    return _text(data)


def _text(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1)

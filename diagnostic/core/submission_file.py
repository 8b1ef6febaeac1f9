"""The contents of a submission, read from its two frozen texts alone.

The *snapshot* is what both agencies attest, so it holds only what is known before submitting. The *receipt* is written
on submitting: number, time, and the names at that time of the people who attested and submitted. It identifies the
snapshot by its digest. Neither depends on any other row of the database (docs/auditing.md, Submissions).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .interchange import response_from_json
from .plain_data import canonical, read_plain, to_plain
from .report_data import AttestationLine, ReportFacts
from .report_follow_up import ActionLine
from .responses import Voices

FORMAT, FORMAT_VERSION = "cpch-submission", 1
RECEIPT_FORMAT = "cpch-receipt"


@dataclass(frozen=True, slots=True)
class CountryLine:
    """A country's names in a report."""

    alpha2: str
    name: str
    footnote: str
    is_example: bool


@dataclass(frozen=True, slots=True)
class Reference:
    """Another submission of the country, by its key and digest."""

    submission: str
    digest: str


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a snapshot other than the answers.

    `plan` is the action plan made on this assessment, `previous_plan` the one made on the assessment before it.
    `previous` is the submission that changes are measured against, None if there is none; `earlier` is the last
    submission of each earlier period, oldest first.
    """

    country: CountryLine
    mode: str
    plan: tuple[ActionLine, ...] = ()
    previous_plan: tuple[ActionLine, ...] = ()
    previous: Reference | None = None
    earlier: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A parsed snapshot. `agreements` and `respondents` are by question and by voice, as `build_report` takes them.

    `level` and `index_shown` are those of the frozen result, None and "" if it states none.
    """

    context: Context
    period: str
    title: str
    target_level: int | None
    marking: str
    is_disclosed_to_partners: bool
    allows_statistics: bool
    instrument_digest: str
    level: int | None
    index_shown: str
    voices: Voices
    agreements: Mapping[str, str]
    respondents: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One agency's acts before the comparison opened: who declared its answers complete, who asked to open early.

    `reason` is the reason for asking. Fields of an act that did not happen are "".
    """

    agency: str
    declared_by: str = ""
    declared_at: str = ""
    asked_by: str = ""
    asked_at: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The facts of submitting; `digest` is the digest of the snapshot.

    Times are ISO 8601 with their offset, "" if there is none. `comparison_openings` holds each agency's acts before the
    comparison opened.
    """

    number: int
    digest: str
    country: str
    period: str
    title: str
    mode: str
    submitted_at: str
    submitted_by: str
    started_at: str
    started_by: str
    comparison_opened_at: str = ""
    comparison_openings: tuple[OpeningLine, ...] = ()
    attestations: tuple[AttestationLine, ...] = ()


def write_context(context: Context) -> dict[str, Any]:
    """The members of a snapshot that hold `context`."""
    written: dict[str, Any] = to_plain(context)
    return written


def parse_snapshot(text: str) -> Frozen:
    """Parse the snapshot `text`. Raises `KeyError` if a member is missing."""
    content = json.loads(text)
    answers = content["assessment"]
    return Frozen(
        context=read_plain(Context, content),
        period=answers["period"],
        title=answers.get("title", ""),
        target_level=answers.get("target_level"),
        marking=content["marking"],
        is_disclosed_to_partners=content["is_disclosed_to_partners"],
        allows_statistics=content["allows_statistics"],
        instrument_digest=content["instrument_digest"],
        level=content["result"]["level"],
        index_shown=(content["result"]["index"] or {}).get("shown", ""),
        voices={
            voice: {code: response_from_json(members) for code, members in responses.items()}
            for voice, responses in answers["voices"].items()
        },
        agreements=content.get("agreements", {}),
        respondents=content.get("respondents", {}),
    )


def write_receipt(receipt: Receipt) -> str:
    """`receipt` as canonical JSON."""
    return canonical({"format": RECEIPT_FORMAT, "format_version": 1} | to_plain(receipt))


def parse_receipt(text: str) -> Receipt:
    """Parse a receipt from `write_receipt`. Raises `KeyError` if a member is missing."""
    return read_plain(Receipt, json.loads(text))


def facts_of(frozen: Frozen, receipt: Receipt, accepted_at: str = "", accepted_by: str = "") -> ReportFacts:
    """A report's facts about the submission, besides the answers.

    `accepted_at` and `accepted_by` are "" before acceptance. The status is accepted or submitted, whatever happened to
    the assessment afterwards.
    """
    country = frozen.context.country
    return ReportFacts(
        country=country.name,
        alpha2=country.alpha2,
        period=frozen.period,
        title=frozen.title,
        country_footnote=country.footnote,
        is_example=country.is_example,
        mode=frozen.context.mode,
        state="accepted" if accepted_at else "submitted",
        marking=frozen.marking,
        is_disclosed_to_partners=frozen.is_disclosed_to_partners,
        submission_number=receipt.number,
        digest=receipt.digest,
        submitted_at=receipt.submitted_at,
        submitted_by=receipt.submitted_by,
        accepted_at=accepted_at,
        accepted_by=accepted_by,
        attestations=receipt.attestations,
    )

"""What a submission holds, read from its two frozen texts alone.

The *snapshot* is what both agencies attest, so it holds nothing that is known only later. The *receipt* is written when
the assessment is submitted: its number and time, and who attested and submitted, by their names at that time. It names
the snapshot by its digest. Neither depends on any other row of the database (docs/auditing.md, Submissions).
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
    """A country as a report names it."""

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
    """What surrounds the answers in a snapshot.

    `plan` is the action plan made on this assessment, `previous_plan` that made on the one before it. `previous` is the
    submission that changes are told from, None without any; `earlier` the last submission of each period before, the
    oldest first.
    """

    country: CountryLine
    mode: str
    plan: tuple[ActionLine, ...] = ()
    previous_plan: tuple[ActionLine, ...] = ()
    previous: Reference | None = None
    earlier: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Frozen:
    """A snapshot, read. `agreements` and `respondents` are by question and by voice, as `build_report` takes them.

    `level` and `index_shown` are those of the frozen result, None and "" where it states none.
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
    """What one agency did before the comparison opened: who declared its answers complete, who asked to open early.

    `reason` is why they asked. Of what was not done, everything is "".
    """

    agency: str
    declared_by: str = ""
    declared_at: str = ""
    asked_by: str = ""
    asked_at: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was confirmed at the moment of submitting; `digest` is that of the snapshot.

    Times are ISO 8601 with their offset, "" where there is none. `comparison_openings` say what each agency did before
    the comparison opened.
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
    """The members that `context` adds to a snapshot."""
    written: dict[str, Any] = to_plain(context)
    return written


def parse_snapshot(text: str) -> Frozen:
    """What the snapshot `text` holds. Raises `KeyError` where it lacks a member."""
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
    """What `write_receipt` wrote. Raises `KeyError` where it lacks a member."""
    return read_plain(Receipt, json.loads(text))


def facts_of(frozen: Frozen, receipt: Receipt, accepted_at: str = "", accepted_by: str = "") -> ReportFacts:
    """What the report of a submission says of it, beside the answers.

    `accepted_at` and `accepted_by` tell of its acceptance, "" before that. It is accepted or submitted, whatever became
    of the assessment afterwards.
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

"""What the report's page offers: every edition that its reader may have, in every format, and where each stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from diagnostic.actions.leases import is_leased
from diagnostic.core.formats import BRIEF, DOCX, FORMATS_OF, FULL, PARTNERS, PDF, XLSX
from diagnostic.models import ReportFile

QUEUED = str(ReportFile.State.QUEUED)
RENDERING = "rendering"
WAITING = (QUEUED, RENDERING)
TITLES = {FULL: _("Full report"), BRIEF: _("Brief of two pages"), PARTNERS: _("Edition for partners")}
SAYS = {
    FULL: _(
        "Cover and brief, how it was done, the profile by theme, the change since last time, findings and solutions, "
        "the roadmap, the action plan, comments and replies, all answers with their narratives, how the level is "
        "found, and the resources. What there is nothing to say of is left out."
    ),
    BRIEF: _("The place on the continuum and why, what holds it back, and five priorities. It stands alone."),
    PARTNERS: _(
        "This is the edition for partners: it leaves out the answers to A.9 to A.11, which reveal covert capability, "
        "with the findings and recommendations that rest on them, and says so wherever something is missing."
    ),
}
KINDS = {PDF: _("PDF"), DOCX: _("Word"), XLSX: _("Excel")}
PURPOSES = {
    PDF: _("to read, print and archive"),
    DOCX: _("to edit and take parts from"),
    XLSX: _("answers, results and plan in tables"),
}
ACTS = {
    PDF: (_("Make the PDF"), _("Download the PDF")),
    DOCX: (_("Make the Word document"), _("Download the Word document")),
    XLSX: (_("Make the workbook"), _("Download the workbook")),
}


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """One kind of file of one edition; `state` is "" if nobody requested it, "rendering" while a worker has it."""

    kind: str
    name: Any
    purpose: Any
    state: str
    url: str
    make: Any
    download: Any

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING


@dataclass(frozen=True, slots=True)
class Offer:
    """One edition with its files."""

    edition: str
    title: Any
    says: Any
    files: tuple[OfferedFile, ...]


def build_offers(
    editions: Sequence[str], urls: Mapping[str, str], found: Mapping[tuple[str, str], ReportFile]
) -> tuple[Offer, ...]:
    """What to offer of these `editions`, the first of which is the reader's own; `found` are the files there are."""
    return tuple(
        Offer(
            edition,
            TITLES[edition],
            SAYS[edition],
            tuple(
                OfferedFile(
                    kind=kind,
                    name=KINDS[kind],
                    purpose=PURPOSES[kind],
                    state=_state(found.get((edition, kind))),
                    url=urls[kind] if edition == editions[0] else f"{urls[kind]}?edition={edition}",
                    make=ACTS[kind][0],
                    download=ACTS[kind][1],
                )
                for kind in FORMATS_OF[edition]
            ),
        )
        for edition in editions
    )


def is_any_waiting(offers: Iterable[Offer]) -> bool:
    """Whether a file may become ready while its page is open."""
    return any(file.is_waiting for offer in offers for file in offer.files)


def name_files(files: Iterable[ReportFile]) -> list[str]:
    """Each file by its edition, its format, and the country and period of its report."""
    return [
        gettext("%(title)s, %(kind)s: %(country)s, %(period)s")
        % {"title": TITLES[file.edition], "kind": KINDS[file.format], **_named(file)}
        for file in files
    ]


def say_standing(offers: Iterable[Offer]) -> str:
    """What is told when something changes: how many files are on their way, how many can be downloaded."""
    states = [file.state for offer in offers for file in offer.files]
    waiting, ready = sum(state in WAITING for state in states), states.count(ReportFile.State.READY)
    said = [
        ngettext("%(count)d file is being made.", "%(count)d files are being made.", waiting) % {"count": waiting},
        ngettext("%(count)d file is ready.", "%(count)d files are ready.", ready) % {"count": ready},
    ]
    return " ".join(words for words, count in zip(said, (waiting, ready), strict=True) if count)


def say_seen(offers: Iterable[Offer], is_full: bool) -> str:
    """The states of all files, and whether the limit is reached, as one word that a waiting page sends back."""
    states = [file.state or "none" for offer in offers for file in offer.files]
    return "-".join([*states, "full"] if is_full else states)


def _state(file: ReportFile | None) -> str:
    if file is None:
        return ""
    return RENDERING if file.state == QUEUED and is_leased(file) else file.state


def _named(file: ReportFile) -> dict[str, str]:
    facts = json.loads(file.data)["facts"]
    return {"country": facts["country"], "period": facts["period"]}

"""The report's cover: of which country and period it is, in which state, for whom, and what was signed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.report_data import Report, ReportFacts

from .report_signatures import say_who
from .report_text import isolated
from .shapes import wrap
from .words import join_words

LONG_NAME = 24
NAME_SIZE, LONG_NAME_SIZE, FACT_SIZE = 40, 26, 9.5
"""In points, as the stylesheet has them."""
NAME_ROOM, FACT_ROOM = 480, 340
"""How wide these lines may run, in points."""
FACT_GAP = 3.4
ROOM_ABOVE_PICTURE = 300
"""How high name and facts together may be, in points, without reaching the flag of the picture."""
STATES = {
    "not_submitted": _("Not submitted"),
    "draft": _("Draft, not submitted"),
    "comparing": _("Being compared, not submitted"),
    "submitted": _("Submitted"),
    "in_review": _("Submitted, in review"),
    "returned": _("Returned for clarification"),
    "accepted": _("Accepted"),
    "withdrawn": _("Withdrawn"),
}


def build_cover_facts(report: Report) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The lines of the cover: term, and one or more lines of value."""
    facts = report.facts
    state = str(STATES.get(facts.state, facts.state))
    if facts.submission_number is not None:
        values = {"state": state, "number": facts.submission_number}
        state = gettext("%(state)s, submission %(number)d") % values
    if report.left_out:
        words = gettext("For partners, without the answers to %(codes)s") % {"codes": join_words(report.left_out)}
        yield gettext("Edition"), (words,)
    if facts.title:
        yield gettext("Title"), (isolated(facts.title),)
    yield gettext("State"), (state,)
    if facts.submitted_at:
        yield gettext("Received"), _when_and_who(facts.submitted_at, facts.submitted_by)
    if facts.attestations:
        yield gettext("Attested"), say_who(facts.attestations)
    if facts.accepted_at:
        yield gettext("Accepted"), _when_and_who(facts.accepted_at, facts.accepted_by)
    yield gettext("Marking"), (_say_marking(facts),)
    yield (
        gettext("Instrument"),
        (
            gettext("%(instrument)s, version %(version)s; scoring version %(scoring)d")
            % {
                "instrument": report.instrument,
                "version": report.instrument_version,
                "scoring": report.scoring_version,
            },
        ),
    )
    if facts.digest:
        yield gettext("SHA-256"), (facts.digest[:32], facts.digest[32:])


def is_crowded(name: str, facts: Iterable[tuple[str, tuple[str, ...]]]) -> bool:
    """Whether the lines of the cover reach down to where its picture would begin."""
    size = LONG_NAME_SIZE if is_long(name) else NAME_SIZE
    height = len(wrap(name, size, NAME_ROOM)) * size * 1.2
    for _term, lines in facts:
        height += sum(len(wrap(line, FACT_SIZE, FACT_ROOM)) for line in lines) * FACT_SIZE * 1.5 + FACT_GAP
    return height > ROOM_ABOVE_PICTURE


def is_long(name: str) -> bool:
    """Whether a country's name is set smaller on the cover."""
    return len(name) > LONG_NAME


def _when_and_who(moment: str, person: str) -> tuple[str, ...]:
    if not person:
        return (say_time(moment),)
    return say_time(moment), gettext("by %(person)s") % {"person": isolated(person)}


def _say_marking(facts: ReportFacts) -> str:
    if facts.state in ("not_submitted", "draft", "comparing", "withdrawn"):
        return gettext("%(marking)s. Not handed in; with the country alone") % {"marking": facts.marking}
    if facts.is_disclosed_to_partners:
        words = gettext("%(marking)s. For the WCO secretariat and, once accepted, for partners")
    else:
        words = gettext("%(marking)s. Disclosed to the WCO secretariat only")
    return words % {"marking": facts.marking}


def say_time(moment: str) -> str:
    """An ISO time as a reader sees it, in UTC; "" where there is none."""
    at = parse_datetime(moment) if moment else None
    return gettext("%(day)s UTC") % {"day": date_format(at, "j F Y, H:i")} if at else ""

"""Who attested for each agency, in the words of the report; who agreed without an account is told as that."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext

from diagnostic.core.report_data import AttestationLine

from .report_text import isolated
from .words import AGENCY_WORDS


def say_who(lines: Iterable[AttestationLine]) -> tuple[str, ...]:
    """For the cover, a line an agency: who attested for it, and on which day."""
    return tuple(_say_short(line) for line in lines)


def _say_short(line: AttestationLine) -> str:
    if line.agreed_by:
        said = gettext(
            "%(agency)s: %(agreed)s, %(office)s, agreed on %(agreed_on)s, without an account (%(reference)s); "
            "recorded by %(name)s, %(day)s"
        )
    else:
        said = gettext("%(agency)s: %(name)s, %(day)s")
    return said % _values(line)


def say_how(lines: Iterable[AttestationLine], *, names_digest: bool) -> str:
    """For the part on how the assessment was done: that both signed the same text, and who did; "" for none.

    `names_digest` says whether this edition has the digest on its cover.
    """
    said = [_say_long(line) for line in lines]
    if not said:
        return ""
    if names_digest:
        same = gettext("Both agencies agreed to the same text, whose digest stands on the cover.")
    else:
        same = gettext("Both agencies agreed to the same text.")
    return " ".join([same, *said])


def _say_long(line: AttestationLine) -> str:
    if line.agreed_by:
        said = gettext(
            "%(agency)s: nobody had an account to attest with. %(agreed)s, %(office)s, agreed on %(agreed_on)s "
            "(%(reference)s), as %(name)s of the other agency recorded on %(day)s."
        )
    else:
        said = gettext("%(agency)s: %(name)s attested on %(day)s.")
    return said % _values(line)


def _values(line: AttestationLine) -> dict[str, str]:
    at, agreed_on = parse_datetime(line.attested_at), parse_date(line.agreed_on)
    return {
        "agency": str(AGENCY_WORDS[line.agency]),
        "agreed": isolated(line.agreed_by),
        "office": isolated(line.agreed_office),
        "agreed_on": date_format(agreed_on, "j F Y") if agreed_on else "",
        "reference": isolated(line.agreed_reference),
        "name": isolated(line.attested_by),
        "day": date_format(at, "j F Y") if at else "",
    }

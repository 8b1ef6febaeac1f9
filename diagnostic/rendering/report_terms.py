"""The report's last annex: what its names, its quotations and its marking mean, and what they do not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.report_data import Report

from .report_text import isolated

MARKINGS = {
    "TLP:RED": _("for the named recipients only"),
    "TLP:AMBER+STRICT": _("for the recipient’s own organisation only, where it must be known"),
    "TLP:AMBER": _("for the recipient’s organisation and its clients, where it must be known"),
    "TLP:GREEN": _("for the community, not for the public"),
    "TLP:CLEAR": _("without limit"),
}


@dataclass(frozen=True, slots=True)
class Term:
    title: str
    texts: tuple[str, ...]


def build_terms(report: Report) -> tuple[Term, ...]:
    """The terms, each with one text or more."""
    return (
        Term(gettext("Countries and names"), tuple(_names(report))),
        Term(gettext("The handbook’s words"), tuple(_words(report))),
        Term(gettext("What this report is"), tuple(_nature(report))),
        *((Term(gettext("Marking"), tuple(_marking(report))),) if report.facts.marking in MARKINGS else ()),
    )


def say_designations() -> str:
    """That what a country is called here takes no side."""
    return gettext(
        "The designations used in this report do not imply the expression of any opinion whatsoever on the legal "
        "status of any country, territory, city or area, or of its authorities, or on the delimitation of its "
        "frontiers or boundaries."
    )


def _names(report: Report) -> Iterable[str]:
    facts = report.facts
    yield say_designations()
    yield gettext(
        "“Country” stands for any Member of the WCO or INTERPOL and for any territory that is assessed. “Customs” and "
        "“police” stand for the services that answered, whatever they are called; “police” means every police service "
        "with duties at the border or against smuggling."
    )
    if facts.is_example:
        yield gettext("%(country)s is an invented example.") % {"country": isolated(facts.country)}
    if facts.country_footnote:
        yield facts.country_footnote


def _words(report: Report) -> Iterable[str]:
    yield gettext("The questions, weaknesses and solutions are those of the %(source)s.") % {
        "source": report.instrument_source
    }
    yield gettext(
        "What is set like the handbook’s words is quoted from it unaltered; where the print of the handbook has a "
        "slip, the corrected wording is used and the original stands beside it. Statements of the levels, guidance "
        "and next steps are this tool’s own and name the section they rest on. Neither the WCO nor INTERPOL is "
        "answerable for them."
    )


def _nature(report: Report) -> Iterable[str]:
    yield gettext(
        "This is a country’s assessment of itself. The answers are the country’s; the level, the findings and the "
        "order of the recommendations follow from them by the rules of Annex B, without anybody’s judgement. It is no "
        "audit and no legal advice, and it is not made to rank countries."
    )


def _marking(report: Report) -> Iterable[str]:
    facts = report.facts
    yield gettext("%(marking)s (Traffic Light Protocol 2.0) means: %(meaning)s.") % {
        "marking": facts.marking,
        "meaning": MARKINGS[facts.marking],
    }
    yield gettext(
        "Who holds a copy keeps to the marking, in whole and in part, and asks the country before going beyond it. "
        "The marking stands at the head and foot of every page."
    )

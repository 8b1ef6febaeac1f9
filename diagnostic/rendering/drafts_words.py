"""The words of a draft and of the kit's page, around what was answered; the drafting text itself is the kit's own."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.drafting import Clause, Draft, Paragraph
from diagnostic.core.drafting_kit import AGREEMENT, TERMS

from .words import AGENCY_WORDS, BASIS_WORDS, PRESENCE_WORDS, join_words

DRAFT_NAMES = {
    AGREEMENT: _("Memorandum of understanding or agreement between customs and police"),
    TERMS: _("Terms of reference of a customs–police cooperation committee (CPCC)"),
}
OPEN_WORDS = {
    "blank": _("was not answered"),
    "unknown": _("could not be answered"),
    "not_asked": _("was not asked"),
    "implied": _("was not asked"),
}
QUARTER_NAMES = (_("First quarter"), _("Second quarter"), _("Third quarter"), _("Fourth quarter"))


def say_basis_of(draft: Draft) -> str:
    """From which answers the draft is made."""
    facts = draft.facts
    values = {
        "title": draft.instrument_title,
        "country": facts.country,
        "period": facts.period,
        "number": facts.submission_number,
        "digest": facts.digest,
    }
    if facts.submission_number is None:
        return (
            gettext(
                "It is made from the answers to the %(title)s of %(country)s for %(period)s as they stand; they were "
                "not handed in."
            )
            % values
        )
    if not facts.digest:
        return (
            gettext(
                "It is made from the answers to the %(title)s of %(country)s for %(period)s, submission %(number)d."
            )
            % values
        )
    return (
        gettext(
            "It is made from the answers to the %(title)s of %(country)s for %(period)s, submission %(number)d, whose "
            "SHA-256 digest is %(digest)s."
        )
        % values
    )


def say_foot(draft: Draft) -> str:
    """What every page names as its sources."""
    values = {
        "handbook": draft.instrument_source.split(",")[0],
        "sections": ", ".join(draft.handbook),
        "sources": ", ".join(key for key, _text in draft.sources),
        "unverified": join_words(draft.unverified),
    }
    if len(draft.sources) > len(draft.unverified):
        return (
            gettext(
                "Sources: the answers to the diagnostic; %(handbook)s, sections %(sections)s; %(sources)s, listed at "
                "the end and read in part only. %(unverified)s: drafting practice, unverified."
            )
            % values
        )
    return (
        gettext(
            "Sources: the answers to the diagnostic; %(handbook)s, sections %(sections)s; those listed at the end. "
            "%(unverified)s: drafting practice, unverified."
        )
        % values
    )


def say_unverified(draft: Draft) -> str:
    """Which clauses rest on what nobody has checked."""
    numbers = [str(clause.number) for clause in draft.clauses if clause.is_unverified]
    return gettext(
        "%(key)s stands for drafting practice that nobody has verified; clauses %(numbers)s rest on it. The openings "
        "of the clauses, the words in square brackets and the standing business of meetings are this tool’s own and "
        "rest on no source."
    ) % {"key": join_words(draft.unverified), "numbers": join_words(numbers)}


def say_clause_source(draft: Draft, clause: Clause) -> str:
    """Where a clause comes from and which answers it draws on."""
    parts = [gettext("Sources: %(sources)s.") % {"sources": "; ".join(clause.sources)}]
    if clause.is_unverified:
        parts.append(gettext("%(key)s is unverified.") % {"key": join_words(draft.unverified)})
    if clause.filled_by:
        parts.append(gettext("Filled from %(codes)s.") % {"codes": join_words(clause.filled_by)})
    return " ".join(parts)


def say_warning(codes: str) -> str:
    """What stands over a clause that tells sensitive answers."""
    if not codes:
        return gettext("Sensitive: some of what follows rests on answers that reveal covert capability.")
    return gettext("Sensitive: this clause tells what was answered to %(codes)s, which reveals covert capability.") % {
        "codes": codes
    }


def say_label(line: Paragraph) -> str:
    """What stands over what `line` quotes: the question, whose answer it is and what it is; "" where nothing does."""
    whose = f"{line.question}, {AGENCY_WORDS[line.voice]}" if line.voice in AGENCY_WORDS else line.question
    if line.part == "weakness":
        return gettext("%(code)s shows a weakness that the handbook describes (%(state)s):") % {
            "code": line.question,
            "state": PRESENCE_WORDS[line.detail],
        }
    labels = {
        "passage": gettext("The handbook says:"),
        "narrative": gettext("%(whose)s, as typed:"),
        "reason": gettext("%(whose)s, the reason as typed:"),
        "evidence": gettext("%(whose)s names as evidence:"),
        "topics": gettext("%(whose)s, topics of training:"),
        "challenges": gettext("%(whose)s, challenges:"),
        "solution": gettext("The handbook’s possible solution for %(whose)s:"),
        "guidance": gettext("This tool’s guidance for %(whose)s, built on handbook %(handbook)s:"),
    }
    words = labels.get(line.part, "")
    return words % {"whose": whose, "handbook": line.handbook} if words else ""


def say_level_of(draft: Draft, line: Paragraph) -> str:
    """How a level stands, before its statement: the number and name, and on what it rests."""
    name = dict(draft.levels).get(line.level or 0, "")
    values = {"code": line.question, "level": line.level, "name": name, "basis": BASIS_WORDS.get(line.detail, "")}
    if line.detail in BASIS_WORDS:
        return gettext("%(code)s, level %(level)s %(name)s, %(basis)s:") % values
    return gettext("%(code)s, level %(level)s %(name)s:") % values


def say_open(line: Paragraph) -> str:
    """That a question of the clause tells nothing for it."""
    values = {"code": line.question, "question": line.text, "state": OPEN_WORDS.get(line.detail, OPEN_WORDS["blank"])}
    if line.part == "left_out":
        return gettext("[%(code)s: this edition does not hold what was answered.]") % values
    return gettext("[%(code)s, “%(question)s”, %(state)s. Say how it stands.]") % values

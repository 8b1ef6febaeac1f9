"""A draft as an editable Word document: the head and the foot that say what it is, its clauses, and its sources."""

from __future__ import annotations

from django.utils.translation import get_language, get_language_bidi, gettext
from docx.document import Document as WordDocument
from docx.oxml.xmlchemy import BaseOxmlElement

from diagnostic.core.drafting import Draft
from diagnostic.core.drafting_kit import AGREEMENT

from .docx_writing import Field, Piece, Run, Tab, new_document, to_bytes, write, write_head_and_foot, write_lines
from .drafts_clauses import write_clause
from .drafts_styles import write_styles
from .drafts_words import DRAFT_NAMES, say_basis_of, say_foot, say_unverified


def render_draft(draft: Draft) -> bytes:
    """`draft` as a Word document in the language that is active. The same draft and language give the same bytes."""
    language, is_rtl = get_language() or "en", get_language_bidi()
    document = new_document(
        title=f"{DRAFT_NAMES[draft.kind]}: {draft.facts.country}, {draft.facts.period}",
        language=language,
        styles=write_styles(language, draft.facts.marking, is_rtl=is_rtl),
        is_rtl=is_rtl,
    )
    _write_running(document, draft)
    body = document.element.body
    _write_front(body, draft)
    for clause in draft.clauses:
        write_clause(body, draft, clause, is_rtl=is_rtl)
    _write_sources(body, draft)
    return to_bytes(document)


def _write_running(document: WordDocument, draft: Draft) -> None:
    facts = draft.facts
    marking: list[Piece] = [Tab(), Run(f"\u00a0{facts.marking}\u00a0", "Marking")]
    label = gettext("%(country)s, %(period)s") % {"country": facts.country, "period": facts.period}
    said = [Run(gettext("Draft for lawyers. Not legal advice."), "Strong")]
    page: list[Piece] = [
        Run(f"{label}. {gettext('Page')} "),
        Field("PAGE"),
        Run(f" {gettext('of')} "),
        Field("NUMPAGES"),
    ]
    write_head_and_foot(
        document,
        head=[("Header", [*said, *marking])],
        foot=[("Footer", [*said, Run(f" {say_foot(draft)}")]), ("Footer", [*page, *marking])],
    )


def _write_front(body: BaseOxmlElement, draft: Draft) -> None:
    facts = draft.facts
    write(body, "Title", [Run(str(DRAFT_NAMES[draft.kind]))])
    write(
        body,
        "Subtitle",
        [
            Run(
                gettext("Draft for %(country)s, from the diagnostic of %(period)s")
                % {
                    "country": facts.country,
                    "period": facts.period,
                }
            )
        ],
    )
    write(
        body,
        "Notice",
        [
            Run(
                gettext(
                    "This is a draft for lawyers to work on. It is not legal advice, it binds nobody, and nobody has "
                    "agreed to it."
                )
            )
        ],
    )
    if draft.is_sensitive:
        write(
            body,
            "Warning",
            [
                Run(
                    gettext(
                        "Clauses marked as sensitive tell answers that reveal covert capability. Take them out before "
                        "the draft goes to anyone who may not read those answers."
                    )
                )
            ],
        )
    write(body, "Normal", [Run(say_basis_of(draft))])
    if facts.is_example:
        write(body, "Normal", [Run(gettext("%(country)s is an invented example.") % {"country": facts.country})])
    write(
        body,
        "Normal",
        [
            Run(
                gettext(
                    "How to read it: words set off by a line at the side are quoted, what was typed as it was typed, "
                    "and the handbook’s in a serif. What stands in square brackets is still to be written. All other "
                    "wording is this tool’s proposal and has been checked by no lawyer."
                )
            )
        ],
    )
    if draft.kind == AGREEMENT:
        words = gettext(
            "Whether to call it a memorandum of understanding or of agreement is the first choice to make: clause 1 "
            "quotes what the handbook says of the two."
        )
        write(body, "Normal", [Run(words)])


def _write_sources(body: BaseOxmlElement, draft: Draft) -> None:
    write(body, "PlainHeading", [Run(gettext("Sources"))])
    write(body, "Normal", [Run(draft.note)])
    write(body, "Normal", [Run(say_unverified(draft))])
    for key, text in draft.sources:
        write(body, "Bullet", [Run(key, "Strong"), Run(f": {text}")])
    if draft.handbook:
        words = gettext("%(source)s: sections %(sections)s.") % {
            "source": draft.instrument_source,
            "sections": ", ".join(draft.handbook),
        }
        write(body, "Bullet", [Run(words)])
    if draft.examples:
        write(body, "PlainHeading", [Run(gettext("Examples elsewhere"))])
        for example in draft.examples:
            write(body, "Bullet", [Run(example)])
    if draft.facts.country_footnote:
        write_lines(body, "Source", draft.facts.country_footnote)

"""One clause of a draft as paragraphs and tables of its Word document, the first year's agenda among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from django.utils.translation import gettext, ngettext
from docx.oxml.xmlchemy import BaseOxmlElement

from diagnostic.core.agenda import Agenda, AgendaItem
from diagnostic.core.drafting import AreasTable, Clause, Draft, Paragraph

from .docx_writing import TEXT_WIDTH, Cell, Run, write, write_lines, write_table
from .drafts_words import (
    QUARTER_NAMES,
    say_clause_source,
    say_label,
    say_level_of,
    say_open,
    say_warning,
)
from .report_plan import say_day
from .words import AGENCY_WORDS, EFFORT_WORDS, LEAD_WORDS, join_words

GAP = re.compile(r"(\[[^\[\]]+\])")
LISTED = ("evidence", "topics", "challenges")


def write_clause(body: BaseOxmlElement, draft: Draft, clause: Clause, *, is_rtl: bool) -> None:
    """`clause` with its heading, its warning, what fills it or the prompt, and its sources."""
    write(body, "Heading1", [Run(clause.name)])
    if clause.is_sensitive:
        write(body, "Warning", [Run(say_warning(join_words(clause.filled_by) if not clause.agenda else ""))])
    front = [line for line in clause.paragraphs if not line.question]
    for line in front:
        _write_line(body, draft, line)
    _write_authority(body, clause, is_rtl=is_rtl)
    for table in clause.areas:
        _write_areas(body, table, is_rtl=is_rtl)
    told = [line for line in clause.paragraphs if line.question]
    for (_question, part, _voice), lines in groupby(told, lambda line: (line.question, line.part, line.voice)):
        if part in LISTED:
            _write_list(body, list(lines))
        else:
            for line in lines:
                _write_line(body, draft, line)
    if clause.agenda is not None:
        _write_agenda(body, clause.agenda, is_rtl=is_rtl)
    write(body, "Source", [Run(say_clause_source(draft, clause))])


def _write_line(body: BaseOxmlElement, draft: Draft, line: Paragraph) -> None:
    label = say_label(line)
    if label:
        write(body, "Label", [Run(label)])
    if line.part == "opening":
        write(body, "Normal", _with_gaps(line.text))
    elif line.part == "write":
        write(body, "Prompt", [Run(f"[{line.text}]")])
    elif line.part in ("open", "left_out"):
        write(body, "Prompt", [Run(say_open(line))])
    elif line.part == "level":
        write(body, "Normal", [Run(f"{say_level_of(draft, line)} ", "Strong"), Run(line.text)])
    elif line.part == "elsewhere":
        words = gettext("All that was answered to %(code)s is told in clause %(number)s.")
        write(body, "Source", [Run(words % {"code": line.question, "number": line.detail})])
    elif line.part == "not_applicable":
        words = gettext("%(code)s was answered as not applicable.")
        write(body, "Normal", [Run(words % {"code": line.question})])
    elif line.part == "guidance":
        write(body, "Advice", [Run(line.text)])
    elif line.handbook:
        source = gettext("(Handbook, section %(section)s)") % {"section": line.handbook}
        write(body, "Handbook", [Run(f"“{line.text}” "), Run(source)])
    else:
        write_lines(body, "Typed", line.text)


def _with_gaps(text: str) -> list[Run]:
    """`text` with what stands in square brackets marked as still to be written."""
    return [Run(part, "FillIn" if number % 2 else "") for number, part in enumerate(GAP.split(text)) if part]


def _write_list(body: BaseOxmlElement, lines: Sequence[Paragraph]) -> None:
    write(body, "Label", [Run(say_label(lines[0]))])
    for line in lines:
        detail = [Run(f", {line.detail}")] if line.detail else []
        write(body, "Bullet", [Run(line.text), *detail])


def _write_authority(body: BaseOxmlElement, clause: Clause, *, is_rtl: bool) -> None:
    if not clause.authority:
        return
    unknown = gettext("not known")
    rows: list[Sequence[Cell]] = [
        [
            [("TableText", [Run(f"{row.question} ", "Strong"), Run(row.text)])],
            [("TableText", [Run(row.customs or unknown)])],
            [("TableText", [Run(row.police or unknown)])],
        ]
        for row in clause.authority
    ]
    head = [gettext("Authority"), str(AGENCY_WORDS["customs"]), str(AGENCY_WORDS["police"])]
    write_table(body, head, rows, [70, 45, 45], is_rtl=is_rtl)


def _write_areas(body: BaseOxmlElement, table: AreasTable, *, is_rtl: bool) -> None:
    whose = f", {AGENCY_WORDS[table.voice]}" if table.voice in AGENCY_WORDS else ""
    names = {
        "customs": gettext("Customs alone"),
        "police": gettext("The police alone"),
        "both": gettext("Both"),
        "other": gettext("Another agency"),
        "none": gettext("Nobody"),
    }
    rows: list[Sequence[Cell]] = [
        [[("TableText", [Run(row.name)])], [("TableText", [Run(names.get(row.holder, row.holder))])]]
        for row in table.rows
    ]
    head = [gettext("Area (%(question)s)") % {"question": f"{table.question}{whose}"}, gettext("Who may act")]
    write_table(body, head, rows, [110, 50], is_rtl=is_rtl)


def _write_agenda(body: BaseOxmlElement, agenda: Agenda, *, is_rtl: bool) -> None:
    for quarter, name in zip(agenda.quarters, QUARTER_NAMES, strict=True):
        write(body, "Heading2", [Run(str(name))])
        for words in quarter.business:
            write(body, "Bullet", [Run(words)])
        if quarter.items:
            head = [gettext("To take up"), gettext("Why now"), gettext("Lead"), gettext("Effort")]
            rows = [_row(item) for item in quarter.items]
            write_table(body, head, rows, [TEXT_WIDTH - 78, 28, 25, 25], is_rtl=is_rtl)
    if agenda.later:
        words = ngettext(
            "One more recommendation of the roadmap is for the years after.",
            "%(count)d more recommendations of the roadmap are for the years after.",
            agenda.later,
        )
        write(body, "Normal", [Run(words % {"count": agenda.later})])


def _row(item: AgendaItem) -> Sequence[Cell]:
    tiers = {
        "blocking": gettext("blocks the next level"),
        "plan": gettext("in the country’s plan"),
        "weakness": gettext("mends a weakness"),
        "next": gettext("next step"),
    }
    line, action = item.recommendation, item.action
    lead = {**{key: str(words) for key, words in LEAD_WORDS.items()}, "both": str(LEAD_WORDS["joint"])}
    by = action.lead if action else line.lead if line else ""
    effort = str(EFFORT_WORDS.get(line.effort, "")) if line else ""
    return [
        list(_matter(item)),
        [("TableText", [Run(tiers[item.tier])])],
        [("TableText", [Run(lead.get(by, "") or gettext("to be named"))])],
        [("TableText", [Run(effort or gettext("to be judged"))])],
    ]


def _matter(item: AgendaItem) -> Cell:
    """What is to be taken up; an action that kept its recommendation's words says them once."""
    line, action = item.recommendation, item.action
    planned = [("TableSource", [Run(" ".join(_planned(item)))])] if action is not None else []
    is_same = line is not None and action is not None and action.title.strip() == line.text.strip()
    cell: list[tuple[str, Sequence[Run]]] = []
    if item.is_sensitive:
        cell.append(("TableText", [Run(gettext("Sensitive."), "Strong")]))
    if action is not None and not is_same:
        cell += [("TableText", [Run(action.title, "Strong")]), *planned]
    if line is None:
        return cell
    step = gettext("%(theme)s, to level %(level)s") % {"theme": item.theme, "level": line.to_level}
    subject = f"{line.question}, {item.theme}" if line.question else step
    style = "Strong" if is_same else ""
    if line.kind == "handbook":
        cell.append(("TableHandbook", [Run(f"“{line.text}”", style)]))
        source = gettext("%(subject)s. Handbook, section %(section)s.")
    else:
        cell.append(("TableText", [Run(line.text, style)]))
        source = gettext("%(subject)s. Guidance of this tool, built on handbook %(section)s.")
    section = f"X ({line.question})" if line.kind == "handbook" else line.handbook
    if is_same:
        cell += planned
    cell.append(("TableSource", [Run(source % {"subject": subject, "section": section})]))
    return cell


def _planned(item: AgendaItem) -> Iterable[str]:
    action = item.action
    assert action is not None
    yield gettext("Action %(number)d of the plan.") % {"number": action.number}
    if action.responsible:
        yield gettext("Responsible: %(person)s.") % {"person": action.responsible}
    if action.support:
        yield gettext("With: %(agency)s.") % {"agency": AGENCY_WORDS.get(action.support, action.support)}
    if action.due_on:
        yield gettext("Due %(day)s.") % {"day": say_day(action.due_on)}

"""Drafts as plain data: each clause once and in order, filled with what was answered and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diagnostic.core.agenda import build_agenda
from diagnostic.core.drafting import Draft, build_draft
from diagnostic.core.drafting_kit import AGREEMENT, KINDS, TERMS, DraftKind, KitError, build_outline
from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.report import build_report
from diagnostic.core.report_data import Report, ReportFacts
from diagnostic.core.report_follow_up import ActionLine
from diagnostic.core.responses import Evidence, Response
from diagnostic.core.result import score
from diagnostic.drafting_kit import get_outline
from diagnostic.instruments import instrument_from_fixtures, read_yaml

HERE = Path(__file__).parent
KIT = HERE.parent.parent / "fixtures" / "drafting"
INSTRUMENT = instrument_from_fixtures()
SENSITIVE = sensitive_questions(INSTRUMENT)
CLAUSES = {
    AGREEMENT: "parties purpose definitions legal_basis roles scope governance information data_protection marking "
    "risk liaison operations investigations controlled_delivery special_means seizures assets resources training "
    "emergency integrity media performance disputes review duration annexes signature",
    TERMS: "mandate objectives lead members secretariat meetings decisions subcommittees liaison action_plan emergency "
    "concerns confidentiality duration",
}
HOSTILE = 'مذكرة <w:t>&amp;"]]> Соглашение 备忘录 \x0b ' + "long " * 2000


def make_report(name: str = "joint-session", **answers: Response) -> Report:
    """The report of an example; `answers` replaces national ones, "A_1" for A.1."""
    file = parse_assessment((HERE / "examples" / f"{name}.json").read_bytes(), INSTRUMENT, {"ZZ"})
    given = {code.replace("_", "."): answer for code, answer in answers.items()}
    voices = {**file.voices, "national": {**file.voices["national"], **given}}
    result = score(INSTRUMENT, voices, target_level=file.target_level)
    return build_report(INSTRUMENT, result, voices, ReportFacts("Example Country", file.period))


def make_draft(report: Report, kind: DraftKind = AGREEMENT) -> Draft:
    return build_draft(get_outline(kind, INSTRUMENT), report, SENSITIVE)


def clause_of(draft: Draft, name: str) -> Any:
    (found,) = (clause for clause in draft.clauses if clause.id == name)
    return found


def lines_of(draft: Draft) -> Iterable[str]:
    """The draft as lines to compare: of this tool's and the handbook's words the beginning, of typed words all."""
    for clause in draft.clauses:
        marks = "".join(f" {name}" for name in ("is_sensitive", "is_unverified") if getattr(clause, name))
        yield f"{clause.number} {clause.id} [{', '.join(clause.filled_by)}]{marks}"
        for line in clause.paragraphs:
            is_typed = line.part in ("narrative", "reason", "evidence")
            text = line.text if is_typed else line.text[:40]
            about = (line.kind, line.part, line.question, line.voice, str(line.level or ""), line.handbook, line.detail)
            yield f"  {'|'.join(about)}: {text}"
        for row in clause.authority:
            yield f"  authority {row.question}: {row.customs} / {row.police}"
        for table in clause.areas:
            yield f"  areas {table.question}: {', '.join(f'{row.name}={row.holder}' for row in table.rows)}"
        for quarter in clause.agenda.quarters if clause.agenda else ():
            yield f"  quarter {quarter.number}: {len(quarter.business)} of business"
            for item in quarter.items:
                assert item.recommendation is not None
                line = item.recommendation
                yield f"    {item.tier} {line.id} {line.effort or '-'} {line.lead or '-'}{' !' * item.is_sensitive}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["joint-session", "two-voices"])
def test_a_draft_of_an_example_is_the_one_that_was_read_and_found_right(name: str, kind: DraftKind) -> None:
    expected = (HERE / "drafts" / f"{name}-{kind}.txt").read_text(encoding="utf-8")
    assert "\n".join(lines_of(make_draft(make_report(name), kind))) + "\n" == expected


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["joint-session", "two-voices", "blank"])
def test_every_clause_is_there_once_in_order_and_either_filled_or_a_prompt(name: str, kind: DraftKind) -> None:
    draft = make_draft(make_report(name), kind)
    assert [clause.id for clause in draft.clauses] == CLAUSES[kind].split()
    assert [clause.number for clause in draft.clauses] == list(range(1, len(draft.clauses) + 1))
    for clause in draft.clauses:
        parts = [line.part for line in clause.paragraphs]
        assert (parts.count("opening"), parts.count("write")) == ((1, 0) if clause.is_filled else (0, 1))


def test_without_answers_no_clause_is_filled_and_nothing_is_marked_sensitive() -> None:
    draft = make_draft(make_report("blank"))
    assert [clause for clause in draft.clauses if clause.is_filled or clause.is_sensitive] == []


def test_what_was_typed_is_quoted_whole_and_told_once() -> None:
    report = make_report(
        A_1=Response(level=3, basis="both", narrative=HOSTILE, evidence=(Evidence(f"E {HOSTILE}", f"R {HOSTILE}"),)),
        A_12=Response(status="unknown", reason=f"U {HOSTILE}"),
    )
    told = [line for clause in make_draft(report).clauses for line in clause.paragraphs]
    assert [line.kind for line in told if line.text == HOSTILE] == ["quoted"]
    assert [line.detail for line in told if line.text == f"E {HOSTILE}"] == [f"R {HOSTILE}"]
    assert [line.question for line in told if line.text == f"U {HOSTILE}"] == ["A.12"]


def test_parts_given_without_a_level_are_told_and_what_no_longer_counts_is_not() -> None:
    draft = make_draft(
        make_report(
            A_6=Response(narrative="No level yet."),
            A_3_1=Response(level=1),
            A_3_2=Response(level=4, narrative="Kept, not counted."),
        )
    )
    assert "A.6" in clause_of(draft, "investigations").filled_by
    assert "No level yet." in [line.text for line in clause_of(draft, "investigations").paragraphs]
    assert "A.3.2" not in clause_of(draft, "legal_basis").filled_by
    assert "Kept, not counted." not in repr(draft)


def test_an_edition_without_the_sensitive_answers_gives_a_draft_without_them() -> None:
    secret = Response(level=2, narrative="SECRET", authority={"customs": "own"})
    whole = make_report(A_9=secret, A_10=secret, A_11=replace(secret, status="unknown", level=None, reason="SECRET"))
    assert clause_of(make_draft(whole), "special_means").is_sensitive
    for kind in KINDS:
        draft = make_draft(for_partners(whole, SENSITIVE), kind)
        assert not draft.is_sensitive
        assert "SECRET" not in repr(draft)
        assert not any(code in clause.filled_by for clause in draft.clauses for code in SENSITIVE)
        for code in SENSITIVE:
            assert INSTRUMENT.guidance_by_question[code].text not in repr(draft)


# The first year


def agenda_of(report: Report) -> Any:
    return build_agenda(report, get_outline(TERMS, INSTRUMENT).meetings, SENSITIVE)


def make_action(number: int, **members: Any) -> ActionLine:
    given: dict[str, Any] = {
        "title": f"Action {number}",
        **dict.fromkeys(("recommendation", "question", "theme", "support", "responsible", "due_on", "reason"), ""),
        "to_level": None,
        "lead": "customs",
        "state": "planned",
        "proof": "",
        **members,
    }
    return ActionLine(number=number, **given)


def test_the_year_holds_every_recommendation_of_now_once_and_what_blocks_comes_first() -> None:
    report = make_report("two-voices")
    agenda = agenda_of(report)
    items = [item for quarter in agenda.quarters for item in quarter.items]
    tiers = [item.tier for item in items]
    assert tiers == sorted(tiers, key=("blocking", "plan", "weakness", "next").index)
    assert len({item.recommendation.id for item in items}) == len(items) == len(report.recommendations) - agenda.later
    assert all((item.recommendation.to_level or 0) <= 4 for item in items)
    sizes = [len(quarter.items) for quarter in agenda.quarters]
    assert max(sizes) - min(sizes) <= 1


def test_planned_actions_stand_where_their_recommendation_stands_and_done_ones_leave() -> None:
    report = make_report()
    first, second, third = (item.id for item in report.recommendations[:3])
    plan = (
        make_action(1, recommendation=second, due_on="2027-01-31", state="under_way"),
        make_action(2, recommendation=first, state="done"),
        make_action(3, recommendation=third, state="dropped"),
        make_action(4, due_on="2027-06-01"),
        make_action(5, due_on="2027-02-01", question="A.10"),
        make_action(6, state="done"),
    )
    items = [item for quarter in agenda_of(replace(report, plan=plan)).quarters for item in quarter.items]
    by_id = {item.recommendation.id: item for item in items if item.recommendation}
    assert first not in by_id
    assert by_id[second].action == plan[0]
    assert by_id[third].action is None
    assert [(item.action.number, item.is_sensitive) for item in items if not item.recommendation] == [
        (5, True),
        (4, False),
    ]


# The kit


@pytest.mark.parametrize("kind", KINDS)
def test_the_kit_says_how_its_sources_were_read_and_names_each_that_a_clause_rests_on(kind: DraftKind) -> None:
    outline = get_outline(kind, INSTRUMENT)
    assert "read in part" in outline.note or "No published" in outline.note
    keys = dict(outline.sources)
    assert keys["GK"] == "drafting practice, unverified"
    named = {source for clause in outline.clauses for source in clause.sources}
    assert kind == TERMS or named - set(keys) == set()
    assert "GK" in outline.unverified


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda rows: rows[0].update(questions=["A.99"]), "there is no question A.99"),
        (lambda rows: rows[1].update(id="parties"), "there twice"),
        (lambda rows: rows[0].update(tells=["A.1"]), "in exactly one clause"),
        (lambda rows: rows[3].update(tells=["A.1", "A.3.2"]), "in exactly one clause"),
        (lambda rows: rows[2].update(tells=["A.99"]), "does not draw on"),
        (lambda rows: rows[0].update(opening=""), "belong together"),
        (lambda rows: rows[0].pop("prompt"), "missing"),
    ],
)
def test_a_wrong_kit_is_refused_and_says_where(change: Any, fault: str) -> None:
    data = read_yaml(KIT / "agreement.yaml")
    change(data["clauses"])
    with pytest.raises(KitError, match=fault):
        build_outline(AGREEMENT, data, INSTRUMENT.by_code)

"""Three full reports of two voices, made by code: one hardly answered, one as they come, one at every limit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from diagnostic.core.action_plan import MAX_RESPONSIBLE, MAX_TITLE
from diagnostic.core.editions import for_partners, sensitive_questions
from diagnostic.core.instrument import AGENCIES, Instrument, Question
from diagnostic.core.periods import say_rules
from diagnostic.core.report import build_report
from diagnostic.core.report_data import AttestationLine, Report, ReportFacts
from diagnostic.core.report_follow_up import ActionLine, PeriodLine, RemarkLine, ThemePoint
from diagnostic.core.responses import NATIONAL, Evidence, Response
from diagnostic.core.result import score
from diagnostic.core.score_text import Score
from diagnostic.core.scoring import SCORING_VERSION
from tests.rendering.conftest import SUBMITTED

ARABIC = "تتعاون الجمارك والشرطة في الموانئ والمطارات منذ عام 2021"
RUSSIAN = "Таможня и полиция обмениваются сведениями через офицеров связи"
CHINESE = "海关与警察通过联络官交换信息，并在主要港口开展联合行动"
SCRIPTS = f"{ARABIC}\n{RUSSIAN}\n{CHINESE}"
SENTENCE = "Officers of both services meet every month at the port, and what they agree is written down. "
LONG = (SENTENCE * 110)[:9_999] + "."
WORD = "w" * 900
SECRET = "SECRET"
NATIONAL_LEVELS, CUSTOMS_LEVELS, POLICE_LEVELS = (3, 2, 3, 2, 4), (3, 4, 2, 3, 3), (2, 2, 4, 1, 3)
Answers = dict[str, dict[str, Response]]
FollowUp = dict[str, Any]
SIGNED = (
    AttestationLine("customs", "Nadia Ferrand", "2026-03-12T09:20:00+00:00"),
    AttestationLine("police", "Omar Selim", "2026-03-12T09:30:00+00:00", "Colonel A. Haddad"),
)


AUTHORITY = {"customs": "none", "police": "limited"}


def answer(
    question: Question, level: int, narrative: str, evidence: tuple[Evidence, ...] = (), voice: str = NATIONAL
) -> Response:
    """An answer with everything that `question` takes; an agency speaks of its own authority alone."""
    authority = {agency: held for agency, held in AUTHORITY.items() if voice in (NATIONAL, agency)}
    return Response(
        level=level if question.takes_level else None,
        basis="both" if question.takes_level else "",
        authority=authority if question.takes_authority else {},
        narrative=narrative,
        evidence=evidence,
        challenges=("duplication", "legal") if question.takes_challenges else (),
        topics=("mandates", "controls") if question.takes_topics else (),
        areas={"drugs": "both", "wildlife": "customs"} if question.takes_areas else {},
    )


def answer_all(
    instrument: Instrument, levels: tuple[int, ...], narrative: str, voice: str = NATIONAL
) -> dict[str, Response]:
    """Every question answered, the levels taken by turns."""
    document = (Evidence("Memorandum of understanding", "CUS/2026/114"),)
    return {
        question.code: answer(
            question, levels[place % len(levels)], narrative, document if place % 4 == 0 else (), voice
        )
        for place, question in enumerate(instrument.questions)
    }


def sparse(instrument: Instrument) -> Answers:
    """Two answers, of which one is that it cannot be given; nothing of the police."""
    return {
        "national": {"A.1": Response(level=2), "A.12": Response(status="unknown", reason="The laboratory is silent.")},
        "customs": {"A.1": Response(level=2, narrative="Meetings are held.")},
        "police": {},
    }


def typical(instrument: Instrument) -> Answers:
    """Everything answered in three voices, a few sentences each; a secret wherever it may stand."""
    told = SENTENCE * 3
    voices: Answers = {
        "national": answer_all(instrument, NATIONAL_LEVELS, told),
        "customs": answer_all(instrument, CUSTOMS_LEVELS, SENTENCE, "customs"),
        "police": answer_all(instrument, POLICE_LEVELS, SENTENCE, "police"),
    }
    for voice, responses in voices.items():
        for code in sensitive_questions(instrument):
            held = (Evidence(f"{SECRET} title {voice}", f"{SECRET} reference"),)
            responses[code] = answer(instrument.by_code[code], 2, f"{SECRET} narrative {voice}", held, voice)
        responses["A.11"] = Response(status="not_applicable", reason=f"{SECRET} reason {voice}")
    return voices


def extreme(instrument: Instrument) -> Answers:
    """Texts of 10,000 letters, a word of 900, three other scripts inside English, and parts without anything."""
    return {
        "national": {
            "A.1": Response(level=4, basis="written", narrative=SCRIPTS, evidence=(Evidence("E" * 400, "R" * 300),)),
            "A.2.1": Response(level=3, narrative=f"{WORD} end"),
            "A.2.2": Response(level=2, narrative=LONG),
            "A.10": Response(status="not_applicable", reason=RUSSIAN),
            "A.12": Response(status="unknown", reason=ARABIC),
        },
        "customs": {"A.1": Response(level=1, narrative=CHINESE * 60), "A.2.2": Response(level=5, narrative=LONG)},
        "police": {"A.1": Response(level=5, narrative=f"{ARABIC} {SENTENCE}" * 40), "A.2.2": Response(level=1)},
    }


def follow_up(instrument: Instrument, text: str) -> FollowUp:
    """Two earlier periods, a plan in every state, and what secretariat and country wrote, each with `text`."""
    themes = tuple(ThemePoint(theme.id, Score.of(Fraction(5, 2)), 3) for theme in instrument.themes)
    rules = say_rules(instrument.id, instrument.version, SCORING_VERSION)
    earlier = tuple(PeriodLine(period, 2, Score.of(Fraction(9, 4)), themes, rules) for period in ("2024", "2025"))
    first, title, person = instrument.themes[0].id, text[:MAX_TITLE], text[:MAX_RESPONSIBLE]
    plan = (
        ActionLine(1, "Sign", "S-A.1", "A.1", first, None, "customs", "police", "", "2026-09-30", "planned", "", "", 3),
        ActionLine(2, title, "", "A.2.2", "", None, "police", "", person, "2026-06-30", "under_way", "", "", 2, 2),
        ActionLine(3, SECRET, "S-A.9", "A.9", "", None, "both", "", "", "", "planned", "", ""),
        ActionLine(4, "Drop", "", "", "", None, "both", "", "", "", "dropped", text, ""),
    )
    before = (ActionLine(5, "Meet", "S-A.6", "A.6", "", None, "both", "", "", "2025-12-01", "done", "", text, 1, 3),)
    at = "2026-04-02T10:00:00+00:00"
    remarks = (
        RemarkLine(1, "", "return", "secretariat", "Rina Review", at, text),
        RemarkLine(1, "A.9", "comment", "secretariat", "Rina Review", at, f"{SECRET} remark"),
        RemarkLine(1, "A.1", "comment", "secretariat", "Rina Review", at, "Which year?"),
        RemarkLine(1, "A.1", "comment", "country", "Nadia Ferrand", at, text, answers_to=2, agency="customs"),
        RemarkLine(1, "A.1", "opinion", "secretariat", "Rina Review", at, text, level=2, country_level=3),
        RemarkLine(1, "A.1", "reply", "country", "Omar Selim", at, text, answers_to=4, agency="police"),
    )
    return {"earlier_periods": earlier, "plan": plan, "previous_actions": before, "remarks": remarks}


def report_of(instrument: Instrument, voices: Answers, followed: FollowUp | None = None, **facts: object) -> Report:
    """The full report of `voices`, as it was handed in by both agencies, and of what `followed`."""
    given = {
        "country": "Example Country",
        "period": "2026",
        "title": "Self-assessment",
        "alpha2": "ZZ",
        "is_example": True,
    }
    return build_report(
        instrument,
        score(instrument, voices, target_level=4),
        voices,
        ReportFacts(**{**given, **SUBMITTED, "mode": "separate", "attestations": SIGNED, **facts}),  # type: ignore[arg-type]
        is_target_chosen=True,
        previous_period="2025",
        previous_responses=answer_all(instrument, POLICE_LEVELS, SENTENCE),
        agreements={"A.1": f"{SENTENCE} {ARABIC}", "A.9": f"{SECRET} agreement"},
        respondents={"national": 2, "customs": 3, "police": 1},
        **followed or {},
    )


CASES = {
    "sparse": lambda instrument: report_of(instrument, sparse(instrument)),
    "typical": lambda instrument: report_of(instrument, typical(instrument), follow_up(instrument, SENTENCE)),
    "extreme": lambda instrument: report_of(
        instrument,
        extreme(instrument),
        follow_up(instrument, f"{LONG}\n{SCRIPTS}\n{WORD}"),
        country="بلد المثال",
        title=SCRIPTS,
    ),
}


def partners_of(report: Report, instrument: Instrument) -> Report:
    return for_partners(report, sensitive_questions(instrument))


assert len(LONG) == 10_000
assert set(AGENCIES) == {"customs", "police"}

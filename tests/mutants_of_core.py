"""The mutants of the pure core: scoring, voices, transitions, editions and the interchange file."""

from __future__ import annotations

from tests.mutant import Mutant

EDITIONS = ("tests/core/test_partners_edition.py",)
SCORING = ("tests/core/test_scoring_rules.py", "tests/core/test_examples.py", "tests/core/test_enough_known.py")
VOICES = ("tests/core/test_voices.py",)
INTERCHANGE = ("tests/core/test_interchange.py",)

MUTANTS = (
    Mutant(
        "partners' edition: open questions name hidden ones",
        "diagnostic/core/editions.py",
        "code for code in report.open_questions if code not in hidden",
        "code for code in report.open_questions",
        EDITIONS,
    ),
    Mutant(
        "partners' edition: answers that do not count name hidden ones",
        "diagnostic/core/editions.py",
        "code for code in report.not_counted if code not in hidden",
        "code for code in report.not_counted",
        EDITIONS,
    ),
    Mutant(
        "partners' edition: the plan",
        "diagnostic/core/editions.py",
        "        plan=(),\n        remarks=(),\n        data_file=hide",
        "        remarks=(),\n        data_file=hide",
        EDITIONS,
    ),
    Mutant(
        "partners' edition: the digest of the submission",
        "diagnostic/core/editions.py",
        'facts=replace(report.facts, digest="")',
        "facts=report.facts",
        EDITIONS,
    ),
    Mutant(
        "partners' edition: pairs of hidden questions",
        "diagnostic/core/editions.py",
        "pairs=tuple(item for item in part.pairs if item.question not in hidden)",
        "pairs=part.pairs",
        EDITIONS,
    ),
    Mutant(
        "partners' edition: the carried data file",
        "diagnostic/core/report_files.py",
        "for code, answer in answers.items() if code not in hidden}",
        "for code, answer in answers.items()}",
        EDITIONS,
    ),
    Mutant(
        "scoring: where level 3 begins",
        "diagnostic/core/scoring.py",
        "(3, Fraction(5, 2))",
        "(3, Fraction(12, 5))",
        SCORING,
    ),
    Mutant(
        "scoring: a score on the edge of a band",
        "diagnostic/core/scoring.py",
        "if score >= start), 1)",
        "if score > start), 1)",
        SCORING,
    ),
    Mutant(
        "scoring: how much must be known",
        "diagnostic/core/scoring.py",
        "ENOUGH = Fraction(3, 4)",
        "ENOUGH = Fraction(2, 3)",
        SCORING,
    ),
    Mutant(
        "scoring: what is not applicable is known",
        "diagnostic/core/scoring.py",
        "known = sum(not item.is_open for",
        "known = sum(item.is_counted for",
        SCORING,
    ),
    Mutant(
        "scoring: what is shown is rounded down",
        "diagnostic/core/scoring.py",
        "math.floor(score * 10)",
        "round(score * 10)",
        SCORING,
    ),
    Mutant(
        "scoring: on paper alone from level 3",
        "diagnostic/core/scoring.py",
        'criterion.level >= 3 and standing.basis == "written"',
        'criterion.level > 3 and standing.basis == "written"',
        SCORING,
    ),
    Mutant(
        "scoring: a follow-up of an open question is open",
        "diagnostic/core/scoring.py",
        '        if parent.is_open:\n            return Standing("blank")\n',
        "",
        SCORING,
    ),
    Mutant(
        "scoring: an unmet criterion keeps the level below",
        "diagnostic/core/scoring.py",
        "*(level - 1 for level in missing)",
        "*(level for level in missing)",
        SCORING,
    ),
    Mutant(
        "scoring: an open criterion of the level itself",
        "diagnostic/core/scoring.py",
        "item.criterion.level <= place.working_level",
        "item.criterion.level < place.working_level",
        SCORING,
    ),
    Mutant(
        "voices: an agency speaks of its own authority alone",
        "diagnostic/core/responses.py",
        "for agency, held in response.authority.items() if agency == voice}",
        "for agency, held in response.authority.items()}",
        VOICES,
    ),
    Mutant(
        "voices: an agency is not told the other's authority",
        "diagnostic/core/responses.py",
        "if not value and voice == NATIONAL:",
        "if not value:",
        VOICES,
    ),
    Mutant(
        "voices: a follow-up is asked from its level on",
        "diagnostic/core/responses.py",
        "level >= (condition.at_least or 0)",
        "level > (condition.at_least or 0)",
        VOICES,
    ),
    Mutant(
        "blind: the agencies' answers are frozen while they are compared",
        "diagnostic/core/workflow.py",
        "AGENCIES if mode == SEPARATE and state == DRAFT else",
        "AGENCIES if mode == SEPARATE else",
        ("tests/actions/test_comparison.py",),
    ),
    Mutant(
        "transitions: withdrawn in the middle of a review",
        "diagnostic/core/workflow.py",
        'Transition("withdraw", SUBMITTED, WITHDRAWN, COUNTRY)',
        'Transition("withdraw", IN_REVIEW, WITHDRAWN, COUNTRY)',
        ("tests/docs/test_workflow_page.py",),
    ),
    Mutant(
        "transitions: a joint session is submitted without a comparison, two agencies are not",
        "diagnostic/core/workflow.py",
        'Transition("submit", DRAFT, SUBMITTED, COUNTRY, (JOINT,))',
        'Transition("submit", DRAFT, SUBMITTED, COUNTRY)',
        ("tests/docs/test_workflow_page.py",),
    ),
    Mutant(
        "interchange: a member given twice",
        "diagnostic/core/interchange.py",
        "            if is_again:\n",
        "            if False:\n",
        INTERCHANGE,
    ),
    Mutant(
        "interchange: true for level 1",
        "diagnostic/core/interchange.py",
        "if type(value) is int and value in LEVELS:",
        "if value in LEVELS:",
        INTERCHANGE,
    ),
    Mutant(
        "interchange: an unknown country",
        "diagnostic/core/interchange.py",
        "if isinstance(value, str) and code not in self.countries:",
        "if False:",
        INTERCHANGE,
    ),
    Mutant(
        "interchange: a file of another version of the format",
        "diagnostic/core/interchange.py",
        "if type(value) is not type(wanted) or value != wanted:",
        "if type(value) is not type(wanted):",
        INTERCHANGE,
    ),
)

"""The mutants of tests/mutants.py: what is broken where, and the tests that should notice."""

from __future__ import annotations

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` stands once in `file`, and `new` in its place breaks what `name` says; `tests` fail then."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


EDITIONS = ("tests/core/test_partners_edition.py",)
ENDED = ("tests/actions/test_ended.py",)
DISCLOSURE = ("tests/permissions/test_disclosure.py",)
KEPT_PAGE = ("tests/views/answers/test_kept_page.py",)

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
        "discuss: an ended assessment",
        "diagnostic/actions/comparison.py",
        "    if held.state in workflow.ENDED:\n        raise StateChanged\n",
        "",
        ENDED,
    ),
    Mutant(
        "take_up: an older submission",
        "diagnostic/actions/reviews.py",
        "    _require_last(submission)\n    moved",
        "    moved",
        ENDED,
    ),
    Mutant(
        "has_drafts: a withdrawn assessment",
        "diagnostic/permissions.py",
        "if not can_draft(user, assessment) or assessment.state == workflow.WITHDRAWN:",
        "if not can_draft(user, assessment):",
        ENDED,
    ),
    Mutant(
        "kept page: shown to whoever signs in next",
        "diagnostic/views/page_key.py",
        ' or held["user"] != request.user.pk',
        "",
        KEPT_PAGE,
    ),
    Mutant(
        "kept page: put into another person's session",
        "diagnostic/views/page_key.py",
        "if user is None or request.user.pk not in (None, user):",
        "if user is None:",
        KEPT_PAGE,
    ),
    Mutant(
        "kept page: a key of another assessment",
        "diagnostic/views/page_key.py",
        "return user if of == str(assessment) else None",
        "return user",
        KEPT_PAGE,
    ),
    Mutant(
        "disclosure: the submission's own switch",
        "diagnostic/permissions.py",
        "            is_disclosed_to_partners=True,\n            assessment__is_disclosed_to_partners=True,\n",
        "            assessment__is_disclosed_to_partners=True,\n",
        DISCLOSURE,
    ),
    Mutant(
        "disclosure: the assessment's switch",
        "diagnostic/permissions.py",
        "            assessment__is_disclosed_to_partners=True,\n",
        "",
        DISCLOSURE,
    ),
)

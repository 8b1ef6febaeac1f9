"""What is left out of the partners' edition is told by no address: not a byte changes with it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import caches
from django.urls import reverse

from diagnostic.actions import reviews
from diagnostic.actions.submissions import build_snapshot, digest_of
from diagnostic.core.responses import NATIONAL, Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Assessment, Comment, Opinion, Response, Submission
from tests import factories
from tests.factories import example_answers, fill, start_assessment
from tests.permissions.test_blindness import addresses, client_of, different, walk
from tests.tampering import overwrite

pytestmark = pytest.mark.django_db
SENSITIVE = ("A.9", "A.10", "A.11")
SECRET = "KEPT-FROM-PARTNERS"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Hundreds of refusals would fill the log of the run."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def people() -> factories.People:
    return factories.make_people()


@pytest.fixture
def accepted(people: factories.People) -> Submission:
    """What two agencies agreed on, disclosed to partners and accepted."""
    draft = start_assessment(people.coordinator, mode="separate", is_disclosed_to_partners=True)
    for agency, by in (("customs", people.respondent), ("police", people.police_respondent)):
        fill(draft, by, example_answers("two-voices", agency) | sensitive(agency, 3, 3, 2), voice=agency)
    opened = factories.open_comparison(draft)
    agreed = example_answers("two-voices") | sensitive(NATIONAL, 2, 4, 3)
    fill(opened, people.coordinator, {code: answer for code, answer in agreed.items() if code != "A.3.2"})
    submission = factories.submit(factories.complete(opened, people.coordinator), people.coordinator)
    reviews.take_up(submission=submission, by=people.reviewer)
    submission.assessment.refresh_from_db()
    reviews.accept(submission=submission, remark="", by=people.reviewer)
    return submission


def sensitive(voice: str, *levels: int, said: str = "") -> dict[str, Answer]:
    """Answers to A.9, A.10 and A.11 at these levels; `said` stands in every part that takes words."""
    return {
        code: Answer(
            level=level,
            basis="both" if said else "practised",
            narrative=f"{said} narrative {code} {voice}" if said else "",
            evidence=(Evidence(f"{said} title {code}", f"{said} place {voice}"),) if said else (),
        )
        for code, level in zip(SENSITIVE, levels, strict=True)
    }


def change_what_is_left_out(submission: Submission, people: factories.People) -> None:
    """Give other answers to the sensitive questions, of the same sum, as if they had been handed in from the start."""
    assessment = Assessment.objects.select_related("country").get(pk=submission.assessment_id)
    others = {
        "customs": sensitive("customs", 1, 5, 5, said=SECRET),
        "police": sensitive("police", 5, 1, 1, said=SECRET),
        NATIONAL: sensitive(NATIONAL, 5, 1, 3, said=SECRET),
    }
    for voice, answers in others.items():
        for code, answer in answers.items():
            row = Response.objects.get(assessment=assessment, voice=voice, question=code)
            Response.objects.filter(pk=row.pk).update(
                level=answer.level, basis=answer.basis, narrative=answer.narrative, agreement=f"{SECRET} agreed"
            )
            row.evidence.create(position=0, title=answer.evidence[0].title, reference=answer.evidence[0].reference)
    snapshot, result = build_snapshot(assessment)
    assert SECRET in snapshot
    assert result.level == submission.level
    overwrite(Submission.objects.filter(pk=submission.pk), snapshot=snapshot, digest=digest_of(snapshot))
    for code in SENSITIVE:
        of: dict[str, Any] = {"submission": submission, "question": code}
        Opinion.objects.create(**of, level=1, reason=f"{SECRET} opinion", given_by=people.reviewer)
        for audience in ("shared", "internal"):
            said = {"audience": audience, "text": f"{SECRET} comment", "written_by": people.reviewer}
            Comment.objects.create(assessment=assessment, **of, **said)
    caches["fragments"].clear()


def test_no_address_tells_a_partner_what_is_left_out(people: factories.People, accepted: Submission) -> None:
    partner, reviewer = client_of(people, "partner"), client_of(people, "reviewer")
    urls = addresses(accepted.assessment, accepted)
    before = walk(partner, urls)
    assert {said[0] for said in before.values()} >= {200, 302, 403}
    of_reviewer = [reverse(name, kwargs={"pk": accepted.pk}) for name in ("review-detail", "submission-snapshot")]
    read = walk(reviewer, of_reviewer)

    change_what_is_left_out(accepted, people)

    after = walk(partner, urls)
    assert [place for place, said in after.items() if SECRET in repr(said)] == []
    assert different(before, after) == []
    # The walk notices where it is told.
    assert [url for method, url in different(read, walk(reviewer, of_reviewer)) if method == "get"] == of_reviewer

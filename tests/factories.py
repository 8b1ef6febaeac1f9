"""The few people and assessments that tests speak of; everything is made through the product's own acts."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cpch.accounts.models import Agency, Country, Membership, Role, User
from diagnostic.actions import assessments, attestations, responses, reviews, submissions
from diagnostic.actions.submissions import build_snapshot, digest_of
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument, instrument_from_fixtures
from diagnostic.models import Assessment, Attestation, Response, Submission
from diagnostic.permissions import agency_of
from diagnostic.queries import load_coordinators

EXAMPLES = Path(__file__).parent / "core" / "examples"
AGREED_BY = "Ada Example, Head of Crime Investigation"
AGREEMENT = "Both looked at it together."
PASSWORD = "a long and private sentence"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class People:
    """One person of each role: `coordinator` and `respondent` of customs, `partner_…` of the police, one abroad."""

    coordinator: User
    police_coordinator: User
    respondent: User
    police_respondent: User
    observer: User
    reviewer: User
    administrator: User
    partner: User
    foreigner: User
    nobody: User


def make_country(alpha2: str = "ZZ") -> Country:
    """The country of that code, as the fixtures have it."""
    return Country.objects.get(alpha2=alpha2)


def make_user(role: str = Role.COORDINATOR, country: str | None = "ZZ", agency: str | None = "customs") -> User:
    """A person with a password and a membership; secretariat and partners have no country."""
    number = next(_numbers)
    user = User.objects.create_user(
        email=f"{role}-{number}@example.org", password=PASSWORD, full_name=f"{role.title()} {number}"
    )
    home = Country.objects.get(alpha2=country) if country else None
    office = Agency.objects.get_or_create(country=home, kind=agency)[0] if home and agency else None
    Membership.objects.create(user=user, role=role, country=home, agency=office)
    return reload(user)


def reload(user: User) -> User:
    """The person as a request loads them: with membership, country and agency."""
    return User.objects.select_related("membership__country", "membership__agency").get(pk=user.pk)


def make_people() -> People:
    """One person of each role in ZZ and the secretariat, a coordinator of FR, and one without any membership."""
    nobody = User.objects.create_user(
        email=f"nobody-{next(_numbers)}@example.org", password=PASSWORD, full_name="Nobody"
    )
    return People(
        coordinator=make_user(Role.COORDINATOR),
        police_coordinator=make_user(Role.COORDINATOR, agency="police"),
        respondent=make_user(Role.RESPONDENT),
        police_respondent=make_user(Role.RESPONDENT, agency="police"),
        observer=make_user(Role.OBSERVER, agency=None),
        reviewer=make_user(Role.REVIEWER, country=None, agency=None),
        administrator=make_user(Role.ADMINISTRATOR, country=None, agency=None),
        partner=make_user(Role.PARTNER, country=None, agency=None),
        foreigner=make_user(Role.COORDINATOR, country="FR"),
        nobody=nobody,
    )


def deactivate(user: User) -> None:
    """Take the person's account away."""
    user.is_active = False
    user.save(update_fields=["is_active"])


def start_assessment(by: User, **settings: Any) -> Assessment:
    """A draft of the person's country; the period is one of its own unless given."""
    settings.setdefault("period", f"P{next(_numbers)}")
    return assessments.start(by=by, **settings)


def example(name: str = "joint-session") -> dict[str, Any]:
    """One of the three example files, as JSON."""
    return json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))


def example_answers(name: str = "joint-session", voice: str = "national") -> dict[str, Answer]:
    """The responses of an example file, by question."""
    data = (EXAMPLES / f"{name}.json").read_bytes()
    return dict(parse_assessment(data, instrument_from_fixtures(), {"ZZ"}).voices[voice])


def save_answer(
    assessment: Assessment, by: User, question: str, *, voice: str = "national", **members: Any
) -> Response:
    """Save one answer over whatever stands."""
    row = Response.objects.get(assessment=assessment, voice=voice, question=question)
    return responses.save(
        assessment_id=assessment.pk,
        voice=voice,
        question=question,
        response=Answer(**members),
        base_version=row.version,
        by=by,
    )


def fill(
    assessment: Assessment, by: User, answers: dict[str, Answer] | None = None, *, voice: str = "national"
) -> Assessment:
    """Give every answer of `answers` (the joint-session example unless given), in instrument order.

    What two agencies agree on is given with a reason.
    """
    agreement = AGREEMENT if voice == "national" and assessment.mode == "separate" else ""
    answers = example_answers() if answers is None else answers
    for question in current_instrument().questions:
        if question.code in answers:
            responses.save(
                assessment_id=assessment.pk,
                voice=voice,
                question=question.code,
                response=answers[question.code],
                base_version=0,
                by=by,
                agreement=agreement,
            )
    return assessment


def digest_now(assessment: Assessment) -> str:
    """The digest of the submission that would be made now."""
    return digest_of(build_snapshot(Assessment.objects.select_related("country").get(pk=assessment.pk))[0])


def sign(assessment: Assessment, by: User, agency: str = "", agreed_by: str = "") -> Attestation:
    """`by` signs what stands now for their own agency, or records who agreed for `agency`."""
    return attestations.attest(
        assessment=assessment,
        agency=agency or agency_of(by),
        digest=digest_now(assessment),
        by=by,
        agreed_by=agreed_by,
    )


def sign_both(assessment: Assessment, by: User) -> None:
    """Both agencies sign: `by` for their own, the other by its coordinator; where it has none, `by` records a name."""
    sign(assessment, by)
    (other,) = set(AGENCIES) - {agency_of(by)}
    coordinators = load_coordinators(assessment)[other]
    if coordinators:
        sign(assessment, reload(coordinators[0]))
    else:
        sign(assessment, by, other, AGREED_BY)


def submit(assessment: Assessment, by: User) -> Submission:
    """`assessment` as it stands, signed by both agencies and handed in."""
    sign_both(assessment, by)
    return submissions.submit(assessment=assessment, by=by)


def make_submission(by: User, **settings: Any) -> Submission:
    """A filled assessment, signed by both agencies and handed in."""
    return submit(fill(start_assessment(by, **settings), by), by)


def make_accepted(by: User, reviewer: User, **settings: Any) -> Submission:
    """A submission that was taken up and accepted."""
    submission = make_submission(by, **settings)
    reviews.take_up(submission=submission, by=reviewer)
    submission.assessment.refresh_from_db()
    reviews.accept(submission=submission, remark="", by=reviewer)
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


def make_returned(assessment: Assessment, by: User, reviewer: User, *questions: str) -> Submission:
    """`assessment` handed in by its coordinator and sent back with `questions` to clarify."""
    submission = submit(assessment, by)
    reviews.take_up(submission=submission, by=reviewer)
    submission.assessment.refresh_from_db()
    for question in questions:
        reviews.ask(submission=submission, question=question, text="Which document says so?", by=reviewer)
    reviews.return_for_clarification(submission=submission, remark="", by=reviewer)
    return submission

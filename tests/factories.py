"""The few people and assessments that tests speak of.

Everything is made through the product's own acts, or laid as these would have laid it, where a thousand tests would
wait for them; test_factories.py holds the two together.
"""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from cpch.accounts.models import Agency, Country, Membership, Role, User
from diagnostic.actions import assessments, attestations, audit, comparison, responses, reviews, revisions, submissions
from diagnostic.actions.attestations import Agreement
from diagnostic.actions.clock import now
from diagnostic.actions.submissions import build_snapshot, digest_of
from diagnostic.core.completeness import find_completeness
from diagnostic.core.instrument import AGENCIES
from diagnostic.core.interchange import parse_assessment
from diagnostic.core.progress import find_gaps, question_states
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import instrument_at, instrument_from_fixtures
from diagnostic.models import (
    Assessment,
    Attestation,
    Evidence,
    OpeningRequest,
    Response,
    ResponseRevision,
    Side,
    Submission,
)
from diagnostic.permissions import agency_of
from diagnostic.queries import load_coordinators, load_heads, load_voices, voices_of

EXAMPLES = Path(__file__).parent / "core" / "examples"
AGREED = Agreement("Ada Example", "Head of Crime Investigation", date(2020, 3, 14), "POL/2020/112")
AGREEMENT = "Both looked at it together."
LEFT_OPEN = "Nobody could say."
PASSWORD = "a long and private sentence"
HASH = make_password(PASSWORD)
COLUMNS = ("status", "level", "basis", "narrative", "reason", "authority", "areas", "topics", "challenges")
"""What an answer's row holds of the answer itself."""
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
    return make_users((role, country, agency))[0]


def make_users(*places: tuple[str, str | None, str | None]) -> list[User]:
    """People by role, country and agency, as a request loads them."""
    countries = {code: make_country(code) for code in {country for _role, country, _agency in places if country}}
    offices = {
        (country, agency): Agency.objects.get_or_create(country=countries[country], kind=agency)[0]
        for country, agency in {(country, agency) for _role, country, agency in places if country and agency}
    }
    people = User.objects.bulk_create(_person(role) for role, _country, _agency in places)
    Membership.objects.bulk_create(
        Membership(user=user, role=role, country=countries.get(country), agency=offices.get((country, agency)))
        for user, (role, country, agency) in zip(people, places, strict=True)
    )
    return reload_all(people)


def _person(role: str) -> User:
    number = next(_numbers)
    return User(email=f"{role}-{number}@example.org", password=HASH, full_name=f"{role.title()} {number}")


def reload(user: User) -> User:
    """The person as a request loads them: with membership, country and agency."""
    return _as_requested().get(pk=user.pk)


def reload_all(people: list[User]) -> list[User]:
    """Many people as a request loads them, in their order (1 query)."""
    found = {user.pk: user for user in _as_requested().filter(pk__in=[user.pk for user in people])}
    return [found[user.pk] for user in people]


def _as_requested() -> QuerySet[User]:
    return User.objects.select_related("membership__country", "membership__agency")


def make_people() -> People:
    """One person of each role in ZZ and the secretariat, a coordinator of FR, and one without any membership."""
    nobody = User.objects.create(email=f"nobody-{next(_numbers)}@example.org", password=HASH, full_name="Nobody")
    members = make_users(
        (Role.COORDINATOR, "ZZ", "customs"),
        (Role.COORDINATOR, "ZZ", "police"),
        (Role.RESPONDENT, "ZZ", "customs"),
        (Role.RESPONDENT, "ZZ", "police"),
        (Role.OBSERVER, "ZZ", None),
        (Role.REVIEWER, None, None),
        (Role.ADMINISTRATOR, None, None),
        (Role.PARTNER, None, None),
        (Role.COORDINATOR, "FR", "customs"),
    )
    return People(*members, nobody)


def deactivate(user: User, at: datetime | None = None) -> None:
    """Deactivate the person's account, now unless `at` gives a time."""
    user.is_active, user.deactivated_at = False, at or now()
    user.save(update_fields=["is_active", "deactivated_at"])


def empty_agency(people: People, agency: str = "police") -> None:
    """Remove every account of the agency, long before anything that a test starts."""
    for name in ("coordinator", "respondent"):
        person = getattr(people, name if agency == "customs" else f"police_{name}")
        deactivate(person, now() - timedelta(days=365))


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
    """Fill in `answers` (the joint-session example by default), in instrument order.

    National answers of two agencies are recorded as agreed, with a reason.
    """
    agreement = AGREEMENT if voice == "national" and assessment.mode == "separate" else ""
    answers = example_answers() if answers is None else answers
    rows = {row.question: row for row in Response.objects.filter(assessment=assessment, voice=voice)}
    laid = [
        (rows[question.code], answers[question.code])
        for question in instrument_at(assessment.pk).questions
        if question.code in answers and not answers[question.code].is_blank
    ]
    at, kept = now(), []
    with transaction.atomic():
        for row, answer in laid:
            values = {name: getattr(answer, name) for name in COLUMNS}
            more = {"agreement": agreement, "is_agreed": True, "confirms_id": None}
            more |= {"version": 1, "saved_at": at, "saved_by_id": by.pk}
            revision = revisions.follow(row, answer=answer, saved_for=agency_of(by), **more)
            more |= revisions.head_after(revision)
            is_blank = responses.WRITE.run(pk=row.pk, base=0, count=0, **values, **more)
            assert is_blank, f"{row.question} is answered already"
            kept.append(revision)
        ResponseRevision.objects.bulk_create(kept)
        Evidence.objects.bulk_create(
            Evidence(response=row, position=place, title=item.title, reference=item.reference)
            for row, answer in laid
            for place, item in enumerate(answer.evidence)
        )
    return assessment


def complete(assessment: Assessment, by: User) -> Assessment:
    """Make the assessment ready to be attested: answer A.19 if nothing is answered, and settle every question.

    Questions on which two agencies have not agreed are left open with `LEFT_OPEN` as the reason.
    """
    instrument = instrument_at(assessment.pk)
    voices = load_voices(assessment)
    if not find_completeness(instrument, assessment.mode, voices).has_answers:
        fill(assessment, by, {"A.19": Answer(level=2)})
        voices = load_voices(assessment)
    unsettled = find_completeness(instrument, assessment.mode, voices).unsettled
    return fill(assessment, by, dict.fromkeys(unsettled, Answer(status="unknown", reason=LEFT_OPEN)))


def digest_now(assessment: Assessment) -> str:
    """The digest of the submission that would be made now."""
    return digest_of(build_snapshot(Assessment.objects.select_related("country").get(pk=assessment.pk))[0])


def gaps_now(assessment: Assessment, voice: str = "national") -> dict[str, str]:
    """The blank and open questions of the voice, as a page lists them for confirmation."""
    instrument = instrument_at(assessment.pk)
    rows = Response.objects.filter(assessment=assessment, voice=voice).prefetch_related("evidence")
    return find_gaps(question_states(instrument, voice, voices_of(rows)))


def declare(assessment: Assessment, by: User) -> Assessment:
    """`by` declares their agency's answers complete, with all blanks."""
    agency = agency_of(by)
    return comparison.declare_complete(assessment=assessment, agency=agency, by=by, gaps=gaps_now(assessment, agency))


def open_comparison(assessment: Assessment, reason: str = "The year ends.") -> Assessment:
    """The comparison opened early at the request of both agencies' coordinators, even if nothing is answered yet."""
    held = Assessment.objects.select_related("country").get(pk=assessment.pk)
    coordinators = load_coordinators(held)
    with transaction.atomic():
        for agency in AGENCIES:
            by, at, said = coordinators[agency][0], now(), {"agency": agency, "reason": reason}
            OpeningRequest.objects.create(assessment=held, requested_at=at, requested_by=by, **said)
            audit.record(act="comparison.ask", by=by, assessment=held, sealed_for=agency, at=at, **said)
        return comparison._open(held, coordinators["police"][0], dict.fromkeys(AGENCIES, reason))


def sign(assessment: Assessment, by: User, agency: str = "", agreement: Agreement | None = None) -> Attestation:
    """`by` signs what stands now for their own agency, or records who agreed for `agency`."""
    return attestations.attest(
        assessment=assessment,
        agency=agency or agency_of(by),
        digest=digest_now(assessment),
        by=by,
        gaps=gaps_now(assessment),
        agreement=agreement,
    )


def sign_both(assessment: Assessment, by: User) -> None:
    """Both agencies sign: `by` for their own, the other by its coordinator; where it has none, `by` records a name."""
    held = Assessment.objects.get(pk=assessment.pk)
    digest = digest_now(held)
    own = agency_of(by)
    (other,) = set(AGENCIES) - {own}
    coordinators = load_coordinators(held)[other]
    with transaction.atomic():
        _lay_signature(held, own, digest, by)
        if coordinators:
            _lay_signature(held, other, digest, coordinators[0])
        else:
            _lay_signature(held, other, digest, by, AGREED)
        held.save(update_fields=["customs_attestation", "police_attestation"])


def _lay_signature(
    assessment: Assessment, agency: str, digest: str, by: User, agreement: Agreement | None = None
) -> None:
    if agency in assessment.standing_attestations:
        return
    at = now()
    signed = Attestation.objects.create(
        assessment=assessment,
        agency=agency,
        digest=digest,
        attested_at=at,
        attested_by=by,
        attested_by_name=by.full_name,
        **(agreement.columns() if agreement else {}),
    )
    Side.objects.get_or_create(assessment=assessment, person=by, agency=agency_of(by))
    setattr(assessment, f"{agency}_attestation", signed)
    act = "attestation.record" if agreement else "attestation.sign"
    more = {**attestations.logged_agreement(signed), "heads": load_heads(assessment)}
    audit.record(act=act, by=by, assessment=assessment, at=at, agency=agency, digest=digest, **more)


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

"""Lays the demonstration: the example country, its people, three years of history, a fourth, and a comparison."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cpch.accounts.actions import accept_invitation, invite
from cpch.accounts.models import Country, User
from cpch.accounts.proposal_actions import approve, propose
from diagnostic.actions import assessments, attestations, comparison, responses, reviews, submissions
from diagnostic.actions.clock import replay
from diagnostic.actions.notices import without_notices
from diagnostic.actions.submissions import build_snapshot, digest_of
from diagnostic.core.agreement import find_pairs, find_takeable
from diagnostic.core.interchange import response_from_json
from diagnostic.core.progress import find_gaps, question_states, with_follow_ups
from diagnostic.core.responses import NATIONAL, as_given_by, is_asked
from diagnostic.core.responses import Response as Answer
from diagnostic.instruments import current_instrument
from diagnostic.management.demo_plan import lay_plan
from diagnostic.models import Assessment, Response, Submission
from diagnostic.queries import load_voices

ACCOUNTS = "demo-accounts.txt"
COORDINATOR, POLICE_COORDINATOR = "nadia.ferrand@customs.example", "tomas.marsh@police.example"
CUSTOMS_RESPONDENT, POLICE_RESPONDENT = "ilir.kovac@customs.example", "amara.diallo@police.example"
PROPOSED_BECAUSE = "Named by the head of the agency."
VERIFIED = "Called at the agency, on the number of its switchboard."
REVIEWER = "jonas.weiler@wco.example"


class Command(BaseCommand):
    """Every row is made by the product's own acts, at the time that demo.yaml gives; once laid, nothing more."""

    help = "Lay the demonstration country with three years of history, and write the accounts' passwords to a file."

    def handle(self, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("The demonstration is not for production.")
        demo = yaml.safe_load((settings.BASE_DIR / "fixtures" / "demo.yaml").read_text(encoding="utf-8"))
        if User.objects.filter(email=COORDINATOR).exists():
            return
        # The people of the demonstration have no mailboxes.
        with transaction.atomic(), without_notices():
            accounts = [_join(**person) for person in demo["people"]]
            answers: dict[str, Any] = {}
            for year in demo["years"]:
                answers = {**answers, **year.get("answers", {})}
                Year(year, answers).play()
            lay_plan(settings.BASE_DIR / "fixtures" / "demo_plan.yaml", _coordinators())
            Apart(demo["apart"], answers).play()
            self._write(accounts)
        self.stdout.write(f"Created the demonstration; its accounts are in {settings.DATA_DIR / ACCOUNTS}.")

    def _write(self, accounts: list[tuple[str, str, str]]) -> None:
        """One line an account, readable by the owner alone."""
        path = Path(settings.DATA_DIR) / ACCOUNTS
        width = max(len(email) for email, _password, _who in accounts)
        lines = [f"{email:<{width}}  {password}  {who}" for email, password, who in accounts]
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def _join(
    *, name: str, email: str, role: str, by: str = "", agency: str = "", country: str = "ZZ", organisation: str = ""
) -> tuple[str, str, str]:
    """Invite a person as the application does, accept for them, and return their line for the list of accounts."""
    place = Country.objects.get(alpha2=country)
    inviter = load_person(by) if by else None
    if role == "coordinator":
        proposal = propose(
            email=email, full_name=name, country=place, agency_kind=agency, why=PROPOSED_BECAUSE, by=inviter
        )
        invitation = approve(proposal=proposal, verified=VERIFIED, by=inviter)
    else:
        invitation = invite(
            email=email, role=role, country=place, agency_kind=agency, organisation=organisation, by=inviter
        )
    password = "-".join(secrets.token_hex(3) for _part in range(3))
    accept_invitation(invitation=invitation, full_name=name, password=password)
    where = f"{agency} of {invitation.country}" if agency else str(invitation.country or organisation or "WCO")
    return (email, password, f"{name}, {role}, {where}")


def _coordinators() -> dict[str, User]:
    """The coordinator of each agency, as a request loads them."""
    people = User.objects.select_related("membership__country", "membership__agency")
    emails = {"customs": COORDINATOR, "police": POLICE_COORDINATOR}
    return {agency: people.get(email=email) for agency, email in emails.items()}


class Year:
    """One assessment of the demonstration, from its start as far as demo.yaml takes it."""

    def __init__(self, year: Mapping[str, Any], answers: Mapping[str, Any]):
        self.year = year
        self.answers = year.get("answers_only", answers)
        self.coordinator = load_person(COORDINATOR)
        self.signing = {"customs": self.coordinator, "police": load_person(POLICE_COORDINATOR)}
        self.reviewer = load_person(REVIEWER)

    def play(self) -> None:
        with replay(moment(self.year["started"])):
            assessment = self._start()
            self._save(assessment, self.answers)
        if "submitted" not in self.year:
            return
        submission = self._submit(assessment, self.year["submitted"])
        if "asked" in self.year:
            self._return(submission, self.year["asked"])
            submission = self._submit(assessment, self.year["submitted_again"])
        with replay(moment(self.year["accepted"])):
            reviews.take_up(submission=self._fresh(submission), by=self.reviewer)
            reviews.accept(submission=self._fresh(submission), remark=self.year["remark"], by=self.reviewer)

    def _start(self) -> Assessment:
        return assessments.start(
            by=self.coordinator,
            period=self.year["period"],
            title=self.year["title"],
            target_level=self.year["target_level"],
            is_disclosed_to_partners=self.year.get("is_disclosed_to_partners", False),
            allows_statistics=self.year.get("allows_statistics", False),
        )

    def _save(self, assessment: Assessment, answers: Mapping[str, Any]) -> None:
        for question in current_instrument().questions:
            if question.code in answers:
                row = Response.objects.get(assessment=assessment, voice="national", question=question.code)
                responses.save(
                    assessment_id=assessment.pk,
                    voice="national",
                    question=question.code,
                    response=response_from_json(answers[question.code]),
                    base_version=row.version,
                    by=self.coordinator,
                )

    def _submit(self, assessment: Assessment, at: str) -> Submission:
        """Both agencies' coordinators sign, and one of them hands it in."""
        with replay(moment(at)):
            digest, gaps = digest_of(build_snapshot(assessment)[0]), load_gaps(assessment, NATIONAL)
            for agency, person in self.signing.items():
                attestations.attest(assessment=assessment, agency=agency, digest=digest, by=person, gaps=gaps)
            return submissions.submit(assessment=assessment, by=self.coordinator)

    def _return(self, submission: Submission, asked: Mapping[str, Any]) -> None:
        with replay(moment(asked["at"])):
            reviews.take_up(submission=self._fresh(submission), by=self.reviewer)
            for question, text in asked["questions"].items():
                reviews.ask(submission=self._fresh(submission), question=question, text=text, by=self.reviewer)
            reviews.return_for_clarification(
                submission=self._fresh(submission), remark=asked["remark"], by=self.reviewer
            )
            assert set(asked["answered"]) <= with_follow_ups(current_instrument(), asked["questions"])
            self._save(submission.assessment, asked["answered"])

    def _fresh(self, submission: Submission) -> Submission:
        return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


class Apart:
    """The assessment in which each agency answers for itself, as far as demo.yaml takes the comparison."""

    def __init__(self, apart: Mapping[str, Any], answers: Mapping[str, Any]):
        self.apart = apart
        self.answers = answers
        self.coordinators = {"customs": load_person(COORDINATOR), "police": load_person(POLICE_COORDINATOR)}
        self.respondents = {"customs": load_person(CUSTOMS_RESPONDENT), "police": load_person(POLICE_RESPONDENT)}

    def play(self) -> None:
        with replay(moment(self.apart["started"])):
            assessment = assessments.start(
                by=self.coordinators["customs"],
                period=self.apart["period"],
                title=self.apart["title"],
                mode="separate",
                target_level=self.apart["target_level"],
            )
            for voice, own in self.apart["voices"].items():
                self._answer(assessment, voice, {**self.answers, **own})
        with replay(moment(self.apart["declared"])):
            for agency, person in self.coordinators.items():
                gaps = load_gaps(assessment, agency)
                opened = comparison.declare_complete(assessment=assessment, agency=agency, by=person, gaps=gaps)
        with replay(moment(self.apart["compared"])):
            self._compare(opened)

    def _answer(self, assessment: Assessment, voice: str, answers: Mapping[str, Any]) -> None:
        """What the agency is asked by its own answers, in question order."""
        instrument = current_instrument()
        given: dict[str, Answer] = {}
        for question in instrument.questions:
            if question.code in answers and is_asked(instrument, question, voice, {voice: given}):
                given[question.code] = as_given_by(voice, response_from_json(answers[question.code]))
                self._save(assessment, voice, question.code, given[question.code], self.respondents[voice])

    def _compare(self, assessment: Assessment) -> None:
        for word in self.apart["said"]:
            by = load_person(word["by"])
            comparison.discuss(assessment=assessment, question=word["question"], text=word["text"], by=by)
        instrument = current_instrument()
        voices = load_voices(assessment)
        equal = find_takeable(instrument, find_pairs(instrument, voices), voices, comparison.agency_names())
        comparison.take_over(assessment=assessment, questions=list(equal), by=self.coordinators["customs"])
        for code, agreed in self.apart["agreed"].items():
            responses.record(
                assessment_id=assessment.pk,
                question=code,
                response=response_from_json(agreed["answer"]),
                agreement=agreed["agreement"],
                base_version=0,
                by=self.coordinators["police"],
            )

    def _save(self, assessment: Assessment, voice: str, code: str, response: Answer, by: User) -> None:
        responses.save(
            assessment_id=assessment.pk,
            voice=voice,
            question=code,
            response=response,
            base_version=0,
            by=by,
        )


def load_gaps(assessment: Assessment, voice: str) -> dict[str, str]:
    """The questions that are blank or open in `voice`, for the confirmation that its page asks for."""
    answers = load_voices(assessment, (voice,)).get(voice, {})
    return find_gaps(question_states(current_instrument(), voice, {voice: answers}))


def load_person(email: str) -> User:
    """A person of demo.yaml, as a request loads them."""
    return User.objects.select_related("membership__country", "membership__agency").get(email=email)


def moment(text: Any) -> datetime:
    """A time of demo.yaml, in UTC."""
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)

"""Lays the people and assessments that are measured beside the demonstration, and prints how to reach them as JSON.

Standard input has how many people save: `{"savers": 64}`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from cpch.accounts.models import Agency, Country, Membership, Role, User
from diagnostic.actions import assessments
from diagnostic.core import workflow
from diagnostic.instruments import current_instrument
from diagnostic.models import Assessment, Response, Submission

COUNTRIES = ("FR", "KE", "JP", "BR")
FIRST_THEME = "framework"
SAVED = "A.1"


def main() -> None:
    """Lay everything in one transaction and print it."""
    savers = json.load(sys.stdin)["savers"]
    with transaction.atomic():
        print(json.dumps({**demonstration(), "savers": lay_savers(savers)}))


def demonstration() -> dict[str, Any]:
    """The addresses of the demonstration's draft and submissions, and the sessions of who reads them."""
    draft = Assessment.objects.get(country__alpha2="ZZ", state=workflow.DRAFT)
    of = {"pk": draft.pk}
    row = Response.objects.get(assessment=draft, voice="national", question=SAVED)
    reports = Submission.objects.filter(assessment__country__alpha2="ZZ").order_by("submitted_at")
    return {
        "coordinator": session_of(User.objects.get(membership__role=Role.COORDINATOR, email__startswith="nadia")),
        "reviewer": session_of(User.objects.filter(membership__role=Role.REVIEWER).first()),
        "theme": reverse("theme", kwargs={**of, "voice": "national", "theme": FIRST_THEME}),
        "result": reverse("result", kwargs=of),
        "what_if": reverse("what-if", kwargs=of),
        "queue": reverse("review-queue"),
        "saved": {
            "path": reverse("response-save", kwargs={**of, "voice": "national", "code": SAVED}),
            "fields": {f"{SAVED}-version": row.version, f"{SAVED}-answer": "2", f"{SAVED}-narrative": "counted"},
        },
        "reports": [
            [
                reverse("submission-report", kwargs={"pk": submission.pk}),
                reverse("submission-report-file", kwargs={"pk": submission.pk}),
            ]
            for submission in reports
        ],
    }


def lay_savers(number: int) -> list[dict[str, Any]]:
    """People of a few countries, each with a question of their own in their country's assessment."""
    questions = [item for item in current_instrument().questions if item.takes_level and item.asked_when is None]
    drafts: dict[str, Assessment] = {}
    laid = []
    for place in range(number):
        alpha2 = COUNTRIES[place % len(COUNTRIES)]
        person = lay_person(alpha2, place)
        if alpha2 not in drafts:
            drafts[alpha2] = assessments.start(by=person, period="measured")
        question = questions[place // len(COUNTRIES) % len(questions)]
        laid.append(
            {
                "session": session_of(person),
                "assessment": str(drafts[alpha2].pk),
                "code": question.code,
                "path": reverse(
                    "response-save", kwargs={"pk": drafts[alpha2].pk, "voice": "national", "code": question.code}
                ),
            }
        )
    return laid


def lay_person(alpha2: str, place: int) -> User:
    """A coordinator of customs."""
    country = Country.objects.get(alpha2=alpha2)
    office = Agency.objects.get_or_create(country=country, kind=Agency.Kind.CUSTOMS)[0]
    person = User.objects.create_user(email=f"saver-{place}@example.org", full_name=f"Saver {place}")
    Membership.objects.create(user=person, role=Role.COORDINATOR, country=country, agency=office)
    return User.objects.select_related("membership__country", "membership__agency").get(pk=person.pk)


def session_of(person: User) -> str:
    """The key of a session that the person is signed in with."""
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    main()

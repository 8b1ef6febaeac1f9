"""Texts of two countries are searched for in every response to everyone, and may appear only where the tables say.

Each text holds a marker with its kind (tests/permissions/markers.py); a text field of a model that is neither planted
nor listed below fails the test, and so does an address that is not walked.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction

from diagnostic.mail.letters import LETTERS
from tests import reference_data
from tests.permissions.isolation import MARKER
from tests.permissions.markers import KINDS_OF_NAMES, plant
from tests.permissions.walk import Walk, walk

pytestmark = pytest.mark.django_db

CUSTOMS, POLICE = {"coordinator", "respondent"}, {"police_coordinator", "police_respondent"}
COUNTRY = CUSTOMS | POLICE | {"observer"}
SECRETARIAT = {"reviewer", "administrator"}
ABROAD = {"foreigner", "foreign_respondent", "foreign_observer"}
OUTSIDE = {"partner", "nobody", "anonymous"}
ROLES = sorted(COUNTRY | SECRETARIAT | ABROAD | OUTSIDE)
POSTING = {"coordinator", "police_respondent", "observer", "reviewer", "administrator", "partner", "foreigner"}
"""Those who submit forms: one of each kind of reader."""

MAY_SEE: dict[str, set[str]] = {
    # Drafts, before and after the comparison opens
    "customs": CUSTOMS,
    "police": POLICE,
    "draft": COUNTRY,
    "opened": COUNTRY,
    "discussion": CUSTOMS | POLICE,
    "fresh": COUNTRY,
    # What was handed in
    "review": COUNTRY | SECRETARIAT,
    "review_sensitive": COUNTRY | SECRETARIAT,
    "disclosed": COUNTRY | SECRETARIAT | {"partner"},
    "disclosed_sensitive": COUNTRY | SECRETARIAT,
    "plan": COUNTRY | SECRETARIAT,
    "plan_comment": COUNTRY,
    # The review
    "internal": SECRETARIAT,
    "asked": SECRETARIAT,
    "shared": COUNTRY | SECRETARIAT,
    "remark": COUNTRY | SECRETARIAT,
    # People; partners read on the receipt and in the report who attested, and in the report who accepted it
    "customs_signatory": COUNTRY | SECRETARIAT | {"partner"},
    "police_signatory": COUNTRY | SECRETARIAT | {"partner"},
    "customs_name": COUNTRY | SECRETARIAT,
    "police_name": COUNTRY | {"administrator"},
    "observer_name": COUNTRY | {"administrator"},
    "guest": COUNTRY | {"administrator"},
    "reviewer_name": COUNTRY | SECRETARIAT | {"partner"},
    "administrator_name": {"coordinator", "police_coordinator", "administrator"},
    # The log of an assessment names those who downloaded its report.
    "partner": {"administrator", "partner", "coordinator", "police_coordinator", "observer"},
    "partner_body": {"administrator", "partner"},
    "own": {"administrator"},
    # The other country
    "abroad": {"administrator"} | ABROAD,
    "abroad_text": ABROAD,
    # What mail servers answer
    "fault": {"administrator"},
}
"""Who may be sent a text of each kind."""

NAMES = set(KINDS_OF_NAMES.values())
MAY_BE_WRITTEN: dict[str, dict[tuple[str, str], set[str]]] = {
    "invitation": {
        ("guest", "email"): {"guest"},
        ("partner", "guest"): {"guest"},
        ("partner_body", "guest"): {"guest"},
        ("customs_signatory", "coordinator"): {"guest"},
        ("administrator_name", "administrator"): {"guest"},
    },
    "proposal": {
        ("guest", field): {"coordinator", "police_coordinator", "administrator"}
        for field in ("proposed", "proposed_name", "declined", "declined_name")
    },
    "security": {
        **{("own", field): {"respondent"} for field in ("key", "loss")},
        **{("abroad", field): {"foreigner"} for field in ("key", "loss")},
    },
    "assigned": {("administrator_name", "administrator"): {"reviewer"}},
}
"""What an e-mail may hold beside the names and periods that its reader sees on pages: by kind of notice, for whom."""
WRITTEN_TO: dict[str, set[str]] = {
    **dict.fromkeys(("taken_up", "returned", "accepted", "comment"), CUSTOMS | POLICE),
    **dict.fromkeys(("comparison_opened", "comparison_declared"), CUSTOMS | POLICE),
    **{kind: {"coordinator", "police_coordinator"} for kind in ("attested", "taken_back", "opinion")},
    **dict.fromkeys(("submitted", "assigned", "comment_answered", "opinion_replied"), SECRETARIAT),
    "reminder": {"coordinator", "police_coordinator", "foreigner"},
    "invitation": {"guest"},
    "proposal": {"coordinator", "police_coordinator", "administrator"},
    **{kind: {"respondent", "foreigner"} for kind in ("password_reset", "password_changed", "security")},
}
"""Who may get an e-mail of each kind here."""

SYSTEM = "made by the program"
CHOICE = "a choice or a code"
OF_THE_INSTRUMENT = "reference data of the instrument and of countries"
NOT_TYPED: dict[str, str] = {
    **dict.fromkeys(
        (
            *("action.recommendation", "action.question", "action.theme", "actionreminder.urgency"),
            *("comment.question", "readmark.question", "opinion.question", "clarification.question"),
            *("response.voice", "response.question", "response.status", "response.basis", "response.authority"),
            *("response.areas", "response.topics", "response.challenges", "responserevision.saved_for"),
            *("submission.marking", "auditentry.act", "auditchain.sealed_for"),
            *("reportfile.edition", "reportfile.language", "reportfile.format", "outboxitem.kind"),
        ),
        CHOICE,
    ),
    **dict.fromkeys(
        (
            *("attestation.digest", "assessment.instrument_digest", "auditchain.head", "auditentry.previous"),
            *("auditentry.hash", "response.head", "responserevision.previous", "responserevision.hash"),
            *("submission.digest", "submission.index_shown", "sourcehour.source", "instrumenttext.digest"),
            *("instrumenttext.content", "reportfile.digest", "reportfile.name", "reportfile.sha256"),
            *("invitation.token_digest", "user.second_factor", "user.keeping_key", "user.password", "user.language"),
            *("session.session_key", "session.session_data", "user.address_key", "invitation.address_key"),
            *("invitation.link_nonce", "limitcount.key", "limitcount.about"),
            *("outboxitem.leased_by", "reportfile.leased_by"),
        ),
        SYSTEM,
    ),
    **dict.fromkeys(
        ("attestation.agreed_by", "attestation.agreed_office", "attestation.agreed_reference"),
        "only while an agency has no accounts; tests/actions/test_absent_agencies.py",
    ),
    "coordinatorproposal.verified": "the administrators' own; only after approval",
    "authenticator.data": "a person's own keys",
}
REFERENCE = {"region", "country", "agency"}


@pytest.fixture(scope="module")
def walked(django_db_setup: None, django_db_blocker: Any) -> Walk:
    """One walk for the whole module; nothing stays in the database."""
    logging.disable(logging.WARNING)
    with django_db_blocker.unblock(), transaction.atomic():
        reference_data.lay_again()
        planted = plant()
        unplanted = list(find_unplanted())
        found = walk(planted, ROLES, POSTING)
        found.unplanted = unplanted
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)
    return found


def find_unplanted() -> Iterator[str]:
    """The text fields that hold no marker in any row."""
    for model in [*apps.get_app_config("accounts").get_models(), *apps.get_app_config("diagnostic").get_models()]:
        name = model._meta.model_name
        if name in REFERENCE or hasattr(model, "instrument_version") or "instrument" in model.__module__:
            continue
        for field in model._meta.get_fields():
            if not isinstance(field, (models.CharField, models.TextField, models.JSONField)) or field.choices:
                continue
            if f"{name}.{field.name}" in NOT_TYPED:
                continue
            values = model._base_manager.values_list(field.name, flat=True)
            if not any(MARKER.search(str(value)) for value in values):
                yield f"{name}.{field.name}"


def test_every_text_field_is_planted_or_has_its_reason(walked: Walk) -> None:
    assert walked.unplanted == []


def test_no_text_is_sent_to_whoever_may_not_see_it(walked: Walk) -> None:
    wrong = {
        f"{found.who}: {kind} {field} at {found.where}"
        for found in walked.answers
        for kind, field in found.markers
        if found.who not in MAY_SEE[kind]
    }
    assert not wrong, "\n".join(sorted(wrong))


def test_every_kind_is_found_where_it_may_be(walked: Walk) -> None:
    """The walk sees what is there: each kind reaches each role of its line somewhere."""
    answers = {(kind, found.who) for found in walked.answers for kind, _field in found.markers}
    assert {(kind, who) for kind, roles in MAY_SEE.items() for who in roles} - answers == set()


def test_every_kind_of_answer_is_among_them(walked: Walk) -> None:
    """Forms with faults, conflicts and refusals are answered with pages as well, and every format of a report."""
    statuses = {(found.where.split()[0], found.status) for found in walked.answers}
    assert {("post", status) for status in ("302", "403", "404", "409", "422")} <= statuses
    for place in ("pdf", "docx", "xlsx"):
        with_answers = {
            f.who for f in walked.answers if f.where.endswith(f".{place}") and ("disclosed", "narrative") in f.markers
        }
        assert with_answers >= {"coordinator", "reviewer"}


def test_every_typed_text_on_a_page_is_isolated(walked: Walk) -> None:
    wrong: dict[str, str] = {}
    for found in walked.answers:
        for place in found.unisolated:
            wrong.setdefault(place, f"{place}: {found.who}, {found.where}")
    assert not wrong, "\n".join(sorted(wrong.values()))


# E-mails


def test_an_e_mail_of_every_kind_goes_to_those_it_may_go_to(walked: Walk) -> None:
    assert {kind for kind, _found in walked.letters} == set(LETTERS) == set(WRITTEN_TO)
    wrong = {f"{found.where} to {found.who}" for kind, found in walked.letters if found.who not in WRITTEN_TO[kind]}
    assert wrong == set()


def test_an_e_mail_holds_names_and_periods_that_its_reader_may_see(walked: Walk) -> None:
    wrong = set()
    for notice, found in walked.letters:
        for kind, field in found.markers:
            is_seen = (field == "period" or kind in NAMES) and found.who in MAY_SEE[kind]
            if not is_seen and found.who not in MAY_BE_WRITTEN.get(notice, {}).get((kind, field), set()):
                wrong.add(f"{found.where} to {found.who}: {kind} {field}")
    assert wrong == set()


def test_an_agency_is_told_nothing_of_the_other_before_the_comparison_opens(walked: Walk) -> None:
    others = [(CUSTOMS, "police"), (POLICE, "customs")]
    wrong = {
        f"{found.where} to {found.who}: {kind}"
        for _notice, found in walked.letters
        if found.where.endswith(" of the draft")
        for readers, other in others
        for kind, _field in found.markers
        if found.who in readers and kind.startswith(other)
    }
    assert wrong == set()


def test_every_typed_text_in_an_e_mail_is_isolated(walked: Walk) -> None:
    wrong = {f"{found.where} to {found.who}: {place}" for _kind, found in walked.letters for place in found.unisolated}
    assert wrong == set()

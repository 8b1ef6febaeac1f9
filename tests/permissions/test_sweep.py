"""Every address × every role × own and other country × every state of the assessment, against one table.

An address without a line in `TABLE` fails the sweep. Acts are tried with an empty form: what counts is whether the
person is let through to it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from cpch.accounts import proposal_actions
from cpch.accounts.models import CoordinatorProposal
from diagnostic.actions import action_plan, assessments, reviews
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Action, Assessment, Submission
from tests import factories

pytestmark = pytest.mark.django_db

STATES = ("draft", "submitted", "in_review", "returned", "accepted", "disclosed", "withdrawn")
SEEN_BY_SECRETARIAT = ("submitted", "in_review", "returned", "accepted", "disclosed")

COORDINATORS = {"coordinator", "police_coordinator"}
AGENCIES = COORDINATORS | {"respondent", "police_respondent"}
COUNTRY = AGENCIES | {"observer"}
SECRETARIAT = {"reviewer", "administrator"}
PARTNER = {"partner"}
STRANGERS = {"foreigner", "nobody"}
SIGNED_IN = COUNTRY | SECRETARIAT | PARTNER | STRANGERS
EVERYONE = SIGNED_IN | {"anonymous"}


@dataclass(frozen=True)
class Rule:
    """Who is let through, and who to post where that differs; `about` is what the address names.

    `states` are those in which anybody is; in the others who sees the assessment is refused.
    """

    may: set[str]
    about: str = ""
    method: str = "get"
    posts: set[str] | None = None
    states: tuple[str, ...] = ()

    def lets(self, who: str, method: str, state: str = "") -> bool:
        if self.states and state not in self.states:
            return False
        return who in (self.may if method == "get" or self.posts is None else self.posts)


def on_assessment(may: set[str], **more) -> Rule:
    return Rule(may, about="assessment", **more)


def on_submission(may: set[str], **more) -> Rule:
    return Rule(may, about="submission", **more)


def on_comparison(may: set[str], *states: str, **more) -> Rule:
    return Rule(may, about="comparison", states=states, **more)


def on_plan(may: set[str], **more) -> Rule:
    return Rule(may, about="plan", **more)


def on_proposal(may: set[str], **more) -> Rule:
    return Rule(may, about="proposal", **more)


TABLE: dict[str, Rule] = {
    "home": Rule(SIGNED_IN),
    "inbox": Rule(SIGNED_IN),
    "help": Rule(SIGNED_IN),
    "resources": Rule(SIGNED_IN),
    "assessment-list": Rule(SIGNED_IN),
    "assessment-start": Rule(COORDINATORS | {"foreigner"}),
    "assessment-detail": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "assessment-settings": on_assessment(COORDINATORS),
    "assessment-missing": on_assessment(COUNTRY),
    "assessment-check": on_assessment(COUNTRY),
    # The one of customs; the police's key is tried in tests/actions/test_attestations.py.
    "assessment-attest": on_assessment({"coordinator"}, method="post"),
    "attestation-take-back": on_assessment({"coordinator"}),
    "assessment-submit": on_assessment(COORDINATORS, method="post"),
    "assessment-withdraw": on_assessment(COORDINATORS),
    "assessment-export": on_assessment(COUNTRY),
    "assessment-log": on_assessment(COORDINATORS | {"observer"}),
    "assessment-declare": on_comparison(COORDINATORS),
    "assessment-open-comparison": on_comparison(COORDINATORS),
    "compare": on_comparison(COUNTRY, "comparing"),
    "compare-take-over": on_comparison(COORDINATORS, "comparing"),
    "compare-leave-open": on_comparison(COORDINATORS, "comparing"),
    "compare-meeting": on_comparison(COUNTRY, "comparing"),
    "compare-agree": on_comparison(COORDINATORS, "comparing"),
    "compare-discuss": on_comparison(AGENCIES, "comparing"),
    "theme": on_assessment(COUNTRY, posts=AGENCIES),
    "response-history": on_assessment(COUNTRY),
    "response-restore": on_assessment(AGENCIES),
    "response-save": on_assessment(AGENCIES, method="post"),
    "over-time": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "result": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "what-if": on_assessment(COUNTRY | SECRETARIAT),
    "assessment-report": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "assessment-report-file": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "assessment-report-file-docx": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "assessment-report-file-xlsx": on_assessment(COUNTRY | SECRETARIAT | PARTNER),
    "assessment-drafts": on_assessment(COUNTRY | SECRETARIAT),
    "assessment-draft": on_assessment(COUNTRY | SECRETARIAT),
    "submission-detail": on_submission(COUNTRY | SECRETARIAT | PARTNER),
    "submission-snapshot": on_submission(COUNTRY | SECRETARIAT),
    "submission-report": on_submission(COUNTRY | SECRETARIAT | PARTNER),
    "submission-report-file": on_submission(COUNTRY | SECRETARIAT | PARTNER),
    "submission-report-file-docx": on_submission(COUNTRY | SECRETARIAT | PARTNER),
    "submission-report-file-xlsx": on_submission(COUNTRY | SECRETARIAT | PARTNER),
    "review-queue": Rule(SECRETARIAT),
    "review-detail": on_submission(SECRETARIAT),
    "review-question": on_submission(SECRETARIAT),
    "review-read": on_submission(SECRETARIAT),
    "review-ask": on_submission(SECRETARIAT, method="post"),
    "review-assign": on_submission({"administrator"}),
    "review-take-up": on_submission(SECRETARIAT, method="post"),
    "review-return": on_submission(SECRETARIAT),
    "review-accept": on_submission(SECRETARIAT),
    "review-comment": on_submission(SECRETARIAT),
    "review-opinion": on_submission(SECRETARIAT),
    "submission-changes": on_submission(COUNTRY | SECRETARIAT),
    "submission-review": on_submission(COUNTRY),
    "submission-review-question": on_submission(COUNTRY),
    "submission-review-comment": on_submission(AGENCIES),
    "submission-review-read": on_submission(AGENCIES),
    "submission-review-reply": on_submission(COORDINATORS),
    "site-log": Rule({"administrator"}),
    "account": Rule(SIGNED_IN),
    # One's own, whoever one is; what stands behind a proof leads to it first (tests/views/test_security.py).
    "security": Rule(SIGNED_IN),
    "security-app": Rule(SIGNED_IN),
    "security-app-remove": Rule(SIGNED_IN),
    "security-codes": Rule(SIGNED_IN),
    "security-codes-file": Rule(SIGNED_IN),
    "security-codes-new": Rule(SIGNED_IN),
    "security-key-add": Rule(SIGNED_IN),
    "security-key-begin": Rule(SIGNED_IN, method="post"),
    "security-prove": Rule(SIGNED_IN),
    "security-prove-key": Rule(SIGNED_IN, method="post"),
    "plan-home": Rule(SIGNED_IN),
    "plan-add": on_assessment(COORDINATORS),
    "plan": on_plan(COUNTRY | SECRETARIAT),
    "plan-list": on_plan(COUNTRY | SECRETARIAT),
    "plan-calendar": on_plan(COUNTRY | SECRETARIAT),
    "plan-file": on_plan(COUNTRY | SECRETARIAT),
    "plan-xlsx": on_plan(COUNTRY | SECRETARIAT),
    "plan-progress": on_plan(COUNTRY | SECRETARIAT),
    "plan-new": on_plan(COORDINATORS),
    "plan-action": on_plan(COUNTRY | SECRETARIAT),
    "plan-action-change": on_plan(COORDINATORS),
    "plan-action-move": on_plan(AGENCIES),
    "plan-action-prove": on_plan(AGENCIES),
    "plan-action-comment": on_plan(AGENCIES),
    "undelivered-mail": Rule({"administrator"}),
    "people": Rule(COUNTRY | {"administrator", "foreigner"}),
    "invitation-create": Rule(COORDINATORS | {"administrator", "foreigner"}),
    "proposal-create": Rule(COORDINATORS | {"administrator", "foreigner"}),
    # The administrator's own; tests/views/test_coordinator_proposals.py takes a coordinator's own back.
    "proposal-detail": on_proposal(COORDINATORS | {"administrator"}),
    "proposal-approve": on_proposal({"administrator"}, method="post"),
    "proposal-decline": on_proposal({"administrator"}, method="post"),
    "proposal-take-back": on_proposal({"administrator"}, method="post"),
}
ELSEWHERE = {
    # Whom these let through depends on the person or the link that they name: tests/views has each case.
    "invitation-withdraw",
    "invitation-resend",
    "person-deactivate",
    "person-move",
    "person-reactivate",
    "person-second-factor",
    "security-key",
    "security-key-remove",
    "invitation-accept",
    # Open to everyone, for they are the way in.
    "account_login",
    "account_logout",
    "second-step",
    "second-step-key",
    "passkey",
    "passkey-begin",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_change_password",
    "account_reauthenticate",
    "account_inactive",
}


@dataclass(frozen=True)
class World:
    """An assessment in each state, and the people; `comparisons` are those of two agencies, and a joint one.

    `plans` are two actions of the plan: made on what the secretariat has not seen, and on what it has.
    """

    people: factories.People
    assessments: dict[str, Assessment]
    submissions: dict[str, Submission]
    comparisons: dict[str, Assessment]
    plans: dict[str, Action]
    proposals: dict[str, CoordinatorProposal]

    def targets(self, rule: Rule) -> dict:
        """What the addresses of `rule` can name, by state."""
        return {
            "": {"": None},
            "assessment": self.assessments,
            "submission": self.submissions,
            "comparison": self.comparisons,
            "plan": self.plans,
            "proposal": self.proposals,
        }[rule.about]


@pytest.fixture(autouse=True)
def quiet():
    """Thousands of refusals would fill the log of the run."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def world():
    people = factories.make_people()
    held, handed_in = {}, {}
    answers = dict(list(factories.example_answers().items())[:3])
    for state in STATES:
        by = people.coordinator
        draft = factories.start_assessment(by, is_disclosed_to_partners=state == "disclosed")
        factories.fill(draft, by, answers)
        if state != "draft":
            submission = factories.submit(draft, by=by)
            if state in ("in_review", "returned", "accepted", "disclosed"):
                reviews.take_up(submission=fresh(submission), by=people.reviewer)
            if state == "returned":
                reviews.ask(submission=fresh(submission), question="A.1", text="?", by=people.reviewer)
                reviews.return_for_clarification(submission=fresh(submission), remark="", by=people.reviewer)
            if state in ("accepted", "disclosed"):
                reviews.accept(submission=fresh(submission), remark="", by=people.reviewer)
            if state == "withdrawn":
                assessments.withdraw(assessment=draft, by=by, reason="Wrong year.")
            handed_in[state] = fresh(submission)
        held[state] = Assessment.objects.get(pk=draft.pk)
    apart = {state: factories.start_assessment(people.coordinator, mode="separate") for state in ("apart", "comparing")}
    factories.open_comparison(apart["comparing"])
    comparisons = {state: Assessment.objects.get(pk=item.pk) for state, item in apart.items()}
    details = ActionDetails("Meet the new minister")
    plans = {
        state: action_plan.add(assessment=held[state], details=details, by=people.coordinator)
        for state in ("draft", "submitted")
    }
    proposal = proposal_actions.propose(
        email="new@example.org",
        full_name="New Person",
        country=factories.make_country(),
        agency_kind="police",
        why="Named by the head of the agency.",
        by=people.administrator,
    )
    return World(people, held, handed_in, comparisons | {"draft": held["draft"]}, plans, {"waiting": proposal})


def fresh(submission):
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


def names():
    return {name for pattern in get_resolver().url_patterns for name in [item.name for item in flat(pattern)] if name}


def flat(pattern):
    if hasattr(pattern, "url_patterns"):
        return [item for child in pattern.url_patterns for item in flat(child)]
    return [pattern]


def test_every_address_has_a_line_in_the_table():
    assert names() - set(TABLE) - ELSEWHERE == set()
    assert set(TABLE) - names() == set()


WITH_CODE = {
    "compare-agree",
    "compare-discuss",
    "review-question",
    "review-read",
    "review-ask",
    "review-comment",
    "review-opinion",
    "submission-review-question",
    "submission-review-comment",
    "submission-review-read",
    "submission-review-reply",
}


def address(name, rule, target):
    if not rule.about:
        return reverse(name)
    if rule.about == "plan":
        of = {"country": "ZZ"} | ({"number": target.number} if name.startswith("plan-action") else {})
        return reverse(name, kwargs=of)
    arguments = {"pk": target.pk}
    if name == "response-restore":
        arguments["number"] = 1
    if name in ("theme", "response-save", "response-history", "response-restore"):
        arguments |= {"voice": "national"} | ({"theme": "framework"} if name == "theme" else {"code": "A.1"})
    if name in ("assessment-attest", "attestation-take-back"):
        arguments["agency"] = "customs"
    if name == "assessment-draft":
        arguments["kind"] = "agreement"
    if name in WITH_CODE:
        arguments["code"] = "A.1"
    return reverse(name, kwargs=arguments)


def sees(who, state):
    if state == "waiting":
        return who in COORDINATORS | {"administrator"}
    if who in COUNTRY:
        return True
    if who in SECRETARIAT:
        return state in SEEN_BY_SECRETARIAT
    return who in PARTNER and state == "disclosed"


def expected(rule, who, state, method, is_whole_plan=False):
    if who == "anonymous":
        return "sign in"
    # The plan of a country is there as soon as one of its assessments is seen; each action is its assessment's.
    if rule.about and not sees(who, "submitted" if is_whole_plan else state):
        return "hidden"
    return "let through" if rule.lets(who, method, state) else "refused"


def outcome(response):
    if response.status_code == 401 or (response.status_code == 302 and "/accounts/login/" in response["Location"]):
        return "sign in"
    return {404: "hidden", 403: "refused"}.get(response.status_code, "let through")


@pytest.mark.parametrize("method", ["get", "post"])
def test_everyone_is_let_through_to_what_is_theirs_and_to_nothing_else(world, method):
    wrong = []
    clients = {who: client_of(world, who) for who in sorted(EVERYONE)}
    for name, rule in TABLE.items():
        if rule.method == "post" and method == "get":
            continue
        for state, target in world.targets(rule).items():
            for who, client in clients.items():
                response = tried(client, method, address(name, rule, target))
                if response.status_code == 405:
                    continue
                if "no-store" not in response.get("Cache-Control", ""):
                    wrong.append(f"{method} {name}, {state or 'no assessment'}, {who}: a browser may keep it")
                is_whole_plan = rule.about == "plan" and not name.startswith("plan-action")
                found, wanted = outcome(response), expected(rule, who, state, method, is_whole_plan)
                if found != wanted and not gone(name, found, state):
                    wrong.append(f"{method} {name}, {state or 'no assessment'}, {who}: {found}, not {wanted}")
    assert not wrong, "\n".join(wrong)


def gone(name, found, state):
    """A report's file that nobody has asked for yet is not there, whoever asks."""
    return "report-file" in name and found == "hidden"


def client_of(world, who):
    client = Client()
    if who != "anonymous":
        client.force_login(getattr(world.people, who))
    return client


def tried(client, method, url):
    """The answer to one request, with everything it wrote taken back."""
    with transaction.atomic():
        response = getattr(client, method)(url)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("who", sorted(STRANGERS | SECRETARIAT | PARTNER))
def test_a_draft_leaves_no_trace_anywhere_for_those_outside(world, who):
    secret = "SECRET-OF-THE-DRAFT"
    factories.save_answer(world.assessments["draft"], world.people.respondent, "A.19", level=1, narrative=secret)
    factories.save_answer(world.assessments["returned"], world.people.respondent, "A.1", level=1, narrative=secret)
    details = ActionDetails(secret, responsible=secret)
    action_plan.add(assessment=world.assessments["draft"], details=details, by=world.people.coordinator)
    client = client_of(world, who)
    leaks = []
    for name, rule in TABLE.items():
        for state, target in world.targets(rule).items():
            response = tried(client, "get", address(name, rule, target))
            body = b"".join(response.streaming_content) if response.streaming else response.content
            if secret.encode() in body:
                leaks.append(f"{name}, {state}")
    assert leaks == []

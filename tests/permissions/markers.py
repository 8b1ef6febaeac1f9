"""A country in which every text that its people can type holds a marker, for the sweep that looks for them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from cpch.accounts import actions as people_actions
from cpch.accounts import proposal_actions
from cpch.accounts.models import CoordinatorProposal, Membership, User
from diagnostic.actions import action_plan, comments, comparison, opinions, responses, reviews
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Action, Assessment, Submission
from tests import factories


@dataclass(frozen=True)
class Planted:
    """The people, and what addresses can name."""

    people: factories.People
    draft: Assessment
    assessments: tuple[Assessment, ...]
    submissions: tuple[Submission, ...]
    actions: tuple[Action, ...]
    proposal: CoordinatorProposal
    invitation: int


def mark(kind: str, field: str) -> str:
    """The marker of a text: its kind, in small letters, and the field it is typed into."""
    return f"zq-{kind}-{field}-qz"


def answer(kind: str, level: int = 2) -> Answer:
    """An answer with a marker in each of its texts."""
    evidence = (Evidence(mark(kind, "evidence"), mark(kind, "place")),)
    return Answer(level=level, narrative=mark(kind, "narrative"), evidence=evidence)


def plant() -> Planted:
    """Everything that is typed on the way of an assessment: a draft of each agency, one in review, one disclosed."""
    people = _people()
    disclosed = _hand_in(people, "disclosed", is_disclosed_to_partners=True)
    reviews.take_up(submission=disclosed, by=people.reviewer)
    disclosed.assessment.refresh_from_db()
    reviews.accept(submission=disclosed, remark=mark("remark", "accepted"), by=people.reviewer)
    _review(people, _hand_in(people, "review"))
    draft = _drafts(people)
    opened = _compare(people)
    _plan(people, disclosed.assessment, "plan")
    _plan(people, opened, "fresh")
    proposal, invitation = _invite(people)
    return Planted(
        people=people,
        draft=draft,
        assessments=tuple(Assessment.objects.select_related("country").order_by("started_at")),
        submissions=tuple(Submission.objects.select_related("assessment").order_by("pk")),
        actions=tuple(Action.objects.order_by("number")),
        proposal=proposal,
        invitation=invitation,
    )


def _people() -> factories.People:
    people = factories.make_people()
    kinds = {
        **dict.fromkeys(("coordinator", "police_coordinator"), "signatory"),
        **dict.fromkeys(("respondent", "police_respondent", "observer"), "name"),
        **dict.fromkeys(("reviewer", "administrator"), "secretariat"),
        "partner": "partner",
        "foreigner": "abroad",
    }
    named = {}
    for who, kind in kinds.items():
        user = getattr(people, who)
        User.objects.filter(pk=user.pk).update(full_name=mark(kind, who), email=f"{mark(kind, who)}@example.org")
        named[who] = factories.reload(user)
    Membership.objects.filter(user=people.partner).update(organisation=mark("partner", "organisation"))
    named["partner"] = factories.reload(people.partner)
    return replace(people, **named)


def _hand_in(people: factories.People, kind: str, **settings: Any) -> Submission:
    by = people.coordinator
    held = factories.start_assessment(by, period=mark(kind, "period"), title=mark(kind, "title"), **settings)
    sensitive = {"A.9": answer(f"{kind}_sensitive"), "A.6": Answer(status="unknown", reason=mark(kind, "reason"))}
    factories.fill(held, by, factories.example_answers() | {"A.1": answer(kind)} | sensitive)
    return fresh(factories.submit(held, by=by))


def _review(people: factories.People, submission: Submission) -> Submission:
    by = people.reviewer
    reviews.take_up(submission=submission, by=by)
    submission = fresh(submission)
    comments.note(submission=submission, question="A.1", text=mark("internal", "comment"), by=by)
    comments.share(submission=submission, question="A.1", text=mark("shared", "comment"), by=by)
    opinions.give(submission=submission, question="A.1", level=1, reason=mark("shared", "opinion"), by=by)
    opinions.reply(submission=submission, question="A.1", text=mark("shared", "reply"), by=people.coordinator)
    comments.answer(submission=submission, question="A.1", text=mark("shared", "answer"), by=people.respondent)
    reviews.ask(submission=submission, question="A.1", text=mark("asked", "clarification"), by=by)
    return submission


def _drafts(people: factories.People) -> Assessment:
    held = factories.start_assessment(
        people.coordinator, mode="separate", period=mark("draft", "period"), title=mark("draft", "title")
    )
    factories.fill(held, people.respondent, {"A.1": answer("customs")}, voice="customs")
    factories.fill(held, people.police_respondent, {"A.1": answer("police")}, voice="police")
    held = Assessment.objects.select_related("country").get(pk=held.pk)
    comparison.ask_to_open(assessment=held, agency="customs", by=people.coordinator, reason=mark("customs", "request"))
    return held


def _compare(people: factories.People) -> Assessment:
    held = factories.start_assessment(people.coordinator, mode="separate", period=mark("opened", "period"))
    factories.fill(held, people.respondent, {"A.1": answer("opened")}, voice="customs")
    factories.fill(held, people.police_respondent, {"A.1": answer("opened", 3)}, voice="police")
    factories.open_comparison(held, reason=mark("opened", "request"))
    held = Assessment.objects.select_related("country").get(pk=held.pk)
    responses.record(
        assessment_id=held.pk,
        question="A.1",
        response=answer("opened", 3),
        agreement=mark("opened", "why"),
        base_version=0,
        by=people.coordinator,
    )
    comparison.discuss(assessment=held, question="A.1", text=mark("discussion", "text"), by=people.police_respondent)
    return held


def _plan(people: factories.People, assessment: Assessment, kind: str) -> Action:
    by = people.coordinator
    details = ActionDetails(mark(kind, "action"), responsible=mark(kind, "responsible"))
    assessment = Assessment.objects.select_related("country").get(pk=assessment.pk)
    action = action_plan.add(assessment=assessment, details=details, question="A.1", by=by)
    action_plan.prove(action=action, proof=mark(kind, "proof"), base_version=action.version, by=by)
    action_plan.comment(action=action, text=mark("plan_comment", kind), by=people.respondent)
    dropped = action_plan.add(assessment=assessment, details=ActionDetails(mark(kind, "dropped")), by=by)
    action_plan.move(
        action=dropped, act="drop", source="planned", reason=mark(kind, "why"), base_version=dropped.version, by=by
    )
    return action


def _invite(people: factories.People) -> tuple[CoordinatorProposal, int]:
    country = factories.make_country()
    invitation = people_actions.invite(
        email=f"{mark('guest', 'email')}@example.org", role="observer", country=country, by=people.coordinator
    )
    people_actions.invite(
        email=f"{mark('partner', 'guest')}@example.org",
        role="partner",
        organisation=mark("partner", "body"),
        by=people.administrator,
    )
    proposal = proposal_actions.propose(
        email=f"{mark('guest', 'proposed')}@example.org",
        full_name=mark("guest", "proposed_name"),
        country=country,
        agency_kind="police",
        why=mark("guest", "why"),
        by=people.administrator,
    )
    declined = proposal_actions.propose(
        email=f"{mark('guest', 'declined')}@example.org",
        full_name=mark("guest", "declined_name"),
        country=country,
        agency_kind="customs",
        why=mark("guest", "why_declined"),
        by=people.administrator,
    )
    proposal_actions.decline(proposal=declined, reason=mark("guest", "decline"), by=people.administrator)
    return proposal, invitation.pk


def fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)

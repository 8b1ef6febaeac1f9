"""Two countries in which every text that people can type holds a marker, for the sweep that looks for them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse

from cpch.accounts import actions as people_actions
from cpch.accounts import proposal_actions
from cpch.accounts.addresses import address_key
from cpch.accounts.models import CoordinatorProposal, Membership, Role, User
from diagnostic.actions import (
    action_plan,
    assignments,
    comments,
    comparison,
    opinions,
    reminders,
    reports,
    responses,
    reviews,
)
from diagnostic.actions.clock import now
from diagnostic.core.action_plan import ActionDetails
from diagnostic.core.report_data import Report
from diagnostic.core.responses import Evidence
from diagnostic.core.responses import Response as Answer
from diagnostic.models import Action, Assessment, OutboxItem, ReportFile, Submission
from diagnostic.rendering.report_file import render_file
from tests import factories
from tests.outbox import record_order


@dataclass(frozen=True)
class Planted:
    """The people by role, and what addresses can name."""

    people: dict[str, User]
    draft: Assessment
    assessments: tuple[Assessment, ...]
    submissions: tuple[Submission, ...]
    actions: tuple[Action, ...]
    proposal: CoordinatorProposal
    invitation: int


KINDS_OF_NAMES = {
    "coordinator": "customs_signatory",
    "police_coordinator": "police_signatory",
    "respondent": "customs_name",
    "police_respondent": "police_name",
    "observer": "observer_name",
    "reviewer": "reviewer_name",
    "administrator": "administrator_name",
    "partner": "partner",
    "foreigner": "abroad",
    "foreign_respondent": "abroad",
    "foreign_observer": "abroad",
}
"""The kind of marker in each person's name and address."""
REPORTS = (
    *(("coordinator", "submission", kind) for kind in ("pdf", "docx", "xlsx")),
    ("partner", "submission", "pdf"),
    ("police_respondent", "assessment", "docx"),
)
"""Who asks for a report of what, in which format."""


def mark(kind: str, field: str) -> str:
    """The marker of a text: its kind, in small letters, and the field it is typed into."""
    return f"zq-{kind}-{field}-qz"


def answer(kind: str, level: int = 2) -> Answer:
    """An answer with a marker in each of its texts."""
    evidence = (Evidence(mark(kind, "evidence"), mark(kind, "place")),)
    return Answer(level=level, narrative=mark(kind, "narrative"), evidence=evidence)


def plant() -> Planted:
    """Everything that is typed on the way of an assessment: a draft of each agency, one in review, one disclosed.

    The other country has a draft. Every kind of e-mail is ordered, some could not be delivered; reports are rendered.
    """
    people, named = _people()
    disclosed = _hand_in(people, "disclosed", is_disclosed_to_partners=True)
    reviews.take_up(submission=disclosed, by=people.reviewer)
    disclosed.assessment.refresh_from_db()
    reviews.accept(submission=disclosed, remark=mark("remark", "accepted"), by=people.reviewer)
    reviewed = _review(people, _hand_in(people, "review"))
    draft = _drafts(people)
    opened = _compare(people)
    _plan(people.coordinator, disclosed.assessment, "plan", people.respondent)
    _plan(people.coordinator, opened, "fresh", people.respondent)
    abroad = _abroad(named)
    proposal, invitation = _invite(people)
    _tell(people, reviewed, opened)
    _try_elsewhere(named, draft, abroad)
    _render(named, disclosed, opened)
    return Planted(
        people=named,
        draft=draft,
        assessments=tuple(Assessment.objects.select_related("country").order_by("started_at")),
        submissions=tuple(Submission.objects.select_related("assessment").order_by("pk")),
        actions=tuple(Action.objects.select_related("country").order_by("pk")),
        proposal=proposal,
        invitation=invitation,
    )


def _people() -> tuple[factories.People, dict[str, User]]:
    made = factories.make_people()
    respondent, observer = factories.make_users((Role.RESPONDENT, "FR", "customs"), (Role.OBSERVER, "FR", None))
    named = {**vars(made), "foreign_respondent": respondent, "foreign_observer": observer}
    for who, kind in KINDS_OF_NAMES.items():
        name = mark(kind, who)
        email = f"{name}@example.org"
        User.objects.filter(pk=named[who].pk).update(full_name=name, email=email, address_key=address_key(email))
    Membership.objects.filter(user=made.partner).update(organisation=mark("partner_body", "organisation"))
    named = {who: user if who == "nobody" else factories.reload(user) for who, user in named.items()}
    return factories.People(**{who: named[who] for who in vars(made)}), named


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


def _plan(by: User, assessment: Assessment, kind: str, respondent: User) -> Action:
    due_on = now().date() + timedelta(days=3)
    details = ActionDetails(mark(kind, "action"), responsible=mark(kind, "responsible"), due_on=due_on)
    assessment = Assessment.objects.select_related("country").get(pk=assessment.pk)
    action = action_plan.add(assessment=assessment, details=details, question="A.1", by=by)
    action_plan.prove(action=action, proof=mark(kind, "proof"), base_version=action.version, by=by)
    comment = mark("abroad_text", "comment") if kind == "abroad_text" else mark("plan_comment", kind)
    action_plan.comment(action=action, text=comment, by=respondent)
    dropped = action_plan.add(assessment=assessment, details=ActionDetails(mark(kind, "dropped")), by=by)
    action_plan.move(
        action=dropped, act="drop", source="planned", reason=mark(kind, "why"), base_version=dropped.version, by=by
    )
    return action


def _abroad(named: dict[str, User]) -> Assessment:
    """A draft of the other country, with an action of its plan."""
    period, title = mark("abroad_text", "period"), mark("abroad_text", "title")
    held = factories.start_assessment(named["foreigner"], period=period, title=title)
    factories.fill(held, named["foreign_respondent"], {"A.1": answer("abroad_text")})
    _plan(named["foreigner"], held, "abroad_text", named["foreign_respondent"])
    return held


def _tell(people: factories.People, reviewed: Submission, opened: Assessment) -> None:
    """Order the e-mails that nothing else here orders; a few of all could not be delivered."""
    assignments.assign(
        assessment=reviewed.assessment, reviewer=people.reviewer, due_on=now().date(), by=people.administrator
    )
    record_order("returned", reviewed, people.reviewer)
    record_order("comparison_declared", opened, people.coordinator)
    for agency, by in (("customs", people.coordinator), ("police", people.police_coordinator)):
        record_order(f"{agency}_attested", opened, by)
        record_order(f"{agency}_taken_back", opened, by)
    for country in reminders.countries_to_remind(now().date()):
        reminders.remind(country=country, today=now().date())
    for by, kind in ((people.respondent, "own"), (people.foreigner, "abroad")):
        record_order("password_reset", email=by.email)
        record_order("password_changed", by=by)
        record_order("person.key_added", by=by, name=mark(kind, "key"))
        record_order("person.second_factor_taken_off", by=people.administrator, person=by.pk, reason=mark(kind, "loss"))
    for item in OutboxItem.objects.filter(kind__in=["invitation", "opinion_replied"]):
        address = f"{mark('guest', 'email')}@example.org" if item.kind == "invitation" else people.reviewer.email
        item.recipients.create(address=address, refusal=mark("fault", "refusal"))
        item.given_up_at, item.last_fault = now(), mark("fault", "server")
        item.save()


def _try_elsewhere(named: dict[str, User], draft: Assessment, abroad: Assessment) -> None:
    """Each tries what belongs to the other country: the site log tells of it, and no country's log."""
    for who, place in (("foreigner", draft), ("coordinator", abroad), ("partner", draft), ("reviewer", draft)):
        client = signed_in(named[who])
        for name in ("assessment-detail", "assessment-log", "compare"):
            assert client.get(reverse(name, args=[place.pk])).status_code in (403, 404)


def _render(named: dict[str, User], disclosed: Submission, opened: Assessment) -> None:
    for who, of, kind in REPORTS:
        pk = disclosed.pk if of == "submission" else opened.pk
        answer = signed_in(named[who]).post(reverse(f"{of}-report", args=[pk]), {"format": kind})
        assert answer.status_code == 302, (who, of, kind, answer.status_code)
        _render_waiting()  # one person has few files in the queue at a time
    assert not ReportFile.objects.exclude(state=ReportFile.State.READY).exists()


def _render_waiting() -> None:
    """As the worker does, without its second connection, which would wait for the open transaction."""
    while file := reports.begin_rendering():
        report = Report.from_json(json.loads(file.data))
        content = render_file(report, file.format, file.language, politeness=0)
        reports.finish_rendering(file=file, content=content)


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def _invite(people: factories.People) -> tuple[CoordinatorProposal, int]:
    country = factories.make_country()
    invitation = people_actions.invite(
        email=f"{mark('guest', 'email')}@example.org", role="observer", country=country, by=people.coordinator
    )
    people_actions.invite(
        email=f"{mark('partner', 'guest')}@example.org",
        role="partner",
        organisation=mark("partner_body", "guest"),
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

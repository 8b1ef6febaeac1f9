"""Every kind of text with a submit button: its writer, its page, and the sign that it is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from cpch.accounts.models import Invitation, User
from diagnostic.actions import action_plan, comments, opinions, reviews
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import (
    Action,
    ActionComment,
    Assessment,
    AuditEntry,
    Clarification,
    Comment,
    Opinion,
    Review,
    Submission,
)
from tests import factories

TEXT = "We meet every Tuesday, since the flood."


@dataclass(frozen=True)
class Text:
    """One form as its writer sees it.

    `name` is the field typed into; `select` and `check` are the other choices, selects by name and radio buttons by
    label; `unfold` opens the element that hides the form.
    """

    writer: User
    url: str
    button: str
    name: str
    is_stored: Callable[[], bool]
    value: str = TEXT
    select: dict[str, str] = field(default_factory=dict)
    check: tuple[str, ...] = ()
    unfold: str = ""

    def form(self, page: Any) -> Any:
        return page.locator(f'main form:has(button:has-text("{self.button}")):has([name="{self.name}"])').first

    def control(self, page: Any) -> Any:
        return self.form(page).locator(f'[name="{self.name}"]')

    def fill(self, page: Any) -> None:
        for name, value in self.select.items():
            self.form(page).locator(f"select[name={name}]").select_option(value)
        for label in self.check:
            self.form(page).get_by_role("radio", name=label).first.check()
        self.control(page).fill(self.value)

    def press(self, page: Any) -> None:
        self.form(page).locator(f'button:has-text("{self.button}")').first.click()

    def open(self, page: Any) -> None:
        page.goto(self.url)
        if self.unfold and not self.control(page).is_visible():
            page.locator("summary", has_text=self.unfold).click()


Make = Callable[[factories.People], Text]


def _drafted(people: factories.People, **settings: Any) -> Assessment:
    return factories.start_assessment(people.coordinator, period="2026", **settings)


def _in_review(people: factories.People) -> Submission:
    submission = factories.make_submission(people.coordinator, period="2026")
    reviews.take_up(submission=submission, by=people.reviewer)
    return _fresh(submission)


def _fresh(submission: Submission) -> Submission:
    return Submission.objects.select_related("assessment__country", "assessment__instrument").get(pk=submission.pk)


def _action(people: factories.People) -> Action:
    return action_plan.add(assessment=_drafted(people), details=ActionDetails("Meet"), by=people.coordinator)


def _plan_url(action: Action, name: str = "plan-action") -> str:
    return reverse(name, args=["ZZ", action.number])


def discussion(people: factories.People) -> Text:
    apart = _drafted(people, mode="separate")
    for voice, by in (("customs", people.respondent), ("police", people.police_respondent)):
        factories.fill(apart, by, factories.example_answers("two-voices", voice), voice=voice)
    factories.open_comparison(apart)
    url = reverse("compare", args=[apart.pk]) + "?open=A.3.1"
    found = Comment.objects.filter(text=TEXT, audience="agencies")
    return Text(people.respondent, url, "Send", "text", found.exists)


def internal_comment(people: factories.People) -> Text:
    url = reverse("review-question", args=[_in_review(people).pk, "A.1"])
    found = Comment.objects.filter(text=TEXT, audience="internal")
    return Text(people.reviewer, url, "Add comment", "text", found.exists)


def shared_comment(people: factories.People) -> Text:
    url = reverse("review-question", args=[_in_review(people).pk, "A.1"])
    found = Comment.objects.filter(text=TEXT, audience="shared")
    chosen = ("Shared with the country",)
    return Text(people.reviewer, url, "Add comment", "text", found.exists, check=chosen)


def opinion(people: factories.People) -> Text:
    url = reverse("review-question", args=[_in_review(people).pk, "A.1"])
    found = Opinion.objects.filter(reason=TEXT, level=2)
    return Text(people.reviewer, url, "Give the opinion", "reason", found.exists, select={"level": "2"})


def clarification(people: factories.People) -> Text:
    url = reverse("review-question", args=[_in_review(people).pk, "A.1"])
    found = Clarification.objects.filter(text=TEXT)
    return Text(people.reviewer, url, "Mark A.1 for clarification", "text", found.exists)


def remark_on_return(people: factories.People) -> Text:
    submission = _in_review(people)
    reviews.ask(submission=submission, question="A.1", text="Which document says so?", by=people.reviewer)
    found = Review.objects.filter(closing__remark=TEXT, closing__outcome="returned")
    url = reverse("review-return", args=[submission.pk])
    return Text(people.reviewer, url, "Return for clarification", "remark", found.exists)


def remark_on_acceptance(people: factories.People) -> Text:
    url = reverse("review-accept", args=[_in_review(people).pk])
    found = Review.objects.filter(closing__remark=TEXT, closing__outcome="accepted")
    return Text(people.reviewer, url, "Accept the assessment", "remark", found.exists)


def reply_to_an_opinion(people: factories.People) -> Text:
    submission = _in_review(people)
    opinions.give(submission=submission, question="A.1", level=2, reason="No minutes.", by=people.reviewer)
    url = reverse("submission-review-question", args=[submission.pk, "A.1"])
    found = Opinion.objects.filter(reply=TEXT)
    return Text(people.coordinator, url, "Reply", "text", found.exists)


def answer_to_a_comment(people: factories.People) -> Text:
    submission = _in_review(people)
    comments.share(submission=submission, question="A.1", text="Since when?", by=people.reviewer)
    url = reverse("submission-review-question", args=[submission.pk, "A.1"])
    found = Comment.objects.filter(text=TEXT)
    return Text(people.respondent, url, "Answer", "text", found.exists)


def plan_comment(people: factories.People) -> Text:
    found = ActionComment.objects.filter(text=TEXT)
    url = _plan_url(_action(people))
    return Text(people.respondent, url, "Add the comment", "text", found.exists)


def proof(people: factories.People) -> Text:
    found = Action.objects.filter(proof=TEXT, state="done")
    action = _action(people)
    action = action_plan.move(action=action, act="begin", source="planned", by=people.coordinator)
    return Text(people.respondent, _plan_url(action), "Mark as done", "proof", found.exists)


def reason_for_dropping(people: factories.People) -> Text:
    found = Action.objects.filter(reason=TEXT, state="dropped")
    url = _plan_url(_action(people))
    return Text(people.coordinator, url, "Drop it", "reason", found.exists, unfold="Drop this action")


def changed_action(people: factories.People) -> Text:
    found = Action.objects.filter(title=TEXT)
    return Text(people.coordinator, _plan_url(_action(people), "plan-action-change"), "Save", "title", found.exists)


def new_action(people: factories.People) -> Text:
    _drafted(people)
    found = Action.objects.filter(title=TEXT, lead="police")
    lead = {"lead": "police"}
    url = reverse("plan-new", args=["ZZ"])
    return Text(people.coordinator, url, "Add it to the plan", "title", found.exists, select=lead)


def reason_for_withdrawing(people: factories.People) -> Text:
    found = AuditEntry.objects.filter(act="assessment.withdraw")
    url = reverse("assessment-withdraw", args=[_drafted(people).pk])
    return Text(people.coordinator, url, "Withdraw the assessment", "reason", found.exists)


def settings(people: factories.People) -> Text:
    found = Assessment.objects.filter(title=TEXT, marking="TLP:RED")
    url = reverse("assessment-settings", args=[_drafted(people).pk])
    return Text(people.coordinator, url, "Save the settings", "title", found.exists, check=("TLP:RED",))


def invitation(people: factories.People) -> Text:
    address = "someone.new@customs.example.org"
    found = Invitation.objects.filter(email=address)
    chosen = ("Observer",)
    url = reverse("invitation-create")
    return Text(people.coordinator, url, "Send the invitation", "email", found.exists, value=address, check=chosen)


KINDS: tuple[Make, ...] = (
    discussion,
    internal_comment,
    shared_comment,
    opinion,
    clarification,
    remark_on_return,
    remark_on_acceptance,
    reply_to_an_opinion,
    answer_to_a_comment,
    plan_comment,
    proof,
    reason_for_dropping,
    changed_action,
    new_action,
    reason_for_withdrawing,
    settings,
    invitation,
)

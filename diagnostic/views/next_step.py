"""The one thing to do next on an assessment, for its state and its reader; nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from diagnostic.core import workflow
from diagnostic.models import Assessment
from diagnostic.permissions import can_answer, can_submit

from .overview import Overview


@dataclass(frozen=True, slots=True)
class NextStep:
    """A heading, a sentence, and a button where there is something to press."""

    heading: str
    text: str
    url: str = ""
    label: str = ""


def find_next_step(overview: Overview, user: object) -> NextStep:
    """What the reader does next, or what they wait for."""
    assessment = overview.assessment
    if assessment.state == workflow.DRAFT:
        return _in_draft(overview, user)
    if assessment.state == workflow.RETURNED:
        return _when_returned(overview, user)
    return _outside(assessment)


def wait_for_the_comparison(assessment: Assessment) -> NextStep:
    """For who reads neither agency's answers before the comparison opens, and so is told nothing of them."""
    if assessment.state == workflow.WITHDRAWN:
        return _outside(assessment)
    return NextStep(
        gettext("Customs and police answer, each for itself"),
        gettext("Their answers, and how far they have come, show here once the two are compared."),
    )


def _in_draft(overview: Overview, user: object) -> NextStep:
    if not can_answer(user, overview.assessment, overview.voice):
        return NextStep(
            gettext("The answers are being given"),
            gettext("You read this assessment as an observer; what changes shows here at once."),
        )
    blank = [item for item in overview.missing if not item.is_unknown]
    if blank:
        code = blank[0].question.code
        heading = gettext("Next: answer %(code)s") if overview.done else gettext("Begin with %(code)s")
        return NextStep(
            heading % {"code": code},
            blank[0].question.text,
            blank[0].url,
            gettext("Open %(code)s") % {"code": code},
        )
    return _check(overview.assessment, user, gettext("No question is blank."))


def _when_returned(overview: Overview, user: object) -> NextStep:
    waiting = overview.to_clarify
    if not can_answer(user, overview.assessment, overview.voice):
        return NextStep(
            gettext("Returned for clarification"),
            gettext("The country’s people answer the questions that the secretariat named."),
        )
    if not waiting:
        return _check(overview.assessment, user, gettext("Every question that was returned has been answered again."))
    count = len(waiting)
    return NextStep(
        gettext("Next: clarify %(code)s") % {"code": waiting[0]},
        ngettext(
            "The secretariat asks about one question. Only it and its follow-ups can be changed.",
            "The secretariat asks about %(count)d questions. Only they and their follow-ups can be changed.",
            count,
        )
        % {"count": count},
        overview.url_of(waiting[0]),
        gettext("Open %(code)s") % {"code": waiting[0]},
    )


def _check(assessment: Assessment, user: object, before: str) -> NextStep:
    url = reverse("assessment-check", kwargs={"pk": assessment.pk})
    if assessment.has_attestations:
        return NextStep(
            gettext("Next: attest and submit"),
            gettext("These answers are attested by one agency or by both. Any change voids that."),
            f"{url}#submit",
            gettext("See who has attested"),
        )
    if can_submit(user, assessment):
        return NextStep(gettext("Next: check and attest"), before, url, gettext("Check the answers"))
    return NextStep(
        gettext("The coordinators can attest now"),
        gettext("%(before)s A coordinator of each agency attests the answers, and one submits.") % {"before": before},
        url,
        gettext("Read through the answers"),
    )


def _outside(assessment: Assessment) -> NextStep:
    of = {"pk": assessment.pk}
    if assessment.state == workflow.SUBMITTED:
        return NextStep(
            gettext("Waiting for the WCO secretariat"),
            gettext("The assessment is submitted and cannot be changed. You will see here when its review begins."),
            reverse("result", kwargs=of),
            gettext("Read the result"),
        )
    if assessment.state == workflow.IN_REVIEW:
        return NextStep(
            gettext("The WCO secretariat is reading it"),
            gettext("It accepts the assessment, or returns it with questions; nothing is to be done until then."),
            reverse("result", kwargs=of),
            gettext("Read the result"),
        )
    if assessment.state == workflow.ACCEPTED:
        return NextStep(
            gettext("Accepted"),
            gettext("The review is complete. The report is final."),
            reverse("assessment-report", kwargs=of),
            gettext("Read the report"),
        )
    return NextStep(
        gettext("Withdrawn"),
        gettext("The country took this assessment back. A new one can be started for the same period."),
        reverse("assessment-list"),
        gettext("All assessments"),
    )

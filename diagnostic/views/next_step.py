"""The one thing to do next on an assessment, for its state and its reader; nothing is done here."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from diagnostic.core import workflow
from diagnostic.models import Assessment
from diagnostic.pages.opening import Opening
from diagnostic.permissions import can_answer, can_submit

from .overview import Overview


@dataclass(frozen=True, slots=True)
class NextStep:
    """A heading, a sentence, and a button where there is something to press."""

    heading: str
    text: str
    url: str = ""
    label: str = ""


def find_next_step(overview: Overview, user: object, opening: Opening | None = None) -> NextStep:
    """The reader's next step, or what they are waiting for; `opening` if each agency answers for itself."""
    assessment = overview.assessment
    if assessment.state == workflow.DRAFT:
        return _in_draft(overview, user, opening)
    if assessment.state == workflow.COMPARING:
        return _when_comparing(overview, user)
    if assessment.state == workflow.RETURNED:
        return _when_returned(overview, user)
    return _outside(assessment)


def wait_for_the_comparison(assessment: Assessment) -> NextStep:
    """For who reads neither agency's answers before the comparison opens, and so is told nothing of them."""
    if assessment.state == workflow.WITHDRAWN:
        return _outside(assessment)
    return NextStep(
        gettext("Customs and police answer, each for itself"),
        gettext("Their answers and progress appear here once the comparison opens."),
    )


def _in_draft(overview: Overview, user: object, opening: Opening | None) -> NextStep:
    if not can_answer(user, overview.assessment, overview.voice):
        return NextStep(
            gettext("The agencies are answering"),
            gettext("You can read this assessment as an observer. This page shows the latest saved answers."),
        )
    if opening and opening.has_declared:
        return NextStep(
            gettext("Your agency’s answers are declared complete"),
            gettext(
                "The comparison opens once both agencies have declared. You are not told whether the other agency has."
            ),
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
    return (
        _declare(overview.assessment, opening)
        if opening
        else _check(overview.assessment, user, gettext("No question is blank."))
    )


def _declare(assessment: Assessment, opening: Opening) -> NextStep:
    if opening.own:
        return NextStep(
            gettext("Next: declare your agency’s answers complete"),
            gettext("No question is blank. Once both agencies have declared, their answers are compared."),
            reverse("assessment-declare", kwargs={"pk": assessment.pk}),
            gettext("Declare complete"),
        )
    return NextStep(
        gettext("A coordinator can declare your answers complete"),
        gettext("No question is blank. Once both agencies have declared, their answers are compared."),
    )


def _when_comparing(overview: Overview, user: object) -> NextStep:
    assessment = overview.assessment
    url = reverse("compare", kwargs={"pk": assessment.pk})
    if not can_answer(user, assessment, overview.voice):
        return NextStep(
            gettext("The answers of customs and police are being compared"),
            gettext("You can read both agencies’ answers side by side. The coordinators record what they agree on."),
            url,
            gettext("Read both answers"),
        )
    count = overview.unsettled_count
    if not count:
        return _check(assessment, user, gettext("Every question has an agreed answer or is left open with a reason."))
    return _agree(overview, count)


def _agree(overview: Overview, count: int) -> NextStep:
    return NextStep(
        gettext("Next: compare and agree"),
        ngettext(
            "%(count)d question has no agreed national answer yet.",
            "%(count)d questions have no agreed national answer yet.",
            count,
        )
        % {"count": count},
        reverse("compare", kwargs={"pk": overview.assessment.pk}),
        gettext("Compare and agree"),
    )


def _when_returned(overview: Overview, user: object) -> NextStep:
    waiting = overview.to_clarify
    if not can_answer(user, overview.assessment, overview.voice):
        return NextStep(
            gettext("Returned for clarification"),
            gettext("The country is answering the questions that the secretariat asked."),
        )
    count = overview.unsettled_count
    if not waiting and overview.assessment.mode == workflow.SEPARATE and count:
        return _agree(overview, count)
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
    if assessment.standing_attestations:
        return NextStep(
            gettext("Next: attest and submit"),
            gettext("One or both agencies have attested these answers. Any change voids that."),
            f"{url}#submit",
            gettext("See who has attested"),
        )
    if can_submit(user, assessment):
        return NextStep(gettext("Next: check and attest"), before, url, gettext("Check the answers"))
    return NextStep(
        gettext("The coordinators can attest now"),
        gettext("%(before)s A coordinator of each agency attests the answers, and one submits.") % {"before": before},
        url,
        gettext("Read the answers"),
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
            gettext("It will accept the assessment or return it with questions. You have nothing to do until then."),
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
        gettext("The country withdrew this assessment. A new one can be started for the same period."),
        reverse("assessment-list"),
        gettext("All assessments"),
    )

"""The confirmation page before an assessment is withdrawn: what ends, what is kept, and what cannot be undone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cpch.isolation import say
from diagnostic.core import workflow
from diagnostic.core.action_plan import OPEN
from diagnostic.models import Action, Assessment, Submission
from diagnostic.queries import load_clarifications


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """What the withdrawal ends and what it keeps, a sentence each."""

    ends: tuple[str, ...]
    stays: tuple[str, ...]


def build_withdrawal_page(assessment: Assessment) -> WithdrawalPage:
    """The page for a coordinator of the country (2 queries, 3 if the assessment is returned).

    It reveals nothing about the other agency's answers or declaration.
    """
    submitted = Submission.objects.filter(assessment=assessment).count()
    planned = Action.objects.filter(assessment=assessment, state__in=OPEN).count()
    asked = len(load_clarifications(assessment)) if assessment.state == workflow.RETURNED else 0
    signed = len(assessment.standing_attestations)
    ends = [_("Nobody can change an answer, attest or submit.")]
    if assessment.state == workflow.DRAFT and assessment.mode == workflow.SEPARATE:
        ends.append(_("The answers of the two agencies are never compared."))
    if asked:
        ends.append(_of_questions(asked))
    if signed:
        ends.append(_of_attestations(signed))
    if submitted:
        ends.append(_("The secretariat no longer sees the assessment, its submissions or their reports."))
    ends.append(_("No more actions can be planned on it, and the drafting kit is no longer offered."))
    stays = [
        _("Your country can read the answers, the history and the log."),
        say(_("A new assessment can be started for %(period)s."), period=assessment.period),
    ]
    if submitted:
        stays.append(_of_submissions(submitted))
    if planned:
        stays.append(_of_actions(planned))
    return WithdrawalPage(tuple(ends), tuple(stays))


def _of_questions(count: int) -> str:
    text = ngettext(
        "The secretariat’s request to clarify %(count)d question stays without a reply.",
        "The secretariat’s request to clarify %(count)d questions stays without a reply.",
        count,
    )
    return text % {"count": count}


def _of_attestations(count: int) -> str:
    text = ngettext(
        "%(count)d attestation no longer counts.",
        "%(count)d attestations no longer count.",
        count,
    )
    return text % {"count": count}


def _of_submissions(count: int) -> str:
    text = ngettext(
        "%(count)d submission stays on record for your country, with its report.",
        "%(count)d submissions stay on record for your country, with their reports.",
        count,
    )
    return text % {"count": count}


def _of_actions(count: int) -> str:
    text = ngettext(
        "%(count)d open action that was planned on it stays in your country’s plan. The secretariat no longer sees it.",
        "%(count)d open actions that were planned on it stay in your country’s plan. The secretariat no longer sees "
        "them.",
        count,
    )
    return text % {"count": count}

"""What the frame of every page needs worked out: navigation, stages, the links of an error summary."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.core.cache import caches
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from cpch.accounts.models import Membership, Role, User
from cpch.accounts.names import name_among
from cpch.accounts.second_factor import is_held_up
from diagnostic.core import workflow
from diagnostic.core.instrument import Instrument
from diagnostic.core.responses import NATIONAL
from diagnostic.core.scoring import SCORING_VERSION
from diagnostic.instruments import current_instrument, instrument_of, instrument_submitted
from diagnostic.models import Assessment, Submission
from diagnostic.permissions import can_compare, main_voice, membership_of

register = template.Library()


@register.filter
def among(person: User, people: Iterable[User | Membership]) -> str:
    """The person's name, distinguished from those of `people`, users or memberships (`accounts.names.name_among`)."""
    return name_among(person, [item.user if isinstance(item, Membership) else item for item in people])


COUNTRY = (
    ("assessment-list", _("Assessments")),
    ("plan-home", _("Action plan")),
    ("inbox", _("Inbox")),
    ("people", _("People")),
    ("resources", _("Resources")),
    ("help", _("Help")),
)
NAVIGATION: dict[str, tuple[tuple[str, Any], ...]] = {
    Role.RESPONDENT: COUNTRY,
    Role.COORDINATOR: COUNTRY,
    Role.OBSERVER: COUNTRY,
    Role.REVIEWER: (
        ("review-queue", _("Submissions")),
        ("inbox", _("Inbox")),
        ("resources", _("Resources")),
        ("help", _("Help")),
    ),
    Role.ADMINISTRATOR: (
        ("review-queue", _("Submissions")),
        ("inbox", _("Inbox")),
        ("people", _("Countries and people")),
        ("resources", _("Resources")),
        ("help", _("Help")),
    ),
    Role.PARTNER: (
        ("assessment-list", _("Assessments")),
        ("resources", _("Resources")),
        ("help", _("Help")),
    ),
}
"""What each role finds in the head of every page, in reading order."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of a list of links; without a `url` it is named but cannot be followed yet."""

    label: str
    url: str = ""
    is_current: bool = False


@register.simple_tag(takes_context=True)
def navigation(context: Mapping[str, Any]) -> list[Link]:
    """The site's sections for the role of who is signed in; empty for everyone else, and before a required set-up."""
    path = context["request"].path
    links = () if is_held_up(context["user"]) else NAVIGATION.get(_role(context), ())
    addresses = [(label, reverse(name)) for name, label in links]
    return [Link(str(label), url, path.startswith(url)) for label, url in addresses]


@register.simple_tag(takes_context=True)
def navigation_html(context: Mapping[str, Any], links: list[Link]) -> SafeString:
    """`links` and who is signed in, as the head shows them twice; rendered once for the same person and section."""
    user = context["user"]
    membership = membership_of(user)
    place = membership and (membership.role, membership.country_id, membership.agency_id, membership.organisation)
    key = f"navigation:{hashlib.sha256(repr((get_language(), links, user.full_name, place)).encode()).hexdigest()}"
    held = caches["fragments"].get(key)
    if held is None:
        held = str(render_to_string("components/_nav.html", {"links": links, "user": user}))
        caches["fragments"].set(key, held)
    return mark_safe(held)  # noqa: S308  what the template engine rendered and escaped


@register.simple_tag(takes_context=True)
def stages(
    context: Mapping[str, Any], assessment: Assessment, stage: str = "", submission: Submission | None = None
) -> list[Link]:
    """The stages of `assessment` as its reader goes through them; `stage` is the key of the page's own.

    Keys: overview, answer, compare, result, submit, report, history, and for the secretariat answers.
    """
    role = _role(context)
    if role in (Role.REVIEWER, Role.ADMINISTRATOR):
        steps = _steps_of_the_secretariat(assessment, submission)
    elif role == Role.PARTNER:
        steps = _steps_of_a_partner(assessment)
    else:
        steps = _steps_of_the_country(assessment, context.get("user"))
    return [Link(str(label), url, key == stage) for key, label, url in steps]


@register.simple_tag
def state_in_words(assessment: Assessment, submission: Submission | None = None) -> str:
    """Where `assessment` stands, as its context bar says it."""
    state = assessment.get_state_display()
    if submission:
        return gettext("%(state)s, submission %(number)d") % {"state": state, "number": submission.number}
    if assessment.state != workflow.DRAFT:
        return str(state)
    if assessment.mode == workflow.JOINT:
        return gettext("Draft, one joint session")
    return gettext("Draft, each agency for itself")


@register.simple_tag(takes_context=True)
def level_name(context: Mapping[str, Any], level: int) -> str:
    """The name of a level of the continuum by its number, 1 to 5; on a submission's page, its name when submitted."""
    return _instrument_in(context).level_name(level)


def _instrument_in(context: Mapping[str, Any]) -> Instrument:
    """The instrument of the page: that of the submission it shows, or the current one."""
    instrument, submission = context.get("instrument"), context.get("submission")
    if isinstance(instrument, Instrument):
        return instrument
    return instrument_submitted(submission) if isinstance(submission, Submission) else current_instrument()


@register.simple_tag
def scoring_version() -> int:
    """The version of the scoring rules that this program computes by."""
    return SCORING_VERSION


@register.simple_tag
def instrument_for(assessment: Assessment, submission: Submission | str = "") -> Instrument:
    """The instrument of `submission` at that time; without one (""), that of `assessment`. Cached."""
    return instrument_submitted(submission) if isinstance(submission, Submission) else instrument_of(assessment)


@register.simple_tag
def error_links(faults: BaseForm | Iterable[tuple[str, Any]]) -> list[Link]:
    """The lines of an error summary: of a bound form, or of pairs of a field's id, "" for none, and a text."""
    if not isinstance(faults, BaseForm):
        return [Link(str(text), f"#{target}" if target else "") for target, text in faults]
    links = [Link(str(text)) for text in faults.non_field_errors()]
    for field in faults:
        target = field.id_for_label or f"{field.auto_id}_0"
        links += [Link(str(text), f"#{target}") for text in field.errors]
    return links


def _role(context: Mapping[str, Any]) -> str:
    membership = membership_of(context.get("user"))
    return membership.role if membership else ""


def _steps_of_the_country(assessment: Assessment, user: Any) -> list[tuple[str, Any, str]]:
    """What is not there for `user` yet is named and cannot be followed: blind, they have their own answers at most."""
    first = instrument_of(assessment).themes[0].id
    of = {"pk": assessment.pk}
    voice = main_voice(user, assessment)
    may_check = bool(voice) and assessment.state in workflow.WITH_COUNTRY
    steps = [
        ("overview", _("Overview"), reverse("assessment-detail", kwargs=of)),
        ("answer", _("Answer"), reverse("theme", kwargs={**of, "voice": voice, "theme": first}) if voice else ""),
        ("result", _("Result"), reverse("result", kwargs=of) if voice else ""),
        ("submit", _("Attest and submit"), reverse("assessment-check", kwargs=of) if may_check else ""),
        ("report", _("Report"), reverse("assessment-report", kwargs=of) if voice == NATIONAL else ""),
        ("history", _("Over time"), reverse("over-time", kwargs=of)),
        ("plan", _("Action plan"), reverse("plan", kwargs={"country": assessment.country.alpha2})),
    ]
    if assessment.mode == workflow.SEPARATE:
        url = reverse("compare", kwargs=of) if can_compare(user, assessment) else ""
        steps.insert(2, ("compare", _("Compare and agree"), url))
    return steps


def _steps_of_the_secretariat(assessment: Assessment, submission: Submission | None) -> list[tuple[str, Any, str]]:
    of = {"pk": assessment.pk}
    answers = reverse("review-detail", kwargs={"pk": submission.pk}) if submission else reverse("review-queue")
    return [
        ("answers", _("Answers"), answers),
        ("result", _("Result"), reverse("result", kwargs=of)),
        ("history", _("Over time"), reverse("over-time", kwargs=of)),
        ("plan", _("Action plan"), reverse("plan", kwargs={"country": assessment.country.alpha2})),
        ("report", _("Report"), reverse("assessment-report", kwargs=of)),
    ]


def _steps_of_a_partner(assessment: Assessment) -> list[tuple[str, Any, str]]:
    of = {"pk": assessment.pk}
    return [
        ("overview", _("Overview"), reverse("assessment-detail", kwargs=of)),
        ("result", _("Result"), reverse("result", kwargs=of)),
        ("history", _("Over time"), reverse("over-time", kwargs=of)),
        ("report", _("Report"), reverse("assessment-report", kwargs=of)),
    ]

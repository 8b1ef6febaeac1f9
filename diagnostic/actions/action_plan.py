"""Every change of a country's action plan: planning, changing, saying how far an action is, commenting.

The log holds numbers, ids and states of actions, never what somebody wrote.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F, Max

from cpch.accounts.models import Country
from cpch.limits import COMMENTS
from diagnostic.core import workflow
from diagnostic.core.action_plan import (
    DROPPED,
    OPEN,
    ActionDetails,
    check_details,
    find_level,
    find_recommended,
    find_transition,
    is_for_coordinators,
    lead_of,
)
from diagnostic.core.names import write_name
from diagnostic.core.response_rules import find_text_fault
from diagnostic.core.responses import NATIONAL
from diagnostic.core.result import Result, score
from diagnostic.core.visible_text import says_nothing
from diagnostic.core.words import Message, _
from diagnostic.instruments import instrument_of
from diagnostic.models import Action, ActionComment, ActionRevision, Assessment
from diagnostic.permissions import can_change_plan, can_plan, can_work_on_plan
from diagnostic.queries import load_voices

from . import audit
from .attestations import void_outdated
from .clock import now
from .errors import ActionChanged, ActionRefused, Invalid, StateChanged
from .limits import require_within

TWICE = timedelta(seconds=10)
"""Within this a button is pressed twice; later the same is meant again."""


class AlreadyPlanned(ActionRefused):
    """An action of the plan rests on the recommendation and is still open; it may be of another assessment."""

    def __init__(self) -> None:
        super().__init__(
            Message(_("Another action of the plan rests on the same recommendation and is still open. Go on with it."))
        )


@transaction.atomic
def plan(*, assessment: Assessment, recommendation: str, by: Any) -> Action:
    """Make an action of one of the recommendations of `assessment`, with the recommendation's own words and lead.

    Where one of the country's open actions rests on it already, that one is given back. Raises `PermissionDenied`,
    `StateChanged` where the assessment is withdrawn, or `ActionRefused` where the answers as they stand recommend no
    such thing.
    """
    held = _lock_country_of(assessment, by)
    instrument, result = instrument_of(held), _score(held)
    item = next((item for item in result.recommendations if item.id == recommendation), None)
    recommended = find_recommended(instrument, recommendation)
    if item is None or recommended is None:
        raise ActionRefused(
            Message(_("The answers as they stand do not recommend this any more. Load the result again."))
        )
    standing = Action.objects.filter(country=held.country_id, recommendation=recommendation, state__in=OPEN).first()
    if standing is not None:
        return standing
    lead, support = lead_of(recommended.lead)
    details = ActionDetails(recommended.text, lead, support)
    return _create(held, result, details, recommendation, item.question or "", item.theme, item.to_level, by)


@transaction.atomic
def add(*, assessment: Assessment, details: ActionDetails, question: str = "", theme: str = "", by: Any) -> Action:
    """Add an action of the country's own to the plan; it may concern a `question`, or a whole `theme`.

    Who adds the very same again at once, by a button pressed twice, is given the first. Raises `PermissionDenied`,
    `StateChanged` where the assessment is withdrawn, `ActionRefused` for an unknown question or theme, or `Invalid`.
    """
    held = _lock_country_of(assessment, by)
    instrument = instrument_of(held)
    if question and question not in instrument.by_code:
        raise ActionRefused(Message(_("There is no question %(code)s."), {"code": question}))
    if theme and theme not in instrument.theme_by_id:
        raise ActionRefused(Message(_("There is no such theme.")))
    about = instrument.by_code[question].theme if question else theme
    checked = _checked(details)
    last = Action.objects.filter(country=held.country_id, recommendation="").order_by("-number").first()
    if last and _is_just_added(last, held, by) and _says(last, checked, question, about):
        return last
    return _create(held, _score(held), checked, "", question, about, None, by)


def _is_just_added(action: Action, assessment: Assessment, by: Any) -> bool:
    is_same = (action.assessment_id, action.planned_by_id, action.version) == (assessment.pk, by.pk, 1)
    return is_same and now() - action.planned_at < TWICE


def _says(action: Action, details: ActionDetails, question: str, theme: str) -> bool:
    written = all(getattr(action, name) == getattr(details, name) for name in ActionDetails.__slots__)
    return written and (action.question, action.theme) == (question, theme)


def _lock_country_of(assessment: Assessment, by: Any) -> Assessment:
    """The assessment, with its country locked so that no two actions take one number. Raises as `plan`."""
    if not can_plan(by, assessment):
        raise PermissionDenied
    Country.objects.select_for_update().get(pk=assessment.country_id)
    held = Assessment.objects.select_for_update(of=("self",)).select_related("country").get(pk=assessment.pk)
    if held.state == workflow.WITHDRAWN:
        raise StateChanged
    return held


def _score(assessment: Assessment) -> Result:
    voices = load_voices(assessment)
    return score(instrument_of(assessment), voices, NATIONAL, assessment.target_level)


def _create(
    assessment: Assessment,
    result: Result,
    details: ActionDetails,
    recommendation: str,
    question: str,
    theme: str,
    to_level: int | None,
    by: Any,
) -> Action:
    last = Action.objects.filter(country=assessment.country_id).aggregate(last=Max("number"))["last"]
    at = now()
    action = Action.objects.create(
        country_id=assessment.country_id,
        assessment=assessment,
        number=(last or 0) + 1,
        title=details.title,
        recommendation=recommendation,
        question=question,
        theme=theme,
        to_level=to_level,
        level_before=find_level(result, question, theme),
        lead=details.lead,
        support=details.support,
        responsible=details.responsible,
        due_on=details.due_on,
        planned_at=at,
        planned_by=by,
        changed_at=at,
        changed_by=by,
        state_changed_at=at,
        state_changed_by=by,
    )
    _keep(action)
    _log_change("plan.add", action, by, recommendation=recommendation)
    return action


@transaction.atomic
def change(*, action: Action, details: ActionDetails, base_version: int, by: Any) -> Action:
    """Change what is written of an action; `base_version` is the version that the writer saw.

    What stands already is not written again. Raises `PermissionDenied`, `Invalid`, or `ActionChanged` where someone
    else was faster.
    """
    if not can_change_plan(by, action.country_id):
        raise PermissionDenied
    checked = _checked(details)
    held = _lock(action)
    wanted = {name: getattr(checked, name) for name in ActionDetails.__slots__}
    changed = sorted(name for name, value in wanted.items() if getattr(held, name) != value)
    if not changed:
        return held
    if held.version != base_version:
        raise ActionChanged(held)
    _write(held, by, **wanted)
    _log_change("plan.change", held, by, parts=changed)
    return held


@transaction.atomic
def move(
    *, action: Action, act: str, source: str, reason: str = "", proof: str = "", base_version: int = 0, by: Any
) -> Action:
    """Carry out `act` of the table on an action that its reader saw in the state `source`.

    To drop it takes a `reason`. A `proof` that is given is written whatever the act: it was typed beside the button,
    over the `base_version` that the writer saw; another that somebody wrote meanwhile is not lost to it. Raises
    `PermissionDenied`, `ActionRefused` for a missing reason, a bad text or an act that is not possible, `ActionChanged`
    where someone else was faster, or `AlreadyPlanned` where it would be a second open action on one recommendation.
    """
    may = can_change_plan if is_for_coordinators(act) else can_work_on_plan
    if not may(by, action.country_id):
        raise PermissionDenied
    transition = find_transition(act, source)
    if transition is None:
        raise ActionRefused(Message(_("An action in this state cannot be moved like that.")))
    texts = {}
    if transition.target == DROPPED:
        texts["reason"] = _text(reason, when_empty=Message(_("Say in a few words why the action is dropped.")))
    if not says_nothing(proof):
        texts["proof"] = _text(proof)
    held = _lock(action)
    is_over_another = bool(held.proof) and held.proof != texts.get("proof", held.proof)
    if held.state != source or (is_over_another and held.version != base_version):
        raise ActionChanged(held)
    at = now()
    try:
        with transaction.atomic():
            _write(held, by, state=transition.target, state_changed_at=at, state_changed_by=by, **texts)
    except IntegrityError as error:
        raise AlreadyPlanned from error
    _log_change("plan.move", held, by, state=transition.target)
    return held


@transaction.atomic
def prove(*, action: Action, proof: str, base_version: int, by: Any) -> Action:
    """Write what shows that an action is done, or takes away what was written.

    Raises `PermissionDenied`, `ActionRefused` for a bad text, or `ActionChanged` where someone else was faster.
    """
    if not can_work_on_plan(by, action.country_id):
        raise PermissionDenied
    text = _text(proof) if not says_nothing(proof) else ""
    held = _lock(action)
    if held.proof == text:
        return held
    if held.version != base_version:
        raise ActionChanged(held)
    _write(held, by, proof=text)
    _log_change("plan.change", held, by, parts=["proof"])
    return held


@transaction.atomic
def comment(*, action: Action, text: str, by: Any) -> ActionComment:
    """Write into the thread of an action; the country's own people read it.

    Raises `PermissionDenied`, `ActionRefused` for a bad text, or `LimitReached`.
    """
    if not can_work_on_plan(by, action.country_id):
        raise PermissionDenied
    written = _text(text, when_empty=Message(_("Write something first.")))
    held = _lock(action)
    last = ActionComment.objects.filter(action=held).last()
    # A button pressed twice says it once.
    if last and (last.written_by_id, last.text) == (by.pk, written):
        return last
    require_within(COMMENTS, by)
    found = ActionComment.objects.create(action=held, text=written, written_at=now(), written_by=by)
    _log("plan.comment", held, by)
    return found


@transaction.atomic
def hand_over(*, action: Action, responsible: str, by: Any) -> None:
    """Replace the person responsible for an action when they leave.

    The caller has checked that `by` may end the person's access, which includes this. Raises `ActionChanged` if someone
    else changed the action first.
    """
    held = _lock(action)
    if held.version != action.version:
        raise ActionChanged(held)
    _write(held, by, responsible=responsible)
    _log_change("plan.change", held, by, parts=["responsible"])


def _checked(details: ActionDetails) -> ActionDetails:
    cleaned = ActionDetails(
        details.title.strip(), details.lead, details.support, details.responsible.strip(), details.due_on
    )
    faults = check_details(cleaned)
    if faults:
        raise Invalid(faults)
    return replace(cleaned, responsible=write_name(cleaned.responsible))


def _text(text: str, when_empty: Message | None = None) -> str:
    fault = find_text_fault(text)
    if fault or says_nothing(text):
        raise ActionRefused(fault or when_empty or Message(_("Write something first.")))
    return text.strip()


def _lock(action: Action) -> Action:
    return Action.objects.select_for_update(of=("self",)).select_related("assessment").get(pk=action.pk)


def _write(held: Action, by: Any, **values: Any) -> None:
    """Write `values` over `held`, by conditional update as everywhere. Raises `ActionChanged`."""
    values |= {"changed_at": now(), "changed_by": by}
    written = Action.objects.filter(pk=held.pk, version=held.version).update(version=F("version") + 1, **values)
    if not written:
        raise ActionChanged(_lock(held))
    held.version += 1
    for name, value in values.items():
        setattr(held, name, value)
    _keep(held)


def _keep(action: Action) -> None:
    """Append what stands now to the action's history."""
    content = {name: getattr(action, name) for name in (*ActionDetails.__slots__, "state", "reason", "proof")}
    content["due_on"] = action.due_on.isoformat() if action.due_on else ""
    ActionRevision.objects.create(
        action=action,
        version=action.version,
        content=content,
        saved_at=action.changed_at,
        saved_by=action.changed_by,
    )


def _log_change(act: str, action: Action, by: Any, **detail: Any) -> None:
    """Log the change to the plan, and void attestations of the previous plan."""
    _log(act, action, by, **detail)
    void_outdated(country_id=action.country_id, by=by, because="plan")


def _log(act: str, action: Action, by: Any, **detail: Any) -> None:
    audit.record(act=act, by=by, assessment=action.assessment, action=action.number, **detail)

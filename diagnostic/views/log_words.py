"""The acts of the log in sentences; what is logged, and when, is in actions."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cpch.isolation import say
from diagnostic.models import AuditEntry

ACTS = {
    "assessment.start": _("started the assessment for %(period)s"),
    "assessment.submit": _("submitted it, as submission %(number)s"),
    "attestation.sign": _("attested the answers for %(agency)s"),
    "attestation.record": _(
        "recorded that %(agreed_by)s, %(agreed_office)s, agreed to the answers for %(agency)s on %(agreed_on)s "
        "(%(agreed_reference)s)"
    ),
    "attestation.take_back": _("took back the attestation of %(agency)s"),
    "attestation.void": _("changed %(because)s, which voided the attestations of %(agencies)s"),
    "assessment.withdraw": _("withdrew it: %(reason)s"),
    "assessment.export": _("downloaded the answers as a file"),
    "comparison.declare": _("declared the answers of %(agency)s complete"),
    "comparison.undeclare": _("took back that the answers of %(agency)s are complete"),
    "comparison.ask": _("asked for %(agency)s to open the comparison early: %(reason)s"),
    "comparison.unask": _("took back that %(agency)s asked to open the comparison early"),
    "comparison.open": _(
        "opened the comparison early, as both agencies had asked. Customs: %(customs)s Police: %(police)s"
    ),
    "comparison.open_declared": _("opened the comparison, as both agencies had declared their answers complete"),
    "comparison.leave_open": _("left open %(questions)s"),
    "comparison.take_over": _("took over the equal answers to %(questions)s"),
    "comparison.discuss": _("wrote to the discussion of %(question)s"),
    "submission.download": _("downloaded the record of submission %(number)s"),
    "review.take_up": _("took up the review of submission %(number)s"),
    "review.return": _("returned submission %(number)s, asking about %(questions)s"),
    "review.accept": _("accepted submission %(number)s"),
    "comment.share": _("wrote to the country about %(question)s of submission %(number)s"),
    "comment.answer": _("answered the secretariat about %(question)s of submission %(number)s"),
    "opinion.give": _("gave an opinion on %(question)s of submission %(number)s"),
    "opinion.change": _("changed the opinion on %(question)s of submission %(number)s"),
    "opinion.take_back": _("took back the opinion on %(question)s of submission %(number)s"),
    "opinion.reply": _("replied to the opinion on %(question)s of submission %(number)s"),
    "plan.add": _("planned action %(action)s"),
    "plan.change": _("changed %(parts)s of action %(action)s"),
    "plan.move": _("marked action %(action)s as %(state)s"),
    "plan.download": _("downloaded the plan’s calendar"),
    "plan.workbook": _("downloaded the plan as a workbook"),
    "plan.comment": _("commented on action %(action)s"),
    "report.request": _("asked for the report"),
    "report.download": _("downloaded the report"),
    "draft.download": _("downloaded %(draft)s"),
    "draft.download_without": _("downloaded %(draft)s without the sensitive answers"),
}
VOIDED_BY_LEAVING = {
    "deactivated": _("deactivated %(person)s, which voided their attestation for %(agencies)s"),
    "moved": _("changed the role of %(person)s, which voided their attestation for %(agencies)s"),
}
"""What is said where an attestation is void because of whoever gave it, by the reason."""
SETTINGS = {
    "title": _("title"),
    "marking": _("marking"),
    "is_disclosed_to_partners": _("disclosure to partners"),
    "allows_statistics": _("use in statistics"),
    "target_level": _("target"),
}
MEMBERS = {
    "agency": {"customs": _("customs"), "police": _("the police")},
    "agencies": {"customs": _("customs"), "police": _("the police")},
    "parts": {
        "title": _("the title"),
        "lead": _("the lead"),
        "support": _("the supporting agency"),
        "responsible": _("who is responsible"),
        "due_on": _("the due date"),
        "proof": _("the proof"),
    },
    "state": {"planned": _("planned"), "under_way": _("under way"), "done": _("done"), "dropped": _("dropped")},
    "draft": {
        "agreement": _("the draft of a memorandum between customs and police"),
        "terms": _("the draft of a committee’s terms of reference"),
    },
    "because": {"settings": _("the settings"), "plan": _("the action plan")},
}
"""The words for what a detail holds as a code; all else is read as it is."""
SEALED = {
    "customs": _("Customs only, until the comparison opens"),
    "police": _("Police only, until the comparison opens"),
}
UNSEALED = {"customs": _("Customs only, before the comparison"), "police": _("Police only, before the comparison")}
PLAIN = {True: _("yes"), False: _("no"), None: _("none"), "": _("none")}


def say_sections(entries: Iterable[AuditEntry], *, is_open: bool) -> list[tuple[str, list[tuple[AuditEntry, str]]]]:
    """The entries with their sentences, under a heading for each run of one chain; "" if all are in the main one."""
    names = {"": _("Both agencies and observers")} | (UNSEALED if is_open else SEALED)
    runs = [(sealed_for, list(run)) for sealed_for, run in groupby(entries, key=lambda entry: entry.chain.sealed_for)]
    is_plain = all(not sealed_for for sealed_for, _run in runs)
    return [
        ("" if is_plain else str(names[sealed_for]), [(entry, say_entry(entry)) for entry in run])
        for sealed_for, run in runs
    ]


def say_entry(entry: AuditEntry) -> str:
    """What was done, to be read after the name of who did it; an act that is not known here by its code."""
    words = VOIDED_BY_LEAVING.get(entry.detail.get("because", "")) if entry.act == "attestation.void" else None
    if words is not None:
        return say(words, **{name: _say_member(name, value) for name, value in entry.detail.items()})
    if entry.act == "assessment.settings":
        return _say_settings(entry.detail.get("changes", {}))
    words = ACTS.get(entry.act)
    if words is None:
        return entry.act
    try:
        # Hashes of answers and sealed chains are for verify_audit, and appear in no sentence.
        said = {name: value for name, value in entry.detail.items() if not isinstance(value, dict)}
        return say(words, **{name: _say_member(name, value) for name, value in said.items()})
    except KeyError:
        return entry.act


def _say_member(name: str, value: Any) -> str:
    known = MEMBERS.get(name, {})
    return ", ".join(str(known.get(item, item)) for item in (value if isinstance(value, list) else [value]))


def _say_settings(changes: dict[str, list[Any]]) -> SafeString:
    words = gettext("%(name)s from %(before)s to %(after)s")
    parts = [
        say(words, name=SETTINGS.get(name, name), before=_plain(before), after=_plain(after))
        for name, (before, after) in sorted(changes.items(), key=_in_order)
    ]
    return format_html(escape(gettext("changed %(changes)s")) % {"changes": "{}"}, mark_safe("; ".join(parts)))  # noqa: S308


def _in_order(change: tuple[str, Any]) -> int:
    """A setting's place on its page; a database may give the members of a detail in any order."""
    names = list(SETTINGS)
    return names.index(change[0]) if change[0] in names else len(names)


def _plain(value: Any) -> str:
    known = value is None or isinstance(value, bool) or value == ""
    return str(PLAIN[value]) if known else str(value)

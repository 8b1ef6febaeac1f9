"""The acts of the site's log, in sentences and by kind; views/log_words has those of assessments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from cpch.isolation import bdi, say

SIGN_INS, ATTEMPTS, PEOPLE, OTHER = "sign-ins", "attempts", "people", "other"
KINDS = {
    SIGN_INS: _("Sign-ins and second factors"),
    ATTEMPTS: _("Refused attempts"),
    PEOPLE: _("People and invitations"),
    OTHER: _("Internal notes of the secretariat, and other activity"),
}
ACTS: dict[str, dict[str, Any]] = {
    SIGN_INS: {
        "person.signed_in": _("signed in"),
        "person.signed_out": _("signed out"),
        "person.sign_in_failed": _("a sign-in failed for %(email)s"),
        "person.sign_in_refused": _("tried to sign in with a deactivated account"),
        "person.code_failed": _("a wrong code was given for %(person)s"),
        "person.key_failed": _("a passkey or security key of %(person)s was refused"),
        "person.password_failed": _("a wrong password was given for %(person)s"),
        "person.too_many_guesses": _("too many codes or passwords were tried for %(person)s"),
        "person.recovery_code_used": _("used a recovery code"),
        "person.proved": _("confirmed their identity before changing the security of their account"),
        "person.session_ended": _("was signed out because their second factor had changed"),
        "person.password_reset_asked": _("a password reset was requested for %(email)s"),
        "person.password_reset": _("reset their password"),
        "person.password_changed": _("changed their password"),
        "person.app_added": _("set up an authenticator app"),
        "person.app_removed": _("removed their authenticator app"),
        "person.key_added": _("added the key %(name)s"),
        "person.key_renamed": _("renamed the key %(before)s to %(name)s"),
        "person.key_removed": _("removed the key %(name)s"),
        "person.codes_made": _("made new recovery codes"),
        "person.codes_downloaded": _("downloaded their recovery codes"),
        "person.second_factor_taken_off": _("removed the second factor of %(person)s: %(reason)s"),
    },
    ATTEMPTS: {
        "access.hidden": _("tried to open a page that does not exist or that they may not see"),
        "access.refused": _("tried something that their role does not allow"),
        "invitation.unknown": _("opened an invitation link that is not valid"),
        "invitation.refused": _("opened the link of an invitation that has ended: %(invitation)s"),
        "limit.refused": _("reached a limit: %(limit)s"),
        "attempts.more": _(
            "more attempts from this address are counted but not listed: %(attempts)s in that hour so far"
        ),
    },
    PEOPLE: {
        "invitation.made": _("invited %(email)s"),
        "invitation.printed": _("%(email)s was invited on the command line"),
        "invitation.renewed": _("sent the invitation for %(invitation)s again"),
        "invitation.withdrawn": _("withdrew the invitation for %(invitation)s"),
        "invitation.accepted": _("accepted the invitation for %(invitation)s"),
        "invitation.taken_over": _("handed the invitation for %(invitation)s to %(person)s"),
        "person.language": _("chose another language"),
        "person.moved": _("changed the role of %(person)s"),
        "person.deactivated": _("deactivated %(person)s"),
        "person.reactivated": _("reactivated %(person)s"),
        "proposal.made": _("proposed %(name)s, %(email)s, as a coordinator"),
        "proposal.taken_back": _("took back proposal %(proposal)s"),
        "proposal.approved": _("approved proposal %(proposal)s; verified: %(verified)s"),
        "proposal.declined": _("declined proposal %(proposal)s: %(reason)s"),
    },
    OTHER: {
        "comment.note": _("wrote an internal comment on %(question)s"),
        "assignment.make": _("assigned a review to %(reviewer)s, due on %(due_on)s"),
        "assignment.end": _("ended the assignment of %(reviewer)s"),
        "assignment.hand_over": _("handed the assignment of %(reviewer)s to %(to)s"),
        "review.ask": _("noted a clarification to ask about %(question)s"),
        "review.unask": _("took back a clarification about %(question)s"),
        "mail.try_again": _("retried undelivered e-mail %(item)s"),
        "plan.remind": _("reminders of due actions were queued for %(country)s"),
        "plan.download": _("downloaded the plan’s calendar"),
        "plan.workbook": _("downloaded the plan as a workbook"),
    },
}
LIMIT_NAMES = {
    "invitations": _("invitations"),
    "comments": _("comments and replies"),
    "log pages": _("pages of a log"),
    "reports": _("waiting reports"),
    "sign_in": _("passwords from one network address or device"),
    "password_source": _("wrong passwords from one network address"),
    "password_source_account": _("wrong passwords for one account from one network address"),
    "password_account": _("wrong passwords for one account"),
    "password_device": _("wrong passwords on one device"),
    "reset_source": _("password resets from one network address"),
    "reset_account": _("password resets for one account"),
    "reset_link": _("uses of password reset links"),
    "guess_source": _("codes and passwords from one network address"),
    "guess": _("codes and passwords of one person within five minutes"),
    "guess_day": _("codes and passwords of one person within a day"),
    "passkey": _("sign-ins with a passkey"),
    "dead_link": _("invitation links that do not work"),
}
"""The limits in words, by `cpch.limits.Limit.name`."""
WORDS = {act: words for acts in ACTS.values() for act, words in acts.items()}


def acts_of(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The acts of a kind, and the acts to exclude; an act without a sentence belongs to the last kind."""
    if kind == OTHER:
        return (), tuple(act for other in KINDS if other != OTHER for act in ACTS[other])
    return tuple(ACTS.get(kind, ())), ()


def say_act(act: str, detail: Mapping[str, Any]) -> SafeString:
    """The sentence of an act, read after the person's name; for an unknown act, its code."""
    try:
        return say(WORDS[act], **{name: value for name, value in detail.items() if isinstance(value, (str, int))})
    except KeyError:
        return bdi(act)

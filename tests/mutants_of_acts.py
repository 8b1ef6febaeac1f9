"""The mutants of acts, permissions, the log, and the pages that depend on them."""

from __future__ import annotations

from tests.mutant import Mutant

ENDED = ("tests/actions/test_ended.py",)
DISCLOSURE = ("tests/permissions/test_disclosure.py",)
HANDOVER = ("tests/views/test_handover.py", "tests/views/test_moving.py")
RESPONSES = ("tests/actions/test_responses.py",)
ATTESTATIONS = ("tests/actions/test_attestations.py",)
SNAPSHOT = ("tests/actions/test_snapshot.py",)
AUDIT = ("tests/actions/test_audit.py", "tests/actions/test_audit_check.py")
KEPT_PAGE = ("tests/views/answers/test_kept_page.py",)

MUTANTS = (
    Mutant(
        "discuss: an ended assessment",
        "diagnostic/actions/comparison.py",
        "    if held.state in workflow.ENDED:\n        raise StateChanged\n",
        "",
        ENDED,
    ),
    Mutant(
        "take_up: an older submission",
        "diagnostic/actions/reviews.py",
        "    _require_last(submission)\n    moved",
        "    moved",
        ENDED,
    ),
    Mutant(
        "has_drafts: a withdrawn assessment",
        "diagnostic/permissions.py",
        "if not can_draft(user, assessment) or assessment.state == workflow.WITHDRAWN:",
        "if not can_draft(user, assessment):",
        ENDED,
    ),
    Mutant(
        "kept page: shown to whoever signs in next",
        "diagnostic/views/page_key.py",
        ' or held["user"] != request.user.pk',
        "",
        KEPT_PAGE,
    ),
    Mutant(
        "kept page: put into another person's session",
        "diagnostic/views/page_key.py",
        "if user is None or request.user.pk not in (None, user):",
        "if user is None:",
        KEPT_PAGE,
    ),
    Mutant(
        "kept page: a key of another assessment",
        "diagnostic/views/page_key.py",
        "return user if of == str(assessment) else None",
        "return user",
        KEPT_PAGE,
    ),
    Mutant(
        "disclosure: the submission's own switch",
        "diagnostic/permissions.py",
        "            is_disclosed_to_partners=True,\n            assessment__is_disclosed_to_partners=True,\n",
        "            assessment__is_disclosed_to_partners=True,\n",
        DISCLOSURE,
    ),
    Mutant(
        "disclosure: the assessment's switch",
        "diagnostic/permissions.py",
        "            assessment__is_disclosed_to_partners=True,\n",
        "",
        DISCLOSURE,
    ),
    Mutant(
        "blind: an agency reads the other's answers before the comparison",
        "diagnostic/permissions.py",
        "if assessment.mode == workflow.JOINT or assessment.comparison_opened_at is not None:",
        "if True:",
        DISCLOSURE,
    ),
    Mutant(
        "blind: the declaration of the other agency on the page of a hand-over",
        "diagnostic/handover_queries.py",
        'return {"agency": _kind(membership)} if',
        "return {} if",
        HANDOVER,
    ),
    Mutant(
        "save: over a version that the writer never saw",
        "diagnostic/actions/responses.py",
        "    if row.version != base_version:\n        raise Stale(row)\n",
        "",
        RESPONSES,
    ),
    Mutant(
        "save: a question that the return does not name",
        "diagnostic/actions/responses.py",
        "if assessment.state == workflow.RETURNED and row.question not in open_questions(",
        "if False and row.question not in open_questions(",
        ("tests/actions/test_lifecycle.py",),
    ),
    Mutant(
        "save: a follow-up that is not asked",
        "diagnostic/actions/responses.py",
        "if not response.is_blank and not is_asked(instrument, asked, voice, _by_voice(parents)):",
        "if False:",
        RESPONSES,
    ),
    Mutant(
        "void: an edit leaves what was attested",
        "diagnostic/actions/responses.py",
        "    if is_edited:\n        row.has_voided",
        "    if False:\n        row.has_voided",
        ATTESTATIONS,
    ),
    Mutant(
        "void: a change of a setting leaves what was attested",
        "diagnostic/actions/assessments.py",
        '        attestations.void(assessment=held, by=by, because="settings")\n',
        "",
        ATTESTATIONS,
    ),
    Mutant(
        "void: the attestation of somebody who is deactivated stands",
        "diagnostic/actions/handover.py",
        "        attestations.void_one(attestation=signed, by=by, because=because)\n",
        "        pass\n",
        HANDOVER,
    ),
    Mutant(
        "digest: attested without the marking",
        "diagnostic/actions/submissions.py",
        '        "marking": assessment.marking,\n',
        "",
        SNAPSHOT,
    ),
    Mutant(
        "digest: attested without whom it is disclosed to",
        "diagnostic/actions/submissions.py",
        '        "is_disclosed_to_partners": assessment.is_disclosed_to_partners,\n',
        "",
        SNAPSHOT,
    ),
    Mutant(
        "digest: submitted under signatures of another text",
        "diagnostic/actions/submissions.py",
        "if signature.digest == digest and",
        "if",
        SNAPSHOT,
    ),
    Mutant(
        "permissions: the secretariat before anything is submitted",
        "diagnostic/permissions.py",
        "SEEN_BY_SECRETARIAT = workflow.HANDED_IN",
        "SEEN_BY_SECRETARIAT = workflow.STATES",
        DISCLOSURE,
    ),
    Mutant(
        "permissions: actions planned since a return",
        "diagnostic/permissions.py",
        ".exclude(MADE_SINCE_RETURN)",
        "",
        ("tests/actions/test_action_plan.py",),
    ),
    Mutant(
        "permissions: a coordinator deactivates people of the other agency",
        "cpch/accounts/permissions.py",
        "person.agency_id not in (None, membership.agency_id)",
        "False",
        ("tests/views/test_people.py",),
    ),
    Mutant(
        "permissions: an administrator moves a partner, or somebody abroad",
        "cpch/accounts/permissions.py",
        "to in (*places, place_of(person))",
        "True",
        HANDOVER,
    ),
    Mutant(
        "permissions: an invitation is taken over for the other agency",
        "cpch/accounts/permissions.py",
        "(invitation.agency is None or invitation.agency.kind == place.agency)",
        "True",
        HANDOVER,
    ),
    Mutant(
        "audit: an entry without the hash of the one before it",
        "diagnostic/actions/audit.py",
        "previous=chain.head,",
        'previous="",',
        AUDIT,
    ),
    Mutant(
        "audit: the hash does not cover what was done",
        "diagnostic/actions/audit.py",
        '            "detail": entry.detail,\n',
        "",
        AUDIT,
    ),
    Mutant(
        "audit: an entry that was changed is not found",
        "diagnostic/actions/audit_check.py",
        "return hash_of(entry) == entry.hash",
        "return True",
        AUDIT,
    ),
    Mutant(
        "audit: the tail that was cut off is not found",
        "diagnostic/actions/audit_check.py",
        "if length > chain.length or (length < chain.length and not _grew(chain, length)):",
        "if length > chain.length:",
        AUDIT,
    ),
    Mutant(
        "audit: an attestation voided alone voids both in the check",
        "diagnostic/actions/audit_check.py",
        "if not isinstance(named, list) or agency in named:",
        "if True:",
        HANDOVER,
    ),
    Mutant(
        "hand-over: what changed since the page was shown",
        "diagnostic/actions/handover.py",
        "    if left.stamp != seen and (seen or not left.is_nothing):\n        raise HandoverChanged\n",
        "",
        HANDOVER,
    ),
    Mutant(
        "hand-over: a person deactivated a moment ago attests",
        "diagnostic/actions/attestations.py",
        "    require_unchanged(by)\n",
        "",
        HANDOVER,
    ),
    Mutant(
        "files: served whatever their content",
        "diagnostic/actions/reports.py",
        "if digest.hexdigest() != file.sha256:",
        "if False:",
        ("tests/views/test_report_files.py",),
    ),
    Mutant(
        "mail: to somebody who was deactivated",
        "cpch/accounts/tasks.py",
        "User.objects.filter(pk=user_id, is_active=True)",
        "User.objects.filter(pk=user_id)",
        ("tests/views/test_mail_to_the_deactivated.py",),
    ),
)

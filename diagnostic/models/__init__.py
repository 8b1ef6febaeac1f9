"""One noun a file; imported from here."""

from .action_plan import Action, ActionComment, ActionRevision
from .action_reminder import ActionReminder
from .agreement import Attestation, Declaration, OpeningRequest
from .assessment import Assessment, Marking
from .attempt import SourceHour
from .audit import AuditChain, AuditEntry
from .comment import Comment
from .evidence import Evidence
from .instrument import (
    ContinuumLevel,
    Criterion,
    Guidance,
    InstrumentVersion,
    NextStep,
    Option,
    Question,
    Resource,
    Solution,
    Theme,
    Weakness,
)
from .instrument_text import InstrumentText
from .outbox import OutboxItem, OutboxRecipient
from .read_mark import ReadMark
from .report import ReportFile
from .response import Response, ResponseRevision
from .review import Assignment, Clarification, Closing, Opinion, Review
from .side import Side
from .submission import Submission

__all__ = [
    "Action",
    "ActionComment",
    "ActionReminder",
    "ActionRevision",
    "Assessment",
    "Assignment",
    "Attestation",
    "AuditChain",
    "AuditEntry",
    "Clarification",
    "Closing",
    "Comment",
    "ContinuumLevel",
    "Criterion",
    "Declaration",
    "Evidence",
    "Guidance",
    "InstrumentText",
    "InstrumentVersion",
    "Marking",
    "NextStep",
    "OpeningRequest",
    "Opinion",
    "Option",
    "OutboxItem",
    "OutboxRecipient",
    "Question",
    "ReadMark",
    "ReportFile",
    "Resource",
    "Response",
    "ResponseRevision",
    "Review",
    "Side",
    "Solution",
    "SourceHour",
    "Submission",
    "Theme",
    "Weakness",
]

"""One noun a file; imported from here."""

from .assessment import Assessment, Marking
from .audit import AuditChain, AuditEntry
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
from .report import ReportFile
from .response import Response, ResponseRevision
from .review import Clarification, Review
from .submission import Submission

__all__ = [
    "Assessment",
    "AuditChain",
    "AuditEntry",
    "Clarification",
    "ContinuumLevel",
    "Criterion",
    "Evidence",
    "Guidance",
    "InstrumentVersion",
    "Marking",
    "NextStep",
    "Option",
    "Question",
    "ReportFile",
    "Resource",
    "Response",
    "ResponseRevision",
    "Review",
    "Solution",
    "Submission",
    "Theme",
    "Weakness",
]

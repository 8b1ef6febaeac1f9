"""A report as a file of any kind that it comes as; what makes one kind is loaded for that kind alone."""

from __future__ import annotations

from diagnostic.core.formats import DOCX, PDF
from diagnostic.core.report_data import Report


def render_file(report: Report, kind: str, language: str = "en", *, politeness: int = 0) -> bytes:
    """`report` as a file of this `kind`, one of the formats. Raises `RenderingFailed`.

    `politeness` says how far a process of its own stands back for others (nice); a workbook is made in this one.
    """
    from . import docx, process, xlsx

    if kind == PDF:
        return process.render_pdf(report, language, politeness=politeness)
    if kind == DOCX:
        return docx.render_docx(report, language, politeness=politeness)
    return xlsx.render_xlsx(report, language)

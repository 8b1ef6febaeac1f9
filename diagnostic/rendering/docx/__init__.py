"""The report as an editable Word document, made in a process of its own; nothing heavy is loaded on this side."""

from __future__ import annotations

from diagnostic.core.formats import DOCX
from diagnostic.core.report_data import Report

from ..process import Renderer


def render_docx(report: Report, language: str = "en", *, politeness: int = 0) -> bytes:
    """`report` as a Word document (Office Open XML), worded as its PDF is. Needs no database.

    The same report, language and locked versions give the same bytes. Raises `RenderingFailed`.
    """
    with Renderer(politeness, kind=DOCX) as renderer:
        return renderer.render(report, language)

"""Runs the process that makes a PDF or a Word document, for a worker or the command; nothing heavy is loaded here."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders

from diagnostic.core.formats import DOCX, PDF
from diagnostic.core.report_data import Report

from .carried import carried_files
from .html import STYLESHEET, render_html

MOST_SECONDS = 600
PROGRAMS = {PDF: "diagnostic.rendering.pdf", DOCX: "diagnostic.rendering.docx"}
BEGINNINGS = {PDF: b"%PDF", DOCX: b"PK"}


class RenderingFailed(RuntimeError):
    """The process ended without a document; the message is the last line that it wrote."""


class Renderer:
    """One process that makes one file. It gets ready while the caller still puts the report together.

    `kind` is PDF or DOCX of the formats; `politeness` says how far it stands back for other processes (nice, 0 to 19).
    """

    def __init__(self, politeness: int = 0, kind: str = PDF) -> None:
        self.kind = kind
        self.process = subprocess.Popen(
            [sys.executable, "-m", PROGRAMS[kind], str(politeness)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __enter__(self) -> Renderer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()

    def render(self, report: Report, language: str = "en") -> bytes:
        """`report` as the file that this process makes. Raises `RenderingFailed`."""
        order = ORDERS[self.kind](report, language)
        try:
            made, words = self.process.communicate(json.dumps(order).encode("ascii"), timeout=MOST_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise RenderingFailed(f"not done after {MOST_SECONDS} seconds") from error
        if self.process.returncode or not made.startswith(BEGINNINGS[self.kind]):
            lines = words.decode("utf-8", "replace").strip().splitlines()
            raise RenderingFailed(lines[-1] if lines else f"exit status {self.process.returncode}")
        return made


def write_order(report: Report, language: str) -> dict[str, Any]:
    """Everything that the PDF is made of, an archival and tagged one with the files that it carries."""
    return {
        "html": render_html(report, language),
        "files": read_static_files(),
        "identifier": report.digest,
        "attachments": carried_files(report, language),
    }


def write_docx_order(report: Report, language: str) -> dict[str, Any]:
    """Everything that the Word document is made of."""
    return {
        "html": render_html(report, language),
        "files": read_static_files(),
        "moment": report.facts.accepted_at or report.facts.submitted_at,
    }


ORDERS = {PDF: write_order, DOCX: write_docx_order}


def render_pdf(report: Report, language: str = "en", *, politeness: int = 0) -> bytes:
    """`report` as `Renderer.render` makes it, in a process of its own. Needs no database. Raises `RenderingFailed`."""
    with Renderer(politeness) as renderer:
        return renderer.render(report, language)


def read_static_files() -> dict[str, str]:
    """The static files that the report's HTML names, text by path."""
    found = finders.find(STYLESHEET)
    if not isinstance(found, str):
        raise RenderingFailed(f"{STYLESHEET} is not among the static files")
    return {STYLESHEET: Path(found).read_text(encoding="utf-8")}

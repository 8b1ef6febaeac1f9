"""Takes the data file out of a report's PDF, in a process of its own that may use so much time and memory and no more.

A PDF comes from anywhere. Run as a program this reads one from standard input and writes the interchange file that it
carries to standard output, or ends with the exit status that says why it does not.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from diagnostic.core.json_reader import MAX_BYTES
from diagnostic.core.report_files import DATA_FILE, RESULT_FILE
from diagnostic.core.words import Message, _

MOST_BYTES = 32 * 1024 * 1024
MOST_SECONDS = 20
MOST_MEMORY = 1024 * 1024 * 1024
ROOT = Path(__file__).resolve().parents[3]
NO_PDF, DAMAGED, NO_DATA = 3, 4, 5
REASONS = {
    NO_PDF: _("the file is not a PDF"),
    DAMAGED: _("the PDF cannot be read; it is damaged, encrypted, or too costly to read"),
    NO_DATA: _("the PDF carries no assessment; only reports made by this program do, and not those in brief"),
}


class Unreadable(ValueError):
    """The file gives no data; `message` says why."""

    def __init__(self, message: Message):
        super().__init__(str(message))
        self.message = message


class NoData(ValueError):
    """The PDF can be read and carries no such file."""


def read_pdf_data(pdf: bytes) -> tuple[bytes, bytes]:
    """The interchange file and the result file, as bytes not yet checked, that a report's PDF carries.

    The first has at most one byte more than an interchange file may have; the second is empty where there is none.
    Raises `Unreadable` for more than 32 MiB, what is no PDF, and one that is damaged or carries no interchange file.
    """
    if len(pdf) > MOST_BYTES:
        sizes = {"size": f"{len(pdf):,}", "most": f"{MOST_BYTES:,}"}
        raise Unreadable(Message(_("the file has %(size)s bytes; at most %(most)s (32 MiB) are possible"), sizes))
    if b"%PDF-" not in pdf[:1024]:
        raise Unreadable(Message(REASONS[NO_PDF]))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "diagnostic.rendering.pdf.data"],
            cwd=ROOT,
            input=pdf,
            capture_output=True,
            check=False,
            timeout=2 * MOST_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(Message(REASONS[DAMAGED])) from error
    if done.returncode:
        raise Unreadable(Message(REASONS.get(done.returncode, REASONS[DAMAGED])))
    size, _line, files = done.stdout.partition(b"\n")
    return files[: int(size)], files[int(size) :]


def find_files(pdf: bytes) -> tuple[bytes, bytes]:
    """The two files that `pdf` carries, each cut one byte after what may be read. Raises `NoData` without the first."""
    from pypdf import PdfReader

    found = dict(_named(PdfReader(BytesIO(pdf)).trailer["/Root"]["/Names"]["/EmbeddedFiles"]))
    if DATA_FILE not in found:
        raise NoData
    return _content(found[DATA_FILE]), _content(found[RESULT_FILE]) if RESULT_FILE in found else b""


def _named(node: Any) -> Iterator[tuple[str, Any]]:
    """Each name with what it stands for; who writes a PDF anew may have made a tree of them (ISO 32000-1, 7.9.6)."""
    names = node.get("/Names", ())
    yield from ((str(name), holder) for name, holder in zip(names[::2], names[1::2], strict=False))
    for kid in node.get("/Kids", ()):
        yield from _named(kid.get_object())


def _content(holder: Any) -> bytes:
    data: bytes = holder.get_object()["/EF"]["/F"].get_data()
    return data[: MAX_BYTES + 1]


def main() -> int:
    """Write the length of the first file, a line end, and both files; the exit status otherwise."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        data, result = find_files(sys.stdin.buffer.read())
    except (NoData, KeyError):
        return NO_DATA
    except Exception:  # whatever a broken file does to its reader
        return DAMAGED
    sys.stdout.buffer.write(b"%d\n" % len(data) + data + result)
    return 0


if __name__ == "__main__":
    sys.exit(main())

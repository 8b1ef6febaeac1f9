"""The process that makes a PDF: one order from standard input, the PDF to standard output.

WeasyPrint and nothing else in memory: no settings, no database, and of its libraries only what a report needs.
"""

from __future__ import annotations

import json
import os
import sys

from .spared import spare


def main() -> None:
    """Render the order `{"html": …, "files": {path: text}, "identifier": …, "attachments": […]}`.

    The one argument says how far to stand back for other processes (nice).
    """
    os.nice(int(sys.argv[1]))
    spare()
    from .document import html_to_pdf

    sys.stdout.buffer.write(html_to_pdf(**json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()

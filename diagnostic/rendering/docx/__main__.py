"""The process that makes a Word document: one order from standard input, the document to standard output.

No settings, no database: what the order holds is all there is.
"""

from __future__ import annotations

import json
import os
import sys

from .document import html_to_docx


def main() -> None:
    """Make the ordered document; the one argument says how far to stand back for other processes (nice)."""
    os.nice(int(sys.argv[1]))
    sys.stdout.buffer.write(html_to_docx(**json.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()

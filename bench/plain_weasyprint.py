"""A bare process that gives HTML and a stylesheet to WeasyPrint: `plain_weasyprint HTML CSS [--auto]`.

With `--auto` tables find their own widths and words are hyphenated, as WeasyPrint is mostly used. The PDF has no tags.
"""

import sys
from pathlib import Path

from weasyprint import CSS, HTML

AUTO = "table { table-layout: auto !important } * { hyphens: auto !important }"


def main() -> None:
    """Write the PDF to standard output."""
    html, css, *options = sys.argv[1:]
    sheet = Path(css).read_text(encoding="utf-8") + (AUTO if options else "")
    text = Path(html).read_text(encoding="utf-8")
    without_link = text.replace('<link rel="stylesheet"', '<meta name="stylesheet"')
    sys.stdout.buffer.write(HTML(string=without_link).write_pdf(stylesheets=[CSS(string=sheet)]))


if __name__ == "__main__":
    main()

"""What may stand in a cell: text is text whatever it begins with, nothing of it is lost, and no sign breaks the file.

The limits are those of a worksheet ("Excel specifications and limits"): 32,767 UTF-16 code units and 253 line feeds in
a cell. What begins a formula is OWASP's list ("CSV Injection") with the full-width forms that editors take too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openpyxl.cell import Cell
from openpyxl.styles import Alignment

from .table import Kind, Value

MOST_UNITS = 32_767
MOST_LINES = 253
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
FORMATS: dict[Kind, str] = {
    "text": "General",
    "number": "0",
    "score": "0.0",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def put(cell: Cell, value: Value, kind: Kind) -> None:
    """Put `value` into `cell`, as what it is; whole numbers in a column of scores have no decimal.

    A text is one of the `parts` of what was to be written.
    """
    if isinstance(value, str):
        cell.value = value
        cell.data_type = "s"
        if value.startswith(STARTS_A_FORMULA):
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
        cell.number_format = FORMATS["number" if isinstance(value, int) else kind]
    is_figure = kind in ("number", "score") and not isinstance(value, str)
    cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="center" if is_figure else None)


def parts(text: str) -> list[str]:
    """`text` in pieces that each fit a cell, at least one; put together they are the text.

    Control characters, which a worksheet cannot hold, are shown by their pictures (U+2400 and following).
    """
    return list(_pieces(_clean(text))) or [""]


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = CONTROL.sub(lambda found: chr(0x2400 + ord(found[0])), text)
    return LOOKS_ESCAPED.sub("_x005F_", NOT_XML.sub("\ufffd", text))


def _pieces(text: str) -> Iterator[str]:
    start = units = lines = 0
    for place, sign in enumerate(text):
        size = 2 if ord(sign) > 0xFFFF else 1
        if units + size > MOST_UNITS or (sign == "\n" and lines == MOST_LINES):
            yield text[start:place]
            start, units, lines = place, 0, 0
        units += size
        lines += sign == "\n"
    if start < len(text):
        yield text[start:]

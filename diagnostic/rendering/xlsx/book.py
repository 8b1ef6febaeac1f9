"""From tables to the bytes of a workbook (openpyxl). The same tables give the same bytes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from itertools import zip_longest
from unicodedata import east_asian_width
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import openpyxl
from django.utils import translation
from django.utils.translation import gettext
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from .cells import parts, put
from .table import PROSE, WIDE, Kind, Table, Value, Workbook

INK, PAPER, ACCENT, LINE = "FF1B2430", "FFEEF1F5", "FF1F4E79", "FFC9D1DB"
FACE = "Calibri"
LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every member: a workbook does not say when it was made."""
MOST_NAME = 31
NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
FIRST_WIDTHS = (WIDE, PROSE + 20)
LINE_HEIGHT, MOST_HEIGHT = 15, 409
"""Of rows, in points: what a line takes, and the most that a row may have."""
WIDEST_ON_A4 = 180
TITLE_ROW, HEAD_ROW = 1, 2
KINDS: dict[type, Kind] = {int: "number", float: "score", datetime: "moment"}
"""What stands on the first sheet, by its type."""


def write_workbook(held: Workbook, language: str) -> bytes:
    """The workbook as a file in `language`, which is also its direction."""
    book = openpyxl.Workbook()
    tables = [table for table in held.tables if table.rows]
    taken: set[str] = set()
    first = book.active
    first.title = _sheet_name(held.name, taken)
    sheets = [(table, book.create_sheet(_sheet_name(table.name, taken))) for table in tables]
    with translation.override(language):
        _write_first(first, held, sheets)
        for table, sheet in sheets:
            _write_table(sheet, table, held)
        for sheet in book.worksheets:
            _lay_out(sheet, held, is_rtl=translation.get_language_bidi())
    book.properties = DocumentProperties(
        creator="CPCH",
        title=parts(held.title)[0],
        subject=parts(held.subject)[0],
        keywords=held.marking,
        language=language,
    )
    target = BytesIO()
    book.save(target)
    return _settle(target.getvalue(), book.properties)


def _write_first(sheet: Worksheet, held: Workbook, sheets: list[tuple[Table, Worksheet]]) -> None:
    """What the workbook is, of whom, under which marking, and what stands on the other sheets."""
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = FIRST_WIDTHS
    _write_row(sheet, (held.title,), font=Font(name=FACE, bold=True, size=16, color=ACCENT), is_wrapped=False)
    sheet.row_dimensions[1].height = 2 * LINE_HEIGHT
    _write_row(sheet, (f"{held.marking} · {held.subject}",), font=Font(name=FACE, bold=True), is_wrapped=False)
    sheet.append([])
    for fact in held.facts:
        _write_row(sheet, fact, font=Font(name=FACE, bold=True), of_first_only=True)
    sheet.append([])
    for note in held.notes:
        _write_row(sheet, ("", note))
    sheet.append([])
    _write_head(sheet, (gettext("Sheet"), gettext("What it holds")))
    for table, target in sheets:
        row = _write_row(sheet, (target.title, table.says))
        link = sheet.cell(row, 1)
        name = target.title.replace("'", "''")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!A1", display=target.title)
        link.font = Font(name=FACE, underline="single", color=ACCENT)


def _write_table(sheet: Worksheet, table: Table, held: Workbook) -> None:
    _write_row(
        sheet, (f"{held.marking} · {held.subject} · {table.name}",), font=Font(name=FACE, bold=True), is_wrapped=False
    )
    sheet.row_dimensions[TITLE_ROW].height = LINE_HEIGHT + 5
    _write_head(sheet, tuple(column.title for column in table.columns))
    for row in table.rows:
        for number, piece in enumerate(_spread(row, table.keys)):
            at = sheet.max_row + 1
            for place, (value, column) in enumerate(zip(piece, table.columns, strict=True), start=1):
                cell = sheet.cell(at, place)
                put(cell, value, column.kind)
                cell.border = Border(bottom=Side(style="hair", color=LINE))
                if number and place <= table.keys:
                    cell.font = Font(name=FACE, italic=True)
            sheet.row_dimensions[at].height = _height(piece, [column.width for column in table.columns])
    for place, column in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.freeze_panes = sheet.cell(HEAD_ROW + 1, table.keys + 1 if len(table.columns) > table.keys else 1)
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(table.columns))}{sheet.max_row}"
    sheet.print_title_rows = f"{TITLE_ROW}:{HEAD_ROW}"


def _spread(row: tuple[Value, ...], keys: int) -> list[tuple[Value, ...]]:
    """`row`, and where a text does not fit one cell, further rows with the same keys and the rest of it."""
    pieces = [parts(value) if isinstance(value, str) else [value] for value in row]
    rows = list(zip_longest(*pieces))
    return [rows[0], *((*rows[0][:keys], *more[keys:]) for more in rows[1:])]


def _height(values: Sequence[Value], widths: Sequence[int]) -> float:
    """What a row needs for its longest text to be seen: who reads the file does not measure it anew."""
    most = 1
    for value, width in zip(values, widths, strict=False):
        if isinstance(value, str):
            most = max(most, sum(1 + _width(line) // max(width - 1, 1) for line in value.split("\n")))
    return min(most * LINE_HEIGHT, MOST_HEIGHT)


def _width(line: str) -> int:
    """The letters that `line` takes; an East Asian one is two wide."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line)


def _write_head(sheet: Worksheet, titles: tuple[str, ...]) -> None:
    row = _write_row(sheet, titles, font=Font(name=FACE, bold=True, color="FFFFFFFF"))
    sheet.row_dimensions[row].height = 2 * LINE_HEIGHT if len(titles) > 2 else LINE_HEIGHT
    for place in range(1, len(titles) + 1):
        sheet.cell(row, place).fill = PatternFill("solid", fgColor=INK)


def _write_row(
    sheet: Worksheet,
    values: tuple[Value, ...],
    font: Font | None = None,
    *,
    of_first_only: bool = False,
    is_wrapped: bool = True,
) -> int:
    """Write one row below the others; its number. A text that does not fit its cell goes on in the next row."""
    row = 1 if sheet.max_row == 1 and sheet["A1"].value is None else sheet._current_row + 1
    for piece in _spread(values, keys=0):
        for place, value in enumerate(piece, start=1):
            cell = sheet.cell(row, place)
            put(cell, value, KINDS.get(type(value), "text"))
            if font and (place == 1 or not of_first_only):
                cell.font = font
            if is_wrapped and len(piece) > 1:
                sheet.row_dimensions[row].height = _height(piece, FIRST_WIDTHS)
            if not is_wrapped or not isinstance(value, str):
                cell.alignment = Alignment(vertical="top", horizontal=_start())
        row += 1
    sheet._current_row = row - 1
    return row - 1


def _start() -> str:
    """The side at which a line of the language begins: a sheet names sides."""
    return "right" if translation.get_language_bidi() else "left"


def _lay_out(sheet: Worksheet, held: Workbook, *, is_rtl: bool) -> None:
    """Direction, and how it prints: the width on one page, marking above, subject and page below."""
    sheet.sheet_view.rightToLeft = is_rtl
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "portrait" if sheet.parent.index(sheet) == 0 else "landscape"
    is_wide = sum(held.width for held in sheet.column_dimensions.values()) > WIDEST_ON_A4
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A3 if is_wide else sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.center.text = _printed(held.marking)
    sheet.oddFooter.left.text = _printed(held.subject)
    sheet.oddFooter.right.text = "&P / &N"


def _printed(text: str) -> str:
    """`text` for a printed header, where an ampersand begins a command and 255 signs are the most."""
    return " ".join(parts(text)[0].split())[:100].replace("&", "&&")


def _sheet_name(name: str, taken: set[str]) -> str:
    """`name` as a sheet may be called: of 31 signs, without those of references, and once."""
    base = NOT_IN_NAMES.sub(" ", name).strip("' ")[:MOST_NAME]
    found, number = base, 2
    while found.lower() in taken:
        found = f"{base[: MOST_NAME - 4]} {number}"
        number += 1
    taken.add(found.lower())
    return found


def _settle(content: bytes, properties: DocumentProperties) -> bytes:
    """The same file without the time at which it was made."""
    core = properties.to_tree()
    for moment in [child for child in core if child.tag.endswith(("}created", "}modified"))]:
        core.remove(moment)
    target = BytesIO()
    with ZipFile(BytesIO(content)) as made, ZipFile(target, "w") as kept:
        for member in made.infolist():
            data = made.read(member)
            if member.filename == "docProps/core.xml":
                data = tostring(core)
            settled = ZipInfo(member.filename, LONG_AGO)
            settled.external_attr = 0o600 << 16
            kept.writestr(settled, data, ZIP_DEFLATED)
    return target.getvalue()

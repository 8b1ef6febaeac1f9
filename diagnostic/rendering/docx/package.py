"""The file itself: the same bytes for the same content, and nothing in it that the report did not put there."""

from __future__ import annotations

import io
import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip file can hold: these files tell no time of their own."""
FONTS = "word/fontTable.xml"
SETTINGS = "word/settings.xml"
LAYOUT = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b'<w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
    b'<w:characterSpacingControl w:val="doNotCompress"/><w:compat>'
    b'<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/>'
    b"</w:compat></w:settings>"
)


def tidy(document: bytes, fonts: bytes) -> bytes:
    """`document` with its parts in one order and without times, with its own font table and settings."""
    replaced = {FONTS: fonts, SETTINGS: LAYOUT}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            data = replaced.get(name, source.read(name))
            target.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()

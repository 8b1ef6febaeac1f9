"""Pictures in the document: in the line of text, or laid behind the cover."""

from __future__ import annotations

import io
from typing import Any
from xml.sax.saxutils import quoteattr

from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.xmlchemy import BaseOxmlElement

from .pictures import Picture
from .xml import make

EMU_PER_MM = 36000
NAMESPACES = (
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
DECORATIVE = (
    '<a:extLst><a:ext uri="{C183D7F6-B498-43B3-948B-1728B52AA6E4}"><adec:decorative '
    'xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" val="1"/></a:ext></a:extLst>'
)


class Gallery:
    """Puts pictures into one document and counts them; each file is stored once."""

    def __init__(self, part: Part) -> None:
        self._part: Any = part
        self._count = 0

    def inline(self, picture: Picture) -> BaseOxmlElement:
        """A run with `picture` in the line of text."""
        return self._run(
            picture, f'<wp:inline {NAMESPACES} distT="0" distB="0" distL="0" distR="0">', "", "</wp:inline>"
        )

    def behind(self, picture: Picture, top: float) -> BaseOxmlElement:
        """A run with `picture` behind the text, from the edge of the page, `top` millimetres below its upper edge."""
        start = (
            f'<wp:anchor {NAMESPACES} distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" '
            'behindDoc="1" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
            '<wp:positionH relativeFrom="page"><wp:posOffset>0</wp:posOffset></wp:positionH>'
            f'<wp:positionV relativeFrom="page"><wp:posOffset>{_emu(top)}</wp:posOffset></wp:positionV>'
        )
        return self._run(picture, start, "<wp:wrapNone/>", "</wp:anchor>")

    def _run(self, picture: Picture, start: str, wrapping: str, end: str) -> BaseOxmlElement:
        relation, _image = self._part.get_or_add_image(io.BytesIO(picture.png))
        self._count += 1
        size = f'cx="{_emu(picture.width)}" cy="{_emu(picture.height)}"'
        words = picture.description or picture.title
        titled = f" title={quoteattr(picture.title)}" if picture.description else ""
        name = f'id="{self._count}" name="Picture {self._count}"'
        adorns = DECORATIVE if not words else ""
        xml = (
            f'{start}<wp:extent {size}/><wp:effectExtent l="0" t="0" r="0" b="0"/>{wrapping}'
            f"<wp:docPr {name} descr={quoteattr(words)}{titled}>{adorns}</wp:docPr>"
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
            f"{end}"
        )
        run = make("w:r")
        make("w:drawing", run).append(parse_xml(xml))
        return run


def _emu(millimetres: float) -> int:
    return round(millimetres * EMU_PER_MM)

"""The styles of the Word document, each defined once: sizes, colours and spaces after the printed report's sheet.

Headings and titles have Word's own styles, by which its navigation and whoever checks the document know them. Where one
looks different at its place, the paragraph itself says how (`lay_out_apart`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from ..shapes import INK, INK_2, LEVEL_FILLS, LEVEL_INKS, LINE, LINE_STRONG

SANS = {"ascii": "Noto Sans", "hAnsi": "Noto Sans", "eastAsia": "Noto Sans CJK SC", "cs": "Noto Sans Arabic"}
SERIF = {"ascii": "Noto Serif", "hAnsi": "Noto Serif", "eastAsia": "Noto Serif CJK SC", "cs": "Noto Naskh Arabic"}
STAND_INS = {
    "Noto Sans": "Segoe UI",
    "Noto Sans Arabic": "Segoe UI",
    "Noto Sans CJK SC": "Microsoft YaHei",
    "Noto Serif": "Cambria",
    "Noto Naskh Arabic": "Times New Roman",
    "Noto Serif CJK SC": "SimSun",
}
"""What Word takes where a font is not installed."""
MARKING_INKS = {"amber": "FFC000", "amber-strict": "FFC000", "red": "FF2B2B", "green": "33FF00", "clear": "FFFFFF"}
"""The colours of the Traffic Light Protocol 2.0, on black."""


@dataclass(frozen=True, slots=True)
class Look:
    """One paragraph style; sizes and spaces in points, `line` as a multiple of the font's own, indents in millimetres.

    `top`, `bottom` and `start` are the widths of borders in points, 0 for none; `room` is what a line leaves free at
    its end.
    """

    name: str
    base: str = "Normal"
    size: float | None = None
    bold: bool | None = None
    ink: str = ""
    before: float | None = None
    after: float | None = None
    line: float | None = None
    keeps_next: bool | None = None
    top: float = 0
    bottom: float = 0
    start: float = 0
    edge: str = INK
    indent: float | None = None
    hanging: float = 0
    room: float = 0
    tab: float = 0


@dataclass(frozen=True, slots=True)
class Letters:
    """One character style; `fill` is what stands behind the letters."""

    name: str
    size: float | None = None
    bold: bool | None = None
    ink: str = ""
    fill: str = ""
    is_serif: bool = False


LOOKS = (
    Look("Normal", "", size=9.5, ink=INK, before=0, after=5.5, line=1.08),
    Look("Title", size=40, bold=True, ink=INK, after=5, line=0.9),
    Look("Long Title", "Title", size=26),
    Look("Subtitle", size=18, ink=INK_2, after=28, line=1),
    Look("Mark", size=11, bold=True, after=56),
    Look("Heading 1", size=18, bold=True, ink=INK, after=8, line=0.9, keeps_next=True, top=0.75),
    Look("Part Heading", "Heading 1", before=28, top=0.75),
    Look("Headline", "Heading 1", size=24, top=0),
    Look("Heading 2", size=11.5, bold=True, ink=INK, before=14, after=5.5, line=0.95, keeps_next=True),
    Look("Ruled Heading", "Heading 2", top=0.75, before=17),
    Look("Column Heading", "Heading 2", top=0.75, before=0),
    Look("Question", "Heading 2", size=9.5, before=9, after=1, line=1, top=0.5, edge=LINE, indent=14, hanging=14),
    Look("Thread", "Heading 2", size=10, before=12, line=1, indent=14, hanging=14, top=0.75),
    Look("Heading 3", size=8.5, bold=True, ink=INK, before=5, after=1.5, line=1, keeps_next=True),
    Look("Kicker", size=10, ink=INK_2, after=3),
    Look("Standing", size=8, ink=INK_2, after=10),
    Look("Lead", size=12.5, after=16, line=1.05),
    Look("Intro", size=10.5, after=13, keeps_next=True, room=20),
    Look("Brief Intro", "Intro", after=5.5),
    Look("Source", size=8, ink=INK_2, before=1.5, after=0, line=1.05),
    Look("Note", "Source", before=5, after=5),
    Look("Small Print", "Source", size=7, before=8),
    Look("Caption", "Source", before=4, after=14, bold=False),
    Look("Figure", before=0, after=0, line=1, keeps_next=True),
    Look("Criterion", size=9, before=0, after=5, line=1.02, bottom=0.5, edge=LINE, indent=7, hanging=7, tab=7),
    Look("Figure Line", size=9, before=0, after=3.5, line=1.02, indent=21, hanging=21, tab=21),
    Look("Answer", size=9, before=2, after=2, line=1.05),
    Look("Fact", "Answer", size=8.5, before=1.5, after=1.5, line=1),
    Look("Said", "Answer", size=9, before=0, after=0, start=1.5, edge=LINE_STRONG),
    Look("Remark", before=6, after=1.5, keeps_next=True),
    Look("Table Text", size=8.5, after=0, line=1.03),
    Look("Table Head", "Table Text", size=7.5, ink=INK_2, keeps_next=True),
    Look("Table Figure", "Table Text", size=15, bold=True, line=0.9),
    Look("Term", "Table Text", size=8, ink=INK_2, before=3),
    Look("Facts", size=9.5, after=0, line=1.05),
    Look("Facts Term", "Facts", ink=INK_2),
    Look("Small Facts", "Facts", size=9, line=1.02),
    Look("Priority", size=9, after=2.3, line=1.02),
    Look("Priority Aside", "Priority", size=8.5, ink=INK_2, after=0),
    Look("Rank", "Priority", size=15, bold=True, line=0.85),
    Look("Tight", size=8.5, after=4, line=1),
    Look("Tight Intro", "Brief Intro", size=9),
    Look("Tight Priority", "Priority", size=8.5, after=1.5, line=1),
    Look("Tight Aside", "Priority Aside", size=7.5, line=1),
    Look("Tight Source", "Source", size=7.5, line=1),
    Look("Tight Table", "Table Text", size=8, line=1),
    Look("toc 1", size=10.5, after=4.5),
    Look("Header", size=9, ink=INK_2, after=0, line=1),
    Look("Footer", size=9, ink=INK_2, after=0, line=1),
    Look("Table End", size=4, after=0, line=1),
)


TIGHT = {
    "Normal": "Tight",
    "Brief Intro": "Tight Intro",
    "Priority": "Tight Priority",
    "Priority Aside": "Tight Aside",
    "Source": "Tight Source",
    "Table Text": "Tight Table",
}
"""What takes the place of a style where a page holds much and must hold it."""
LETTERS = (
    Letters("Strong", bold=True),
    Letters("Handbook Words", is_serif=True),
    Letters("Aside", size=8, ink=INK_2),
    Letters("Code", bold=True),
    *(
        Letters(f"Level {level}", size=8, bold=True, ink=ink, fill=fill)
        for level, (fill, ink) in enumerate(zip(LEVEL_FILLS, LEVEL_INKS, strict=True), start=1)
    ),
)
OUTLINE = {"Heading 1": 0, "Heading 2": 1, "Heading 3": 2}
BUILT_IN = frozenset({"Title", *OUTLINE})
BY_NAME = {look.name: look for look in LOOKS}
NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NO_SPACE = '<w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar>'
TABLE = (
    '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    f"<w:tblPr>{NO_SPACE}</w:tblPr></w:style>"
)
FALLBACK_INK = "FFFFFF"


def write_styles(language: str, marking: str, *, is_rtl: bool) -> BaseOxmlElement:
    """All styles, as the root of the document's style part.

    `marking` names a colour of MARKING_INKS; `is_rtl` says where the document's lines begin.
    """
    marked = Letters("Marking", size=12, bold=True, ink=MARKING_INKS.get(marking, FALLBACK_INK), fill="000000")
    parts = [
        f"<w:styles {NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>{_fonts(SANS)}"
        f'<w:lang w:val="{language}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>",
        *(_paragraph_style(look, is_rtl=is_rtl) for look in LOOKS if look.base not in BUILT_IN),
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/></w:style>',
        *(_character_style(letters) for letters in (*LETTERS, marked)),
        TABLE,
        "</w:styles>",
    ]
    return parse_xml("".join(parts))


def write_font_table() -> bytes:
    """The fonts that the styles name, each with what may stand in for it."""
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/></w:font>' for name, other in STAND_INS.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:fonts {NAMESPACE}>{fonts}</w:fonts>'.encode()


def style_id(name: str) -> str:
    """The identifier of the style called `name`, which every paragraph and run refers to.

    A look of a heading or title that is not Word's own has the style that it is based on.
    """
    look = BY_NAME.get(name)
    return (look.base if look and look.base in BUILT_IN else name).replace(" ", "")


def lay_out_apart(look: Look, *, is_rtl: bool) -> list[BaseOxmlElement]:
    """How a paragraph with this `look` differs from the built-in style that it has: borders, spaces, indents."""
    if look.base not in BUILT_IN:
        return []
    parts = "".join(_layout(replace(look, keeps_next=None), is_rtl=is_rtl))
    found = parse_xml(f"<w:pPr {NAMESPACE}>{parts}</w:pPr>")
    return [part for part in found if part.tag != qn("w:widowControl")]


def size_apart(look: Look) -> list[BaseOxmlElement]:
    """The size of letters in which this `look` differs from the built-in style that it has."""
    if look.base not in BUILT_IN or look.size is None:
        return []
    return list(parse_xml(f"<w:rPr {NAMESPACE}>{''.join(_letters(look.size, None, ''))}</w:rPr>"))


def _paragraph_style(look: Look, *, is_rtl: bool) -> str:
    default = ' w:default="1"' if not look.base else ""
    based = f'<w:basedOn w:val="{style_id(look.base)}"/>' if look.base else ""
    following = "" if not look.keeps_next else '<w:next w:val="Normal"/>'
    name = look.name.lower() if look.name in OUTLINE or look.name in ("Header", "Footer", "Caption") else look.name
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{style_id(look.name)}"><w:name w:val="{name}"/>'
        f"{based}{following}<w:qFormat/><w:pPr>{''.join(_layout(look, is_rtl=is_rtl))}</w:pPr>"
        f"<w:rPr>{''.join(_letters(look.size, look.bold, look.ink))}</w:rPr></w:style>"
    )


def _character_style(letters: Letters) -> str:
    fonts = _fonts(SERIF) if letters.is_serif else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{letters.fill.lstrip("#")}"/>' if letters.fill else ""
    look = "".join(_letters(letters.size, letters.bold, letters.ink))
    return (
        f'<w:style w:type="character" w:styleId="{style_id(letters.name)}"><w:name w:val="{letters.name}"/>'
        f"<w:qFormat/><w:rPr>{fonts}{look}{fill}</w:rPr></w:style>"
    )


def _layout(look: Look, *, is_rtl: bool) -> Iterable[str]:
    """In the order that the standard asks for (ISO/IEC 29500-1, 17.3.1.26)."""
    if look.keeps_next is not None:
        yield f'<w:keepNext w:val="{int(look.keeps_next)}"/>'
    yield "<w:widowControl/>"
    edges = (("top", look.top, 6), ("right" if is_rtl else "left", look.start, 8), ("bottom", look.bottom, 4))
    if any(width for _side, width, _space in edges):
        lines = "".join(border(side, width, look.edge, space) for side, width, space in edges if width)
        if look.bottom:
            lines += border("between", look.bottom, look.edge, 4)
        yield f"<w:pBdr>{lines}</w:pBdr>"
    elif look.name == "Headline":
        yield '<w:pBdr><w:top w:val="nil"/></w:pBdr>'
    if look.tab:
        yield f'<w:tabs><w:tab w:val="left" w:pos="{twips(look.tab)}"/></w:tabs>'
    spacing = [f'w:before="{round(look.before * 20)}"'] if look.before is not None else []
    spacing += [f'w:after="{round(look.after * 20)}"'] if look.after is not None else []
    spacing += [f'w:line="{round(look.line * 240)}" w:lineRule="auto"'] if look.line is not None else []
    if spacing:
        yield f"<w:spacing {' '.join(spacing)}/>"
    if look.indent is not None:
        yield f'<w:ind w:left="{twips(look.indent)}" w:hanging="{twips(look.hanging)}"/>'
    elif look.room:
        yield f'<w:ind w:right="{twips(look.room)}"/>'
    if look.name in OUTLINE:
        yield f'<w:outlineLvl w:val="{OUTLINE[look.name]}"/>'


def _letters(size: float | None, bold: bool | None, ink: str) -> Iterable[str]:
    if bold is not None:
        yield f'<w:b w:val="{int(bold)}"/><w:bCs w:val="{int(bold)}"/>'
    if ink:
        yield f'<w:color w:val="{ink.lstrip("#")}"/>'
    if size is not None:
        yield f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>'


def _fonts(names: Mapping[str, str]) -> str:
    return "<w:rFonts " + " ".join(f'w:{slot}="{name}"' for slot, name in names.items()) + "/>"


def border(side: str, width: float, ink: str, space: int) -> str:
    """One border as XML: its width and the space to the text in points."""
    eighths = round(width * 8)
    return f'<w:{side} w:val="single" w:sz="{eighths}" w:space="{space}" w:color="{ink.lstrip("#")}"/>'


def twips(millimetres: float) -> int:
    """`millimetres` in twentieths of a point, Word's unit of length."""
    return round(millimetres * 1440 / 25.4)

"""How a draft looks in Word: its styles, after the printed report's. The serif speaks for the handbook."""

from __future__ import annotations

from .shapes import INK, INK_2, LINE, LINE_STRONG

SANS = 'w:ascii="Noto Sans" w:hAnsi="Noto Sans" w:eastAsia="Noto Sans CJK SC" w:cs="Noto Sans Arabic"'
SERIF = 'w:ascii="Noto Serif" w:hAnsi="Noto Serif" w:eastAsia="Noto Serif CJK SC" w:cs="Noto Naskh Arabic"'
MARKING_INKS = {
    "TLP:AMBER": "FFC000",
    "TLP:AMBER+STRICT": "FFC000",
    "TLP:RED": "FF2B2B",
    "TLP:GREEN": "33FF00",
}
"""The colours of the Traffic Light Protocol 2.0, on black; any other marking is white."""
PROMPT_FILL, WARNING_EDGE = "FFF6DC", "9C2B1B"


def write_styles(language: str, marking: str, *, is_rtl: bool) -> str:
    """The `w:style` elements of a draft in `language`, as XML."""
    bidi = "<w:bidi/>" if is_rtl else ""
    normal = f'<w:widowControl/>{bidi}<w:spacing w:before="0" w:after="120" w:line="264" w:lineRule="auto"/>'
    number = '<w:numPr><w:numId w:val="{}"/></w:numPr>'
    bar = f'<w:pBdr><w:left w:val="single" w:sz="12" w:space="8" w:color="{_ink(LINE_STRONG)}"/></w:pBdr>'
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{PROMPT_FILL}"/>'
    warning = f'<w:pBdr><w:left w:val="single" w:sz="24" w:space="8" w:color="{WARNING_EDGE}"/></w:pBdr>'
    right = '<w:tabs><w:tab w:val="right" w:pos="9071"/></w:tabs>'
    indent = '<w:ind w:left="227"/>'
    parts = [
        f"<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {SANS}/>{_letters(10, INK)}"
        f'<w:lang w:val="{language}" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>",
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{normal}</w:pPr></w:style>",
        _style("Title", "Title", _space(0, 80), _letters(22, INK, bold=True)),
        _style("Subtitle", "Subtitle", _space(0, 240), _letters(12, INK_2)),
        _style(
            "Heading1",
            "heading 1",
            f'<w:keepNext/>{number.format(1)}{_space(320, 80)}<w:outlineLvl w:val="0"/>',
            _letters(13, INK, bold=True),
        ),
        _style(
            "PlainHeading",
            "Plain Heading",
            number.format(0) + _space(320, 80) + '<w:ind w:left="0" w:firstLine="0"/>',
            "",
            "Heading1",
        ),
        _style(
            "Heading2",
            "heading 2",
            f'<w:keepNext/>{_space(200, 60)}<w:outlineLvl w:val="1"/>',
            _letters(10.5, INK, bold=True),
        ),
        _style("Label", "Label", f"<w:keepNext/>{_space(80, 20)}", _letters(8.5, INK_2)),
        _style("Typed", "Typed", f"{bar}{_space(0, 60)}{indent}", ""),
        _style("Handbook", "Handbook", f"{bar}{_space(0, 60)}{indent}", f"<w:rFonts {SERIF}/>"),
        _style("Advice", "Advice", f"{_space(0, 60)}{indent}", ""),
        _style("Prompt", "Prompt", f"{fill}{_space(40, 80)}", _letters(10, INK)),
        _style("Warning", "Warning", f"<w:keepNext/>{warning}{_space(40, 100)}{indent}", _letters(9.5, INK, bold=True)),
        _style("Notice", "Notice", f"{warning}{_space(0, 200)}{indent}", _letters(11, INK)),
        _style("Source", "Source", _space(60, 60), _letters(8, INK_2)),
        _style("Bullet", "Bullet", number.format(2) + _space(0, 40), ""),
        _style("TableText", "Table Text", _space(0, 20), _letters(9, INK)),
        _style("TableSource", "Table Source", _space(0, 20), _letters(8, INK_2)),
        _style("TableHandbook", "Table Handbook", _space(0, 20), f"<w:rFonts {SERIF}/>{_letters(9, INK)}"),
        _style("TableHead", "Table Head", f"<w:keepNext/>{_space(0, 20)}", _letters(8.5, INK_2, bold=True)),
        _style("AfterTable", "After Table", _space(0, 60), _letters(4, INK)),
        _style("Header", "header", f"{right}{_space(0, 0)}", _letters(9, INK_2)),
        _style("Footer", "footer", f"{right}{_space(0, 0)}", _letters(7.5, INK_2)),
        _character("Strong", "Strong", "<w:b/><w:bCs/>"),
        _character("FillIn", "Fill In", f'<w:shd w:val="clear" w:color="auto" w:fill="{PROMPT_FILL}"/>'),
        _character("HandbookWords", "Handbook Words", f"<w:rFonts {SERIF}/>"),
        _character(
            "Marking",
            "Marking",
            f'<w:b/><w:bCs/><w:color w:val="{MARKING_INKS.get(marking, "FFFFFF")}"/><w:sz w:val="24"/>'
            '<w:szCs w:val="24"/><w:shd w:val="clear" w:color="auto" w:fill="000000"/>',
        ),
        '<w:style w:type="table" w:styleId="Grid"><w:name w:val="Table Grid"/><w:tblPr><w:tblBorders>'
        + "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{_ink(LINE)}"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        + '</w:tblBorders><w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="90" w:type="dxa"/>'
        '<w:bottom w:w="50" w:type="dxa"/><w:right w:w="90" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>',
    ]
    return "".join(parts)


def _style(key: str, name: str, layout: str, letters: str, base: str = "Normal") -> str:
    following = '<w:next w:val="Normal"/>' if "Heading" in key else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="{base}"/>{following}'
        f"<w:qFormat/><w:pPr>{layout}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def _character(key: str, name: str, letters: str) -> str:
    return (
        f'<w:style w:type="character" w:styleId="{key}"><w:name w:val="{name}"/><w:qFormat/>'
        f"<w:rPr>{letters}</w:rPr></w:style>"
    )


def _space(before: int, after: int) -> str:
    """Space before and after in twentieths of a point."""
    return f'<w:spacing w:before="{before}" w:after="{after}"/>'


def _letters(size: float, ink: str, *, bold: bool = False) -> str:
    weight = "<w:b/><w:bCs/>" if bold else ""
    points = round(size * 2)
    return f'{weight}<w:color w:val="{_ink(ink)}"/><w:sz w:val="{points}"/><w:szCs w:val="{points}"/>'


def _ink(colour: str) -> str:
    return colour.lstrip("#")

"""An address as a QR code, drawn as SVG without any style of its own, as the Content Security Policy wants it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class QRCode:
    """`size` squares each way, the quiet zone around it included; `path` draws the dark ones."""

    size: int
    path: str


def draw(text: str) -> QRCode:
    """`text` as a QR code with the quiet zone of four squares that ISO/IEC 18004 asks for."""
    import qrcode  # loaded for the one page that draws one

    code = qrcode.QRCode(border=4)
    code.add_data(text)
    rows = code.get_matrix()
    return QRCode(len(rows), "".join(_runs(rows)))


def _runs(rows: list[list[bool]]) -> list[str]:
    """Each run of dark squares in a row as one bar."""
    bars = []
    for y, row in enumerate(rows):
        start = None
        for x, is_dark in enumerate([*row, False]):
            if is_dark and start is None:
                start = x
            elif not is_dark and start is not None:
                bars.append(f"M{start} {y}h{x - start}v1H{start}z")
                start = None
    return bars

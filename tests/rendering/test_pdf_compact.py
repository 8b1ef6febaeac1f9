"""A tagged PDF is small: its tree holds what says something, and its drawings name no place finer than can be seen."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pydyf
import pytest
from pypdf import PdfReader

from diagnostic.rendering.pdf.compact import drop, shorten_drawing
from tests.rendering.outline import elements, kids

Printed = Callable[[str], Any]


def test_no_span_stands_around_a_text_that_the_element_above_could_hold(printed: Printed) -> None:
    pdf = PdfReader(BytesIO(printed("typical")[1]))
    needless = [
        span
        for element in elements(pdf)
        for span in kids(element)
        if span["/S"] == "/Span"
        and span.keys() == {"/Type", "/S", "/K", "/Pg", "/P"}
        and all(isinstance(kid, int) for kid in span["/K"])
        and span.raw_get("/Pg") == element.get("/Pg")
    ]
    assert needless == []


def test_no_emptied_object_is_written(printed: Printed) -> None:
    content = printed("typical")[1]
    (held,) = re.findall(rb"/Type /ObjStm.*?stream\r?\n(.*?)\nendstream", content, re.DOTALL)
    assert zlib.decompress(held).count(b"\n<<>>") < 200  # resources of drawings that need none


def test_what_is_left_is_numbered_anew_wherever_it_is_referred_to() -> None:
    pdf = pydyf.PDF()
    page, gone, kept = (pydyf.Dictionary({"Name": name}) for name in ("/page", "/gone", "/kept"))
    pdf.add_page(page)
    for item in (gone, kept):
        pdf.add_object(item)
    drawing = pydyf.Stream(["0 0 m"], {"Resources": kept.reference})
    pdf.add_object(drawing)
    page["Held"] = pydyf.Array([pydyf.Dictionary({"Here": kept.reference}), kept.reference, b"(4 0 R)"])

    drop(pdf, {gone.number})

    assert pdf.objects.index(kept) == kept.number
    assert page["Held"] == [{"Here": kept.reference}, kept.reference, b"(4 0 R)"]
    assert drawing.extra["Resources"] == kept.reference
    assert pdf.page_references == (page.reference,)
    page["Held"].append(b"99 0 R")
    with pytest.raises(KeyError):
        drop(pdf, set())


def test_a_drawing_keeps_every_colour_and_scale_and_loses_what_nobody_sees() -> None:
    given = b"0.078431 0.12549 1.234567 rg\n75.590551 106.826772 m\n[<0032>0<0059>-20<0048>0] TJ\n/P <</MCID 0>> BDC"
    assert shorten_drawing(given) == (
        b"0.078431 0.12549 1.234567 rg\n75.59 106.82 m\n[<00320059>-20<0048>] TJ\n/P <</MCID 0>> BDC"
    )

"""What makes a tagged PDF small: no object that says nothing, and no digit that nobody can see.

The tree of a report of thirty pages leaves thousands of emptied elements behind, and its drawings name places to a
millionth of a pixel.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping
from typing import Any

import pydyf

REFERENCE = re.compile(rb"(\d+) 0 R")
NO_KERNING = re.compile(rb">0(?=[<\]])")
FINE_PLACE = re.compile(rb"(\d\d\.\d\d)\d+")
"""A number of ten or more to more than a hundredth; colours, scales and turns are smaller, and stay."""


def drop(pdf: pydyf.PDF, emptied: Container[int]) -> None:
    """Take the objects of these numbers out of `pdf` and number what is left without gaps.

    Raises `KeyError` where something refers to one of them.
    """
    kept = [item for item in pdf.objects if item.number not in emptied]
    numbers = {item.number: number for number, item in enumerate(kept)}
    for item in kept:
        item.number = numbers[item.number]
        _renumber(item.extra if isinstance(item, pydyf.Stream) else item, numbers)
    pdf.objects[:] = kept


def shorten_drawing(content: bytes) -> bytes:
    """The same drawing in fewer bytes: places to a hundredth of a pixel, and no word of kerning that is none."""
    return FINE_PLACE.sub(rb"\1", NO_KERNING.sub(b">", content).replace(b"><", b""))


def _renumber(holder: Any, numbers: Mapping[int, int]) -> None:
    """Put the new numbers into every reference that `holder` has, however deep."""
    if not isinstance(holder, (dict, list)):
        return
    for place, value in list(holder.items() if isinstance(holder, dict) else enumerate(holder)):
        if isinstance(value, bytes) and (found := REFERENCE.fullmatch(value)):
            holder[place] = b"%d 0 R" % numbers[int(found[1])]
        elif value == "R":  # the pages' own list has number, generation and this apart
            holder[place - 2] = numbers[holder[place - 2]]
        else:
            _renumber(value, numbers)

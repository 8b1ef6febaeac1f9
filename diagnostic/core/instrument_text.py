"""Reads an instrument from its canonical text, independently of its rows, which may have changed since."""

from __future__ import annotations

import json

from .instrument import Instrument
from .plain_data import digest_of_text, read_plain


class InstrumentTextChanged(ValueError):
    """The text does not match its digest: no report may present it as the instrument that was answered."""

    def __init__(self, digest: str):
        super().__init__(f"the text of the instrument {digest} is not the one that was submitted")
        self.digest = digest


def read_instrument(text: str, digest: str) -> Instrument:
    """The instrument written in `text`. Raises `InstrumentTextChanged` unless `digest` is the digest of `text`."""
    if digest_of_text(text) != digest:
        raise InstrumentTextChanged(digest)
    return read_plain(Instrument, json.loads(text))

"""Reads an instrument from the canonical text that its digest is taken of, long after its rows may have changed."""

from __future__ import annotations

import json

from .instrument import Instrument
from .plain_data import digest_of_text, read_plain


class InstrumentTextChanged(ValueError):
    """The text is not the one that the digest was taken of: no report may print it as what was answered."""

    def __init__(self, digest: str):
        super().__init__(f"the text of the instrument {digest} is not the one that was submitted")
        self.digest = digest


def read_instrument(text: str, digest: str) -> Instrument:
    """The instrument that wrote `text`. Raises `InstrumentTextChanged` unless `digest` is that of `text`."""
    if digest_of_text(text) != digest:
        raise InstrumentTextChanged(digest)
    return read_plain(Instrument, json.loads(text))

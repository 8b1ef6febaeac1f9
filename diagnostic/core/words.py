"""How the pure core marks its messages for translation; the catalogues themselves are read by the layers above."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _(text: str) -> str:
    """Mark `text` for the message catalogues and return it unchanged."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a reader: `text` is the English original with %(name)s places, `values` fills them.

    The layers above translate `text` before filling it; `str()` gives the English sentence.
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values if self.values else self.text

"""Where the drafting kit comes from: the fixtures, each read once a process. It is not part of any instrument."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from diagnostic.core.drafting_kit import DraftKind, Outline, build_outline
from diagnostic.core.instrument import Instrument
from diagnostic.instruments import read_yaml


@lru_cache(maxsize=8)
def _outline(kind: DraftKind, questions: frozenset[str]) -> Outline:
    path = settings.BASE_DIR / "fixtures" / "drafting" / f"{kind}.yaml"
    return build_outline(kind, read_yaml(path), questions)


def get_outline(kind: DraftKind, instrument: Instrument) -> Outline:
    """The outline of the draft `kind` for answers to `instrument`; memory answers from the second time on.

    Raises `KitError` where the fixture is wrong or draws on a question that `instrument` does not ask.
    """
    return _outline(kind, frozenset(instrument.by_code))

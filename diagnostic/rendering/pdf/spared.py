"""Parts of libraries that the making of a report loads only if it needs them, which it does for no font of Debian's.

HarfBuzz cuts the fonts to size. Where it cannot, or a font is variable, fontTools does, whose parts for that take some
nine megabytes of every process.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

VARYING = "fontTools.varLib.instancer"
SPARED = ("fontTools.subset", "fontTools.varLib", VARYING)


class StandIn(ModuleType):
    """Stands for a module until something of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_load(self.__name__), name)


def spare() -> None:
    """To be called before WeasyPrint is loaded. lxml, which fontTools would load where it is installed, is refused."""
    sys.modules["lxml"] = None  # type: ignore[assignment]  so is a module refused (Python: sys.modules)
    for name in SPARED:
        sys.modules[name] = StandIn(name)
    # WeasyPrint takes this function out of its module at once.
    vars(sys.modules[VARYING])["instantiateVariableFont"] = _instantiate


def _load(name: str) -> ModuleType:
    for spared in SPARED:
        if isinstance(sys.modules.get(spared), StandIn):
            del sys.modules[spared]
    return import_module(name)


def _instantiate(*arguments: Any, **options: Any) -> Any:
    return _load(VARYING).instantiateVariableFont(*arguments, **options)

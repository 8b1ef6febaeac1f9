"""Views that are loaded when their address is first asked for, so that a server answers as soon as it is started.

views = LazyViews("diagnostic.views")
path("inbox/", views.inbox.inbox, name="inbox")
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from typing import Any

from django.http import HttpRequest, HttpResponseBase


class LazyView:
    """One view by name. It answers as the view does, and says of itself what Django asks before it calls it.

    :raises ImportError: at the first call, where there is no such module.
    :raises AttributeError: at the first call, where the module has no such view.
    """

    def __init__(self, module: str, name: str) -> None:
        self.__module__ = module
        self.__name__ = self.__qualname__ = name

    @cached_property
    def view(self) -> Callable[..., HttpResponseBase]:
        """The view itself."""
        found: Callable[..., HttpResponseBase] = getattr(import_module(self.__module__), self.__name__)
        return found

    @property
    def csrf_exempt(self) -> bool:
        """Whether the view looks at the token itself."""
        return getattr(self.view, "csrf_exempt", False)

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.view(request, *args, **kwargs)


class LazyModule:
    """A module of views; each of its attributes is a view by that name."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> LazyView:
        return LazyView(self._module, name)


class LazyViews:
    """A package of modules of views; each of its attributes is a module by that name."""

    def __init__(self, package: str) -> None:
        self._package = package

    def __getattr__(self, name: str) -> LazyModule:
        return LazyModule(f"{self._package}.{name}")

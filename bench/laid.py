"""Lays the site and the bare application in their databases and serves both at once, for the parts that ask them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .client import Reader
from .databases import Databases
from .processes import Web, run, web

SITE, BARE = "cpch.wsgi", "bench.bare.wsgi"


@dataclass(frozen=True)
class Laid:
    """A site that is laid and not served yet: its variables, and what `inside.lay` said of it."""

    variables: dict[str, str]
    site: dict[str, Any]

    def inside(self, module: str, given: Any = None) -> Any:
        """What a module of `bench.inside` says about the site, having read `given`."""
        return json.loads(
            run(["-m", f"bench.inside.{module}"], self.variables, given=json.dumps(given).encode()).output
        )


@dataclass(frozen=True)
class Served:
    """The site and the bare application, laid alike and served at once; an idle one costs nothing."""

    laid: Laid
    bare: dict[str, Any]
    site_web: Web
    bare_web: Web

    @cached_property
    def coordinator(self) -> Reader:
        """Who reads the demonstration's draft."""
        return Reader(self.site_web.port, self.laid.site["coordinator"])

    @cached_property
    def bare_reader(self) -> Reader:
        """Who reads the bare application's pages."""
        return Reader(self.bare_web.port, self.bare["reader"])


def lay_site(databases: Databases, folder: Path, savers: int) -> Laid:
    """Set the site up as script/setup does, with the people who will save; static files are shared in `folder`."""
    variables = {"CPCH_DATA_DIR": str(folder), "DATABASE_URL": databases.site}
    run(["script/lib/prepare.py"], variables)
    lay = run(["-m", "bench.inside.lay"], variables, given=json.dumps({"savers": savers}).encode())
    return Laid(variables, json.loads(lay.output))


@contextmanager
def served(databases: Databases, folder: Path, savers: int) -> Iterator[Served]:
    """Lay and serve both; the bare application's pages get the size of the site's."""
    laid = lay_site(databases, folder, savers)
    with web(SITE, laid.variables) as site_web:
        reader = Reader(site_web.port, laid.site["coordinator"])
        sizes = {name: len(reader.get(laid.site[name]).body) for name in ("theme", "result")}
        variables = {"BARE_DATABASE_URL": databases.bare}
        wanted = json.dumps({"sizes": sizes, "savers": savers}).encode()
        bare = json.loads(run(["-m", "bench.bare.lay"], variables, given=wanted).output)
        with web(BARE, variables) as bare_web:
            yield Served(laid, bare, site_web, bare_web)

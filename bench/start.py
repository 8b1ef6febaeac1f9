"""Starts from cold: the web server, the command line, and how long the checks take."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from .databases import Databases
from .effort import Effort
from .figures import Figure, at_most, ratio_at_most
from .laid import BARE, SITE, Laid
from .processes import ROOT, environment, run, web
from .report import write_plain
from .rounds import by_turns, median_ratio, medians

MOST_START_RATIO = 1.5
MOST_ASSESS_RATIO = 2.5
MOST_PDF_RATIO = 1.3
MOST_CHECK_SECONDS = 60
SETUP = "import django; django.setup()"


def measure_start(laid: Laid, databases: Databases, effort: Effort) -> list[Figure]:
    """From the start of the server to the first answer, which sends to the page for signing in."""

    def start(application: str, variables: dict[str, str]) -> float:
        with web(application, variables) as server:
            return server.start_seconds

    def ours() -> float:
        return start(SITE, laid.variables)

    def bare() -> float:
        return start(BARE, {"BARE_DATABASE_URL": databases.bare})

    name = "From start to the first answer"
    return [compare(name, by_turns(ours, bare, effort.starts), "bare", MOST_START_RATIO)]


def measure_assess(laid: Laid, folder: Path, effort: Effort) -> list[Figure]:
    """`assess` from cold beside a bare `django.setup()`, of the site's settings and of the bare application's."""
    file = folder / "assess.json"
    given = laid.inside("order")
    file.write_text(given["file"], encoding="utf-8")
    bare_variables = {"DJANGO_SETTINGS_MODULE": "bench.bare.settings"}
    own_variables = {**laid.variables, "DJANGO_SETTINGS_MODULE": "cpch.settings"}

    def assess() -> float:
        return run(["manage.py", "assess", str(file)], laid.variables).seconds

    def assess_to_pdf() -> float:
        return run(["manage.py", "assess", str(file), "--pdf", str(folder / "assess.pdf")], laid.variables).seconds

    def setup(variables: dict[str, str]) -> float:
        return run(["-c", SETUP], variables).seconds

    plain = write_plain({**given["order"], "html": given["file_html"]}, folder)

    def plain_pdf() -> float:
        return run(["-m", "bench.plain_weasyprint", *plain], {}).seconds

    of_ours = by_turns(assess, lambda: setup(own_variables), effort.starts)
    of_bare = by_turns(assess, lambda: setup(bare_variables), effort.starts)
    to_pdf = by_turns(assess_to_pdf, plain_pdf, effort.renders)
    return [
        compare("assess, beside the site's django.setup()", of_ours, "setup", MOST_ASSESS_RATIO),
        compare("assess, beside the bare application's", of_bare, "setup", MOST_ASSESS_RATIO),
        compare("assess --pdf, beside bare WeasyPrint", to_pdf, "plain", MOST_PDF_RATIO),
    ]


def compare(name: str, pairs: list[tuple[float, float]], beside: str, limit: float) -> Figure:
    """Seconds by the clock of both."""
    own, other = medians(pairs)
    return ratio_at_most(name, f"{own:.2f} s", f"{other:.2f} s {beside}", median_ratio(pairs), limit)


def measure_checks() -> list[Figure]:
    """How long `script/check` takes, whatever it finds."""
    began = time.perf_counter()
    subprocess.run(["script/check"], cwd=ROOT, env=environment({}), stdout=subprocess.DEVNULL, check=False, timeout=300)
    return [at_most("script/check", time.perf_counter() - began, MOST_CHECK_SECONDS, "s", 1)]

"""The measured processes: web servers, report workers, commands; each ends with its block."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from .client import LOOPBACK, Reader, Unmeasurable

ROOT = Path(__file__).resolve().parent.parent
# As script/server starts it.
WORKER_OPTIONS = ("--no-reload", "--interval", "0.5", "--verbosity", "0", "--queue-name")
START_SECONDS = 60
STOP_SECONDS = 30
COMMAND_SECONDS = 300
TICK_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Web:
    """A web server that answers: its port, its process, and how long it took from the start to the first answer."""

    port: int
    pid: int
    start_seconds: float


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command took: seconds by the clock, seconds of the processor, peak memory in bytes; what it wrote."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: bytes


def environment(variables: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without anything that a site reads, and with `variables`.

    What is compiled is kept, as on every server: else each start would compile ours anew, and never the libraries.
    """
    foreign = ("CPCH_", "DATABASE_URL", "BARE_", "DJANGO_SETTINGS_MODULE", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(foreign)} | dict(variables)


@contextmanager
def web(application: str, variables: Mapping[str, str]) -> Iterator[Web]:
    """A gunicorn that serves `application` on a free port of this machine, with the options of gunicorn.conf.py."""
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--bind", f"{LOOPBACK}:{port}"]
    began = time.perf_counter()
    with _running(command, variables) as process:
        _wait_for_answer(port, process, began + START_SECONDS)
        yield Web(port, process.pid, time.perf_counter() - began)


@contextmanager
def worker(variables: Mapping[str, str]) -> Iterator[None]:
    """The process that makes reports, after the pages in the queue for the processor, as script/server starts it."""
    command = ["nice", "-n", "10", sys.executable, "manage.py", "db_worker", *WORKER_OPTIONS, "reports"]
    with _running(command, variables):
        yield


def run(command: Sequence[str], variables: Mapping[str, str], *, given: bytes = b"") -> Ran:
    """Run a Python command to its end. Raises `Unmeasurable`, with the last line that it said, where it fails."""
    with TemporaryFile() as stdin, TemporaryFile() as stdout, TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=environment(variables),
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
        )
        bound = threading.Timer(COMMAND_SECONDS, process.kill)
        bound.start()
        _pid, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        bound.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        for file in (stdout, stderr):
            file.seek(0)
        output = stdout.read()
        if process.returncode:
            last_line = stderr.read().decode().strip().rpartition("\n")[2]
            raise Unmeasurable(f"{' '.join(command)} ended with {process.returncode}: {last_line}")
    # Linux counts the peak in KiB.
    return Ran(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, output)


@contextmanager
def _running(command: Sequence[str], variables: Mapping[str, str]) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, cwd=ROOT, env=environment(variables), start_new_session=True)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_for_answer(port: int, process: subprocess.Popen, deadline: float) -> None:
    while time.perf_counter() < deadline:
        if process.poll() is not None:
            raise Unmeasurable(f"the server ended with {process.returncode} before it answered")
        try:
            if Reader(port).get("/").status:
                return
        except OSError:
            time.sleep(TICK_SECONDS)
    raise Unmeasurable(f"the server did not answer within {START_SECONDS} s")

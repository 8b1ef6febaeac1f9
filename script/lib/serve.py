"""Runs the web server and the worker side by side until one is told to stop; script/server starts it."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
START_SECONDS = 60
STOP_SECONDS = 30


def main() -> int:
    """Serve until a signal or the end of the web server; return the exit code."""
    host, port = address(os.environ.get("CPCH_BIND", "127.0.0.1:8000"))
    url = f"http://{host}:{port}"
    os.environ.setdefault("CPCH_BASE_URL", url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    running: list[subprocess.Popen] = []
    try:
        running.append(start_web(f"{host}:{port}"))
        running.append(start_worker())
        if not answers(host, port, running[0]):
            print("The web server did not start.", file=sys.stderr, flush=True)
            return 1
        introduce(url)
        keep_running(running)
        return 1
    except StopRequested:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        end(running)


class StopRequested(Exception):  # noqa: N818 - nothing went wrong
    """Someone asked the server to stop."""


def stop(number: int, frame: object) -> None:
    raise StopRequested


def keep_running(running: list[subprocess.Popen]) -> None:
    """Start the worker again whenever it ends; return when the web server has ended."""
    while running[0].poll() is None:
        if running[1].poll() is not None:
            print("The worker ended and is started again.", file=sys.stderr, flush=True)
            running[1] = start_worker()
        time.sleep(1)


def address(bind: str) -> tuple[str, int]:
    """Return host and port to serve on; stop with one line where that cannot be."""
    host, _, port = bind.rpartition(":")
    if not host or not port.isdigit():
        sys.exit("CPCH_BIND has a value that cannot be used: set it to an address such as 127.0.0.1:8000.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError):
            sys.exit(f"{bind} cannot be served on, or is in use: try CPCH_BIND=127.0.0.1:8001 script/server")
    return host, int(port)


def start_web(bind: str) -> subprocess.Popen:
    """Start gunicorn with sync workers: making a page is bound by the processor, where threads only hurt."""
    options = ["--bind", bind, "--workers", "2", "--preload", "--log-level", "warning"]
    command = [PYTHON, "-m", "gunicorn", "cpch.wsgi", *options]
    return subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True)


def start_worker() -> subprocess.Popen:
    """Start the process that runs tasks, after the pages in the queue for the processor."""
    command = ["nice", "-n", "10", PYTHON, "manage.py", "db_worker", "--interval", "0.5", "--verbosity", "0"]
    return subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True)


def answers(host: str, port: int, web: subprocess.Popen) -> bool:
    """Wait for the first answer, whatever its status; False where the server ends or stays silent."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and web.poll() is None:
        try:
            connection = http.client.HTTPConnection(host, port, timeout=START_SECONDS)
            connection.request("GET", "/")
            connection.getresponse().close()
            return True
        except OSError:
            time.sleep(0.1)
    return False


def introduce(url: str) -> None:
    """Say where the site is, and who may sign in to the demonstration."""
    data_dir = Path(os.environ.get("CPCH_DATA_DIR") or BASE_DIR / "var")
    accounts = data_dir / "demo-accounts.txt"
    print(f"\nCPCH is served on {url}/ (Ctrl-C ends it)\n", flush=True)
    if accounts.exists():
        print(accounts.read_text(), flush=True)


def end(processes: list[subprocess.Popen]) -> None:
    """Ask all to stop, wait until they have, and end those that do not."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())

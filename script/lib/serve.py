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
ANSWER_SECONDS = 60
RESTART_SECONDS = 1
STOP_SECONDS = 30
TICK_SECONDS = 0.1


def main() -> int:
    """Serve until a signal or the end of the web server; return the exit code."""
    host, port = address(os.environ.get("CPCH_BIND", "127.0.0.1:8000"))
    url = f"http://{host}:{port}"
    os.environ.setdefault("CPCH_BASE_URL", url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)
    running = [start_web(f"{host}:{port}"), start_worker()]
    try:
        return serve(url, host, port, running)
    finally:
        end(running)


# A handler that raised could do so while a process is being started, and leave it behind unknown.
asked_to_stop: list[int] = []


def ask_to_stop(number: int, frame: object) -> None:
    asked_to_stop.append(number)


def serve(url: str, host: str, port: int, running: list[subprocess.Popen]) -> int:
    """Watch over web server and worker; start the worker again whenever it ends."""
    web = running[0]
    while not asked_to_stop and web.poll() is None and not answers(host, port):
        time.sleep(TICK_SECONDS)
    if web.poll() is None and not asked_to_stop:
        introduce(url)
    while not asked_to_stop and web.poll() is None:
        if running[1].poll() is not None:
            print("The worker ended and is started again.", file=sys.stderr, flush=True)
            running[1] = start_worker()
            time.sleep(RESTART_SECONDS)
        time.sleep(TICK_SECONDS)
    return 0 if asked_to_stop else 1


def address(bind: str) -> tuple[str, int]:
    """Return host and port to serve on; stop with one line where that cannot be."""
    host, _, port = bind.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()):
        sys.exit("CPCH_BIND has a value that cannot be used: set it to an address such as 127.0.0.1:8000.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError):
            sys.exit(f"{bind} cannot be served on, or is in use: try CPCH_BIND=127.0.0.1:8001 script/server")
    return host, int(port)


def start_web(bind: str) -> subprocess.Popen:
    """Start gunicorn with the options of gunicorn.conf.py."""
    command = [PYTHON, "-m", "gunicorn", "cpch.wsgi", "--bind", bind]
    return subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True)


def start_worker() -> subprocess.Popen:
    """Start the process that runs tasks, after the pages in the queue for the processor."""
    options = ["--no-reload", "--interval", "0.5", "--verbosity", "0"]
    command = ["nice", "-n", "10", PYTHON, "manage.py", "db_worker", *options]
    return subprocess.Popen(command, cwd=BASE_DIR, start_new_session=True)


def answers(host: str, port: int) -> bool:
    """Whether the web server answers, with whatever status."""
    try:
        connection = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
        connection.request("GET", "/")
        connection.getresponse().close()
    except OSError:
        return False
    return True


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

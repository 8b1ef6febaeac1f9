"""Runs the web server and the workers side by side until one is told to stop; script/server starts it."""

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
# The nice value of each queue's worker. E-mail costs little, and people wait for it.
WORKERS = {"mail": 0, "reports": 10}


def main() -> int:
    """Serve until a signal or the end of the web server; return the exit code."""
    host, port = address(os.environ.get("CPCH_BIND", "127.0.0.1:8000"))
    url = f"http://{host}:{port}"
    os.environ.setdefault("CPCH_BASE_URL", url)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ask_to_stop)
    web = start_web(f"{host}:{port}")
    workers = {queue: start_worker(queue) for queue in WORKERS}
    try:
        return serve(url, host, port, web, workers)
    finally:
        end([web, *workers.values()])


# A handler that raised could do so while a process is being started, and leave it behind unknown.
asked_to_stop: list[int] = []


def ask_to_stop(number: int, frame: object) -> None:
    asked_to_stop.append(number)


def serve(url: str, host: str, port: int, web: subprocess.Popen, workers: dict[str, subprocess.Popen]) -> int:
    """Watch over the web server and the workers; start a worker again whenever it ends."""
    while not asked_to_stop and web.poll() is None and not answers(host, port):
        time.sleep(TICK_SECONDS)
    if web.poll() is None and not asked_to_stop:
        introduce(url)
    while not asked_to_stop and web.poll() is None:
        start_ended(workers)
        time.sleep(TICK_SECONDS)
    return 0 if asked_to_stop else 1


def start_ended(workers: dict[str, subprocess.Popen]) -> None:
    """Start each worker that has ended again."""
    for queue, worker in workers.items():
        if worker.poll() is not None:
            print(f"The {queue} worker ended; starting it again.", file=sys.stderr, flush=True)
            workers[queue] = start_worker(queue)
            time.sleep(RESTART_SECONDS)


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


def start_worker(queue: str) -> subprocess.Popen:
    """Start the process that runs the tasks of one queue."""
    options = ["--no-reload", "--interval", "0.5", "--verbosity", "0", "--queue-name", queue]
    command = ["nice", "-n", str(WORKERS[queue]), PYTHON, "manage.py", "db_worker", *options]
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

"""Shows that the scripts install what is missing, name what they cannot, and start and stop as one."""

import os
import re
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = "set -eu; . script/lib/say.sh; . script/lib/system.sh; . script/lib/python.sh;"


def run_shell(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", f"{LIBRARY} {command}"],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def programs(tmp_path: Path) -> Callable[..., str]:
    """Make a folder that is the whole PATH: the named programs of this machine, and scripts given as text."""

    def make(*names: str, **scripts: str) -> str:
        folder = tmp_path / "programs"
        folder.mkdir()
        for name in names:
            (folder / name).symlink_to(shutil.which(name) or f"/missing/{name}")
        for name, text in scripts.items():
            (folder / name.replace("_", "-")).write_text(f"#!/bin/sh\n{text}\n")
            (folder / name.replace("_", "-")).chmod(0o755)
        return str(folder)

    return make


@pytest.mark.parametrize(
    ("user", "sudo", "advice"),
    [
        (0, False, "Install with: apt-get install --yes"),
        (1000, True, "Install with: sudo apt-get install --yes"),
        (1000, False, "Install as root with: apt-get install --yes"),
    ],
)
def test_what_cannot_be_installed_is_named_in_one_line_with_a_command_that_works_there(
    programs: Callable, user: int, sudo: bool, advice: str
) -> None:
    path = programs("sh", id=f"echo {user}", **({"sudo": "exit 1"} if sudo else {}))
    result = run_shell("need_packages libpango-1.0-0 chromium", PATH=path)

    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == [f"Missing: libpango-1.0-0 chromium. {advice} libpango-1.0-0 chromium"]


def test_without_root_and_sudo_nothing_is_tried(programs: Callable) -> None:
    path = programs("sh", "printf", id="echo 1000", apt_get="echo called >&2")
    result = run_shell("need_packages chromium", PATH=path)

    assert result.returncode == 1
    assert result.stderr.splitlines() == ["Missing: chromium. Install as root with: apt-get install --yes chromium"]


def test_packages_are_installed_through_sudo_that_asks_nobody(programs: Callable, tmp_path: Path) -> None:
    log = tmp_path / "log"
    path = programs("sh", "env", id="echo 1000", apt_get="exit 1", sudo=f"printf '%s\\n' \"$*\" >>{log}")
    result = run_shell("need_packages chromium", PATH=path)

    assert result.returncode == 0
    assert log.read_text().splitlines() == [
        "-n apt-get update -qq",
        "-n env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends chromium",
    ]


def test_a_missing_library_is_told_by_its_package() -> None:
    result = run_shell("missing_libraries libc.so.6=libc6 libnothing.so.9=libnothing9")

    assert result.stdout.split() == ["libnothing9"]


def test_missing_fonts_are_told_and_stop_nothing(programs: Callable) -> None:
    result = run_shell("ensure_fonts; say after", PATH=programs("sh", "id", "grep"))

    assert result.returncode == 0
    assert "apt-get install --yes fontconfig fonts-noto-core fonts-noto-cjk" in result.stdout
    assert result.stdout.splitlines()[-1] == "after"


def test_an_old_python_is_named(programs: Callable) -> None:
    old = 'case "$1" in -V) echo Python 3.9.2;; *) exit 1;; esac'
    result = run_shell("ensure_python", PATH=programs("sh", "id", python3=old))

    assert result.returncode == 1
    assert result.stderr.startswith("Python 3.11 or newer is missing: python3 is Python 3.9.2.")


def test_the_environment_is_installed_when_its_lock_changes_and_only_then(tmp_path: Path) -> None:
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\ncase "$*" in -c*|*--version) ;; *) echo "$@" >>log;; esac\n')
    fake.chmod(0o755)
    (tmp_path / "script").symlink_to(ROOT / "script")
    run, dev = tmp_path / "run.lock", tmp_path / "dev.lock"
    run.write_text("first")
    dev.write_text("dev")

    def installed() -> list[str]:
        (tmp_path / "log").write_text("")
        command = f"cd {tmp_path}; ensure_venv run.lock; ensure_venv dev.lock; ensure_venv run.lock"
        assert run_shell(command).returncode == 0
        return [line.split()[-1] for line in (tmp_path / "log").read_text().splitlines()]

    assert installed() == ["run.lock", "dev.lock"]
    assert installed() == []
    run.write_text("second")
    assert installed() == ["run.lock"]
    assert "--require-hashes" in (ROOT / "script/lib/python.sh").read_text()


def test_an_installation_that_fails_is_tried_again(tmp_path: Path) -> None:
    fake = tmp_path / ".venv" / "bin" / "python"
    fake.parent.mkdir(parents=True)
    fake.write_text('#!/bin/sh\ncase "$*" in -c*|*--version) ;; *) exit 1;; esac\n')
    fake.chmod(0o755)
    (tmp_path / "run.lock").touch()

    for _attempt in range(2):
        result = run_shell(f"cd {tmp_path}; ensure_venv run.lock")
        assert result.returncode == 1
        assert result.stderr.startswith("The packages of run.lock could not be installed.")


def test_an_environment_whose_making_was_cut_short_is_made_anew(tmp_path: Path, programs: Callable) -> None:
    cut_short = tmp_path / ".venv" / "bin" / "python"
    cut_short.parent.mkdir(parents=True)
    cut_short.write_text('#!/bin/sh\n[ "$1" = -c ]\n')
    cut_short.chmod(0o755)
    (tmp_path / "run.lock").write_text("run")
    making = "mkdir -p .venv/bin; echo '#!/bin/sh' >.venv/bin/python; chmod +x .venv/bin/python"
    path = programs(
        "sh", "sha256sum", "grep", "rm", "mv", "mkdir", "chmod", python3=f'[ "$2" != venv ] || {{ {making}; }}'
    )

    for said in ("Making the virtual environment in .venv ...\nInstalling what run.lock lists ...\n", ""):
        result = run_shell(f"cd {tmp_path}; ensure_venv run.lock", PATH=path)
        assert (result.returncode, result.stdout, result.stderr) == (0, said, "")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_the_locks_pin_every_package_with_a_hash_and_name_no_place(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    packages = [line for line in lines if not line.startswith(" ")]

    assert packages
    assert all("==" in line and line.endswith("\\") for line in packages)
    assert all(line.strip().startswith("--hash=sha256:") for line in lines if line.startswith(" "))


def test_both_locks_agree() -> None:
    def versions(lock: str) -> set[str]:
        return {line.split()[0] for line in (ROOT / lock).read_text().splitlines() if "==" in line}

    assert versions("requirements.lock") <= versions("requirements-dev.lock")


@pytest.mark.parametrize(
    ("report", "fault"),
    [
        ('<property name="database" value="sqlite"/>', "no test drove a browser"),
        ('<property name="browser" value="1"/>', "ran on no database, not on sqlite"),
        (
            '<property name="database" value="postgresql"/><property name="browser" value="1"/>',
            "ran on postgresql, not on sqlite",
        ),
    ],
)
def test_ci_fails_where_a_part_did_not_run(tmp_path: Path, report: str, fault: str) -> None:
    result = judge(tmp_path, f'<testcase name="a"><properties>{report}</properties></testcase>')

    assert result.returncode == 1
    assert fault in result.stderr


def test_ci_fails_where_a_test_was_skipped_and_passes_where_all_ran(tmp_path: Path) -> None:
    properties = '<property name="database" value="sqlite"/><property name="browser" value="1"/>'
    whole = f'<testcase name="a"><properties>{properties}</properties></testcase>'
    skipped = judge(tmp_path, f'{whole}<testcase name="b"><skipped/></testcase>')

    assert (skipped.returncode, "b was skipped" in skipped.stderr) == (1, True)
    assert judge(tmp_path, whole).returncode == 0


def judge(tmp_path: Path, cases: str) -> subprocess.CompletedProcess[str]:
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    return subprocess.run(
        [sys.executable, "script/lib/ran.py", str(report), "sqlite"], cwd=ROOT, capture_output=True, text=True
    )


class Server:
    """The web server and the workers as script/server starts them, on a free port."""

    def __init__(self, data_dir: Path):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        data_dir.mkdir(exist_ok=True)
        variables = {
            "CPCH_DATA_DIR": str(data_dir),
            "CPCH_BIND": f"127.0.0.1:{self.port}",
            "CPCH_DEBUG": "1",  # static files from where they lie, so that none need be collected
        }
        self.environment = {
            key: value for key, value in os.environ.items() if key not in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL")
        } | variables
        self.run("manage.py", "migrate", "--verbosity", "0")
        self.run("manage.py", "createcachetable")
        self.process = subprocess.Popen(
            [sys.executable, "script/lib/serve.py"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=ROOT, env=self.environment, check=True)

    def read_until(self, text: str) -> str:
        assert self.process.stdout
        read = ""
        for line in self.process.stdout:
            read += line
            if text in line:
                return read
        pytest.fail(f"The server ended without saying {text!r}: {read}")

    def children(self) -> dict[str, int]:
        """The processes it started: "web" or the worker's queue, and the number of the process."""
        found = {}
        for number in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            command = Path(f"/proc/{number}/cmdline").read_text()
            found["web" if "gunicorn" in command else command.rstrip("\0").rpartition("\0")[2]] = int(number)
        return found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    server = Server(tmp_path / "data")
    yield server
    server.process.terminate()
    server.process.wait(40)
    assert server.process.stdout
    server.process.stdout.close()


def test_the_server_says_where_it_is_and_who_may_sign_in(server: Server, tmp_path: Path) -> None:
    (tmp_path / "data" / "demo-accounts.txt").write_text("coordinator@zz.example  password\n")

    assert f"http://127.0.0.1:{server.port}/" in server.read_until("coordinator@zz.example  password")


@pytest.mark.parametrize("queue", ["mail", "reports"])
def test_a_worker_that_dies_is_started_again_and_all_stop_together(server: Server, queue: str) -> None:
    server.read_until("is served on")
    first = server.children()
    assert set(first) == {"web", "mail", "reports"}
    os.kill(first[queue], signal.SIGKILL)
    server.read_until(f"The {queue} worker ended; starting it again.")
    second = wait_for(lambda: server.children() if queue in server.children() else None)

    assert second.pop(queue) != first.pop(queue)
    assert second == first

    server.process.terminate()

    assert server.process.wait(40) == 0
    assert not any(Path(f"/proc/{number}").exists() for number in second.values())
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", server.port)) != 0


def test_reports_stand_back_for_pages_and_mail_does_not(server: Server) -> None:
    server.read_until("is served on")
    started = server.children()

    assert os.getpriority(os.PRIO_PROCESS, started["mail"]) == os.getpriority(os.PRIO_PROCESS, started["web"])
    assert os.getpriority(os.PRIO_PROCESS, started["reports"]) == os.getpriority(os.PRIO_PROCESS, started["web"]) + 10


def test_every_static_file_that_a_page_names_is_collected() -> None:
    unused = runpy.run_path(str(ROOT / "script" / "lib" / "prepare.py"))["UNUSED"]
    pages = "".join(page.read_text() for page in (ROOT / "templates").rglob("*.html"))
    names = set(re.findall(r"""{%-? *static ['"]([^'"]+)['"]""", pages))

    assert names
    assert [name for name in names if not finders.find(name)] == []
    assert [name for name in names if any(fnmatch(part, u) for part in name.split("/") for u in unused)] == []


def test_a_port_in_use_is_told_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        bind = f"127.0.0.1:{taken.getsockname()[1]}"
        result = subprocess.run(
            [sys.executable, "script/lib/serve.py"],
            cwd=ROOT,
            env=os.environ | {"CPCH_BIND": bind},
            capture_output=True,
            text=True,
        )

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"{bind} cannot be served on, or is in use: try CPCH_BIND=127.0.0.1:8001 script/server"
    ]


def wait_for(condition: Callable) -> dict[str, int]:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    pytest.fail("It did not happen within 20 seconds.")


def test_a_database_that_cannot_be_opened_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"postgres://postgres@127.0.0.1:{silent.getsockname()[1]}/cpch"
        done = subprocess.run(
            [sys.executable, "script/lib/prepare.py"],
            cwd=ROOT,
            env=os.environ
            | {"DATABASE_URL": url, "CPCH_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cpch.settings"},
            capture_output=True,
            text=True,
        )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith("DATABASE_URL names a database that cannot be opened (connection to server at")

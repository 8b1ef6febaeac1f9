"""The site on a gunicorn of its own, with the test database and the options of gunicorn.conf.py."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
Address = tuple[str, int]


def database_url() -> str:
    """The test database as an environment variable."""
    held = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(held['NAME']))}"
    person = f"{held['USER']}:{held['PASSWORD']}" if held["PASSWORD"] else held["USER"]
    return f"postgres://{person}@{held['HOST']}:{held['PORT'] or 5432}/{held['NAME']}"


@contextmanager
def served(folder: Path, *options: str, send_buffer: int = 0, **variables: str) -> Iterator[Address]:
    """The site, with its data and temporary files in `folder`; connections wait in the socket until it is ready.

    `send_buffer` is how many bytes of an answer the system takes before the client does; 0 leaves it to the system.
    """
    with socket.create_server(("127.0.0.1", 0)) as listening:
        if send_buffer:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, send_buffer)
        os.set_inheritable(listening.fileno(), True)
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.middleware.site_settings",
            "CPCH_DATA_DIR": str(folder),
            "CPCH_SECRET_KEY": settings.SECRET_KEY,
            "DATABASE_URL": database_url(),
            **variables,
        }
        command = [sys.executable, "-m", "gunicorn", "cpch.wsgi", "--bind", f"fd://{listening.fileno()}"]
        command += ["--log-level", "error", *options]
        server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[listening.fileno()])
        try:
            yield listening.getsockname()
        finally:
            server.terminate()
            server.wait(60)

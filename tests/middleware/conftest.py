"""The site on gunicorn, for what only a real server shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web_server import Address, served


@pytest.fixture
def gunicorn(transactional_db: None, tmp_path: Path) -> Iterator[Address]:
    """The site on gunicorn, with the options of gunicorn.conf.py."""
    with served(tmp_path) as address:
        yield address

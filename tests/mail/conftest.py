"""A real mail server, and a way to let time pass."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.mail.smtp import MailSink


@pytest.fixture
def sink(settings: Any) -> Iterator[MailSink]:
    """A running mail server that the site is set to use."""
    server = MailSink().start()
    use(settings, server.port)
    yield server
    server.stop()


def use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", port, 20
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""


@pytest.fixture
def closed_port(settings: Any) -> int:
    """A port on which nothing listens, that the site is set to use; a server can be started on it later."""
    server = MailSink()
    port = server.port
    server.server_close()
    use(settings, port)
    return port

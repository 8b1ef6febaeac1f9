"""What all tests share of machinery: the browser, the worker, a clean end; and their people, out of factories.py."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

# Playwright's synchronous interface keeps an event loop in the main thread, and Django refuses database calls
# from a thread that has one. Nothing in these tests runs inside that loop.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

DATABASE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "django_db_serialized_rollback"}
BROWSER_FIXTURES = {"browser", "page", "new_page"}
DESKTOP = {"width": 1280, "height": 900}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database-only",
        action="store_true",
        help="leave out what another database cannot change: tests that touch none, and those of looks alone",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what drives the browser, so that `-m "not browser"` leaves it out and CI can count it."""
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)
    if config.getoption("--database-only"):
        left_out = [item for item in items if not touches_database(item) or item.get_closest_marker("looks")]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def touches_database(item: pytest.Item) -> bool:
    """Whether the test reads or writes the database that the settings name."""
    return bool(item.get_closest_marker("django_db") or DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())))


def pytest_unconfigure() -> None:
    """Remove the data folder that the tests' settings made for this process."""
    if settings.configured:
        shutil.rmtree(settings.TEST_DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A test database with the countries and the instrument in it; at the end nobody is in it any more."""
    from tests import reference_data

    with django_db_blocker.unblock():
        reference_data.load()
    yield
    with django_db_blocker.unblock():
        end_other_sessions()


def end_other_sessions() -> None:
    """End what else is connected, so that PostgreSQL can drop the database.

    A thread of the live server may still be answering a page that the last test's browser has closed.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def reference_rows(request: pytest.FixtureRequest) -> None:
    """Countries and the instrument, laid again where the test before flushed them."""
    if not touches_database(request.node):
        return
    marker = request.node.get_closest_marker("django_db")
    from tests import reference_data

    is_flushed = "transactional_db" in request.fixturenames or bool(marker and marker.kwargs.get("transaction"))
    request.getfixturevalue("transactional_db" if is_flushed else "db")
    reference_data.lay_again()


@pytest.fixture(autouse=True)
def empty_caches() -> None:
    """Each test draws its own pages, and nobody has tried to sign in before it."""
    for name in ("default", "fragments"):
        caches[name].clear()


@pytest.fixture
def people(db: None) -> Any:
    """One person of each role."""
    from tests import factories

    return factories.make_people()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, once for the whole run; where it is missing the test fails, never skips."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        pytest.fail("Chromium is missing: script/test installs it, or apt-get install chromium.")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture
def new_page(browser: Any, live_server: Any, record_property: Callable[[str, object], None]) -> Iterator[Callable]:
    """Open pages that share nothing with each other; `**options` go to the browser's new context.

    A test whose pages break the Content Security Policy or raise an error in a script fails at its end.
    """
    record_property("browser", browser.version)
    contexts: list[Any] = []
    faults: list[str] = []

    def open_page(**options: Any) -> Any:
        context = browser.new_context(base_url=live_server.url, **({"viewport": DESKTOP} | options))
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("console", lambda line: faults.extend(policy_faults(page.url, line.text)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def page(new_page: Callable) -> Any:
    """One page of a browser with an empty history, on the address of the live server."""
    return new_page()


@pytest.fixture
def run_queue(transactional_db: None) -> Callable[[str], None]:
    """Run all waiting tasks of a queue, as its worker would, until none is left."""
    from django_tasks_db.management.commands.db_worker import Worker

    def run(queue: str) -> None:
        Worker(
            queue_names=[queue],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id="tests",
            excluded_queue_names=[],
        ).run()

    return run


@pytest.fixture
def run_tasks(run_queue: Callable[[str], None]) -> Callable[[], None]:
    """Run all waiting tasks of every queue."""
    return lambda: run_queue("*")


def policy_faults(url: str, line: str) -> list[str]:
    """Return the console's line as a fault if it tells of a breach of the Content Security Policy."""
    return [f"{url}: {line}"] if "Content Security Policy" in line else []

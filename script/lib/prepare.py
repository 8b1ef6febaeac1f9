"""Brings the database, the instrument and the static files up to date; script/setup runs it each time."""

import hashlib
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


# What Bootstrap, htmx and allauth bring and no page asks for; compressing it would take most of the set-up's time.
UNUSED = [
    "bootstrap-*",
    "*.esm*",
    "bootstrap.css*",
    "bootstrap.rtl.css*",
    "bootstrap.js*",
    "bootstrap.bundle.js*",
    "ext",
    "mfa",
]


def main() -> None:
    """Do what is still to be done; on a machine where all is done, only look."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpch.settings")
    from django.core.exceptions import ImproperlyConfigured

    try:
        import django
        from django.conf import settings

        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(f"{error}")

    from django.core.management import call_command

    require_database()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    call_command("load_instrument", verbosity=0)
    if not settings.IS_PRODUCTION:
        call_command("seed_demo", verbosity=0)
    collect_static()


def require_database() -> None:
    """Stop with one line where the database cannot be opened."""
    from django.db import Error, connection

    try:
        connection.ensure_connection()
    except Error as error:
        reason = str(error).strip().partition("\n")[0]
        sys.exit(f"DATABASE_URL names a database that cannot be opened ({reason}): set it to one that can.")


def collect_static() -> None:
    """Collect and compress the static files, unless none has changed since the last time."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(UNUSED):
            stat = Path(storage.path(path)).stat()
            digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    stamp = settings.DATA_DIR / "static.digest"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command(
        "collectstatic",
        verbosity=0,
        interactive=False,
        clear=settings.STATIC_ROOT.exists(),
        ignore_patterns=UNUSED,
    )
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()

"""Reads and checks environment variables; which ones exist and what they mean is for settings.py to say.

Every reader raises ImproperlyConfigured with one line that names the variable and says what to set.
"""

import os
import re
import secrets
from collections.abc import Mapping
from ipaddress import IPv6Address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from cpch import waits

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}
MODES = ("local", "production")
POSTGRES_SCHEMES = ("postgres", "postgresql")
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
SECRET_KEY_MIN_CHARS = 50
SENDER = re.compile(r'[^<>@"]*<([^<>]+)>')
EMAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class Environment:
    """The process's variables. In production, a variable read with `required` has no default."""

    def __init__(self, variables: Mapping[str, str]):
        self.variables = variables
        self.is_production = self._mode() == "production"

    def text(self, name: str, *, local: str, required: str = "") -> str:
        """Return the variable, or `local` where it is not set.

        `required` says what to set; where it is given, production stops without the variable.
        """
        value = self.variables.get(name, "").strip()
        if value:
            return value
        if required and self.is_production:
            raise ImproperlyConfigured(f"{name} is not set: set it to {required}.")
        return local

    def boolean(self, name: str, *, local: bool) -> bool:
        """Return the variable as yes or no."""
        value = self.text(name, local=str(local)).lower()
        if value in TRUE:
            return True
        if value in FALSE:
            return False
        raise nonsense(name, "1 or 0")

    def choice(self, name: str, options: tuple[str, ...], *, local: str, production: str) -> str:
        """Return the variable as one of the options; what it is where it is not set depends on where the site runs."""
        value = self.text(name, local=production if self.is_production else local).lower()
        if value not in options:
            raise nonsense(name, f"{', '.join(options[:-1])} or {options[-1]}")
        return value

    def integer(self, name: str, *, local: int, most: int) -> int:
        """Return the variable as a whole number from zero to `most`."""
        value = self.text(name, local=str(local))
        if value.isascii() and value.isdigit() and len(value) <= len(str(most)) and int(value) <= most:
            return int(value)
        raise nonsense(name, f"a whole number from 0 to {most}")

    def folder(self, name: str, *, local: Path) -> Path:
        """Return the variable as a folder; where it does not exist yet, it is made for its owner alone."""
        folder = Path(self.text(name, local=str(local))).resolve()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise unwritable(folder) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise unwritable(folder)
        return folder

    def hosts(self, name: str, *, local: list[str], required: str) -> list[str]:
        """Return a comma-separated list of host names; `*` is refused, for it lets any name through."""
        value = self.text(name, local=",".join(local), required=required)
        hosts = [host.strip() for host in value.split(",") if host.strip()]
        if not hosts or any(not is_host(host) for host in hosts):
            raise nonsense(name, required)
        return hosts

    def url(self, name: str, *, local: str, schemes: tuple[str, ...], required: str) -> SplitResult:
        """Return the variable as a URL with one of the schemes."""
        value = self.text(name, local=local, required=required)
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - a port that is no number raises on access
        except ValueError as error:
            raise nonsense(name, required) from error
        if parts.scheme not in schemes or parts.port == 0 or parts.fragment:
            raise nonsense(name, required)
        return parts

    def site(self, name: str, *, local: str, required: str) -> SplitResult:
        """Return the address of the whole site: scheme, host and port, nothing more; in production HTTPS."""
        schemes = ("https",) if self.is_production else ("http", "https")
        parts = self.url(name, local=local, schemes=schemes, required=required)
        if not is_host(host_of(parts)) or "@" in parts.netloc or parts.path not in ("", "/") or parts.query:
            raise nonsense(name, required)
        return parts

    def sender(self, name: str, *, local: str, required: str) -> str:
        """Return the variable as an e-mail address, with a name before it or without."""
        value = self.text(name, local=local, required=required)
        named = SENDER.fullmatch(value)
        try:
            validate_email(named[1] if named else value)
        except ValidationError as error:
            raise nonsense(name, required) from error
        return value

    def secret_key(self, name: str, *, file: Path) -> str:
        """Return the variable, which must be long; locally, the key kept in `file`, made on first use."""
        wanted = f"a random text of at least {SECRET_KEY_MIN_CHARS} characters"
        value = self.text(name, local="", required=wanted)
        if not value:
            return generated_key(file)
        if len(value) < SECRET_KEY_MIN_CHARS or len(set(value)) < 5:
            raise nonsense(name, wanted)
        return value

    def _mode(self) -> str:
        mode = self.variables.get("CPCH_ENV", "").strip() or "local"
        if mode not in MODES:
            raise nonsense("CPCH_ENV", " or ".join(MODES))
        return mode


def nonsense(name: str, wanted: str) -> ImproperlyConfigured:
    """Return the error for a value that cannot be used; it may be secret, so it is not shown."""
    return ImproperlyConfigured(f"{name} has a value that cannot be used: set it to {wanted}.")


def is_host(text: str) -> bool:
    """Whether the text is a host name or address as ALLOWED_HOSTS takes it, wildcard for all excepted."""
    if text.startswith("[") and text.endswith("]"):
        try:
            return bool(IPv6Address(text[1:-1]))
        except ValueError:
            return False
    return all(part and part.replace("-", "a").isalnum() for part in text.removeprefix(".").split("."))


def host_of(parts: SplitResult) -> str:
    """Return the host of a URL as ALLOWED_HOSTS names it: lower case, an IPv6 address in brackets."""
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def generated_key(file: Path) -> str:
    """Return the key kept in the file; the first process to ask makes it, readable by its owner alone.

    The file is linked into place complete: a process that starts at the same moment reads the whole key.
    """
    try:
        if not file.exists():
            draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(secrets.token_urlsafe(50))
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_text().strip()
    except OSError as error:
        raise unwritable(file.parent) from error


def unwritable(folder: Path) -> ImproperlyConfigured:
    """Return the error for a data folder that cannot be used."""
    return ImproperlyConfigured(
        f"CPCH_DATA_DIR names a folder that cannot be written ({folder}): set it to one that can."
    )


def database(parts: SplitResult, name: str, wanted: str) -> dict[str, object]:
    """Return Django's description of the database at the URL; its query goes to the driver as options."""
    path = unquote(parts.path.removeprefix("/"))
    if not path:
        raise nonsense(name, wanted)
    if parts.scheme == "sqlite":
        if parts.netloc or parts.query or not Path(path).parent.is_dir() or Path(path).is_dir():
            raise nonsense(name, f"{wanted}, or sqlite:////path/to/file in a folder that is there")
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": SQLITE_OPTIONS}
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not are_postgres_options(options):
        raise nonsense(name, f"{wanted}?sslmode=require; after the ? stand options of the driver only")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": path,
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": {"connect_timeout": waits.CONNECT_SECONDS} | options,
    }


def are_postgres_options(options: Mapping[str, str]) -> bool:
    """Whether the driver of PostgreSQL knows all the options; of their values only those of sslmode are looked at."""
    from psycopg2 import ProgrammingError
    from psycopg2.extensions import make_dsn

    try:
        make_dsn(**options)
    except ProgrammingError:
        return False
    return options.get("sslmode", "prefer") in SSL_MODES


# IMMEDIATE: a transaction takes its lock at once and waits its turn, instead of failing half-way.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": waits.COMMAND_LOCK_SECONDS,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def email(parts: SplitResult, name: str, wanted: str) -> dict[str, object]:
    """Return Django's EMAIL_ settings for the URL: `console:` prints, the others name an SMTP server."""
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if not is_host(host_of(parts)) or parts.path not in ("", "/") or parts.query:
        raise nonsense(name, wanted)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or EMAIL_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
    }

"""The response when the database is busy or away: 503, nothing stored, try again."""

from __future__ import annotations

import logging
import sqlite3
import sys
from http import HTTPStatus

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.defaults import server_error

from .waits import RETRY_SECONDS

logger = logging.getLogger(__name__)

BUSY_STATES = {
    "25P03",  # idle in transaction for too long
    "40001",  # could not serialize
    "40P01",  # deadlock
    "53300",  # too many connections
    "55P03",  # lock timeout
    "57014",  # statement timeout
    "57P01",  # shutting down
    "57P02",  # ended with another process that crashed
    "57P03",  # starting up
}
"""SQLSTATEs of PostgreSQL after which the same request can succeed a moment later."""
LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
NO_CONNECTION = "connection to server"
"""How the driver's message begins if it could not connect."""


def failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that failed: 503 if the database was busy or away, else Django's own 500.

    Django calls this for exceptions of views and of any middleware, such as the session's; a middleware would see only
    those of views. Neither page makes a query.
    """
    error = sys.exc_info()[1]
    if not isinstance(error, Error) or not is_busy(error):
        return server_error(request)
    reason = str(error).strip().partition("\n")[0]
    logger.warning("Busy, answered 503: %s %s (%s)", request.method, request.path, reason)
    response = _answer(request, is_stored_unsure=_is_broken_off(error))
    response["Retry-After"] = str(RETRY_SECONDS)
    # Otherwise Django would log a 5xx with its traceback.
    response._has_been_logged = True
    return response


def is_busy(error: Error) -> bool:
    """Whether the cause is temporary: a lock, a timeout, no connection."""
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in LOCKED
    state = getattr(cause, "pgcode", None)
    if state is None:
        # The driver gives no SQLSTATE for a failed or lost connection.
        return type(error).__name__ in ("OperationalError", "InterfaceError") and hasattr(cause, "pgcode")
    return state in BUSY_STATES


def _is_broken_off(error: Error) -> bool:
    """Whether the connection was lost during the request, perhaps during the commit."""
    is_lost = not isinstance(error.__cause__, sqlite3.Error) and getattr(error.__cause__, "pgcode", None) is None
    return is_lost and not str(error).startswith(NO_CONNECTION)


def _answer(request: HttpRequest, *, is_stored_unsure: bool) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        said = {"kind": "broken_off", "message": _("The database connection was lost. Check whether this was saved.")}
        if not is_stored_unsure:
            said = {"kind": "busy", "message": _("The server is busy. Nothing was saved. Try again in a moment.")}
        return JsonResponse(said, status=HTTPStatus.SERVICE_UNAVAILABLE)
    # Rendered without the request, whose user would be read from the database.
    page = render_to_string("503.html", {"is_stored_unsure": is_stored_unsure})
    return HttpResponseServerError(page, status=HTTPStatus.SERVICE_UNAVAILABLE)

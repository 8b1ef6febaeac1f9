"""The administrators' page of the site's log: sign-ins, refused attempts, people and invitations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cpch.accounts.models import Invitation, User
from diagnostic.forms.site_log import SiteLogForm
from diagnostic.models import AuditChain, AuditEntry, SourceHour
from diagnostic.permissions import can_read_site_log
from diagnostic.queries import load_site_log
from diagnostic.wording.site_log import LIMIT_NAMES, acts_of, say_act

from .access import require
from .log_check import check_log, list_actors
from .log_limit import count_log_page

ENTRIES_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the page shows it."""

    entry: AuditEntry
    words: SafeString
    source: str
    path: str


@login_required
@require_http_methods(["GET", "HEAD"])
def site_log(request: HttpRequest) -> HttpResponse:
    """The entries, latest first, by kind and source (at most 9 queries; 11 with the full check).

    The first page of a minute takes 5 more. Raises `LimitReached`.
    """
    require(can_read_site_log(request.user), request)
    count_log_page(request)
    form = SiteLogForm(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    acts, but = acts_of(wanted.get("kind", ""))
    found = load_site_log(acts, but, wanted.get("source", "").strip())
    page = Paginator(found, ENTRIES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "lines": build_lines(list(page)),
        "is_filtered": any(wanted.values()),
        "actors": list_actors(page),
        "check": check_log(request, page, AuditChain.objects.filter(assessment=None)),
    }
    return render(request, "site_log/index.html", context)


def build_lines(entries: list[AuditEntry]) -> list[Line]:
    """The entries with their sentences (at most 3 queries)."""
    people = dict(User.objects.filter(pk__in=_named(entries, "person")).values_list("pk", "full_name"))
    invitations = dict(Invitation.objects.filter(pk__in=_named(entries, "invitation")).values_list("pk", "email"))
    attempts = _count_attempts(entries)
    lines = []
    for entry in entries:
        detail = {"email": _("an unknown account"), **entry.detail}
        detail["person"] = people.get(detail.get("person"), _("somebody"))
        detail["invitation"] = invitations.get(detail.get("invitation"), "–")
        detail["limit"] = str(LIMIT_NAMES.get(detail.get("limit"), detail.get("limit", "")))
        detail["attempts"] = attempts.get((detail.get("source"), _hour_of(entry)), 0)
        lines.append(
            Line(entry, say_act(entry.act, detail), str(detail.get("source", "")), str(detail.get("path", "")))
        )
    return lines


def _named(entries: Iterable[AuditEntry], name: str) -> set[Any]:
    return {entry.detail[name] for entry in entries if isinstance(entry.detail.get(name), int)}


def _count_attempts(entries: Iterable[AuditEntry]) -> dict[tuple[Any, datetime], int]:
    """The number of attempts so far, by source and hour, for hours that are not listed in full."""
    more = [entry for entry in entries if entry.act == "attempts.more"]
    hours = SourceHour.objects.filter(
        source__in={entry.detail.get("source", "") for entry in more}, hour__in={_hour_of(entry) for entry in more}
    )
    return {(item.source, item.hour): item.number for item in hours}


def _hour_of(entry: AuditEntry) -> datetime:
    return entry.at.replace(minute=0, second=0, microsecond=0)

"""The due days of a plan as a calendar file (RFC 5545): no word of anybody but the titles of the actions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext

PRODUCT = "-//CPCH//Action plan//EN"


@dataclass(frozen=True, slots=True)
class DueDay:
    """One action and its day. `key` stays the same as long as there is the action, `version` grows with each change."""

    key: str
    number: int
    title: str
    due_on: date
    url: str
    version: int
    changed_at: datetime
    is_dropped: bool


def render_calendar(country: str, marking: str, days: Iterable[DueDay]) -> bytes:
    """The file; each entry carries the `marking`, for an entry travels without the calendar that it came in.

    An action that was dropped stands in it as cancelled, so that a calendar which holds it lets go of it.
    """
    from icalendar import Calendar, Event, vText

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    name = gettext("Action plan: %(country)s (%(marking)s)") % {"country": country, "marking": marking}
    calendar.add("x-wr-calname", vText(name))
    for day in days:
        event = Event()
        event.add("uid", f"{day.key}@{urlsplit(day.url).hostname}")
        event.add("dtstamp", day.changed_at)
        event.add("sequence", day.version)
        event.add("summary", day.title)
        event.add("dtstart", day.due_on)
        event.add("dtend", day.due_on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("class", "CONFIDENTIAL")
        event.add("status", "CANCELLED" if day.is_dropped else "CONFIRMED")
        event.add("url", day.url)
        about = {"marking": marking, "number": day.number, "country": country}
        event.add("description", gettext("%(marking)s. Action %(number)d of the plan of %(country)s.") % about)
        calendar.add_component(event)
    return calendar.to_ical()

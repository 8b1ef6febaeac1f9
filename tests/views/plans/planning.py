"""Reading and writing an action plan, as the tests of its pages do."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from diagnostic.actions import action_plan
from diagnostic.core.action_plan import ActionDetails
from diagnostic.models import Action, Assessment
from tests.views.pages import unisolated

TODAY = datetime.now(UTC).date()


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(name: str, number: int | None = None, country: str = "ZZ") -> str:
    of: dict[str, Any] = {"country": country}
    return reverse(name, kwargs=of | ({"number": number} if number else {}))


def words(response: Any) -> str:
    """The page as its reader reads it: without markup, entities resolved."""
    main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", unisolated(main))))


def add(
    assessment: Assessment, by: Any, title: str = "Meet the minister", days: int | None = None, **more: Any
) -> Action:
    due_on = None if days is None else TODAY + timedelta(days=days)
    lead, support = more.pop("lead", "both"), more.pop("support", "")
    details = ActionDetails(title, lead, support, more.pop("responsible", ""), due_on)
    return action_plan.add(assessment=assessment, details=details, by=by, **more)


def move(action: Action, act: str, by: Any, source: str = "planned", **more: Any) -> Action:
    return action_plan.move(action=action, act=act, source=source, by=by, **more)


def fields(action: Action, **changes: Any) -> dict[str, Any]:
    """What the form of an action sends."""
    held = {name: getattr(action, name) for name in ("title", "lead", "support", "responsible", "version")}
    return held | {"due_on": action.due_on.isoformat() if action.due_on else ""} | changes


def theme(assessment: Assessment, name: str = "framework") -> str:
    return reverse("theme", kwargs={"pk": assessment.pk, "voice": "national", "theme": name})


def count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)

"""The plan as a workbook, for those who go on working with it in one."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from diagnostic.actions import audit
from diagnostic.instruments import instrument_of
from diagnostic.queries import to_action_line
from diagnostic.rendering.xlsx import render_plan_xlsx

from .plan_page import load_plan_page

MIME_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_http_methods(["GET"])
def workbook(request: HttpRequest, country: str) -> HttpResponse:
    """Every action that this person sees, one a row."""
    plan = load_plan_page(request, country)
    planned = [(to_action_line(row.action), instrument_of(row.action.assessment)) for row in plan.rows]
    content = render_plan_xlsx(plan.country.name, plan.marking, planned, get_language() or "en")
    audit.record(act="plan.workbook", by=request.user, assessment=plan.latest, country=plan.country.alpha2)
    response = HttpResponse(content, content_type=MIME_TYPE)
    name = f"cpch-plan-{plan.country.alpha2.lower()}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response

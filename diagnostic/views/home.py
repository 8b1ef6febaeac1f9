"""Where a person starts; the pages themselves are elsewhere."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from diagnostic.permissions import is_in_secretariat


@login_required
@require_http_methods(["GET", "HEAD"])
def home(request: HttpRequest) -> HttpResponse:
    """Lead the secretariat to the submissions, everyone else to the assessments that they may see."""
    return redirect("review-queue" if is_in_secretariat(request.user) else "assessment-list")

"""Taking an attestation back before the submission; giving one stands with the check page, in assessments."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import attestations
from diagnostic.actions.errors import ActionRefused
from diagnostic.forms.question import in_words
from diagnostic.permissions import can_take_attestation_back
from diagnostic.queries import load_absent_agencies

from .access import load_assessment, require

CONFLICT = 409


@login_required
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, pk: UUID, agency: str) -> HttpResponse:
    """Take the agency's attestation back; a GET, as after signing in again, leads to where it stands."""
    assessment = load_assessment(request, pk)
    require(
        can_take_attestation_back(request.user, assessment, agency, load_absent_agencies(assessment)),
        request,
        assessment,
    )
    here = redirect(f"{reverse('assessment-check', args=[pk])}#submit")
    if request.method == "GET":
        return here
    try:
        is_taken_back = attestations.take_back(assessment=assessment, agency=agency, by=request.user)
    except ActionRefused as refusal:
        context = {"reason": in_words(refusal.message), "assessment": assessment}
        return render(request, "409.html", context, status=CONFLICT)
    if is_taken_back:
        messages.success(request, _("The attestation is taken back. The other coordinators are told by e-mail."))
    return here

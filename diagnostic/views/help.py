"""What helps with answering: the help page, and the tools and programmes that the handbook names."""

from __future__ import annotations

from itertools import groupby

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from diagnostic.core.instrument import Resource
from diagnostic.instruments import current_instrument
from diagnostic.models.assessment import Marking

MARKINGS = (
    (Marking.RED, _("For the named recipients only.")),
    (Marking.AMBER_STRICT, _("For the recipient’s organisation only, for those who need to know.")),
    (
        Marking.AMBER,
        _("For the recipient’s organisation and its clients, for those who need to know. The default here."),
    ),
    (Marking.GREEN, _("For the community of those concerned, not for the public.")),
    (Marking.CLEAR, _("No limit.")),
)
"""What each label allows (FIRST, Traffic Light Protocol 2.0, August 2022)."""

SECTIONS = {
    "I": _("Introduction"),
    "III": _("Opportunities for cooperation"),
    "IV": _("Enhancing cooperation"),
    "V": _("Implementing customs–police cooperation"),
    "VI": _("International projects to assist member states and to enhance cooperation between border forces"),
    "VII": _("WCO tools and resources to assist members"),
    "VIII": _("INTERPOL policing capabilities"),
    "X": _("Diagnostic tool"),
}
"""The handbook's sections that name resources, by their Roman numeral, in its order."""


@login_required
@require_http_methods(["GET", "HEAD"])
def help_page(request: HttpRequest) -> HttpResponse:
    """How to answer, what the levels mean, who sees what, what a marking allows, whom to ask."""
    instrument = current_instrument()
    context = {"instrument": instrument, "markings": MARKINGS, "contact": settings.DEFAULT_FROM_EMAIL}
    return render(request, "help/index.html", context)


@login_required
@require_http_methods(["GET", "HEAD"])
def resources(request: HttpRequest) -> HttpResponse:
    """Every resource that the handbook names, by the section that names it first."""
    held = sorted(current_instrument().resources, key=lambda resource: list(SECTIONS).index(_section(resource)))
    groups = [(section, SECTIONS[section], list(members)) for section, members in groupby(held, key=_section)]
    return render(request, "help/resources.html", {"groups": groups, "count": len(held)})


def _section(resource: Resource) -> str:
    """The handbook's section that names the resource first, as its Roman numeral."""
    return resource.handbook.replace(".", " ").replace(";", " ").split()[0]

"""The administrators' page of undelivered e-mail."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from diagnostic.actions import outbox
from diagnostic.pages.undelivered import build_rows, given_up, still_tried
from diagnostic.permissions import can_manage_mail

from .access import require

A_PAGE = 50
STILL_TRIED_SHOWN = 50


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def undelivered(request: HttpRequest) -> HttpResponse:
    """Undelivered e-mail, and e-mail that is being retried (at most 6 queries); a POST retries `item`."""
    require(can_manage_mail(request.user), request)
    if request.method == "POST":
        return _try_again(request)
    page = Paginator(given_up(), A_PAGE).get_page(request.GET.get("page"))
    tried = build_rows(still_tried()[:STILL_TRIED_SHOWN])
    context = {"page": page, "given_up": build_rows(page), "still_tried": tried}
    return render(request, "mail/undelivered.html", context)


def _try_again(request: HttpRequest) -> HttpResponse:
    number = request.POST.get("item", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 19
    if is_number and outbox.try_again(item_id=int(number), by=request.user):
        messages.success(request, _("E-mail %(number)s will be retried for three days.") % {"number": number})
    else:
        messages.error(request, _("This e-mail is no longer in the list of undelivered e-mail. Nothing was changed."))
    return redirect("undelivered-mail")

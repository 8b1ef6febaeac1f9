"""The two requests of the bare application: a page of seven plain queries, and a save of one update and one insert."""

from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from .models import Folder, Note, Saved, Text


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Nothing: sends whoever is not signed in to sign in, as the site's own first page does."""
    return HttpResponse()


@login_required
@require_GET
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """A folder: five queries, and two before them for the session and the person."""
    context = {
        "folder": Folder.objects.get(pk=pk),
        "texts": Text.objects.filter(folder_id=pk).order_by("pk"),
        "notes": Note.objects.filter(folder_id=pk).order_by("pk"),
        "folders": Folder.objects.order_by("pk"),
        "last": Saved.objects.filter(saved_by=request.user).order_by("-pk").first(),
    }
    return render(request, "page.html", context)


@login_required
@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """One update and one insert in one transaction."""
    body = request.POST["body"]
    with transaction.atomic():
        Text.objects.filter(pk=pk).update(body=body)
        saved = Saved.objects.create(text_id=pk, body=body, saved_by=request.user)
    return JsonResponse({"saved": saved.pk})

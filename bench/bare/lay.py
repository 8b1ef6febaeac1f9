"""Lays the bare application's tables and prints how to reach them as JSON.

Standard input has how long the pages are to be, in bytes, and how many people save: `{"sizes": {…}, "savers": 64}`.
"""

from __future__ import annotations

import json
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.bare.settings"
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402

from bench.bare.models import Folder, Note, Saved, Text  # noqa: E402

TEXTS = 27
NOTES = 12
WORDS = "Officers of both agencies meet, write down what they agreed and look at it again a year later. "


def main() -> None:
    """Lay one page for each size, one text for each person, and print them."""
    wanted = json.load(sys.stdin)
    call_command("migrate", verbosity=0, run_syncdb=True)
    with transaction.atomic():
        reader = sign_in("reader")
        pages = {name: lay_page(name, size, reader) for name, size in wanted["sizes"].items()}
        folder = Folder.objects.create(title="saves")
        savers = []
        for place in range(wanted["savers"]):
            text = Text.objects.create(folder=folder, title=f"Text {place}", state="answered", level=2, body="")
            savers.append({"session": session_of(sign_in(f"saver-{place}")), "path": f"/texts/{text.pk}/"})
    print(json.dumps({"reader": session_of(reader), **pages, "savers": savers}))


def lay_page(name: str, size: int, reader: Client) -> str:
    """A folder whose page is `size` bytes long, to one part in a hundred."""
    folder = Folder.objects.create(title=name)
    texts = [Text(folder=folder, title=f"A.{place}", state="answered", level=2, body="") for place in range(TEXTS)]
    Text.objects.bulk_create(texts)
    Note.objects.bulk_create(Note(folder=folder, title=f"Document {place}") for place in range(NOTES))
    Saved.objects.create(text=folder.text_set.first(), body="", saved_by=User.objects.get(username="reader"))
    path = f"/pages/{folder.pk}/"
    each = max(0, size - len(reader.get(path).content)) // TEXTS
    folder.text_set.update(body=(WORDS * (each // len(WORDS) + 1))[:each])
    length = len(reader.get(path).content)
    assert abs(length - size) <= size / 100, f"{name} is {length} bytes long, not {size}"
    return path


def sign_in(name: str) -> Client:
    """A browser in which the person of that name is signed in."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create(username=name))
    return client


def session_of(client: Client) -> str:
    """The key of the browser's session."""
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    main()

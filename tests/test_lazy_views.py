"""Views that are loaded when they are first asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.urls import URLPattern, get_resolver

from cpch.lazy_views import LazyView, LazyViews
from diagnostic.views import answers, home

views = LazyViews("diagnostic.views")
FIRST_ANSWER = """
import sys
from wsgiref.util import setup_testing_defaults
from cpch.wsgi import application
request = {"HTTP_HOST": "127.0.0.1"}
setup_testing_defaults(request)
application(request, lambda status, headers: print(status))
print(*sorted(name for name in sys.modules if name.startswith("diagnostic.views.")))
late = {"cryptography", "fido2", "qrcode", "cpch.accounts.security_views", "cpch.accounts.second_step"}
print(*sorted(late & set(sys.modules)))
"""


def patterns(items):
    for item in items:
        if isinstance(item, URLPattern):
            yield item
        else:
            yield from patterns(item.url_patterns)


def lazy():
    return [item for item in patterns(get_resolver().url_patterns) if isinstance(item.callback, LazyView)]


def test_every_address_has_its_view():
    assert len(lazy()) > 50
    for item in lazy():
        assert callable(item.callback.view), item.name


def test_a_view_answers_as_itself(rf):
    request = rf.get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()
    assert views.home.home(request).url == home.home(request).url


@pytest.mark.parametrize("name", ["save", "theme"])
def test_whether_a_view_looks_at_the_token_itself_is_asked_of_the_view(name):
    assert getattr(views.answers, name).csrf_exempt == getattr(getattr(answers, name), "csrf_exempt", False)


def test_a_view_that_looks_at_the_token_itself_is_known_as_such():
    assert views.answers.save.csrf_exempt
    assert not views.home.home.csrf_exempt


def test_an_address_knows_its_view_by_name_without_loading_it():
    found = LazyViews("diagnostic.views").nowhere.nothing
    pattern = URLPattern(None, found)
    assert pattern.lookup_str == "diagnostic.views.nowhere.nothing"
    with pytest.raises(ImportError, match="nowhere"):
        found.view  # noqa: B018


def test_the_first_answer_waits_for_no_other_page():
    ran = subprocess.run([sys.executable, "-c", FIRST_ANSWER], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.split("\n")[:3] == ["302 Found", "diagnostic.views.home", ""]

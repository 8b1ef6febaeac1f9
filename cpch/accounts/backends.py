"""Finds a person by address and password, and a signed-in person without a query beyond that of the session."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from .models import User
from .sessions import take_person
from .sign_in_limits import find_person


class AccountBackend(ModelBackend):
    """Finds people by any spelling of their address, with the membership that every page needs."""

    def authenticate(
        self, request: HttpRequest | None, email: str = "", password: str | None = None, **_unused: Any
    ) -> User | None:
        """The person with that password (1 query), even a deactivated one: allauth tells them that they cannot sign in.

        A password is hashed whether or not the address has an account, so that the response time reveals nothing.
        """
        if not email or not password:
            return None
        person = find_person(email)
        if person is None:
            User().set_password(password)
            return None
        return person if person.check_password(password) else None

    def get_user(self, user_id: int) -> User | None:
        person = take_person(user_id)
        if person is None:
            people = User.objects.select_related("membership__country", "membership__agency")
            person = people.filter(pk=user_id).first()
        return person if person is not None and person.is_active else None

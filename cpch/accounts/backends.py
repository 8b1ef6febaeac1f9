"""Finds a signed-in person with membership, agency and country, in no query more than their session took."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from .models import User
from .sessions import take_person


class AccountBackend(AuthenticationBackend):
    """allauth's backend, with the membership that every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        person = take_person(user_id)
        if person is None:
            people = User.objects.select_related("membership__country", "membership__agency")
            person = people.filter(pk=user_id).first()
        return person if person is not None and person.is_active else None

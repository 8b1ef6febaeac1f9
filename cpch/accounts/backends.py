"""Loads a signed-in person with membership, agency and country in one query."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend

from .models import User


class AccountBackend(AuthenticationBackend):
    """allauth's backend, with the membership that every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        people = User.objects.select_related("membership__country", "membership__agency")
        try:
            return people.get(pk=user_id, is_active=True)
        except User.DoesNotExist:
            return None

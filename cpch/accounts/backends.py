"""Loads a signed-in person with membership, agency and country in one query."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.db import models

from cpch.prepared import PreparedRead, Slot

from .models import User

PEOPLE = PreparedRead(
    lambda: User.objects.select_related("membership__country", "membership__agency").filter(
        pk=Slot("pk", models.BigAutoField()), is_active=True
    )
)


class AccountBackend(AuthenticationBackend):
    """allauth's backend, with the membership that every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        try:
            return PEOPLE.get(pk=user_id)
        except User.DoesNotExist:
            return None

"""What django-allauth may do here: let people in whom an invitation created, and nobody else."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Signing in and resetting a password, without open registration."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

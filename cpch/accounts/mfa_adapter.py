"""What allauth.mfa does here: under which name apps and keys keep this site, and secrets encrypted in the database."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings


class UnreadableSecret(Exception):
    """A secret was encrypted under another CPCH_SECRET_KEY: nothing fits it any more."""


class MFAAdapter(DefaultMFAAdapter):
    """Names and encryption; the flows and their pages are the project's own."""

    def get_totp_issuer(self) -> str:
        return f"CPCH {context.request.get_host()}"

    def _get_site_name(self) -> str:
        return self.get_totp_issuer()

    def encrypt(self, text: str) -> str:
        return str(_cipher().encrypt(text.encode()).decode())

    def decrypt(self, encrypted_text: str) -> str:
        """The text. Raises `UnreadableSecret`: an empty text in its place would be a secret that anyone can guess."""
        from cryptography.fernet import InvalidToken

        try:
            return str(_cipher().decrypt(encrypted_text.encode()).decode())
        except InvalidToken as error:
            raise UnreadableSecret from error


def _cipher() -> Any:
    """The cipher under a key of its own, drawn from the site's; loaded when first needed, for it takes its time."""
    from cryptography.fernet import Fernet

    key = hashlib.sha256(b"cpch.accounts.second_factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))

"""A person who signs in with an e-mail address; what they may do is in membership."""

from __future__ import annotations

import secrets
import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cpch.accounts.addresses import address_key, write_address

from .address import AddressKeyField


def site_languages() -> list[tuple[str, str]]:
    """The languages that are switched on: code, and the language's own name."""
    return list(settings.LANGUAGES)


def site_language() -> str:
    """The code of the language that the site speaks to those who have chosen none."""
    return settings.LANGUAGE_CODE


def new_keeping_key() -> str:
    """A random key of 256 bits, in hexadecimal."""
    return secrets.token_hex(32)


def normalise_password(password: str) -> str:
    """`password` in NFC: keyboards of different systems send different code points for the same key, such as é."""
    return unicodedata.normalize("NFC", password)


class UserManager(BaseUserManager["User"]):
    """Creates people; nobody creates themselves."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a person; without a password they cannot sign in until they set one."""
        user = self.model(email=write_address(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(address_key=address_key(username or ""))


class User(AbstractBaseUser):
    """A person. `email` is the login, kept in lower case; `language` may have been switched off since.

    `deactivated_at` is when their access last ended; None while they are active, and if the time is not known.
    `address_key` is unique, so that no two people have the same address in two spellings.
    """

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    address_key = AddressKeyField(unique=True)
    full_name = models.CharField(_("full name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, choices=site_languages, default=site_language)
    is_active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Empty while there is none; a session that does not hold the same has not passed it, and ends.
    second_factor = models.CharField(max_length=32, blank=True, default="", editable=False)
    # Encrypts what this person's browsers keep (keeping.js). Never change it: the kept texts would become unreadable.
    keeping_key = models.CharField(max_length=64, default=new_keeping_key, editable=False)
    joined_at = models.DateTimeField(default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        ordering = ["full_name", "email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once_in_any_case")]

    def __str__(self) -> str:
        return self.full_name or self.email

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(None if raw_password is None else normalise_password(raw_password))

    def check_password(self, raw_password: str) -> bool:
        return super().check_password(normalise_password(raw_password))

    def get_full_name(self) -> str:
        return self.full_name

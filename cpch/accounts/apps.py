"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "cpch.accounts"
    label = "accounts"
    verbose_name = _("People and countries")

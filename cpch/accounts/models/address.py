"""The column for comparing addresses."""

from __future__ import annotations

from typing import Any

from django.db import models

from cpch.accounts.addresses import address_key


class AddressKeyField(models.CharField):
    """`address_key` of the row's `email`, set on every save, so that no caller can forget it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 512)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = address_key(model_instance.email)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key

"""The filter of the site log."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cpch.forms import WithoutFormTag
from diagnostic.wording.site_log import KINDS


class SiteLogForm(WithoutFormTag):
    """A kind of entry and a network address; both may be left out."""

    kind = forms.ChoiceField(label=_("Show"), choices=[("", _("Everything")), *KINDS.items()], required=False)
    source = forms.CharField(label=_("Network address"), max_length=64, required=False)

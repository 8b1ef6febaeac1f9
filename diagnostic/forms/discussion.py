"""The forms in which secretariat and country write to each other: comments, opinions and the replies to them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from diagnostic.instruments import Instrument
from diagnostic.models import Comment

from .review import LongTextField, MarkedField


class CommentForm(forms.Form):
    """A reviewer's comment on one question; who reads it is chosen before it is sent."""

    bound_field_class = MarkedField
    text = LongTextField(rows=3, label=_("New comment"), error_messages={"required": _("Write the comment first.")})
    audience = forms.ChoiceField(
        label=_("Who sees it"),
        choices=[
            (str(Comment.Audience.INTERNAL), _("Internal")),
            (str(Comment.Audience.SHARED), _("Shared with the country")),
        ],
        initial=str(Comment.Audience.INTERNAL),
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
        error_messages={"required": _("Choose who sees the comment.")},
    )

    def __init__(self, data: Any = None, **options: Any):
        super().__init__(data, auto_id="comment-%s", **options)


class AnswerForm(forms.Form):
    """The country's contribution to a thread that the secretariat began."""

    bound_field_class = MarkedField
    text = LongTextField(
        rows=4,
        label=_("Your answer"),
        help_text=_("The secretariat and your country’s people see it, with your name. It cannot be changed."),
        error_messages={"required": _("Write the answer first.")},
    )

    def __init__(self, data: Any = None, **options: Any):
        super().__init__(data, auto_id="comment-%s", **options)


class OpinionForm(forms.Form):
    """A reviewer's level and its reason; `base` says which opinion, if any, this one was written over."""

    bound_field_class = MarkedField
    level = forms.TypedChoiceField(
        label=_("Level"), coerce=int, error_messages={"required": _("Choose the level at which you see it.")}
    )
    reason = LongTextField(
        rows=3, label=_("Reason"), error_messages={"required": _("Say why you see it at this level.")}
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, instrument: Instrument, **options: Any):
        super().__init__(data, auto_id="opinion-%s", **options)
        levels = [(item.level, f"{item.level} {item.name}") for item in instrument.continuum]
        self.fields["level"].choices = [("", _("Choose")), *levels]
        self.fields["level"].widget.attrs["class"] = "form-select form-select-sm"


class ReplyForm(forms.Form):
    """The country's reply to an opinion; `base` says which reply, if any, this one was written over."""

    bound_field_class = MarkedField
    text = LongTextField(
        rows=4,
        label=_("Reply of your country"),
        help_text=_("It stands beside the opinion, with your name. You may change it until you submit again."),
        error_messages={"required": _("Write the reply first.")},
    )
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any):
        super().__init__(data, auto_id="reply-%s", **options)

"""The what-if: recommendations taken up, other levels or bases, given by address; it saves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import LEVELS, Instrument
from diagnostic.core.recommended_moves import find_moves, join_moves, recommendation_ids
from diagnostic.core.responses import Responses
from diagnostic.core.result import Change, Result

SHOWN = 6
LAST = 9
KEPT = ("submission",)
TAKEN_UP = "recommendation"
BASIS_CHOICES = (
    ("", _("Basis as answered")),
    ("written", _("Written only")),
    ("practised", _("Practised only")),
    ("both", _("Written and practised")),
)
NOW = {
    "implied": _("now not asked, counted as level 1"),
    "not_applicable": _("now not applicable"),
    "unknown": _("now cannot be answered"),
    "blank": _("now blank"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One question that can be moved; `basis` is there where a criterion rests on the question."""

    code: str
    text: str
    now: str
    level: forms.BoundField
    basis: forms.BoundField | None


class WhatIfForm(forms.Form):
    """A level for each scored question, and a basis where a criterion rests on it; empty means "as answered".

    Beside them the ids of the recommendations that are taken up; where one moves a question whose level or basis is
    given too, that is taken as given. `responses` are those that `result` is of.
    """

    def __init__(self, instrument: Instrument, result: Result, responses: Responses, data: Any = None):
        super().__init__(data, auto_id="w-%s")
        self.instrument = instrument
        self.result = result
        self.responses = responses
        self.fields[TAKEN_UP] = forms.MultipleChoiceField(
            label=_("Recommendations taken up"),
            choices=[(code, code) for code in recommendation_ids(instrument)],
            required=False,
        )
        self.with_basis = {criterion.question for criterion in instrument.criteria}
        levels = [(str(level), f"{level} {instrument.level_name(level)}") for level in LEVELS]
        for question in instrument.scored:
            self.fields[question.code] = forms.ChoiceField(
                label=gettext("%(code)s: level") % {"code": question.code},
                choices=[("", _("As answered")), *levels],
                required=False,
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )
            if question.code in self.with_basis:
                self.fields[f"{question.code}-basis"] = forms.ChoiceField(
                    label=gettext("%(code)s: basis") % {"code": question.code},
                    choices=BASIS_CHOICES,
                    required=False,
                    widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
                )

    def clean(self) -> dict[str, Any]:
        unknown = [name for name in self.data if name not in self.fields and name not in KEPT]
        if unknown:
            raise ValidationError(_("There is no scored question %(code)s."), params={"code": unknown[0][:20]})
        return self.cleaned_data

    @property
    def changes(self) -> dict[str, Change]:
        """What is moved, by question and in question order; only of a valid form."""
        taken_up = join_moves(
            find_moves(self.instrument, self.result, self.responses, code) for code in self.cleaned_data[TAKEN_UP]
        )
        found = {}
        for question in self.instrument.scored:
            level = self.cleaned_data.get(question.code)
            basis = self.cleaned_data.get(f"{question.code}-basis")
            moved = taken_up.get(question.code, Change())
            change = Change(int(level) if level else moved.level, basis or moved.basis)
            if change != Change():
                found[question.code] = change
        return found

    @property
    def taken_up(self) -> frozenset[str]:
        """The ids of the recommendations that are taken up; none of a form that is not bound or not valid."""
        return frozenset(self.cleaned_data[TAKEN_UP]) if self.is_bound and self.is_valid() else frozenset()

    @property
    def first_rows(self) -> list[Row]:
        """What blocks the next level, then the lowest answers: the rows to try first."""
        return self._rows(self._codes()[:SHOWN])

    @property
    def other_rows(self) -> list[Row]:
        """The other scored questions, in question order."""
        first = set(self._codes()[:SHOWN])
        return self._rows(question.code for question in self.instrument.scored if question.code not in first)

    @property
    def is_other_moved(self) -> bool:
        """Whether a row that is folded away holds a change."""
        return any(row.level.value() or (row.basis and row.basis.value()) for row in self.other_rows)

    def _codes(self) -> list[str]:
        following = (self.result.place.working_level or 0) + 1
        wanted = [
            item.criterion.question
            for item in self.result.place.criteria
            if item.state != "met" and item.criterion.level <= following
        ]
        rest = sorted(self.result.standings, key=lambda code: self.result.standings[code].level or LAST)
        return list(dict.fromkeys([*wanted, *rest]))

    def _rows(self, codes: Iterable[str]) -> list[Row]:
        return [
            Row(
                code,
                self.instrument.by_code[code].text,
                self._now(code),
                self[code],
                self[f"{code}-basis"] if code in self.with_basis else None,
            )
            for code in codes
        ]

    def _now(self, code: str) -> str:
        standing = self.result.standings[code]
        if standing.level is None or standing.state == "implied":
            return str(NOW[standing.state])
        level = f"{standing.level} {self.instrument.level_name(standing.level)}"
        if standing.basis == "written":
            return gettext("now %(level)s, written only") % {"level": level}
        return gettext("now %(level)s") % {"level": level}

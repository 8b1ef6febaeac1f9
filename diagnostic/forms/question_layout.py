"""How the parts of a question are laid out, and what its templates draw; what an answer may be is in question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Field, Layout
from django.template.loader import get_template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from diagnostic.core.instrument import AREA_HOLDERS, BASES, LEVELS
from diagnostic.core.responses import BLANK, Evidence, Response
from diagnostic.core.visible_text import says_nothing

from .question import AGENCY_NAMES, QuestionForm, agencies_of

HOLDER_NAMES = {
    "customs": _("Customs"),
    "police": _("Police"),
    "both": _("Both"),
    "other": _("Other"),
    "none": _("Nobody"),
}
BASIS_NAMES = {
    "written": _("Written only"),
    "practised": _("Practised only"),
    "both": _("Written and practised"),
}
STATUS_NAMES = {"not_applicable": _("Not applicable here"), "unknown": _("Cannot answer now")}


@dataclass(frozen=True, slots=True)
class Option:
    """One control of a group: what it says, what it sends, and how it stands."""

    value: str
    name: str
    id: str
    is_chosen: bool = False
    statement: str = ""
    was_last: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Controls that share a name: a fieldset, or a row of the matrix."""

    name: str
    label: str
    id: str
    options: tuple[Option, ...]
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One document of the list, numbered from 0 for its controls and from 1 for its reader."""

    place: int
    title: str
    reference: str
    faults: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        return self.place + 1


@dataclass(frozen=True, slots=True)
class ReasonWords:
    """Label and hint of the reason's field for the answer `value`."""

    value: str
    label: str
    hint: str


class Part:
    """A part of the layout that draws several fields at once, by its own template."""

    def __init__(self, template: str, **context: Any):
        self.template, self.context = template, context

    def render(self, form: QuestionForm, context: Any, template_pack: str = "", **kwargs: Any) -> str:
        return get_template(self.template).render({**context.flatten(), **self.context, "form": form})


@dataclass(frozen=True, slots=True)
class QuestionParts:
    """What the templates of one question draw from; `then` is last period's response, `then_period` its period."""

    form: QuestionForm
    then: Response = BLANK
    then_period: str = ""

    def group(self, name: str, label: Any, choices: list[tuple[str, Any]]) -> Group:
        bound = self.form[name]
        value = bound.value() or ""
        chosen = value if isinstance(value, (list, tuple)) else (value,)
        options = tuple(
            Option(key, str(text), f"{bound.auto_id}-{key}", is_chosen=key in chosen) for key, text in choices
        )
        return Group(bound.html_name, str(label), bound.auto_id, options, tuple(bound.errors))

    @property
    def cards(self) -> tuple[Option, ...]:
        """The five statements, lowest first; none where the question takes no level."""
        bound, question = self.form["answer"], self.form.question
        if not question.takes_level:
            return ()
        return tuple(
            Option(
                value=str(level),
                name=self.form.instrument.level_name(level),
                id=f"{bound.auto_id}-{level}",
                is_chosen=bound.value() == str(level),
                statement=question.levels[level],
                was_last=self.then.level == level,
            )
            for level in LEVELS
        )

    @property
    def otherwise(self) -> tuple[Option, ...]:
        """The answers that are no level; "not applicable" only where the instrument allows it."""
        allowed = ["not_applicable"] if self.form.question.allows_not_applicable else []
        return self.group("answer", "", [(key, STATUS_NAMES[key]) for key in [*allowed, "unknown"]]).options

    @property
    def is_otherwise(self) -> bool:
        return self.form["answer"].value() in STATUS_NAMES

    @property
    def reasons(self) -> list[ReasonWords]:
        """What to say at the reason's field, for each answer that needs one."""
        words = [ReasonWords("unknown", gettext("Why it cannot be answered"), self._hint_unknown)]
        if self.form.question.allows_not_applicable:
            left_out = gettext("The question is left out of the score; the reason is shown in the report.")
            words.insert(0, ReasonWords("not_applicable", gettext("Why it does not apply"), left_out))
        return words

    @property
    def reason(self) -> ReasonWords:
        """The words for the answer that stands; where there is none yet, for all that could."""
        chosen = [words for words in self.reasons if words.value == self.form["answer"].value()]
        if chosen or len(self.reasons) == 1:
            return (chosen or self.reasons)[0]
        return ReasonWords(
            "", gettext("Why it does not apply or cannot be answered"), gettext("Only for the two answers above.")
        )

    @property
    def _hint_unknown(self) -> str:
        if self.form.question.is_scored:
            return gettext("The question stays open. The result is shown as a range until it is answered.")
        return gettext("The question stays open.")

    @property
    def authority(self) -> list[Group]:
        choices = [(option.id, option.name) for option in self.form.instrument.authority_options]
        return [
            self.group(f"authority_{agency}", AGENCY_NAMES[agency], choices) for agency in agencies_of(self.form.voice)
        ]

    @property
    def holders(self) -> list[str]:
        return [str(HOLDER_NAMES[holder]) for holder in AREA_HOLDERS]

    @property
    def areas(self) -> list[Group]:
        choices = [(holder, HOLDER_NAMES[holder]) for holder in AREA_HOLDERS]
        return [self.group(f"area_{area.id}", area.name, choices) for area in self.form.instrument.risk_areas]

    @property
    def topics(self) -> Group:
        choices = [(option.id, option.name) for option in self.form.instrument.training_topics]
        return self.group("topics", _("Choose every area that is covered"), choices)

    @property
    def challenges(self) -> Group:
        choices = [(option.id, option.name) for option in self.form.instrument.challenge_kinds]
        return self.group("challenges", _("Choose every challenge that you meet"), choices)

    @property
    def basis(self) -> Group:
        choices = [(key, BASIS_NAMES[key]) for key in BASES]
        return self.group("basis", _("What the answer rests on"), choices)

    @property
    def shows_basis(self) -> bool:
        """Asked for with every scored question; elsewhere shown only where one is held, so that it is not lost."""
        return self.form.question.is_scored or (self.form.question.takes_level and bool(self.form["basis"].value()))

    @property
    def criterion(self) -> bool:
        """Whether a level of cooperation or above depends on this question, which paper alone does not carry."""
        code = self.form.question.code
        return any(item.question == code and item.level >= 3 for item in self.form.instrument.criteria)

    @property
    def evidence(self) -> list[EvidenceRow]:
        rows: list[Evidence] = list(self.form["evidence"].value() or ())
        faults = self.form["evidence"].errors
        return [
            EvidenceRow(place, row.title, row.reference, tuple(faults) if says_nothing(row.title) else ())
            for place, row in enumerate(rows)
        ]

    @property
    def next_evidence(self) -> EvidenceRow:
        return EvidenceRow(len(self.evidence), "", "")


def helper_of(form: QuestionForm) -> FormHelper:
    """The crispy helper that draws `form` without a form element, for all of a theme stand in one."""
    question = form.question
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.form_show_errors = False
    before = [
        Part(template)
        for template, is_taken in (
            ("forms/authority.html", question.takes_authority),
            ("forms/matrix.html", question.takes_areas),
            ("forms/topics.html", question.takes_topics),
            ("forms/challenges.html", question.takes_challenges),
        )
        if is_taken
    ]
    basis = [Field("basis", template="forms/basis.html")] if question.takes_level else []
    helper.layout = Layout(
        Field("version", template="forms/version.html"),
        *before,
        Div(
            Div(
                Field("answer", template="forms/answer.html"),
                Field("reason", template="forms/reason.html"),
                Div(
                    Field("narrative", template="forms/narrative.html"),
                    *basis,
                    Field("evidence", template="forms/evidence.html"),
                    css_class="parts",
                ),
            ),
            Part("answers/_before.html"),
            css_class="question-body",
        ),
    )
    return helper

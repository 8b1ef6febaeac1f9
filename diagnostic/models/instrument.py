"""The instrument as rows, one model a noun, with natural keys so that fixtures can be read and reviewed by a person."""

from __future__ import annotations

from typing import Any

from django.db import models


class ByCode(models.Manager):
    """Finds a row of an instrument version by its own code."""

    def get_by_natural_key(self, instrument: str, version: str, code: str) -> Any:
        return self.get(instrument__code=instrument, instrument__version=version, code=code)


class InstrumentVersion(models.Model):
    """One version of the diagnostic; immutable once an assessment uses it."""

    class Manager(models.Manager):
        def get_by_natural_key(self, code: str, version: str) -> InstrumentVersion:
            return self.get(code=code, version=version)

    code = models.SlugField(max_length=40)
    version = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    source = models.TextField()
    answering_rule = models.TextField()

    objects = Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="instrument_version_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    def natural_key(self) -> tuple[str, str]:
        return (self.code, self.version)


class Part(models.Model):
    """What every row of an instrument version has: the version, and its place in the order."""

    instrument = models.ForeignKey(InstrumentVersion, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        abstract = True
        ordering = ["position"]


class CodedPart(Part):
    """A row that others name by its code."""

    code = models.CharField(max_length=60)

    objects = ByCode()

    class Meta(Part.Meta):
        abstract = True
        constraints = [models.UniqueConstraint(fields=["instrument", "code"], name="%(class)s_once")]

    def __str__(self) -> str:
        return self.code

    def natural_key(self) -> tuple[str, str, str]:
        return (*self.instrument.natural_key(), self.code)

    natural_key.dependencies = ["diagnostic.instrumentversion"]  # type: ignore[attr-defined]


class ContinuumLevel(CodedPart):
    """A level of the continuum, 1 to 5 (handbook IV.a, Fig. 3)."""

    level = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=60)
    summary = models.TextField()

    class Meta(CodedPart.Meta):
        constraints = [
            *CodedPart.Meta.constraints,
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="continuum_level_1_to_5"),
        ]


class Theme(CodedPart):
    """A group of questions scored as one."""

    name = models.CharField(max_length=120)
    handbook = models.CharField(max_length=120)


class Option(CodedPart):
    """A choice of a closed list: authority, risk area, training topic or challenge."""

    class Kind(models.TextChoices):
        AUTHORITY = "authority"
        AREA = "area"
        TOPIC = "topic"
        CHALLENGE = "challenge"

    class OfKind(models.Manager):
        def get_by_natural_key(self, instrument: str, version: str, kind: str, code: str) -> Option:
            return self.get(instrument__code=instrument, instrument__version=version, kind=kind, code=code)

    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=160)

    objects = OfKind()

    class Meta(Part.Meta):
        constraints = [
            models.UniqueConstraint(fields=["instrument", "kind", "code"], name="option_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["authority", "area", "topic", "challenge"]), name="option_kind_known"
            ),
        ]

    def natural_key(self) -> tuple[str, ...]:  # type: ignore[override]
        return (*self.instrument.natural_key(), self.kind, self.code)

    natural_key.dependencies = ["diagnostic.instrumentversion"]  # type: ignore[attr-defined]


class Question(CodedPart):
    """A question by its handbook code; `levels` maps 1 to 5 to the statement, `asked_when` is a condition."""

    class Kind(models.TextChoices):
        SCORED = "scored"
        SELF_RATING = "self_rating"
        DESCRIPTIVE = "descriptive"

    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=12, choices=Kind)
    verbatim = models.TextField()
    display = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    level_prompt = models.TextField(blank=True, default="")
    levels = models.JSONField(default=dict, blank=True)
    asked_when = models.JSONField(null=True, blank=True, default=None)
    takes_authority = models.BooleanField(default=False)
    takes_areas = models.BooleanField(default=False)
    takes_topics = models.BooleanField(default=False)
    takes_challenges = models.BooleanField(default=False)
    is_sensitive = models.BooleanField(default=False)
    allows_not_applicable = models.BooleanField(default=False)

    class Meta(CodedPart.Meta):
        constraints = [
            *CodedPart.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(kind__in=["scored", "self_rating", "descriptive"]), name="question_kind_known"
            ),
        ]


class Criterion(CodedPart):
    """What the handbook's definition of a level demands before a country can be placed on it."""

    level = models.PositiveSmallIntegerField()
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="criteria")
    at_least = models.PositiveSmallIntegerField()
    because = models.TextField()


class Weakness(models.Model):
    """The handbook's own words for a question's weakness, and the rule that says when it is there."""

    class OfQuestion(models.Manager):
        def get_by_natural_key(self, instrument: str, version: str, code: str) -> Weakness:
            return self.get(
                question__instrument__code=instrument, question__instrument__version=version, question__code=code
            )

    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="weakness")
    text = models.TextField()
    display = models.TextField(blank=True, default="")
    when = models.JSONField()

    objects = OfQuestion()

    class Meta:
        verbose_name_plural = "weaknesses"

    def __str__(self) -> str:
        return self.question.code

    def natural_key(self) -> tuple[str, ...]:
        return self.question.natural_key()

    natural_key.dependencies = ["diagnostic.question"]  # type: ignore[attr-defined]


class Solution(models.Model):
    """The handbook's own "possible solution" for a question."""

    class OfQuestion(models.Manager):
        def get_by_natural_key(self, instrument: str, version: str, code: str) -> Solution:
            return self.get(
                question__instrument__code=instrument, question__instrument__version=version, question__code=code
            )

    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="solution")
    text = models.TextField()
    at_levels = models.JSONField(default=list, blank=True)
    until_level = models.PositiveSmallIntegerField(null=True, blank=True, default=None)

    objects = OfQuestion()

    def __str__(self) -> str:
        return self.question.code

    def natural_key(self) -> tuple[str, ...]:
        return self.question.natural_key()

    natural_key.dependencies = ["diagnostic.question"]  # type: ignore[attr-defined]


class Advice(CodedPart):
    """What guidance and next steps share: the text, the sections it rests on, who leads, the effort, what helps."""

    text = models.TextField()
    handbook = models.CharField(max_length=120)
    lead = models.CharField(max_length=12)
    effort = models.CharField(max_length=12)
    resources = models.JSONField(default=list, blank=True)

    class Meta(CodedPart.Meta):
        abstract = True


class Guidance(Advice):
    """This tool's guidance for one question."""

    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="guidance")


class NextStep(Advice):
    """One step up the ladder of a theme."""

    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="next_steps")
    to_level = models.PositiveSmallIntegerField()


class Resource(CodedPart):
    """A tool or programme that the handbook names; `facts` never shown without their date."""

    name = models.CharField(max_length=160)
    abbreviation = models.CharField(max_length=40, blank=True, default="")
    owners = models.JSONField(default=list)
    kind = models.CharField(max_length=60)
    handbook = models.CharField(max_length=120)
    summary = models.TextField()
    facts = models.JSONField(default=list, blank=True)
    since = models.JSONField(default=list, blank=True)
    editor_note = models.JSONField(default=list, blank=True)
    questions = models.JSONField(default=list, blank=True)

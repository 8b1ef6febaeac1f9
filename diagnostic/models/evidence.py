"""A reference to a document that stands behind an answer."""

from __future__ import annotations

from django.db import models

from .response import Response


class Evidence(models.Model):
    """A document by its title and, where it has one, its reference; the document itself stays with the country."""

    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="evidence")
    position = models.PositiveSmallIntegerField()
    title = models.TextField()
    reference = models.TextField(blank=True, default="")

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "evidence"
        constraints = [models.UniqueConstraint(fields=["response", "position"], name="evidence_once_a_place")]

    def __str__(self) -> str:
        return self.title

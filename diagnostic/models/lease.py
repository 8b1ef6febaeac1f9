"""A row that one process at a time works on; the lease records which one, and until when."""

from __future__ import annotations

from django.db import models


class LeasedRow(models.Model):
    """Work that a worker leases by a conditional update; `diagnostic.actions.leases` takes and renews leases.

    An expired lease has no effect: its process has ended, and the next one takes over the work.
    """

    leased_by = models.CharField(max_length=64, blank=True, default="", editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

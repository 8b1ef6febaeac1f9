"""A row that one process at a time works on: the lease says which one, and until when."""

from __future__ import annotations

from django.db import models


class LeasedRow(models.Model):
    """Work of our own that a worker takes by a conditional update; `diagnostic.actions.leases` takes and renews it.

    A lease that has expired binds nobody: the process that held it has ended, and the next one takes the work up.
    """

    leased_by = models.CharField(max_length=64, blank=True, default="", editable=False)
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

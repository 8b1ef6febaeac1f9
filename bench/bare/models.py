"""The few tables of the bare application: a folder of texts, what was noted on them, and what was saved."""

from django.conf import settings
from django.db import models


class Folder(models.Model):
    """What one page shows."""

    title = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.title


class Text(models.Model):
    """One text of a folder, which a save replaces."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT)
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=20)
    level = models.PositiveSmallIntegerField()
    body = models.TextField()

    def __str__(self) -> str:
        return self.title


class Note(models.Model):
    """A remark in the margin of a folder."""

    folder = models.ForeignKey(Folder, on_delete=models.PROTECT)
    title = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.title


class Saved(models.Model):
    """What one save wrote."""

    text = models.ForeignKey(Text, on_delete=models.PROTECT)
    body = models.TextField()
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)

    def __str__(self) -> str:
        return str(self.text)

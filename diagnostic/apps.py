"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosticConfig(AppConfig):
    name = "diagnostic"
    verbose_name = _("Diagnostic")

    def ready(self) -> None:
        from . import wakes
        from .models import ReportFile

        wakes.register("diagnostic.tasks.render_reports", ReportFile.outstanding)

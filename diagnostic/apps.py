"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiagnosticConfig(AppConfig):
    name = "diagnostic"
    verbose_name = _("Diagnostic")

    def ready(self) -> None:
        from .actions import wakes
        from .models import OutboxItem, ReportFile

        wakes.register(wakes.RENDER_REPORTS, wakes.Work(ReportFile.outstanding))
        wakes.register(wakes.DELIVER_MAIL, wakes.Work(OutboxItem.outstanding, due="next_try_at"))

"""Lets the assessment name the attestations that stand; that one was voided or taken back is in the log."""

from django.db import migrations, models
from django.db.models.deletion import PROTECT


def name_standing(apps, schema_editor):
    """Name the signatures that were neither voided nor submitted."""
    assessments = apps.get_model("diagnostic", "Assessment").objects
    for signature in apps.get_model("diagnostic", "Attestation").objects.filter(voided_at=None, submission=None):
        assessments.filter(pk=signature.assessment_id).update(**{f"{signature.agency}_attestation": signature})


def key():
    return models.ForeignKey(blank=True, null=True, on_delete=PROTECT, related_name="+", to="diagnostic.attestation")


class Migration(migrations.Migration):
    dependencies = [("diagnostic", "0006_action_reminders")]

    operations = [
        migrations.AddField("assessment", "customs_attestation", key()),
        migrations.AddField("assessment", "police_attestation", key()),
        migrations.RunPython(name_standing),
        migrations.RemoveConstraint("attestation", "attestation_stands_once_an_agency"),
        migrations.RemoveConstraint("attestation", "attestation_void_or_submitted"),
        migrations.RemoveConstraint("attestation", "attestation_taken_back_is_void"),
        migrations.RemoveField("assessment", "has_attestations"),
        migrations.RemoveField("attestation", "is_taken_back"),
        migrations.RemoveField("attestation", "voided_at"),
        migrations.RemoveField("attestation", "voided_by"),
    ]

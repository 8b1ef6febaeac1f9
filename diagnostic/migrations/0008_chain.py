import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("diagnostic", "0007_standing_attestations"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(name="responserevision", options={"ordering": ["response", "number"]}),
        migrations.AddField("response", "head", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("response", "revision_count", models.PositiveIntegerField(default=0)),
        migrations.AddField(
            "responserevision", "number", models.PositiveIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField("responserevision", "previous", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField(
            "responserevision", "hash", models.CharField(default="", max_length=64), preserve_default=False
        ),
        migrations.AddConstraint(
            "responserevision",
            models.UniqueConstraint(fields=["response", "number"], name="revision_once_a_number"),
        ),
        migrations.AddField("auditchain", "sealed_for", models.CharField(blank=True, default="", max_length=8)),
        migrations.AlterField(
            "auditchain",
            "assessment",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="audit_chains",
                to="diagnostic.assessment",
            ),
        ),
        migrations.AddConstraint(
            "auditchain",
            models.UniqueConstraint(fields=["assessment", "sealed_for"], name="audit_chain_once"),
        ),
        migrations.AddConstraint(
            "auditchain",
            models.CheckConstraint(
                condition=models.Q(("sealed_for__in", ["", "customs", "police"])), name="audit_chain_sealed_for_known"
            ),
        ),
        migrations.AddConstraint(
            "auditchain",
            models.CheckConstraint(
                condition=models.Q(("assessment__isnull", False), ("sealed_for", ""), _connector="OR"),
                name="audit_chain_sealed_of_an_assessment",
            ),
        ),
    ]

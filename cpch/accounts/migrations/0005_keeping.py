from django.db import migrations, models

import cpch.accounts.models.user


def give_everyone_a_key_of_their_own(apps, schema_editor):
    """Give each person their own key: adding the column computes its default once, for everybody."""
    for person in apps.get_model("accounts", "User").objects.all():
        person.keeping_key = cpch.accounts.models.user.new_keeping_key()
        person.save(update_fields=["keeping_key"])


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_sessions")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="keeping_key",
            field=models.CharField(default=cpch.accounts.models.user.new_keeping_key, editable=False, max_length=64),
        ),
        migrations.RunPython(give_everyone_a_key_of_their_own, migrations.RunPython.noop),
    ]

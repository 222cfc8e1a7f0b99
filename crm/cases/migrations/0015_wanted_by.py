from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_snoozed_index")]

    operations = [
        migrations.AddField(
            model_name="escalation",
            name="wanted_by",
            field=models.DateTimeField(blank=True, help_text="When whoever escalated needs the answer.", null=True),
        ),
    ]

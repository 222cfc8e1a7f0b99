"""The everyday spellings one begins with."""

from django.db import migrations

from crm.knowledge.spellings import first_pairs


def plant(apps, _schema_editor):
    spelling, word = apps.get_model("knowledge", "Spelling"), apps.get_model("knowledge", "Word")
    spelling.objects.bulk_create([spelling(said=said, means=means) for said, means in first_pairs()])
    word.objects.bulk_create([word(text=said) for said, means in first_pairs() if means])


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_articles")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]

"""The first list of reasons: without one no call can be wrapped up."""

from django.db import migrations

from crm.calls.defaults import first_reasons


def plant(apps, _schema_editor):
    model = apps.get_model("calls", "CallReason")
    model.objects.bulk_create(model(**one) for one in first_reasons())


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial")]
    operations = [migrations.RunPython(plant, migrations.RunPython.noop)]

from django.db import migrations


class Migration(migrations.Migration):
    """Case numbers come from a sequence of their own: short enough to be said aloud, never the primary key."""

    initial = True
    dependencies: list = []
    operations = [
        migrations.RunSQL("CREATE SEQUENCE case_number START WITH 10001", "DROP SEQUENCE case_number"),
    ]

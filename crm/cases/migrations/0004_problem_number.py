from django.db import migrations


class Migration(migrations.Migration):
    """Problems are called P-101 and so on, aloud too."""

    dependencies = [("cases", "0003_storage")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE problem_number START WITH 101", "DROP SEQUENCE problem_number"),
    ]

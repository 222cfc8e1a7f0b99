from django.db import migrations, models
from django.db.models import Q

# Rows of before: the nearest state that this kind of line knows.
POSTPAID = {"grace": "due", "blocked": "isolir", "recycled": "removed"}
PREPAID = {
    "ordered": "blocked", "surveyed": "blocked", "installed": "blocked", "due": "grace", "isolir": "blocked",
    "removed": "recycled",
}  # fmt: skip


def put_right(apps, _schema_editor):
    lines = apps.get_model("customers", "Subscription").objects
    for postpaid, nearest in ((True, POSTPAID), (False, PREPAID)):
        for before, after in nearest.items():
            lines.filter(postpaid=postpaid, state=before).update(state=after)


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_name_words")]

    operations = [
        migrations.RunPython(put_right, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=Q(
                    postpaid=True,
                    state__in=["ordered", "surveyed", "installed", "active", "due", "isolir", "removed"],
                )
                | Q(postpaid=False, state__in=["active", "grace", "blocked", "recycled"]),
                name="line_lives_its_life",
            ),
        ),
    ]

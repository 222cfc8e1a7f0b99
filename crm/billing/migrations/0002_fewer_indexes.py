import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


# As in customers 0009: the night's updates find room beside the old rows.
STORAGE = "ALTER TABLE billing_value SET (fillfactor = 50);"
BACK = "ALTER TABLE billing_value RESET (fillfactor);"
# Whoever is still to be judged stays so.
KEEP = "UPDATE billing_touched SET low = customer_id, high = customer_id, customers = ARRAY[customer_id];"


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0001_facts_and_value"),
        ("customers", "0011_fewer_indexes"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="touched",
            name="touched_customers",
        ),
        migrations.AddField(
            model_name="touched",
            name="customers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="touched",
            name="high",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="touched",
            name="low",
            field=models.BigIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name="touched",
            name="customer_id",
        ),
        migrations.RunSQL(STORAGE, BACK),
        migrations.AlterField(
            model_name="bill",
            name="load",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Wrote it last.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.load",
            ),
        ),
        migrations.AlterField(
            model_name="bill",
            name="number",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="bill",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="customers.subscription",
            ),
        ),
        migrations.AlterField(
            model_name="creditnote",
            name="load",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Wrote it last.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.load",
            ),
        ),
        migrations.AlterField(
            model_name="creditnote",
            name="reference",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="creditnote",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="customers.subscription",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="load",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Wrote it last.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.load",
            ),
        ),
        migrations.AlterField(
            model_name="payment",
            name="reference",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="payment",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="customers.subscription",
            ),
        ),
        migrations.AlterField(
            model_name="tierchange",
            name="customer",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="tier_changes",
                to="customers.customer",
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="load",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Wrote it last.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.load",
            ),
        ),
        migrations.AlterField(
            model_name="topup",
            name="reference",
            field=models.CharField(max_length=60),
        ),
        migrations.AlterField(
            model_name="topup",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="customers.subscription",
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="load",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                help_text="Wrote it last.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="billing.load",
            ),
        ),
        migrations.AlterField(
            model_name="usage",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="%(class)ss",
                to="customers.subscription",
            ),
        ),
        migrations.AddConstraint(
            model_name="bill",
            constraint=models.UniqueConstraint(fields=("number",), name="bill_once"),
        ),
        migrations.AddConstraint(
            model_name="creditnote",
            constraint=models.UniqueConstraint(fields=("reference",), name="credit_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("reference",), name="payment_once"),
        ),
        migrations.AddConstraint(
            model_name="topup",
            constraint=models.UniqueConstraint(fields=("reference",), name="top_up_once"),
        ),
    ]

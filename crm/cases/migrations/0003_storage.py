from django.db import migrations

# After big batches dead entries pile up at the head of the partial index on wake_at (measured), and clocks and cases
# are updated in place: vacuum early, leave room in the page.
STORAGE = """
ALTER TABLE cases_slaclock SET (autovacuum_vacuum_scale_factor = 0.01, fillfactor = 85);
ALTER TABLE cases_case SET (fillfactor = 85);
"""
BACK = """
ALTER TABLE cases_slaclock RESET (autovacuum_vacuum_scale_factor, fillfactor);
ALTER TABLE cases_case RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]
    operations = [migrations.RunSQL(STORAGE, BACK)]

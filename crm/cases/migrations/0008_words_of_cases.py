from django.db import migrations

# CaseQuerySet.with_words. Short pending list: a search reads it through, and cases are updated all day.
WORDS = """
CREATE INDEX case_words ON cases_case USING gin (to_tsvector('simple', subject || ' ' || preview))
    WITH (gin_pending_list_limit = 256) WHERE NOT is_archive
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_settings")]
    operations = [migrations.RunSQL(WORDS, "DROP INDEX case_words")]

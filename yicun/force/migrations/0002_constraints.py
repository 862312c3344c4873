"""Several postings at once are normal; the same one twice, or two main ones, are not."""

from django.db import migrations

FORWARD = """
    ALTER TABLE force_posting ADD CONSTRAINT posting_not_twice EXCLUDE USING gist (
        member_id WITH =, unit_id WITH =, role WITH =, COALESCE(area_id, 0) WITH =,
        daterange(starts_on, ends_on, '[)') WITH &&);
    ALTER TABLE force_posting ADD CONSTRAINT posting_one_main EXCLUDE USING gist (
        member_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&) WHERE (is_main);
"""
BACKWARD = """
    ALTER TABLE force_posting DROP CONSTRAINT posting_one_main;
    ALTER TABLE force_posting DROP CONSTRAINT posting_not_twice;
"""


class Migration(migrations.Migration):
    dependencies = [("force", "0001_initial"), ("territory", "0002_constraints")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]

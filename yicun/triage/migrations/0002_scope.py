"""Reports under row-level security, in the scope of their matter wherever it goes."""

from django.db import migrations

from yicun.base.tenancy import policy_sql

COMPOSITE = """
    ALTER TABLE triage_publicreport ADD CONSTRAINT public_report_scope_of_matter
        FOREIGN KEY (matter_id, area_code, handling_unit_id)
        REFERENCES matters_matter (id, area_code, handling_unit_id) ON UPDATE CASCADE;
"""
COMPOSITE_BACK = "ALTER TABLE triage_publicreport DROP CONSTRAINT public_report_scope_of_matter;"


class Migration(migrations.Migration):
    dependencies = [("triage", "0001_initial"), ("matters", "0002_promises"), ("base", "0002_scope")]

    operations = [
        migrations.RunSQL(COMPOSITE, COMPOSITE_BACK),
        migrations.RunSQL(*policy_sql("triage_publicreport", subject="matter_id")),
    ]

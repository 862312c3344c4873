"""Places under row-level security; premises carry the scope of their place, whatever happens to it."""

from django.db import migrations

from yicun.base.tenancy import policy_sql

COMPOSITE = """
    ALTER TABLE registry_premises ADD CONSTRAINT premises_scope_of_place
        FOREIGN KEY (place_id, area_code, handling_unit_id)
        REFERENCES registry_place (id, area_code, handling_unit_id) ON UPDATE CASCADE;
"""
COMPOSITE_BACK = "ALTER TABLE registry_premises DROP CONSTRAINT premises_scope_of_place;"


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial"), ("base", "0002_scope")]

    operations = [
        migrations.RunSQL(COMPOSITE, COMPOSITE_BACK),
        migrations.RunSQL(*policy_sql("registry_place")),
        migrations.RunSQL(*policy_sql("registry_premises", subject="place_id")),
    ]

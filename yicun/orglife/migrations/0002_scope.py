"""Meetings under row-level security, with their lines in the scope of their meeting."""

from django.db import migrations

from yicun.base.tenancy import policy_sql

CHILDREN = ("attendance", "agendaitem", "decision")

COMPOSITES = """
    ALTER TABLE orglife_attendance ADD CONSTRAINT attendance_follows_meeting
        FOREIGN KEY (meeting_id, area_code, handling_unit_id)
        REFERENCES orglife_meeting (id, area_code, handling_unit_id) ON UPDATE CASCADE;
    ALTER TABLE orglife_agendaitem ADD CONSTRAINT agenda_follows_meeting
        FOREIGN KEY (meeting_id, area_code, handling_unit_id)
        REFERENCES orglife_meeting (id, area_code, handling_unit_id) ON UPDATE CASCADE;
    ALTER TABLE orglife_decision ADD CONSTRAINT decision_follows_meeting
        FOREIGN KEY (meeting_id, area_code, handling_unit_id)
        REFERENCES orglife_meeting (id, area_code, handling_unit_id) ON UPDATE CASCADE;
"""
COMPOSITES_BACK = """
    ALTER TABLE orglife_attendance DROP CONSTRAINT attendance_follows_meeting;
    ALTER TABLE orglife_agendaitem DROP CONSTRAINT agenda_follows_meeting;
    ALTER TABLE orglife_decision DROP CONSTRAINT decision_follows_meeting;
"""


class Migration(migrations.Migration):
    dependencies = [("orglife", "0001_initial"), ("base", "0002_scope")]

    operations = [
        migrations.RunSQL(COMPOSITES, COMPOSITES_BACK),
        migrations.RunSQL(*policy_sql("orglife_meeting")),
        *[migrations.RunSQL(*policy_sql(f"orglife_{child}", subject="meeting_id")) for child in CHILDREN],
    ]

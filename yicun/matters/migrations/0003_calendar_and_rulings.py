"""A county's own calendar; a ruling that stands when its matter is opened again; a wrong merger can be undone."""

import yicun.base.models.fields
import yicun.kernel.ids
from django.db import migrations, models

STATE = """
    CREATE OR REPLACE FUNCTION matter_moves_along() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.version <> OLD.version + 1 THEN
                RAISE EXCEPTION 'matter % changed from version % to %', OLD.number, OLD.version, NEW.version
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_one_version_at_a_time';
            END IF;
            IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
                'recorded>accepted', 'recorded>declined', 'recorded>merged',
                'accepted>declined', 'accepted>merged', 'accepted>assessed',
                'assessed>merged', 'assessed>assigned',
                'assigned>handling', 'assigned>assessed',
                'handling>assessed', 'handling>deferred', 'handling>fed_back',
                'deferred>handling', 'fed_back>verified', 'fed_back>handling',
                'verified>closed', 'closed>assessed', 'declined>assessed', 'merged>assessed'
            ) THEN
                RAISE EXCEPTION 'matter % cannot go from % to %', OLD.number, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_state_follows_workflow';
            END IF;
            RETURN NEW;
        END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0002_promises'),
    ]

    operations = [
        migrations.RunSQL(STATE, STATE.replace(", 'merged>assessed'", "")),
        migrations.AddField(
            model_name='matter',
            name='ruled_unit_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(null=True)),
                ('source', models.CharField(max_length=200)),
                ('year', models.PositiveSmallIntegerField()),
                ('day', models.DateField()),
                ('kind', yicun.base.models.fields.CodeField(max_length=40)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('year', 'day', 'starts_on'), name='calendar_day_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['holiday', 'make_up', 'ordinary'])), name='calendar_day_kind_known')],
            },
        ),
    ]

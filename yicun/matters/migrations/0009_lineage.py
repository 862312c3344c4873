"""Which matter went into which, and back; a matter may change hands on its way without going back to the desk."""

import django.db.models.deletion
import yicun.base.models.fields
import yicun.kernel.ids
from django.db import migrations, models

from yicun.base.tenancy import policy_sql

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
                'assigned>handling', 'assigned>assessed', 'assigned>merged',
                'handling>assessed', 'handling>deferred', 'handling>fed_back', 'handling>merged', 'handling>assigned',
                'deferred>handling', 'fed_back>verified', 'fed_back>handling',
                'verified>closed', 'closed>assessed', 'declined>assessed',
                'merged>recorded', 'merged>accepted', 'merged>assessed', 'merged>assigned', 'merged>handling',
                'accepted>recorded', 'assessed>accepted', 'assessed>handling', 'closed>verified'
            ) THEN
                RAISE EXCEPTION 'matter % cannot go from % to %', OLD.number, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_state_follows_workflow';
            END IF;
            RETURN NEW;
        END $$;
"""
STATE_BEFORE = """
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
                'verified>closed', 'closed>assessed', 'declined>assessed', 'merged>assessed',
                'accepted>recorded', 'assessed>accepted', 'assessed>handling', 'closed>verified'
            ) THEN
                RAISE EXCEPTION 'matter % cannot go from % to %', OLD.number, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_state_follows_workflow';
            END IF;
            RETURN NEW;
        END $$;
"""

FOLLOW = """
    ALTER TABLE matters_lineage ADD CONSTRAINT lineage_follows_matter
        FOREIGN KEY (matter_id, area_code, handling_unit_id)
        REFERENCES matters_matter (id, area_code, handling_unit_id) ON UPDATE CASCADE;
"""

# A cycle would have to be closed by a last row, whose target has itself gone into another matter: no such row is
# taken. What a row says of the merge stays as it was; it is undone once. Its copies of the scope follow the matter.
GROWS = """
    CREATE FUNCTION lineage_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                IF EXISTS (SELECT FROM matters_lineage WHERE matter_id = NEW.into_id AND undone_at IS NULL) THEN
                    RAISE EXCEPTION 'matter % has itself gone into another one', NEW.into_id
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'lineage_into_a_survivor';
                END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'DELETE'
                OR (NEW.id, NEW.matter_id, NEW.into_id, NEW.sameness, NEW.text, NEW.state_before, NEW.clock_id,
                    NEW.supervision, NEW.merged_at, NEW.merged_by)
                IS DISTINCT FROM (OLD.id, OLD.matter_id, OLD.into_id, OLD.sameness, OLD.text, OLD.state_before,
                    OLD.clock_id, OLD.supervision, OLD.merged_at, OLD.merged_by)
                OR (OLD.undone_at IS NOT NULL AND (NEW.undone_at, NEW.undone_by, NEW.undone_for)
                    IS DISTINCT FROM (OLD.undone_at, OLD.undone_by, OLD.undone_for)) THEN
                RAISE EXCEPTION 'lineage % is history', OLD.id
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'lineage_is_history';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER lineage_only_grows BEFORE INSERT OR UPDATE OR DELETE ON matters_lineage
        FOR EACH ROW EXECUTE FUNCTION lineage_only_grows();
"""

# Matters merged before there was a lineage: the last clock says where each stood. Without this they could not be
# taken out of the others again, which re-opening no longer does.
EARLIER = """
    SELECT set_config('yicun.lo', '0', true), set_config('yicun.hi', '999999999999999', true);
    INSERT INTO matters_lineage (id, matter_id, area_code, handling_unit_id, into_id, sameness, text, state_before,
        clock_id, supervision, merged_at, merged_by, undone_by, undone_for)
    SELECT gen_random_uuid(), m.id, m.area_code, m.handling_unit_id, m.merged_into_id, 'same_event',
        coalesce(said.text, ''),
        CASE last.name WHEN 'acceptance' THEN 'recorded' WHEN 'assessment' THEN 'accepted' ELSE 'assessed' END,
        last.id, 0, m.ended_at, coalesce(said.actor_label, m.changed_by), '', ''
    FROM matters_matter AS m
    CROSS JOIN LATERAL (SELECT id, name FROM matters_clock WHERE matter_id = m.id
        ORDER BY started_at DESC, id DESC LIMIT 1) AS last
    LEFT JOIN LATERAL (SELECT text, actor_label FROM matters_entry WHERE matter_id = m.id AND verb = 'merge'
        ORDER BY at DESC, id DESC LIMIT 1) AS said ON true
    WHERE m.state = 'merged'
    ORDER BY m.ended_at DESC;
    SELECT set_config('yicun.lo', '', true), set_config('yicun.hi', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0008_signing'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lineage',
            fields=[
                ('area_code', models.BigIntegerField()),
                ('handling_unit_id', models.BigIntegerField()),
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('sameness', yicun.base.models.fields.CodeField(max_length=40)),
                ('text', models.TextField(blank=True)),
                ('state_before', yicun.base.models.fields.CodeField(max_length=40)),
                ('supervision', models.PositiveSmallIntegerField(default=0)),
                ('merged_at', models.DateTimeField()),
                ('merged_by', models.CharField(max_length=120)),
                ('undone_at', models.DateTimeField(null=True)),
                ('undone_by', models.CharField(blank=True, max_length=120)),
                ('undone_for', models.TextField(blank=True)),
            ],
        ),
        migrations.AddIndex(
            model_name='matter',
            index=models.Index(condition=models.Q(('state__in', ['closed', 'declined', 'merged']), _negated=True), fields=['handler_member_id', 'due_at'], name='matter_open_handler'),
        ),
        migrations.AddField(
            model_name='lineage',
            name='clock',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.clock'),
        ),
        migrations.AddField(
            model_name='lineage',
            name='into',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter'),
        ),
        migrations.AddField(
            model_name='lineage',
            name='matter',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter'),
        ),
        migrations.AddIndex(
            model_name='lineage',
            index=models.Index(fields=['matter', 'merged_at'], name='lineage_of_matter'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('matter',), name='lineage_one_open_merge'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.CheckConstraint(condition=models.Q(('matter', models.F('into')), _negated=True), name='lineage_into_another'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.CheckConstraint(condition=models.Q(('sameness__in', ['same_event', 'same_cause', 'follow_up'])), name='lineage_sameness_known'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.CheckConstraint(condition=models.Q(('state_before__in', ['recorded', 'accepted', 'assessed', 'assigned', 'handling'])), name='lineage_state_before_known'),
        ),
        migrations.AddConstraint(
            model_name='lineage',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', True), ('undone_by', '')), models.Q(('undone_at__gte', models.F('merged_at')), ('undone_at__isnull', False), models.Q(('undone_by', ''), _negated=True)), _connector='OR'), name='lineage_undone_by_somebody'),
        ),
        migrations.RunSQL(*policy_sql("matters_lineage", subject="matter_id")),
        migrations.RunSQL(FOLLOW, "ALTER TABLE matters_lineage DROP CONSTRAINT lineage_follows_matter"),
        migrations.RunSQL(
            GROWS, "DROP TRIGGER lineage_only_grows ON matters_lineage; DROP FUNCTION lineage_only_grows();"
        ),
        migrations.RunSQL(STATE, STATE_BEFORE),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
    ]

"""Filters kept under a name, batches, and the moves by which a batch is taken back."""

import django.contrib.postgres.fields
import django.core.serializers.json
import django.db.models.constraints
import django.db.models.deletion
import yicun.base.models.fields
import yicun.kernel.ids
from django.db import migrations, models

# Whoever made them sees them, and his unit: a leader takes a wrong batch back, a shared filter is everybody's.
OWN = """
    ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY {table}_own ON {table} USING (
        account_id = (SELECT scope_account()) OR unit_id = ANY ((SELECT scope_units())::bigint[]));
"""
OWN_BACK = """
    DROP POLICY {table}_own ON {table};
    ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
    ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
"""
TABLES = ("matters_savedfilter", "matters_bulk", "matters_bulkitem")

# Written into the list as it stands, whatever moves it names by now.
FIRST = "''recorded>accepted'',"
BACK = "''accepted>recorded'', ''assessed>accepted'', ''assigned>assessed'', ''assessed>assigned'', ''assessed>handling'', ''closed>verified'',"
MOVES = """
    DO $do$ BEGIN
        EXECUTE replace(pg_get_functiondef('matter_moves_along()'::regprocedure), '{old}', '{new}');
    END $do$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0005_instructed'),
    ]

    operations = [
        migrations.CreateModel(
            name='Bulk',
            fields=[
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('unit_id', models.BigIntegerField(null=True)),
                ('actor_label', models.CharField(max_length=120)),
                ('filters', models.JSONField(default=dict)),
                ('chosen', models.PositiveIntegerField()),
                ('prepared_at', models.DateTimeField()),
                ('action', yicun.base.models.fields.CodeField(blank=True, max_length=40)),
                ('given', models.JSONField(default=dict)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('undo_account_id', models.UUIDField(null=True)),
                ('undo_label', models.CharField(blank=True, max_length=120)),
                ('undo_asked_at', models.DateTimeField(null=True)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['account_id', '-prepared_at'], name='bulk_of_account'), models.Index(fields=['unit_id', '-prepared_at'], name='bulk_of_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), models.Q(('action', ''), _negated=True), _connector='OR'), name='bulk_confirmed_with_action'), models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('confirmed_at__isnull', False), _connector='OR'), name='bulk_finished_when_confirmed'), models.CheckConstraint(condition=models.Q(('undo_asked_at__isnull', True), ('finished_at__isnull', False), _connector='OR'), name='bulk_undone_when_finished')],
            },
        ),
        migrations.CreateModel(
            name='SavedFilter',
            fields=[
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('owner_label', models.CharField(max_length=120)),
                ('unit_id', models.BigIntegerField(null=True)),
                ('name', models.CharField(max_length=20)),
                ('board', yicun.base.models.fields.CodeField(max_length=40)),
                ('filters', models.JSONField(default=dict)),
                ('position', models.PositiveSmallIntegerField()),
                ('changed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['unit_id'], name='saved_filter_of_unit')],
                'constraints': [models.UniqueConstraint(fields=('account_id', 'name'), name='saved_filter_name_once'), models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('account_id', 'position'), name='saved_filter_place_once'), models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 20)), name='saved_filter_at_most_twenty')],
            },
        ),
        migrations.CreateModel(
            name='BulkItem',
            fields=[
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('account_id', models.UUIDField()),
                ('unit_id', models.BigIntegerField(null=True)),
                ('matter_id', models.UUIDField()),
                ('version', models.PositiveIntegerField()),
                ('outcome', yicun.base.models.fields.CodeField(default='waiting', max_length=40)),
                ('code', models.CharField(blank=True, max_length=60)),
                ('facts', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('version_after', models.PositiveIntegerField(null=True)),
                ('before', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('ended_clock_id', models.UUIDField(null=True)),
                ('started_clock_id', models.UUIDField(null=True)),
                ('grants', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None)),
                ('undoing', yicun.base.models.fields.CodeField(default='not_asked', max_length=40)),
                ('undo_code', models.CharField(blank=True, max_length=60)),
                ('undo_facts', models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ('bulk', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='matters.bulk')),
            ],
            options={
                'indexes': [models.Index(fields=['bulk', 'outcome', 'undoing'], name='bulk_item_by_outcome')],
                'constraints': [models.UniqueConstraint(fields=('bulk', 'matter_id'), name='bulk_item_once'), models.CheckConstraint(condition=models.Q(('outcome__in', ['waiting', 'done', 'refused'])), name='bulk_item_outcome_known'), models.CheckConstraint(condition=models.Q(('undoing__in', ['not_asked', 'undone', 'kept'])), name='bulk_item_undoing_known'), models.CheckConstraint(condition=models.Q(models.Q(('undoing', 'undone'), _negated=True), ('outcome', 'done'), _connector='OR'), name='bulk_item_undone_when_done')],
            },
        ),
        *[migrations.RunSQL(OWN.format(table=one), OWN_BACK.format(table=one)) for one in TABLES],
        migrations.RunSQL(
            MOVES.format(old=FIRST, new=f"{FIRST} {BACK}"), MOVES.format(old=f"{FIRST} {BACK}", new=FIRST)
        ),
    ]

"""Who is away, and who signs meanwhile. One person is away once at a time, and has one delegate at a time."""

import django.contrib.postgres.fields
import django.db.models.deletion
import yicun.base.models.fields
import yicun.kernel.ids
from django.db import migrations, models

FORWARD = """
    ALTER TABLE force_absence ADD CONSTRAINT absence_not_twice EXCLUDE USING gist (
        member_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&);
    ALTER TABLE force_delegation ADD CONSTRAINT delegation_not_twice EXCLUDE USING gist (
        principal_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&) WHERE (recalled_at IS NULL);
"""
BACKWARD = """
    ALTER TABLE force_delegation DROP CONSTRAINT delegation_not_twice;
    ALTER TABLE force_absence DROP CONSTRAINT absence_not_twice;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('force', '0002_constraints'),
        ('territory', '0003_tax_bodies'),
    ]

    operations = [
        migrations.CreateModel(
            name='Absence',
            fields=[
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', yicun.base.models.fields.CodeField(max_length=20)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('noted_by', models.CharField(max_length=120)),
                ('noted_at', models.DateTimeField()),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='force.member')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['leave', 'business', 'training'])), name='absence_kind_known'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='absence_period_runs_forward')],
            },
        ),
        migrations.CreateModel(
            name='Delegation',
            fields=[
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('reason', yicun.base.models.fields.CodeField(max_length=20)),
                ('kinds', django.contrib.postgres.fields.ArrayField(base_field=yicun.base.models.fields.CodeField(max_length=40), default=list, size=None)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('given_by', models.CharField(max_length=120)),
                ('given_at', models.DateTimeField()),
                ('recalled_by', models.CharField(blank=True, max_length=120)),
                ('recalled_at', models.DateTimeField(null=True)),
                ('delegate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='force.member')),
                ('principal', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='force.member')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='territory.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('reason__in', ['leave', 'business', 'training'])), name='delegation_reason_known'), models.CheckConstraint(condition=models.Q(('kinds__contained_by', ['extension', 'deferral', 'closing', 'declining', 'transfer'])), name='delegation_kinds_known'), models.CheckConstraint(condition=models.Q(('delegate', models.F('principal')), _negated=True), name='delegation_to_somebody_else'), models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('starts_on'))), name='delegation_period_runs_forward')],
            },
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]

"""Requests for a signature with their history; instructions with a deadline, an addressee and a judged reply."""

import django.db.models.deletion
import yicun.base.models.fields
import yicun.kernel.ids
from django.db import migrations, models

from yicun.base.tenancy import policy_sql

CHILDREN = ("approval", "approvalline")


def _follow(child: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE matters_{child} ADD CONSTRAINT {child}_follows_matter"
        " FOREIGN KEY (matter_id, area_code, handling_unit_id)"
        " REFERENCES matters_matter (id, area_code, handling_unit_id) ON UPDATE CASCADE",
        f"ALTER TABLE matters_{child} DROP CONSTRAINT {child}_follows_matter",
    )


# The unit that holds the matter may change under a line; what was said, when and by whom may not.
LINES = """
    CREATE FUNCTION approval_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'DELETE' OR (NEW.id, NEW.approval_id, NEW.round, NEW.deed, NEW.at, NEW."by", NEW.account_id,
                NEW.text, NEW.given) IS DISTINCT FROM (OLD.id, OLD.approval_id, OLD.round, OLD.deed, OLD.at, OLD."by",
                OLD.account_id, OLD.text, OLD.given) THEN
                RAISE EXCEPTION 'a line of an approval stays as it was written'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'approval_line_stays';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER approval_line_stays BEFORE UPDATE OR DELETE ON matters_approvalline
        FOR EACH ROW EXECUTE FUNCTION approval_line_stays();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('matters', '0007_meeting_channel'),
    ]

    operations = [
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('area_code', models.BigIntegerField()),
                ('handling_unit_id', models.BigIntegerField()),
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', yicun.base.models.fields.CodeField(max_length=40)),
                ('state', yicun.base.models.fields.CodeField(default='waiting', max_length=40)),
                ('round', models.PositiveSmallIntegerField(default=1)),
                ('version', models.PositiveIntegerField(default=1)),
                ('asked_by', models.UUIDField(null=True)),
                ('asked_label', models.CharField(max_length=120)),
                ('asked_unit_id', models.BigIntegerField()),
                ('asked_at', models.DateTimeField()),
                ('reason', models.TextField()),
                ('given', models.JSONField(default=dict)),
                ('due_at', models.DateTimeField(null=True)),
                ('article', models.CharField(blank=True, max_length=200)),
                ('signer_member_id', models.UUIDField(null=True)),
                ('signer_label', models.CharField(blank=True, max_length=120)),
                ('decided_by', models.UUIDField(null=True)),
                ('decided_label', models.CharField(blank=True, max_length=120)),
                ('decided_at', models.DateTimeField(null=True)),
                ('opinion', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalLine',
            fields=[
                ('area_code', models.BigIntegerField()),
                ('handling_unit_id', models.BigIntegerField()),
                ('id', models.UUIDField(default=yicun.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('round', models.PositiveSmallIntegerField()),
                ('deed', yicun.base.models.fields.CodeField(max_length=40)),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=120)),
                ('account_id', models.UUIDField(null=True)),
                ('text', models.TextField(blank=True)),
                ('given', models.JSONField(default=dict)),
            ],
        ),
        migrations.AddField(
            model_name='instruction',
            name='accepted_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='instruction',
            name='accepted_by',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='instruction',
            name='addressee',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddField(
            model_name='instruction',
            name='due_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='instruction',
            name='is_led',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='instruction',
            name='member_id',
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name='instruction',
            name='sent_back',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='instruction',
            name='unit_id',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='matter',
            name='led_by',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AddIndex(
            model_name='instruction',
            index=models.Index(condition=models.Q(('replied_at__isnull', True)), fields=['member_id'], name='instruction_owed_by'),
        ),
        migrations.AddConstraint(
            model_name='instruction',
            constraint=models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('replied_at__isnull', False), _connector='OR'), name='instruction_accepted_once_replied'),
        ),
        migrations.AddField(
            model_name='approval',
            name='matter',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter'),
        ),
        migrations.AddField(
            model_name='approvalline',
            name='approval',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.approval'),
        ),
        migrations.AddField(
            model_name='approvalline',
            name='matter',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matters.matter'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['signer_member_id', 'due_at'], name='approval_of_signer'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('state__in', ('waiting', 'returned'))), fields=['asked_by', 'asked_at'], name='approval_of_asker'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['decided_by', 'decided_at'], name='approval_decided'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(fields=['matter', 'asked_at'], name='approval_of_matter'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['extension', 'deferral', 'closing', 'declining', 'transfer'])), name='approval_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'approved', 'returned', 'withdrawn', 'lapsed'])), name='approval_state_known'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('state__in', ('approved', 'returned'))), models.Q(models.Q(('state__in', ('approved', 'returned')), _negated=True), ('decided_at__isnull', True)), _connector='OR'), name='approval_decided_when_decided'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'returned'))), fields=('matter', 'kind'), name='approval_one_open'),
        ),
        migrations.AddIndex(
            model_name='approvalline',
            index=models.Index(fields=['approval', 'at'], name='approval_line_of_approval'),
        ),
        migrations.AddConstraint(
            model_name='approvalline',
            constraint=models.CheckConstraint(condition=models.Q(('deed__in', ['submit', 'resubmit', 'sign', 'send_back', 'forward', 'withdraw', 'lapse'])), name='approval_deed_known'),
        ),
        *[migrations.RunSQL(*policy_sql(f"matters_{child}", subject="matter_id")) for child in CHILDREN],
        *[_follow(child) for child in CHILDREN],
        migrations.RunSQL(
            LINES, "DROP TRIGGER approval_line_stays ON matters_approvalline; DROP FUNCTION approval_line_stays();"
        ),
    ]

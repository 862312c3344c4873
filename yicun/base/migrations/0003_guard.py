"""What a program with the application's own rights still cannot do, and shares that end.

An audit entry carries the number of its own transaction, so nobody writes into a sealed block or ahead of the sealer. A
device's operation belongs to the account that sent it first, also where the database hides that account's receipts. A
share given for working on a matter ends with that work; one given for another reason stays.
"""

from django.db import migrations

AUDIT = """
    ALTER POLICY audit_write ON base_auditentry WITH CHECK (xid = pg_current_xact_id()::text::bigint);
"""
AUDIT_BACK = "ALTER POLICY audit_write ON base_auditentry WITH CHECK (true);"

RECEIPTS = """
    CREATE POLICY receipt_look ON base_syncreceipt FOR SELECT TO yicun_owner USING (true);
    CREATE FUNCTION receipts_of_others(of_device uuid, operations uuid[], asking uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        SELECT operation FROM base_syncreceipt
        WHERE device = of_device AND operation = ANY (operations) AND account_id <> asking;
    $$;
"""
RECEIPTS_BACK = """
    DROP FUNCTION receipts_of_others(uuid, uuid[], uuid);
    DROP POLICY receipt_look ON base_syncreceipt;
"""

SHARES = """
    CREATE OR REPLACE FUNCTION share_record(new_id uuid, to_unit bigint, record uuid, why varchar, at timestamptz)
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        INSERT INTO base_grant AS g (id, unit_id, subject_id, reason, given_at)
        VALUES (new_id, to_unit, record, why, at)
        ON CONFLICT (unit_id, subject_id) DO UPDATE SET reason = EXCLUDED.reason, given_at = EXCLUDED.given_at
        WHERE g.reason = 'co_handler' AND EXCLUDED.reason <> 'co_handler';
    $$;
    CREATE FUNCTION end_shares(record uuid, why varchar)
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        DELETE FROM base_grant WHERE subject_id = record AND reason = why;
    $$;
"""
SHARES_BACK = """
    DROP FUNCTION end_shares(uuid, varchar);
    CREATE OR REPLACE FUNCTION share_record(new_id uuid, to_unit bigint, record uuid, why varchar, at timestamptz)
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        INSERT INTO base_grant (id, unit_id, subject_id, reason, given_at)
        VALUES (new_id, to_unit, record, why, at) ON CONFLICT (unit_id, subject_id) DO NOTHING;
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0002_scope")]

    operations = [
        migrations.RunSQL(AUDIT, AUDIT_BACK),
        migrations.RunSQL(RECEIPTS, RECEIPTS_BACK),
        migrations.RunSQL(SHARES, SHARES_BACK),
    ]

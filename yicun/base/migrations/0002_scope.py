"""Row-level security of the base tables, the append-only audit trail, the notice function, the cache table."""

from django.db import migrations

SCOPE = """
    CREATE FUNCTION scope_lo() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT COALESCE(NULLIF(current_setting('yicun.lo', true), '')::bigint, 1) $$;
    CREATE FUNCTION scope_hi() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT COALESCE(NULLIF(current_setting('yicun.hi', true), '')::bigint, 0) $$;
    CREATE FUNCTION scope_codes() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT COALESCE(NULLIF(current_setting('yicun.codes', true), ''), '{}')::bigint[] $$;
    CREATE FUNCTION scope_units() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT COALESCE(NULLIF(current_setting('yicun.units', true), ''), '{}')::bigint[] $$;
    CREATE FUNCTION scope_account() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT NULLIF(current_setting('yicun.account', true), '')::uuid $$;
    CREATE FUNCTION scope_grants() RETURNS uuid[] LANGUAGE sql STABLE PARALLEL SAFE AS
        $$ SELECT COALESCE(array_agg(subject_id), '{}') FROM base_grant WHERE unit_id = ANY (scope_units()) $$;
    GRANT EXECUTE ON FUNCTION scope_lo(), scope_hi(), scope_account() TO yicun_sealer;
"""

# The owner's own policy lets `share_record` give a unit what its caller may not see; nobody else writes grants.
GRANTS = """
    ALTER TABLE base_grant ENABLE ROW LEVEL SECURITY;
    ALTER TABLE base_grant FORCE ROW LEVEL SECURITY;
    CREATE POLICY grant_read ON base_grant FOR SELECT USING (unit_id = ANY ((SELECT scope_units())::bigint[]));
    CREATE POLICY grant_give ON base_grant TO yicun_owner USING (true);
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON base_grant FROM yicun_app, yicun_jobs;
    CREATE FUNCTION share_record(new_id uuid, to_unit bigint, record uuid, why varchar, at timestamptz)
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        INSERT INTO base_grant (id, unit_id, subject_id, reason, given_at)
        VALUES (new_id, to_unit, record, why, at) ON CONFLICT (unit_id, subject_id) DO NOTHING;
    $$;
"""

RECEIPTS = """
    ALTER TABLE base_syncreceipt ENABLE ROW LEVEL SECURITY;
    ALTER TABLE base_syncreceipt FORCE ROW LEVEL SECURITY;
    CREATE POLICY receipt_own ON base_syncreceipt USING (account_id = (SELECT scope_account()));
"""

# The owner's own policy lets `put_notice` write and extend a notice that its caller may not see.
NOTICES = """
    ALTER TABLE base_notice ENABLE ROW LEVEL SECURITY;
    ALTER TABLE base_notice FORCE ROW LEVEL SECURITY;
    CREATE POLICY notice_own ON base_notice USING (
        account_id = (SELECT scope_account()) OR unit_id = ANY ((SELECT scope_units())::bigint[]));
    CREATE POLICY notice_put ON base_notice TO yicun_owner USING (true);
    CREATE FUNCTION put_notice(
        new_id uuid, to_account uuid, to_unit bigint, new_kind text, day date, more jsonb, at timestamptz, kept int
    ) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        INSERT INTO base_notice AS n (id, account_id, unit_id, kind, on_date, lines, changed_at, read_by)
        VALUES (new_id, to_account, to_unit, new_kind, day, more, at, '')
        ON CONFLICT ON CONSTRAINT notice_one_per_day DO UPDATE SET
            lines = (SELECT COALESCE(jsonb_agg(line ORDER BY place), '[]') FROM (
                SELECT line, place FROM jsonb_array_elements(n.lines || EXCLUDED.lines) WITH ORDINALITY AS l(line, place)
                ORDER BY place DESC LIMIT kept) newest),
            changed_at = EXCLUDED.changed_at, read_at = NULL, read_by = '';
    $$;
"""

AUDIT = """
    ALTER TABLE base_auditentry ENABLE ROW LEVEL SECURITY;
    ALTER TABLE base_auditentry FORCE ROW LEVEL SECURITY;
    CREATE POLICY audit_write ON base_auditentry FOR INSERT WITH CHECK (true);
    CREATE POLICY audit_read ON base_auditentry FOR SELECT USING (
        area_code BETWEEN (SELECT scope_lo()) AND (SELECT scope_hi())
        OR account_id = (SELECT scope_account()));
    CREATE POLICY audit_seal ON base_auditentry FOR SELECT TO yicun_sealer USING (true);
    REVOKE UPDATE, DELETE, TRUNCATE ON base_auditentry FROM yicun_app, yicun_jobs;
    REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON base_auditblock FROM yicun_app, yicun_jobs;
    GRANT INSERT ON base_auditblock TO yicun_sealer;
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege'; END $$;
    CREATE TRIGGER auditentry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON base_auditentry
        EXECUTE FUNCTION audit_is_append_only();
    CREATE TRIGGER auditblock_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON base_auditblock
        EXECUTE FUNCTION audit_is_append_only();
"""

CACHE = """
    CREATE TABLE base_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);
    CREATE INDEX base_cache_expires ON base_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.RunSQL(SCOPE, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(RECEIPTS, migrations.RunSQL.noop),
        migrations.RunSQL(NOTICES, migrations.RunSQL.noop),
        migrations.RunSQL(AUDIT, migrations.RunSQL.noop),
        migrations.RunSQL(CACHE, migrations.RunSQL.noop),
    ]

"""Demands under row-level security; a state only changes along the workflow; what was done or said is only added."""

from django.db import migrations

from yicun.base.tenancy import policy_sql

CHILDREN = ("demandentry", "definition")

COMPOSITES = """
    ALTER TABLE relief_demandentry ADD CONSTRAINT demand_entry_follows_demand
        FOREIGN KEY (demand_id, area_code, handling_unit_id)
        REFERENCES relief_demand (id, area_code, handling_unit_id) ON UPDATE CASCADE;
    ALTER TABLE relief_definition ADD CONSTRAINT definition_follows_demand
        FOREIGN KEY (demand_id, area_code, handling_unit_id)
        REFERENCES relief_demand (id, area_code, handling_unit_id) ON UPDATE CASCADE;
    ALTER TABLE relief_fulfilment ADD CONSTRAINT fulfilment_follows_addressee
        FOREIGN KEY (addressee_id, area_code, handling_unit_id, issuer_unit_id)
        REFERENCES relief_addressee (id, area_code, handling_unit_id, issuer_unit_id) ON UPDATE CASCADE;
"""
COMPOSITES_BACK = """
    ALTER TABLE relief_demandentry DROP CONSTRAINT demand_entry_follows_demand;
    ALTER TABLE relief_definition DROP CONSTRAINT definition_follows_demand;
    ALTER TABLE relief_fulfilment DROP CONSTRAINT fulfilment_follows_addressee;
"""

# Who asks sees how each unit stands, wherever that unit is.
ISSUERS = """
    CREATE POLICY relief_addressee_issuer ON relief_addressee
        USING (issuer_unit_id = ANY ((SELECT scope_units())::bigint[]));
    CREATE POLICY relief_fulfilment_issuer ON relief_fulfilment
        USING (issuer_unit_id = ANY ((SELECT scope_units())::bigint[]));
"""
ISSUERS_BACK = """
    DROP POLICY relief_addressee_issuer ON relief_addressee;
    DROP POLICY relief_fulfilment_issuer ON relief_fulfilment;
"""

ONLY_ADDED = """
    REVOKE UPDATE, DELETE, TRUNCATE ON relief_demandentry, relief_definition, relief_fulfilment
        FROM yicun_app, yicun_jobs;
"""
ONLY_ADDED_BACK = """
    GRANT UPDATE, DELETE ON relief_demandentry, relief_definition, relief_fulfilment TO yicun_app, yicun_jobs;
"""

STATE = """
    CREATE FUNCTION demand_moves_along() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NEW.version <> OLD.version + 1 THEN
                RAISE EXCEPTION 'demand % changed from version % to %', OLD.id, OLD.version, NEW.version
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_one_version_at_a_time';
            END IF;
            IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN (
                'proposed>admitted', 'proposed>returned', 'returned>proposed', 'admitted>running',
                'running>done', 'running>expired',
                'proposed>withdrawn', 'returned>withdrawn', 'admitted>withdrawn', 'running>withdrawn'
            ) THEN
                RAISE EXCEPTION 'demand % cannot go from % to %', OLD.id, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'demand_state_follows_workflow';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER demand_moves_along BEFORE UPDATE ON relief_demand
        FOR EACH ROW EXECUTE FUNCTION demand_moves_along();
"""


class Migration(migrations.Migration):
    dependencies = [("relief", "0001_initial"), ("base", "0002_scope")]

    operations = [
        migrations.RunSQL(COMPOSITES, COMPOSITES_BACK),
        migrations.RunSQL(*policy_sql("relief_demand")),
        migrations.RunSQL(*policy_sql("relief_addressee")),
        migrations.RunSQL(*policy_sql("relief_fulfilment", subject="addressee_id")),
        *[migrations.RunSQL(*policy_sql(f"relief_{child}", subject="demand_id")) for child in CHILDREN],
        migrations.RunSQL(ISSUERS, ISSUERS_BACK),
        migrations.RunSQL(ONLY_ADDED, ONLY_ADDED_BACK),
        migrations.RunSQL(
            STATE, "DROP TRIGGER demand_moves_along ON relief_demand; DROP FUNCTION demand_moves_along();"
        ),
    ]

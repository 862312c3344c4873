"""What the database promises about territory in time.

No overlap: one unit per function, code and day. No gap: once a function is in use in a county, every village of it has
a unit from the function's first day on, without end; looked at when the transaction commits. These are reference data
that every role reads: row-level security has nothing to protect here and is not switched on.
"""

from django.db import migrations

NO_OVERLAP = """
    CREATE EXTENSION IF NOT EXISTS btree_gist;
    ALTER TABLE territory_jurisdiction ADD CONSTRAINT jurisdiction_no_overlap EXCLUDE USING gist (
        function WITH =, int8range(lo, hi, '[]') WITH &&, daterange(starts_on, ends_on, '[)') WITH &&);
    ALTER TABLE territory_marketday ADD CONSTRAINT market_day_no_overlap EXCLUDE USING gist (
        area_id WITH =, daterange(starts_on, ends_on, '[)') WITH &&);
"""
OVERLAP_AGAIN = """
    ALTER TABLE territory_marketday DROP CONSTRAINT market_day_no_overlap;
    ALTER TABLE territory_jurisdiction DROP CONSTRAINT jurisdiction_no_overlap;
"""

NO_GAP = """
    CREATE FUNCTION territory_gap(county bigint, in_function varchar) RETURNS bigint LANGUAGE sql STABLE
    SET search_path FROM CURRENT AS $$
        WITH held AS (
            SELECT lo, hi, daterange(starts_on, ends_on, '[)') AS period FROM territory_jurisdiction
            WHERE function = in_function AND lo BETWEEN county AND county + 999999999
        ), needed AS (SELECT daterange(min(lower(period)), NULL, '[)') AS period FROM held)
        SELECT village.code FROM territory_area village
        WHERE village.kind = 'village' AND village.code BETWEEN county AND county + 999999999
        AND EXISTS (SELECT FROM held)
        AND NOT COALESCE((
            SELECT range_agg(held.period) @> (SELECT period FROM needed) FROM held
            WHERE village.code BETWEEN held.lo AND held.hi), false)
        ORDER BY village.code LIMIT 1
    $$;

    CREATE FUNCTION territory_refuse_gap(place bigint, in_function varchar, broken text) RETURNS void LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
        DECLARE gap bigint := territory_gap(place - place % 1000000000, in_function);
        BEGIN
            IF gap IS NOT NULL THEN
                RAISE EXCEPTION 'village % has no unit for % on some day', gap, in_function
                    USING ERRCODE = 'exclusion_violation', CONSTRAINT = broken;
            END IF;
        END
    $$;

    CREATE FUNCTION territory_jurisdiction_changed() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
        BEGIN
            IF TG_OP <> 'INSERT' THEN PERFORM territory_refuse_gap(OLD.lo, OLD.function, TG_NAME); END IF;
            IF TG_OP <> 'DELETE' THEN PERFORM territory_refuse_gap(NEW.lo, NEW.function, TG_NAME); END IF;
            RETURN NULL;
        END
    $$;

    CREATE FUNCTION territory_village_added() RETURNS trigger LANGUAGE plpgsql
    SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM territory_refuse_gap(NEW.code, function, TG_NAME) FROM (
                SELECT DISTINCT function FROM territory_jurisdiction
                WHERE lo / 1000000000 = NEW.code / 1000000000) in_use;
            RETURN NULL;
        END
    $$;

    CREATE CONSTRAINT TRIGGER jurisdiction_no_gap AFTER INSERT OR UPDATE OR DELETE ON territory_jurisdiction
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION territory_jurisdiction_changed();
    CREATE CONSTRAINT TRIGGER area_no_gap AFTER INSERT ON territory_area
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'village')
        EXECUTE FUNCTION territory_village_added();
"""
GAP_AGAIN = """
    DROP TRIGGER area_no_gap ON territory_area;
    DROP TRIGGER jurisdiction_no_gap ON territory_jurisdiction;
    DROP FUNCTION territory_village_added();
    DROP FUNCTION territory_jurisdiction_changed();
    DROP FUNCTION territory_refuse_gap(bigint, varchar, text);
    DROP FUNCTION territory_gap(bigint, varchar);
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0001_initial")]

    operations = [
        migrations.RunSQL(NO_OVERLAP, OVERLAP_AGAIN),
        migrations.RunSQL(NO_GAP, GAP_AGAIN),
    ]

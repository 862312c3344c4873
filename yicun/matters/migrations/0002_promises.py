"""What the database promises about matters, beyond the named constraints of the models.

Every table is under row-level security; children follow their matter into another unit's hands; a state only changes
along the workflow, one version at a time; and the text is searchable in Chinese by pairs of characters.
"""

from django.db import migrations

from yicun.base.tenancy import policy_sql

CHILDREN = ("entry", "clock", "clockevent", "cohandler", "instruction", "party", "attachment")

NUMBERS = "CREATE SEQUENCE matters_number"


def _follow(child: str) -> migrations.RunSQL:
    return migrations.RunSQL(
        f"ALTER TABLE matters_{child} ADD CONSTRAINT {child}_follows_matter"
        " FOREIGN KEY (matter_id, area_code, handling_unit_id)"
        " REFERENCES matters_matter (id, area_code, handling_unit_id) ON UPDATE CASCADE",
        f"ALTER TABLE matters_{child} DROP CONSTRAINT {child}_follows_matter",
    )


STATE = """
    CREATE FUNCTION matter_moves_along() RETURNS trigger LANGUAGE plpgsql AS $$
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
                'verified>closed', 'closed>assessed', 'declined>assessed'
            ) THEN
                RAISE EXCEPTION 'matter % cannot go from % to %', OLD.number, OLD.state, NEW.state
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'matter_state_follows_workflow';
            END IF;
            RETURN NEW;
        END $$;
    CREATE TRIGGER matter_moves_along BEFORE UPDATE ON matters_matter
        FOR EACH ROW EXECUTE FUNCTION matter_moves_along();
"""

# A generated column, unknown to Django: were it a field, every write would ask for it back.
SEARCH = """
    CREATE FUNCTION pairs_of(words text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
        SET search_path = pg_catalog AS $$
        SELECT coalesce(array_to_tsvector(array_agg(sign || next)), ''::tsvector)
        FROM (SELECT unnest(string_to_array(words, NULL)) AS sign,
                     unnest(string_to_array(substr(words, 2), NULL)) AS next) AS pairs
        WHERE next IS NOT NULL $$;
    CREATE FUNCTION pairs_wanted(words text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE
        SET search_path = pg_catalog AS $$
        SELECT coalesce(string_agg(DISTINCT '''' || pair || '''', ' & '), '''''')::tsquery
        FROM generate_series(1, char_length(words) - 1) AS place,
             replace(replace(substr(words, place, 2), '\\', '\\\\'), '''', '''''') AS pair $$;
    ALTER TABLE matters_matter ADD COLUMN pairs tsvector GENERATED ALWAYS AS (
        pairs_of(lower(left(number || ' ' || title || ' ' || body, 2000)))) STORED;
    CREATE INDEX matter_pairs ON matters_matter USING gin (pairs);
"""

# The moment at which the county's newest `place` matters end, whoever asks: it says how far a search walks before it
# turns to the index of pairs. Counted over what one person sees, a narrow scope would make it walk the whole history.
WALK = """
    CREATE FUNCTION nth_matter_before(before timestamptz, place int) RETURNS timestamptz LANGUAGE plpgsql
        SET search_path = yicun, pg_temp AS $$
        DECLARE
            lo text := coalesce(current_setting('yicun.lo', true), '');
            hi text := coalesce(current_setting('yicun.hi', true), '');
            found timestamptz;
        BEGIN
            PERFORM set_config('yicun.lo', '0', true), set_config('yicun.hi', '999999999999999', true);
            SELECT recorded_at INTO found FROM matters_matter WHERE recorded_at <= coalesce(before, 'infinity')
                ORDER BY recorded_at DESC, id DESC OFFSET place LIMIT 1;
            PERFORM set_config('yicun.lo', lo, true), set_config('yicun.hi', hi, true);
            RETURN found;
        END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("matters", "0001_initial"), ("base", "0002_scope")]

    operations = [
        migrations.RunSQL(NUMBERS, "DROP SEQUENCE matters_number"),
        migrations.RunSQL(*policy_sql("matters_matter")),
        *[migrations.RunSQL(*policy_sql(f"matters_{child}", subject="matter_id")) for child in CHILDREN],
        *[_follow(child) for child in CHILDREN],
        migrations.RunSQL(
            STATE, "DROP TRIGGER matter_moves_along ON matters_matter; DROP FUNCTION matter_moves_along();"
        ),
        migrations.RunSQL(
            SEARCH,
            "ALTER TABLE matters_matter DROP COLUMN pairs; DROP FUNCTION pairs_wanted(text); DROP FUNCTION pairs_of(text);",
        ),
        migrations.RunSQL(WALK, "DROP FUNCTION nth_matter_before(timestamptz, int)"),
    ]

"""Sight that came with a deed goes when the deed is undone."""

from django.db import migrations

SHARES = """
    CREATE FUNCTION take_back_shares(given uuid[])
    RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = yicun, pg_temp AS $$
        DELETE FROM base_grant WHERE id = ANY (given);
    $$;
"""


class Migration(migrations.Migration):
    dependencies = [("base", "0003_guard")]

    operations = [migrations.RunSQL(SHARES, "DROP FUNCTION take_back_shares(uuid[])")]

"""What the administrator declares so that search stays fast under row-level security."""

import psycopg
from psycopg.conninfo import make_conninfo


def trust_search(admin_url: str, database: str) -> None:
    """Let the text index be used under row-level security.

    PostgreSQL checks the policy before it calls a function that might betray a row's content. Matching a tsvector
    says nothing of rows it does not return, so it may go first. Only a superuser can declare that; without one,
    search is slower and finds the same.
    """
    with psycopg.connect(make_conninfo(admin_url, dbname=database), autocommit=True) as admin:
        row = admin.execute(
            "SELECT proleakproof, current_setting('is_superuser') = 'on' FROM pg_proc"
            " WHERE oid = 'pg_catalog.ts_match_vq(tsvector, tsquery)'::regprocedure"
        ).fetchone()
        if row == (False, True):
            admin.execute("ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF")

"""`yicun migrate`, as the role that owns the tables."""

import io

from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


def migrate() -> int:
    """How many migrations were new."""
    before = len(MigrationRecorder(connection).applied_migrations())
    call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())
    return len(MigrationRecorder(connection).applied_migrations()) - before

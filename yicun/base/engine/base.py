"""Django's PostgreSQL engine on connections of ours, which give up on a silent server and doubt a doubtful commit."""

from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import IsolationLevel
from django.utils.asyncio import async_unsafe

from yicun.base.cluster.patience import PatientConnection, hurried

# A connection out of the pool is asked for a sign of life before it is used.
SIGN_OF_LIFE = 5.0


class DatabaseWrapper(base.DatabaseWrapper):
    @async_unsafe
    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.pool:
            with hurried(SIGN_OF_LIFE):
                return super().get_new_connection(conn_params)
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return PatientConnection.connect(**conn_params)

    def _configure_connection(self, connection: PatientConnection) -> bool:
        connection.patience = self.settings_dict["PATIENCE"]
        is_changed: bool = super()._configure_connection(connection)  # type: ignore[misc]
        return is_changed

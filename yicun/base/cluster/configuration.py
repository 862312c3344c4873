"""The cluster's configuration files, written anew at every start.

A county's own settings go into `local.conf` beside them, which is never touched.
"""

from collections.abc import Mapping

import psutil

from yicun.base.cluster.accounts import name_of
from yicun.base.cluster.files import write_text
from yicun.base.cluster.placement import Placement

ADMIN = "yicun_admin"
IDENTITY_MAP = "yicun"
MEBIBYTE = 1024 * 1024

MAIN = """\
include 'yicun.conf'
include_if_exists 'local.conf'
"""

# Values of rows never reach the log: neither statements nor the details of an error are written there.
SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "default_text_search_config": "pg_catalog.simple",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%a.log",
    "log_file_mode": "0600",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_line_prefix": "%m [%p] %u@%d ",
    "log_lock_waits": "on",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
}

ACCESS = f"""\
# The administrator comes in as the operating system's user, the product's roles with their passwords.
# Nobody else comes in.
local  all          {ADMIN}  peer map={IDENTITY_MAP}
local  replication  {ADMIN}  peer map={IDENTITY_MAP}
local  all          yicun_owner,yicun_app,yicun_jobs,yicun_sealer  scram-sha-256
"""


def write(place: Placement, wishes: Mapping[str, str]) -> None:
    settings = {
        **SETTINGS,
        **_by_memory(psutil.virtual_memory().total),
        "unix_socket_directories": str(place.socket),
        **wishes,
    }
    lines = "".join(f"{name} = '{_quoted(value)}'\n" for name, value in settings.items())
    users = dict.fromkeys((place.account.name, name_of(0)))
    identities = "".join(f'{IDENTITY_MAP} "{user}" {ADMIN}\n' for user in users if _may_sign_in(user, place))
    for name, text in (
        ("postgresql.conf", MAIN),
        ("yicun.conf", lines),
        ("pg_hba.conf", ACCESS),
        ("pg_ident.conf", identities),
    ):
        write_text(place.pgdata / name, text, owner=place.account.owner)


def _may_sign_in(user: str, place: Placement) -> bool:
    return user == place.account.name or place.home.parent != place.data


def _by_memory(total: int) -> dict[str, str]:
    shared = min(max(total // 8 // MEBIBYTE, 64), 512)
    return {"shared_buffers": f"{shared}MB", "effective_cache_size": f"{max(total // 2 // MEBIBYTE, 256)}MB"}


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "''")

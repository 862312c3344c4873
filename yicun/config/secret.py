"""What stays inside: Django's signing secret, made once and kept 0600; and the values of rows, left out of the log."""

import logging
import os
import re
import secrets
from pathlib import Path

NAME = "signing.key"


def signing_secret(data: Path) -> str:
    """Two processes that start at once end up with the same secret: the file is linked into place, first one wins."""
    file = data / "keys" / NAME
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = file.with_name(f"{NAME}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text()


class LineWithoutValues(logging.Formatter):
    """PostgreSQL adds the whole row to an error, names and telephones with it: the log has no business with them."""

    _DETAIL = re.compile(
        r"^DETAIL:.*?(?=^(?:CONTEXT:|HINT:|Traceback |The above exception|During handling)|\Z)",
        re.MULTILINE | re.DOTALL,
    )

    def format(self, record: logging.LogRecord) -> str:
        return self._DETAIL.sub("DETAIL:  left out\n", super().format(record)).rstrip()

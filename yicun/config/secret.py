"""Django's signing secret: made once, kept 0600 under the data folder."""

import os
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

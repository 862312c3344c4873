"""Files kept by their content: what may be stored, how it is written, and uploads that arrive in pieces."""

from yicun.base.files.kinds import Mime, encoding_of, mime_of, safe_name
from yicun.base.files.store import Stored, discard, open_stored, path_of, put
from yicun.base.files.terms import REFUSALS
from yicun.base.files.uploads import append, begin, collect, finish, sweep

__all__ = [
    "REFUSALS",
    "Mime",
    "Stored",
    "append",
    "begin",
    "collect",
    "discard",
    "encoding_of",
    "finish",
    "mime_of",
    "open_stored",
    "path_of",
    "put",
    "safe_name",
    "sweep",
]

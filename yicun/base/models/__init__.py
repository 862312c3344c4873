from yicun.base.models.account import Account, ApiToken
from yicun.base.models.audit import AuditBlock, AuditEntry
from yicun.base.models.edition import Edition
from yicun.base.models.inbox import Notice
from yicun.base.models.sharing import Grant, SyncReceipt
from yicun.base.models.stored import StoredFile

__all__ = [
    "Account",
    "ApiToken",
    "AuditBlock",
    "AuditEntry",
    "Edition",
    "Grant",
    "Notice",
    "StoredFile",
    "SyncReceipt",
]

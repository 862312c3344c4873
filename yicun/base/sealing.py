"""Chains the audit trail into SM3 blocks, and verifies the chain.

A row's transaction id orders it. Only rows older than every running transaction are sealed: a late commit would
otherwise fall between two blocks and never be covered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yicun.base.crypto import canonical_json, sm3
from yicun.base.models import AuditBlock, AuditEntry

BLOCK_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken_block` is the first block whose digest does not follow from its entries, or None."""

    blocks: int
    entries: int
    unsealed: int
    broken_block: int | None

    @property
    def is_intact(self) -> bool:
        return self.broken_block is None


def seal(*, now: datetime) -> int:
    """Seal what is settled and return how many entries that was. A second sealer waits, then finds less to do."""
    with transaction.atomic():
        _one_at_a_time()
        last = AuditBlock.objects.order_by("-number").first()
        from_xid = last.upto_xid if last else 0
        upto_xid = _upto(from_xid)
        if upto_xid is None:
            return 0
        digest, entries = _digest(last.digest if last else "", from_xid, upto_xid)
        AuditBlock.objects.create(
            number=last.number + 1 if last else 1,
            from_xid=from_xid,
            upto_xid=upto_xid,
            entries=entries,
            digest=digest,
            sealed_at=now,
        )
        return entries


def verify() -> Verification:
    """Recompute every block from its entries; also finds entries inserted into, or removed from, sealed blocks."""
    previous, blocks, entries, upto = "", 0, 0, 0
    broken: int | None = None
    for block in AuditBlock.objects.order_by("number").iterator():
        digest, counted = _digest(previous, block.from_xid, block.upto_xid)
        follows = block.number == blocks + 1 and block.from_xid == upto
        if broken is None and (not follows or digest != block.digest or counted != block.entries):
            broken = block.number
        previous, upto = block.digest, block.upto_xid
        blocks, entries = blocks + 1, entries + counted
    unsealed = AuditEntry.objects.filter(xid__gte=upto).count()
    return Verification(blocks, entries, unsealed, broken)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yicun.seal'))")


def _upto(from_xid: int) -> int | None:
    """The first transaction not covered by the next block, or None when nothing is settled."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(xid) + 1 FROM (SELECT xid FROM base_auditentry WHERE xid >= %s"
            " AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint ORDER BY xid, id LIMIT %s) settled",
            [from_xid, BLOCK_ENTRIES],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _digest(previous: str, from_xid: int, upto_xid: int) -> tuple[str, int]:
    digest, count = previous, 0
    for line in _lines(from_xid, upto_xid):
        digest = sm3(digest.encode() + line).hex()
        count += 1
    return digest, count


def _lines(from_xid: int, upto_xid: int) -> Iterator[bytes]:
    rows = AuditEntry.objects.filter(xid__gte=from_xid, xid__lt=upto_xid).order_by("xid", "id")
    names = [field.attname for field in AuditEntry._meta.concrete_fields]
    for row in rows.values(*names).iterator(chunk_size=2_000):
        yield canonical_json({name: _plain(row[name]) for name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | str | dict | list | type(None)) else str(value)

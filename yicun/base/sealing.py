"""Chains the audit trail into SM3 blocks, and verifies the chain.

Each block is marked with the county's key, so that whoever owns the database alone can change neither an entry nor a
block; and the last block is noted outside the database, so that cutting off the end is found as well.

A row's transaction id orders it. Only rows older than every running transaction are sealed: a late commit would
otherwise fall between two blocks and never be covered.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from yicun.base import vault
from yicun.base.cluster.files import read_document, write_document
from yicun.base.crypto import canonical_json, sm3
from yicun.base.models import AuditBlock, AuditEntry

BLOCK_ENTRIES = 50_000
PURPOSE = "audit.block"
NOTE = "sealed.json"


@dataclass(frozen=True, slots=True)
class Verification:
    """`broken_block`: the first block that does not follow from its entries, else the noted one when it is gone."""

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
        block = AuditBlock(
            number=last.number + 1 if last else 1,
            from_xid=from_xid,
            upto_xid=upto_xid,
            entries=entries,
            sealed_at=now,
        )
        block.digest = _marked(block, digest)
        block.save(force_insert=True)
    _note(block)
    return entries


def verify() -> Verification:
    """Recompute every block from its entries; also finds entries inserted into, or removed from, sealed blocks."""
    previous, blocks, entries, upto = "", 0, 0, 0
    broken: int | None = None
    for block in AuditBlock.objects.order_by("number").iterator():
        digest, counted = _digest(previous, block.from_xid, block.upto_xid)
        follows = block.number == blocks + 1 and block.from_xid == upto
        is_sound = follows and _marked(block, digest) == block.digest and counted == block.entries
        if broken is None and not is_sound:
            broken = block.number
        previous, upto = block.digest, block.upto_xid
        blocks, entries = blocks + 1, entries + counted
    unsealed = AuditEntry.objects.filter(xid__gte=upto).count()
    return Verification(blocks, entries, unsealed, broken or _missing())


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


def _marked(block: AuditBlock, digest: str) -> str:
    """Of everything the block says, and of the chain up to it."""
    said = [block.number, block.from_xid, block.upto_xid, block.entries, block.sealed_at.isoformat(), digest]
    return vault.mark(canonical_json(said).decode(), purpose=PURPOSE)


def _note(block: AuditBlock) -> None:
    """Outside the database. A note that the trail no longer bears out is evidence, and stays as it is."""
    noted = read_document(_note_file()) or {"number": 0}
    if noted["number"] < block.number and _missing() is None:
        write_document(_note_file(), {"number": block.number, "digest": block.digest})


def _missing() -> int | None:
    """The number of the noted block, when the trail does not hold it any more."""
    noted = read_document(_note_file())
    if noted is None or AuditBlock.objects.filter(number=noted["number"], digest=noted["digest"]).exists():
        return None
    return int(noted["number"])


def _note_file() -> Path:
    folder: Path = settings.DATA
    return folder / NOTE


def _lines(from_xid: int, upto_xid: int) -> Iterator[bytes]:
    rows = AuditEntry.objects.filter(xid__gte=from_xid, xid__lt=upto_xid).order_by("xid", "id")
    names = [field.attname for field in AuditEntry._meta.concrete_fields]
    for row in rows.values(*names).iterator(chunk_size=2_000):
        yield canonical_json({name: _plain(row[name]) for name in names})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int | str | dict | list | type(None)) else str(value)

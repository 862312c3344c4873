"""The chain over the audit trail: only what is settled is sealed, and whatever is changed afterwards is found."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict

from tests.cast import COUNTY, NOW, SYSTEM
from tests.databases import CACHE, Clone, Workshop, point_django_at
from yicun.base import audit, vault
from yicun.base.cluster.connections import django_databases, url_for
from yicun.base.models import AuditBlock
from yicun.base.sealing import Verification, seal, verify
from yicun.base.tenancy import scoped

PATIENCE = 60


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    """Each trail has a county of its own: the last block is noted in its folder."""
    settings.DATA = tmp_path


def write(count: int = 1) -> None:
    """Entries of one transaction."""
    with scoped(SYSTEM):
        lines = [audit.Line(number, area_code=COUNTY) for number in range(count)]
        audit.record_many(verb="note", subject="tests.thing", lines=lines, actor=SYSTEM, now=NOW)


def settle(clone: Clone) -> None:
    """Wait until every transaction of the whole server that began before now is over."""
    with psycopg.connect(clone.urls["app"], autocommit=True) as watcher:
        (now,) = watcher.execute("SELECT pg_current_xact_id()::text::bigint").fetchone() or (0,)
        for _ in range(PATIENCE * 20):
            oldest = watcher.execute(
                "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
            ).fetchone()
            if oldest and oldest[0] > now:
                return
            time.sleep(0.05)
    raise TimeoutError("another transaction of this server never ended")


@contextmanager
def as_sealer(clone: Clone) -> Iterator[None]:
    """Django's connection in the role that the sealing job has."""
    connection = connections["default"]
    connection.close()
    connection.settings_dict.update(django_databases(CACHE, "sealer", file=clone.file)["default"])
    try:
        yield
    finally:
        connections.close_all()
        point_django_at(clone)


def sealed(clone: Clone) -> int:
    settle(clone)
    with as_sealer(clone):
        return seal(now=NOW)


def verified(clone: Clone) -> Verification:
    with as_sealer(clone):
        return verify()


def test_settled_entries_are_sealed_once_block_after_block(own_database: Clone) -> None:
    assert sealed(own_database) == 0
    write(3)
    write(2)
    assert (sealed(own_database), sealed(own_database)) == (5, 0)
    write()
    assert verified(own_database) == Verification(blocks=1, entries=5, unsealed=1, broken_block=None)
    assert sealed(own_database) == 1
    found = verified(own_database)
    assert found == Verification(blocks=2, entries=6, unsealed=0, broken_block=None)
    assert found.is_intact
    first, second = AuditBlock.objects.order_by("number")
    assert (first.from_xid, first.upto_xid) == (0, second.from_xid)
    assert first.digest != second.digest


def test_open_transaction_holds_back_what_came_after_it(own_database: Clone) -> None:
    write()
    assert sealed(own_database) == 1
    with psycopg.connect(own_database.urls["app"]) as slow:
        slow.execute("SELECT pg_current_xact_id()")
        write(2)
        with as_sealer(own_database):
            assert seal(now=NOW) == 0, "the slow one may still write under an older number"
        slow.execute(
            "INSERT INTO base_auditentry (xid, happened_at, logged_at, request_id, actor_kind, actor_label, verb,"
            " subject, subject_id, facts) VALUES (pg_current_xact_id()::text::bigint, now(), now(),"
            " gen_random_uuid(), 'system', 'slow', 'note', 'tests.thing', '9', '{}')"
        )
        slow.commit()
    assert sealed(own_database) == 3, "its late entry is covered with the others"
    assert verified(own_database).is_intact


def test_two_sealers_at_once_seal_everything_once(own_database: Clone) -> None:
    write(4)
    settle(own_database)
    done: list[int] = []

    def run() -> None:
        done.append(seal(now=NOW))
        connections.close_all()

    with as_sealer(own_database):
        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert sorted(done) == [0, 4]
        assert verify() == Verification(1, 4, 0, None)


ENTRY = "(SELECT min(id) FROM base_auditentry WHERE xid >= (SELECT from_xid FROM base_auditblock WHERE number = {}))"
INSERTED = """
    INSERT INTO base_auditentry (xid, happened_at, logged_at, request_id, actor_kind, actor_label, verb, subject,
        subject_id, facts)
    SELECT xid, happened_at, logged_at, request_id, actor_kind, actor_label, verb, subject, subject_id, facts
    FROM base_auditentry ORDER BY id LIMIT 1"""

# what somebody with every right does to a trail of three blocks, and the first block that no longer follows
TAMPERED = [
    (f"UPDATE base_auditentry SET verb = 'nothing' WHERE id = {ENTRY.format(2)}", 2),
    (f"UPDATE base_auditentry SET actor_label = '别人' WHERE id = {ENTRY.format(1)}", 1),
    (f"UPDATE base_auditentry SET happened_at = happened_at - interval '1s' WHERE id = {ENTRY.format(3)}", 3),
    (f"UPDATE base_auditentry SET facts = '{{\"a\": 1}}' WHERE id = {ENTRY.format(2)}", 2),
    (f"UPDATE base_auditentry SET area_code = NULL WHERE id = {ENTRY.format(2)}", 2),
    (f"UPDATE base_auditentry SET xid = xid + 1000000 WHERE id = {ENTRY.format(2)}", 2),
    (f"DELETE FROM base_auditentry WHERE id = {ENTRY.format(1)}", 1),
    (f"DELETE FROM base_auditentry WHERE id = {ENTRY.format(3)}", 3),
    (INSERTED, 1),
    ("DELETE FROM base_auditblock WHERE number = 1", 2),
    ("DELETE FROM base_auditblock WHERE number = 2", 3),
    ("UPDATE base_auditblock SET digest = repeat('0', 64) WHERE number = 2", 2),
    ("UPDATE base_auditblock SET sealed_at = sealed_at + interval '1s' WHERE number = 2", 2),
    ("UPDATE base_auditblock SET digest = upper(digest) WHERE number = 1", 1),
    ("DELETE FROM base_auditblock WHERE number = 3", 3),
    ("UPDATE base_auditblock SET entries = entries + 1 WHERE number = 3", 3),
    ("UPDATE base_auditblock SET from_xid = from_xid + 1 WHERE number = 2", 2),
    ("UPDATE base_auditblock SET number = number + 5 WHERE number = 3", 8),
]


@pytest.fixture
def three_blocks(own_database: Clone, workshop: Workshop) -> Iterator[psycopg.Connection[Any]]:
    """A sealed trail, and somebody whom neither policies nor triggers stop."""
    for count in (2, 3, 2):
        write(count)
        assert sealed(own_database) == count
    address = url_for(conninfo_to_dict(workshop.server.admin_url), dbname=own_database.name)
    with psycopg.connect(address, autocommit=True) as intruder:
        intruder.execute("SET search_path = yicun, public")
        intruder.execute("SET session_replication_role = replica")
        yield intruder


def test_any_change_to_the_sealed_trail_is_found(
    own_database: Clone, three_blocks: psycopg.Connection[Any]
) -> None:
    assert verified(own_database) == Verification(3, 7, 0, None)
    with as_sealer(own_database):
        for change, block in TAMPERED:
            three_blocks.execute("CREATE TABLE kept_entries AS TABLE base_auditentry")
            three_blocks.execute("CREATE TABLE kept_blocks AS TABLE base_auditblock")
            assert three_blocks.execute(change).rowcount == 1, change
            found = verify()
            assert (found.broken_block, found.is_intact) == (block, False), change
            three_blocks.execute("TRUNCATE base_auditentry, base_auditblock")
            three_blocks.execute("INSERT INTO base_auditentry OVERRIDING SYSTEM VALUE TABLE kept_entries")
            three_blocks.execute("INSERT INTO base_auditblock TABLE kept_blocks")
            three_blocks.execute("DROP TABLE kept_entries, kept_blocks")
            assert verify().is_intact, "put back as it was"


def test_trail_cut_at_its_end_is_found_and_stays_found(
    own_database: Clone, three_blocks: psycopg.Connection[Any]
) -> None:
    """With the entries gone too the database alone looks whole; the note outside it knows better."""
    three_blocks.execute(f"DELETE FROM base_auditentry WHERE id >= {ENTRY.format(3)}")
    three_blocks.execute("DELETE FROM base_auditblock WHERE number = 3")
    assert verified(own_database) == Verification(blocks=2, entries=5, unsealed=0, broken_block=3)
    write()
    assert sealed(own_database) == 1
    assert verified(own_database).broken_block == 3, "a new block of the same number does not cover it up"


def test_owner_of_the_database_cannot_chain_it_anew(
    own_database: Clone, three_blocks: psycopg.Connection[Any], settings: Any, tmp_path: Path
) -> None:
    """Whoever rewrites the trail with a key of his own is found by whoever has the county's."""
    three_blocks.execute(f"DELETE FROM base_auditentry WHERE id = {ENTRY.format(2)}")
    three_blocks.execute("TRUNCATE base_auditblock")
    settings.DATA = tmp_path / "elsewhere"
    vault._keyring.cache_clear()
    assert sealed(own_database) == 6
    assert verified(own_database).is_intact, "by the intruder's own key"
    settings.DATA = tmp_path
    vault._keyring.cache_clear()
    assert verified(own_database).broken_block == 1


def test_last_block_is_noted_for_its_owner_alone(own_database: Clone, tmp_path: Path) -> None:
    write()
    sealed(own_database)
    note = tmp_path / "sealed.json"
    assert note.stat().st_mode & 0o777 == 0o600
    assert json.loads(note.read_text())["number"] == 1

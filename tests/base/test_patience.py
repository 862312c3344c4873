"""Connections that give up on silence; what is said when the database did not do its part."""

import time
from collections.abc import Iterator

import django.db
import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

from tests.databases import Clone
from yicun.base import pages
from yicun.base.cluster.connections import PATIENCE
from yicun.base.cluster.patience import NotReplicated, PatientConnection, Silent, hurried
from yicun.base.cluster.roles import LIMITS
from yicun.base.engine.faults import refusal_for

SECONDS = {"s": 1, "min": 60}


@pytest.fixture
def patient(own_database: Clone) -> Iterator[PatientConnection]:
    with PatientConnection.connect(own_database.urls["app"], autocommit=True) as opened:
        yield opened


def asked(patient: PatientConnection, words: str) -> object:
    row = patient.execute(words).fetchone()
    return row[0] if row else None


def test_silence_ends_the_wait_and_the_connection(patient: PatientConnection) -> None:
    patient.patience = 0.4
    assert asked(patient, "SELECT 1") == 1
    began = time.monotonic()
    with pytest.raises(Silent):
        patient.execute("SELECT pg_sleep(30)")
    assert 0.4 <= time.monotonic() - began < 10
    assert patient.closed


def test_hurry_is_shorter_than_patience_and_ends(patient: PatientConnection) -> None:
    patient.patience = 60
    with hurried(60):
        assert asked(patient, "SELECT 1 FROM pg_sleep(0.2)") == 1
    assert asked(patient, "SELECT 1 FROM pg_sleep(0.2)") == 1
    with hurried(0.1), pytest.raises(Silent):
        patient.execute("SELECT pg_sleep(30)")
    assert patient.closed


def test_without_patience_one_waits_and_the_servers_own_errors_stay_themselves(
    patient: PatientConnection,
) -> None:
    assert asked(patient, "SELECT 1 FROM pg_sleep(0.3)") == 1
    patient.patience = 60
    patient.execute("SET statement_timeout = '100ms'")
    with pytest.raises(psycopg.errors.QueryCanceled):
        patient.execute("SELECT pg_sleep(30)")
    assert asked(patient, "SELECT 2") == 2


def test_other_warnings_are_no_doubt(patient: PatientConnection) -> None:
    patient.execute("DO $$ BEGIN RAISE WARNING 'canceling wait for synchronous replication'; END $$")
    assert asked(patient, "SELECT 3") == 3


def test_django_gives_up_too_and_goes_on_with_a_new_connection(own_database: Clone) -> None:
    connection.close()
    connection.settings_dict["PATIENCE"] = 0.4
    with connection.cursor() as cursor, pytest.raises(OperationalError) as silent:
        cursor.execute("SELECT pg_sleep(30)")
    assert isinstance(silent.value.__cause__, Silent)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 4")
        assert cursor.fetchone() == (4,)


def test_the_server_speaks_before_we_give_up() -> None:
    """Its own limit says what happened; ours is for a server that says nothing."""
    for role, limits in LIMITS.items():
        patience = PATIENCE[role]
        if patience is not None:
            number = limits["statement_timeout"].rstrip("smin")
            assert int(number) * SECONDS[limits["statement_timeout"][len(number) :]] < patience
    assert [role for role, patience in PATIENCE.items() if patience is None] == ["owner"]


FAULTS = [
    (psycopg.OperationalError("gone"), "database.silent"),
    (Silent("slow"), "database.silent"),
    (psycopg.errors.QueryCanceled("slow"), "database.silent"),
    (django.db.InterfaceError("connection already closed"), "database.silent"),
    (NotReplicated("alone"), "database.not_replicated"),
    (psycopg.errors.LockNotAvailable("taken"), "server.busy"),
    (psycopg.errors.DeadlockDetected("taken"), "server.busy"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_fault_of_the_database_has_its_sentence(fault: Exception, code: str) -> None:
    wrapped = OperationalError("as Django says it")
    wrapped.__cause__ = fault
    for error in (fault, wrapped):
        refused = refusal_for(error)
        assert refused is not None
        assert refused.code == code


@pytest.mark.parametrize("error", [None, ValueError("ours"), psycopg.errors.UniqueViolation("ours")])
def test_our_own_faults_are_not_the_databases(error: Exception | None) -> None:
    assert refusal_for(error) is None


def test_page_of_an_error_of_ours_stays_what_it_was() -> None:
    request = RequestFactory().get("/")
    try:
        raise ValueError("ours")
    except ValueError:
        response = pages.out_of_order(request)
    assert response.status_code == 500
    assert "平台出了问题" in response.content.decode()
    try:
        raise psycopg.errors.LockNotAvailable("taken")
    except psycopg.Error:
        response = pages.out_of_order(request)
    assert (response.status_code, response.headers.get("Retry-After")) == (409, None)

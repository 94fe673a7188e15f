"""The ground the other tests stand on: both databases answer, and what was committed outlives a killed server."""

import threading
import time

import psycopg
import pytest
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.support.databases import Fresh, PostgresDatabases
from tests.support.postgres import PostgresServer

CLIENTS = 8


def a_ledger(url: str) -> None:
    """A table of numbers, made as migrations would make it."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE ledger (entry INTEGER PRIMARY KEY)"))
        connection.execute(text("INSERT INTO ledger VALUES (0)"))


def write(connection: Connection, entry: int) -> None:
    connection.execute(text("INSERT INTO ledger VALUES (:entry)"), {"entry": entry})


def entries(engine: Engine) -> set[int]:
    with engine.connect() as connection:
        return set(connection.execute(text("SELECT entry FROM ledger")).scalars())


def test_a_fresh_database_holds_what_its_builder_made(database_url: Fresh) -> None:
    assert entries(create_engine(database_url(a_ledger), poolclass=NullPool)) == {0}


def test_two_databases_of_one_builder_share_nothing(database_url: Fresh) -> None:
    one, other = (create_engine(database_url(a_ledger), poolclass=NullPool) for _ in range(2))

    with one.begin() as connection:
        write(connection, 1)

    assert entries(one) == {0, 1}
    assert entries(other) == {0}


def test_a_builder_without_a_name_of_its_own_is_refused(database_url: Fresh) -> None:
    with pytest.raises(TypeError, match="top of a module"):
        database_url(lambda url: None)


def test_eight_clients_write_to_postgresql_at_once(postgres_url: Fresh) -> None:
    engine = create_engine(postgres_url(a_ledger), pool_size=CLIENTS)
    together = threading.Barrier(CLIENTS)

    def client(first: int) -> None:
        with engine.connect() as connection:
            together.wait(timeout=60)
            for entry in range(first, first + 50):
                write(connection, entry)
                connection.commit()

    run_all(threading.Thread(target=client, args=(1 + 50 * number,)) for number in range(CLIENTS))

    assert entries(engine) == set(range(1 + 50 * CLIENTS))
    engine.dispose()


def test_a_dropped_database_is_gone_even_with_someone_in_it(postgres_databases: PostgresDatabases) -> None:
    url = postgres_databases.make(a_ledger)
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect():
        postgres_databases.drop(url)

    with postgres_databases.server.connect() as connection:
        names = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert (make_url(url).database,) not in names


def test_no_committed_row_is_lost_when_the_server_is_killed(own_postgres: PostgresServer) -> None:
    url = own_postgres.url_for("postgres")
    a_ledger(url)
    acknowledged: list[int] = []
    tried: list[int] = []

    def client(number: int) -> None:
        engine = create_engine(url, poolclass=NullPool)
        with pytest.raises(DBAPIError), engine.connect() as connection:
            for step in range(1_000_000):
                entry = 1 + step * CLIENTS + number
                tried.append(entry)
                write(connection, entry)
                connection.commit()
                acknowledged.append(entry)

    clients = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for each in clients:
        each.start()
    wait_until(lambda: len(acknowledged) > 200)
    own_postgres.kill()
    for each in clients:
        each.join(timeout=30)

    with pytest.raises(psycopg.OperationalError):
        own_postgres.connect()

    own_postgres.restart()
    survived = entries(create_engine(url, poolclass=NullPool)) - {0}
    assert set(acknowledged) <= survived <= set(tried)


def run_all(threads) -> None:
    started = list(threads)
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(timeout=30)


def wait_until(is_so, *, seconds: float = 30) -> None:
    give_up_at = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < give_up_at, "waited too long"
        time.sleep(0.005)

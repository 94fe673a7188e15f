"""No entry, no effect, no answer: a log that is locked, full, taken away or slow refuses all that stands on it (AUD-2, DEC-3).

The faults are real ones: another connection's lock, a store that may not grow, a role without its right, a file that
cannot be written. The service notices that they are over by itself.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, event, func, select, text
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from audit.models import HEAD, AuditEntry, LogHead
from audit.record import record
from compliance.identity.models import Person
from compliance.kernel.context import House, operator
from compliance.kernel.settings import Settings
from tests.builders.api import Caller, Calls
from tests.builders.decisions import MANY, ONE, a_question
from tests.builders.licences import RowsMade, a_licence, an_organisation, seats

WAIT_SECONDS = 1
"""What an operator may set; the service's own is three. The figure asked for is that plus what an answer costs."""

AND_WORK_SECONDS = 15
"""For a machine that is busy with other things: it is the waiting that is bounded."""

THREADS = 8
LONG_SECONDS = 10
WHY = "oversight"

Fault = Callable[[House], AbstractContextManager[None]]


@pytest.fixture
def settings(settings: Settings) -> Iterator[Settings]:
    """As impatient as in service; on PostgreSQL by a role that owns nothing and may do everything, so that a right can be taken."""
    impatient = replace(settings, wait_seconds=WAIT_SECONDS)
    if settings.database_url.startswith("sqlite"):
        yield impatient
        return
    owner = create_engine(settings.database_url)
    role = f"role_{make_url(settings.database_url).database}"
    with owner.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
        connection.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"))
    yield replace(impatient, database_url=settings.database_url.replace("postgres@/", f"{role}@/"))
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {role}"))
        connection.execute(text(f"DROP ROLE {role}"))
    owner.dispose()


@pytest.fixture
def sqlite_settings(sqlite_settings: Settings) -> Settings:
    """A process with few threads, so that few connections are many."""
    return replace(sqlite_settings, wait_seconds=LONG_SECONDS, threads=THREADS)


@dataclass
class Doors:
    """Everything that stands on the log: each gives the answer to one call."""

    house: House
    ways: dict[str, Callable[[], TestResponse]]

    @classmethod
    def of(cls, calls: Calls) -> Doors:
        house = calls.house
        seats(house)
        a_licence(house, an_organisation(house))
        hub, officer = calls.someone("hub_manager"), calls.someone("ig_officer")
        program = calls.a_program()
        partner = calls.someone("delegate")
        assert officer.put("/api/v1/audit/purpose", {"purpose": WHY}).status_code == 200
        person = {"full_name": "Kit Rowan", "email": "kit@kent.example.org", "hub_team": True}
        return cls(
            house,
            {
                "a permit": lambda: program.post(ONE, a_question()),
                "a denial": lambda: program.post(ONE, a_question("nobody@swale.gov.uk")),
                "a batch": lambda: program.post(MANY, {"evaluations": [a_question(), a_question()]}),
                "a change": lambda: hub.post("/api/v1/people", person),
                "a disclosure": lambda: hub.get("/api/v1/organisations"),
                "a refusal that is remembered": lambda: partner.get("/api/v1/audit/entries"),
                "a look at the log": lambda: officer.get("/api/v1/audit/entries", purpose=WHY),
                "an entry of the log": lambda: officer.get("/api/v1/audit/entries/0", purpose=WHY),
                "a page": lambda: _by_browser(hub).get("/register"),
                "the log's page": lambda: _by_browser(officer).get("/audit"),
            },
        )

    def state(self) -> tuple[Any, ...]:
        """What a fault may not change: the entries, the head, the people."""
        with self.house.engine.connect() as connection:
            return (
                connection.execute(select(func.count(), func.max(AuditEntry.number))).one(),
                connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar_one(),
                connection.execute(select(func.count()).select_from(Person)).scalar_one(),
            )


def _by_browser(caller: Caller) -> FlaskClient:
    """The same sign-in, as a browser shows it."""
    client = caller.client.application.test_client()
    client.set_cookie("session", caller.token or "")
    return client


@contextmanager
def _owner(house: House) -> Iterator[Engine]:
    """Another connection to the same store, with every right over it."""
    url = make_url(house.settings.database_url)
    engine = create_engine(url.set(username="postgres") if url.get_backend_name() == "postgresql" else url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Somebody else holds the log's head, as a stuck process would."""
    with _owner(house) as engine, engine.connect() as connection:
        connection.execute(text("UPDATE log_head SET size = size"))
        yield
        connection.rollback()


@contextmanager
def full(house: House) -> Iterator[None]:
    """There is no room for another entry.

    SQLite's file may not grow, which it says in the same words as of a full disk. PostgreSQL's disk cannot be filled
    without a file system of its own: there the store refuses the entry with the error that a full disk gives (53100).
    """
    if house.engine.dialect.name == "sqlite":
        yield from _full_file(house)
        return
    refusal = "RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'"
    with _owner(house) as engine, _before_each_entry(engine, refusal):
        yield


def _full_file(house: House) -> Iterator[None]:
    """The limit is each connection's and not the file's; whatever room is left in it is used up by entries first."""

    def limit(connection: sqlite3.Connection, _record: Any = None) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")

    house.engine.dispose()
    event.listen(house.engine, "connect", limit)
    try:
        with suppress(OperationalError):
            while True:
                with house.work(operator("test")) as ctx:
                    record(ctx, RowsMade(rows=(ctx.new_id(),)))
        yield
    finally:
        event.remove(house.engine, "connect", limit)
        house.engine.dispose()


@contextmanager
def taken_away(house: House) -> Iterator[None]:
    """The service may read the log, and write it no more."""
    if house.engine.dialect.name == "sqlite":
        path = Path(make_url(house.settings.database_url).database or "")
        yield from _read_only(house, path)
        return
    role = make_url(house.settings.database_url).username
    with _owner(house) as engine:
        with engine.begin() as connection:
            connection.execute(text(f"REVOKE INSERT ON audit_entries FROM {role}"))
        yield
        with engine.begin() as connection:
            connection.execute(text(f"GRANT INSERT ON audit_entries TO {role}"))


def _read_only(house: House, path: Path) -> Iterator[None]:
    """The file as a file that this process may not write. Root may write any file: so the connections are told."""

    def read_only(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA query_only = ON")

    house.engine.dispose()
    mode = path.stat().st_mode
    path.chmod(0o400)
    event.listen(house.engine, "connect", read_only)
    try:
        yield
    finally:
        event.remove(house.engine, "connect", read_only)
        house.engine.dispose()
        path.chmod(mode)


@contextmanager
def slow(house: House) -> Iterator[None]:
    """An entry takes a minute to write; on SQLite, where the write is ours, somebody else takes as long over theirs."""
    if house.engine.dialect.name == "sqlite":
        with locked(house):
            yield
        return
    with _owner(house) as engine, _before_each_entry(engine, "PERFORM pg_sleep(60)"):
        yield


@contextmanager
def _before_each_entry(engine: Engine, what: str) -> Iterator[None]:
    with engine.begin() as connection:
        connection.execute(
            text(
                f"CREATE FUNCTION faulty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NEW; END $$;"
                " CREATE TRIGGER faulty BEFORE INSERT ON audit_entries FOR EACH ROW EXECUTE FUNCTION faulty()"
            )
        )
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.execute(text("DROP TRIGGER faulty ON audit_entries; DROP FUNCTION faulty()"))


@pytest.mark.rule("AUD-2", "DEC-3")
@pytest.mark.parametrize("fault", [locked, full, taken_away, slow])
def test_without_an_entry_nothing_is_answered_disclosed_or_changed(calls: Calls, fault: Fault) -> None:
    doors = Doors.of(calls)

    with fault(doors.house):
        before = doors.state()
        for name, way in doors.ways.items():
            since = time.monotonic()
            reply = way()
            assert (name, reply.status_code) == (name, 503)
            assert time.monotonic() - since < WAIT_SECONDS + AND_WORK_SECONDS, name
            assert int(reply.headers["Retry-After"]) > 0
        assert doors.state() == before

    after = {name: way().status_code for name, way in doors.ways.items()}
    assert after == dict.fromkeys(after, 200) | {"a change": 201, "a refusal that is remembered": 403}


@pytest.mark.rule("AUD-2", "DEC-3")
@pytest.mark.parametrize("kind", ["decisions", "changes"])
def test_while_many_wait_for_a_locked_log_others_are_still_answered(sqlite_calls: Calls, kind: str) -> None:
    """As many threads as a process has, and more calls that need the log than threads: what needs none is not kept waiting.

    Which of the first calls come to the log before the others, and so may wait long, is for the machine to choose.
    """
    doors = Doors.of(sqlite_calls)
    way = doors.ways["a permit" if kind == "decisions" else "a disclosure"]
    need_no_log = ("/live", "/static/vendor/govuk-frontend/govuk-frontend.min.css", "/sign-in")
    assert [sqlite_calls.nobody().get(path).status_code for path in need_no_log] == [200] * 3

    with ThreadPoolExecutor(THREADS) as threads:
        with locked(doors.house):
            waiting = [threads.submit(lambda: way().status_code) for _ in range(2 * THREADS)]
            others = {path: threads.submit(sqlite_calls.nobody().get, path) for path in need_no_log}
            answered = {path: other.result().status_code for path, other in others.items()}
            one_of_the_first_still_waits = not all(each.done() for each in waiting[:THREADS])
            assert [each.result() for each in waiting] == [503] * len(waiting)
        assert answered == dict.fromkeys(others, 200)
        assert one_of_the_first_still_waits, "all who came first had to give up before anybody else was answered"
        assert threads.submit(lambda: way().status_code).result() == 200

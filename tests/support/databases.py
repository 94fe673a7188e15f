"""Fixtures for real databases: a file of SQLite's, a database of PostgreSQL's, fresh for each test and cheap to make.

A test asks for a database and names how it is built: a function that is given an address and makes the tables there,
such as running the migrations. It is built so once, kept as a template, and copied for each test.

    def test_a_thing(postgres_url):
        engine = create_engine(postgres_url(migrated))

All workers of one run share one PostgreSQL server, started by the first to ask and stopped when the run ends, however it
ends. A missing part is a failure that says what to install, never a skip.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from psycopg.sql import SQL, Identifier

from tests.support.postgres import PostgresMissing, PostgresServer, set_watchman

Builder = Callable[[str], None]
"""Makes the tables in the empty database at an address. A function of a module, so that its name tells it from others."""

Fresh = Callable[..., str]
"""Gives the SQLAlchemy address of a new database: `fresh(builder)`, or `fresh()` for an empty one."""

DATABASES = ("sqlite", "postgresql")


class PostgresDatabases:
    """Makes and drops databases on one server, each a copy of the template its builder made."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._templates: set[str] = set()

    def make(self, builder: Builder | None = None) -> str:
        name = f"test_{uuid.uuid4().hex[:16]}"
        self._create(name, "template0" if builder is None else self._template(builder))
        return self.server.url_for(name)

    def drop(self, url: str) -> None:
        """Remove a database made here, ending whatever is still connected to it."""
        name = url.split("@/", 1)[1].split("?", 1)[0]
        with self.server.connect() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _create(self, name: str, template: str) -> None:
        with self.server.connect() as connection:
            connection.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(name), Identifier(template)))

    def _template(self, builder: Builder) -> str:
        name = f"template_{_name_of(builder)}"
        if name in self._templates:
            return name
        with _alone(self.server.directory.parent / f"{name}.lock"):
            if not self._is_ready(name):
                self._build(name, builder)
        self._templates.add(name)
        return name

    def _is_ready(self, name: str) -> bool:
        with self.server.connect() as connection:
            found = connection.execute("SELECT datistemplate FROM pg_database WHERE datname = %s", [name]).fetchone()
        return found is not None and bool(found[0])

    def _build(self, name: str, builder: Builder) -> None:
        with self.server.connect() as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))
        self._create(name, "template0")

        builder(self.server.url_for(name))

        # A template cannot be copied while anyone is in it, and a builder may have left a pool open.
        with self.server.connect() as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            connection.execute(
                SQL("ALTER DATABASE {} IS_TEMPLATE true ALLOW_CONNECTIONS false").format(Identifier(name))
            )


@pytest.fixture(scope="session")
def postgres_run_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this run's servers live. Short, because a socket's path may not pass 107 bytes; `nobody` can walk into it."""
    note = _run_of(tmp_path_factory) / "postgres-directory"
    with _alone(note.with_suffix(".lock")):
        if not note.exists():
            directory = Path(tempfile.mkdtemp(prefix="marac-pg-", dir="/tmp"))
            directory.chmod(0o711)
            set_watchman(_run_process(), directory)
            note.write_text(str(directory))
    return Path(note.read_text())


@pytest.fixture(scope="session")
def postgres_databases(postgres_run_directory: Path) -> PostgresDatabases:
    """The run's shared server. Kill it and every worker suffers: tests of crashes ask for `own_postgres`."""
    server = PostgresServer(postgres_run_directory / "shared", durable=False)
    with _alone(postgres_run_directory / "shared.lock"):
        if server.pid is None:
            shutil.rmtree(server.directory, ignore_errors=True)
            server = _made(server.directory, durable=False)
    return PostgresDatabases(server)


@pytest.fixture
def postgres_url(postgres_databases: PostgresDatabases) -> Iterator[Fresh]:
    """Fresh PostgreSQL databases for one test, dropped after it."""
    yield from _fresh(postgres_databases)


@pytest.fixture(scope="module")
def postgres_url_for_module(postgres_databases: PostgresDatabases) -> Iterator[Fresh]:
    """Fresh PostgreSQL databases kept for all of one module's tests, dropped after them."""
    yield from _fresh(postgres_databases)


@pytest.fixture
def own_postgres(postgres_run_directory: Path) -> Iterator[PostgresServer]:
    """A server of the test's own, writing as durably as in service, to be killed at will."""
    server = _made(postgres_run_directory / f"own-{uuid.uuid4().hex[:8]}", durable=True)
    yield server
    server.kill()
    shutil.rmtree(server.directory, ignore_errors=True)


@pytest.fixture
def sqlite_url(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Fresh SQLite files for one test, in its own directory."""
    return _fresh_files(tmp_path, tmp_path_factory)


@pytest.fixture(scope="module")
def sqlite_url_for_module(tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """Fresh SQLite files for all of one module's tests."""
    return _fresh_files(tmp_path_factory.mktemp("module"), tmp_path_factory)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> Fresh:
    """The same test on both databases: once on SQLite, once on PostgreSQL."""
    fixture: Fresh = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return fixture


def _fresh(databases: PostgresDatabases) -> Iterator[Fresh]:
    made: list[str] = []

    def fresh(builder: Builder | None = None) -> str:
        made.append(databases.make(builder))
        return made[-1]

    yield fresh
    for url in made:
        databases.drop(url)


def _fresh_files(directory: Path, factory: pytest.TempPathFactory) -> Fresh:
    def fresh(builder: Builder | None = None) -> str:
        path = directory / f"service-{uuid.uuid4().hex[:8]}.db"
        if builder is not None:
            _copy_sqlite(_sqlite_template(_run_of(factory), builder), path)
        return f"sqlite:///{path}"

    return fresh


def _made(directory: Path, *, durable: bool) -> PostgresServer:
    try:
        return PostgresServer.make(directory, durable=durable)
    except PostgresMissing as missing:
        pytest.fail(str(missing), pytrace=False)


def _sqlite_template(run: Path, builder: Builder) -> Path:
    path = run / f"template_{_name_of(builder)}.db"
    with _alone(path.with_suffix(".lock")):
        if not path.exists():
            half_made = path.with_suffix(".new")
            half_made.unlink(missing_ok=True)
            builder(f"sqlite:///{half_made}")
            _copy_sqlite(half_made, path.with_suffix(".whole"))
            path.with_suffix(".whole").rename(path)
    return path


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy through SQLite itself, so that what still stands in a write-ahead log comes along."""
    into, out_of = sqlite3.connect(target), sqlite3.connect(source)
    try:
        out_of.backup(into)
    finally:
        into.close()
        out_of.close()


def _name_of(builder: Builder) -> str:
    qualified = f"{getattr(builder, '__module__', '')}.{getattr(builder, '__qualname__', '<')}"
    if "<" in qualified:
        raise TypeError(
            f"{builder!r} cannot name a template: give a function defined at the top of a module, whose name says what it builds."
        )
    return hashlib.sha256(qualified.encode()).hexdigest()[:16]


def _run_of(factory: pytest.TempPathFactory) -> Path:
    """The temporary directory that all workers of one run have in common."""
    base = factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _run_process() -> int:
    """The process whose end is the end of the run: pytest itself, which is the parent of each of its workers."""
    return os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock that one process at a time can hold."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""The service's own role in PostgreSQL: it can serve, and cannot touch what is in the log (AUD-3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import ProgrammingError

from audit.verify import verify
from compliance.app import create_app, house_of
from compliance.cli.commands import main
from compliance.cli.demo_story import tell
from compliance.kernel.settings import REPOSITORY, Settings
from tests.support.databases import Fresh
from tests.support.store import migrated

Granted = Callable[[str], Result]

ROLE = "marac_service"


@pytest.fixture
def owner_url(postgres_url: Fresh) -> str:
    """A migrated store, entered as its owner."""
    return postgres_url(migrated)


@pytest.fixture
def granted(owner_url: str, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Granted:
    """Run `compliance db grant ROLE` as an operator does."""
    monkeypatch.setenv("DATABASE_URL", owner_url)
    monkeypatch.setenv("COMPLIANCE_BASE_URL", "http://127.0.0.1:8000")
    monkeypatch.setenv("COMPLIANCE_KEYS", str(key_file))
    monkeypatch.setenv("COMPLIANCE_VAR", str(tmp_path))
    return lambda role: CliRunner().invoke(main, ["db", "grant", role])


@pytest.fixture
def role(owner_url: str) -> Iterator[str]:
    """A role of this test's own, which may sign in and nothing else."""
    database = owner_url.split("@/")[1].split("?")[0]
    name = f"{ROLE}_{database}"
    owner = create_engine(owner_url)
    with owner.begin() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield name
    with owner.begin() as connection:
        connection.execute(text(f"DROP OWNED BY {name}"))
        connection.execute(text(f"DROP ROLE {name}"))
    owner.dispose()


@pytest.fixture
def role_url(owner_url: str, role: str) -> str:
    """The same store, entered as that role."""
    return owner_url.replace("postgres@/", f"{role}@/")


@pytest.fixture
def as_role(role_url: str) -> Iterator[Engine]:
    engine = create_engine(role_url)
    yield engine
    engine.dispose()


@pytest.mark.rule("AUD-3")
def test_the_service_does_all_its_work_as_a_role_that_cannot_touch_the_log(
    granted: Granted, role: str, role_url: str, as_role: Engine, key_file: Path, tmp_path: Path
) -> None:
    done = granted(role)
    assert done.exit_code == 0, done.output

    app = create_app(Settings(role_url, "http://127.0.0.1:8000", key_file, REPOSITORY / "policies", tmp_path))
    tell(app, lambda _scene: None)
    ready = app.test_client().get("/ready")
    house_of(app).engine.dispose()

    assert ready.json is not None
    assert {ready.json["checks"][check]["status"] for check in ("store", "migrations", "log")} == {"ok"}
    for act in ("UPDATE audit_entries SET outcome = 'done'", "DELETE FROM audit_entries", "TRUNCATE audit_entries"):
        _denied(as_role, act)
    assert verify(as_role, ()).why is None


@pytest.mark.rule("AUD-3")
def test_the_role_can_neither_empty_a_table_nor_take_a_guard_away(granted: Granted, role: str, as_role: Engine) -> None:
    granted(role)

    for act in (
        "TRUNCATE people CASCADE",
        "DELETE FROM licences",
        "DROP TABLE audit_entries",
        "DROP TRIGGER audit_entries_kept ON audit_entries",
        "ALTER TABLE audit_entries DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE elsewhere (id INTEGER)",
        "UPDATE alembic_version SET version_num = 'x'",
    ):
        _denied(as_role, act)


def test_giving_the_rights_twice_is_giving_them_once_and_takes_back_what_was_too_much(
    granted: Granted, role: str, owner_url: str, as_role: Engine
) -> None:
    granted(role)
    owner = create_engine(owner_url)
    with owner.begin() as connection:
        connection.execute(text(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {role}"))
    owner.dispose()

    again = granted(role)

    assert again.exit_code == 0, again.output
    _denied(as_role, "DELETE FROM audit_entries")


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nobody-of-this-name", "There is no role nobody-of-this-name"),
        ('"; DROP TABLE people; --', "There is no role"),
        ("postgres", "no right can be kept from it"),
    ],
)
def test_a_role_that_rights_could_not_hold_is_refused_with_what_to_do(granted: Granted, name: str, says: str) -> None:
    refused = granted(name)

    assert refused.exit_code == 1
    assert says in refused.output


def test_sqlite_has_no_roles_and_the_command_says_so(
    granted: Granted, sqlite_url: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url(migrated))

    refused = granted(ROLE)

    assert (refused.exit_code, "SQLite knows no roles" in refused.output) == (1, True)


def _denied(engine: Engine, act: str) -> None:
    with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), engine.begin() as connection:
        connection.execute(text(act))

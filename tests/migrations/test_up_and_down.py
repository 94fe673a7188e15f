"""Migrations go up, down, and up with data; and whatever they do, the log's bytes are what they were."""

from __future__ import annotations

import hashlib

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, func, select, table, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from audit.models import AuditEntry
from audit.verify import verify
from compliance.app import MIGRATIONS
from compliance.kernel.db import Base
from tests.migrations.shape import shape


def counts(engine: Engine) -> dict[str, int]:
    """How many rows each table holds."""
    with engine.connect() as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in Base.metadata.tables
        }


def whose_rights(engine: Engine) -> set[tuple[object, ...]]:
    """Whose rights moved at which state; by which entries is known from the step on that says it."""
    with engine.connect() as connection:
        return {
            tuple(row) for row in connection.execute(text("SELECT state_version, kind, subject_id FROM rights_changes"))
        }


def log_of(engine: Engine) -> str:
    """A fingerprint of every entry, column by column."""
    whole = hashlib.sha256()
    with engine.connect() as connection:
        for row in connection.execute(select(AuditEntry.__table__).order_by(AuditEntry.number)):
            whole.update(repr(tuple(row)).encode())
    return whole.hexdigest()


def test_an_empty_store_goes_up_down_and_up_to_the_same_tables(engine: Engine) -> None:
    upgrade()
    first = shape(engine)

    downgrade(revision="base")
    assert shape(engine) == set()

    upgrade()
    assert shape(engine) == first


def test_a_store_with_data_goes_down_to_nothing_and_comes_up_empty(used: Engine) -> None:
    first = shape(used)
    assert counts(used)["audit_entries"] > 0

    downgrade(revision="base")
    upgrade()

    assert shape(used) == first
    assert {name: rows for name, rows in counts(used).items() if rows} == {
        "log_head": 1,
        "log_seal": 1,
        "flagged_up_to": 1,
    }


@pytest.mark.rule("AUD-3")
def test_each_step_since_the_first_goes_down_and_up_with_data_and_keeps_it(used: Engine) -> None:
    with used.begin() as connection:
        # Letters go with the table that a step made for them, whatever wrote them.
        connection.execute(text("DELETE FROM notices"))
    told, held, moved = log_of(used), counts(used), whose_rights(used)

    for step in ScriptDirectory(str(MIGRATIONS)).walk_revisions():
        if step.down_revision is not None:
            downgrade(revision=str(step.down_revision))
        upgrade()

    after = counts(used) | {"rights_changes": held["rights_changes"]}
    assert (log_of(used), after, whose_rights(used)) == (told, held, moved)
    assert verify(used, ()).why is None


@pytest.mark.rule("AUD-3")
def test_going_up_when_there_is_nothing_to_do_changes_not_a_byte(used: Engine) -> None:
    told, held, made = log_of(used), counts(used), shape(used)

    upgrade()

    assert (log_of(used), counts(used), shape(used)) == (told, held, made)


def test_a_migration_that_fails_leaves_the_store_as_it_was(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE vetting (in_the_way INTEGER)"))
    before = shape(engine)

    with pytest.raises((OperationalError, ProgrammingError)):
        upgrade()

    assert shape(engine) == before


def test_foreign_keys_stand_again_after_a_migration(engine: Engine) -> None:
    upgrade()

    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1

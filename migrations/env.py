"""How Alembic reaches the store: through the running application, and all that is asked for in one transaction.

To make a migration when a model has changed: `flask --app wsgi db revision --autogenerate -m "…"`, with the
settings of a store that stands at the newest one, then tidy it by hand. A migration reads nothing of the
service's code, so that it means the same for ever; tests/migrations says when one is missing.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from compliance.kernel.context import house
from compliance.kernel.db import WRITES, Base, Instant


def run() -> None:
    """Apply what was asked for, or nothing of it."""
    with house().engine.execution_options(**{WRITES: True}).connect() as connection:
        if connection.dialect.name != "sqlite":
            _migrate(connection)
            connection.commit()
            return
        _foreign_keys(connection, "OFF")
        try:
            _migrate(connection)
            _see_that_nothing_dangles(connection)
            connection.commit()
        finally:
            connection.rollback()
            _foreign_keys(connection, "ON")


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_in_plain_types,
        compare_type=True,
        transactional_ddl=True,
    )
    context.run_migrations()


def _foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    """SQLite's foreign keys rest meanwhile: a table that is copied would lose its children.

    They can be turned between transactions only, and every statement here begins one.
    """
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql(f"PRAGMA foreign_keys={state}")
    if state == "OFF":
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _see_that_nothing_dangles(connection: Connection) -> None:
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if dangling:
        raise RuntimeError(f"the migration would leave rows that point at nothing: {dangling[:5]}")


def _in_plain_types(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own type is written as the store's, so that a migration does not depend on our code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Instant) else False


run()

"""How Alembic reaches the store: through the running application, each migration in a transaction of its own."""

from __future__ import annotations

from alembic import context

from compliance.kernel.context import house
from compliance.kernel.db import WRITES, Base


def run() -> None:
    """Apply what was asked for. SQLite's foreign keys rest meanwhile: a table that is copied would lose its children."""
    with house().engine.execution_options(**{WRITES: True}).connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            transactional_ddl=True,
        )
        context.run_migrations()
        connection.commit()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


run()

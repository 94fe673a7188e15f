"""What a schema is, told so that two can be compared: every table, column, constraint and index, by name and content."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, Inspector, inspect

BOOKKEEPING = "alembic_version"


def shape(engine: Engine) -> set[str]:
    """Everything the store's schema says, but for Alembic's own table; order of columns apart."""
    inspector = inspect(engine)
    told: set[str] = set()
    for table in inspector.get_table_names():
        if table != BOOKKEEPING:
            told |= {f"{table}: {line}" for line in _lines(inspector, table)}
    return told


def _lines(inspector: Inspector, table: str) -> set[str]:
    lines = {
        f"column {column['name']} {column['type']!r} nullable={column['nullable']} default={column['default']}"
        for column in inspector.get_columns(table)
    }
    key = inspector.get_pk_constraint(table)
    lines.add(f"key {key['name']} {key['constrained_columns']}")
    for foreign in inspector.get_foreign_keys(table):
        lines.add(
            f"foreign key {foreign['name']} {foreign['constrained_columns']} -> "
            f"{foreign['referred_table']} {foreign['referred_columns']} {foreign['options']}"
        )
    for unique in inspector.get_unique_constraints(table):
        lines.add(f"unique {unique['name']} {unique['column_names']}")
    for check in inspector.get_check_constraints(table):
        lines.add(f"check {check['name']} {check['sqltext']}")
    for index in inspector.get_indexes(table):
        options: dict[str, Any] = index.get("dialect_options", {})
        only = {name: str(value) for name, value in options.items() if name.endswith("_where")}
        lines.add(f"index {index['name']} {index['column_names']} unique={index['unique']} {only}")
    return lines

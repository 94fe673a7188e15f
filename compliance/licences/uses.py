"""When a licence was last used, moved on beside it by one statement (LIC-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case
from sqlalchemy.dialects import postgresql, sqlite

from .models import LastUse


def note_uses(connection: Connection, licence_ids: Sequence[str], at: datetime) -> None:
    """Move the last use of these licences on to `at`; it never moves back."""
    if not licence_ids:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LastUse)
    later = statement.excluded.used_at
    statement = statement.on_conflict_do_update(
        index_elements=[LastUse.licence_id],
        set_={"used_at": case((later > LastUse.used_at, later), else_=LastUse.used_at)},
    )
    rows = [{"licence_id": UUID(licence), "used_at": at} for licence in sorted(licence_ids)]
    connection.execute(statement, rows)

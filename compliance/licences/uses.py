"""When a licence was last used, moved on beside it by one statement (LIC-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, case
from sqlalchemy.dialects import postgresql, sqlite

from .models import LastUse


def note_uses(connection: Connection, licence_ids: Sequence[str], at: datetime) -> None:
    """Move the last use of these licences on to `at`; it never moves back."""
    note_uses_at(connection, {UUID(licence): at for licence in licence_ids})


def note_uses_at(connection: Connection, uses: Mapping[UUID, datetime]) -> None:
    """The same for uses each at an instant of its own. The log's head is held by whoever calls this."""
    if not uses:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LastUse)
    later = statement.excluded.used_at
    statement = statement.on_conflict_do_update(
        index_elements=[LastUse.licence_id],
        set_={"used_at": case((later > LastUse.used_at, later), else_=LastUse.used_at)},
    )
    rows = [{"licence_id": licence_id, "used_at": uses[licence_id]} for licence_id in sorted(uses)]
    connection.execute(statement, rows)

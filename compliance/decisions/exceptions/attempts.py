"""Keeping that somebody asked for a case they are kept from: for those who set the conflict, and nobody else (DEC-6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from compliance.kernel.clock import london_date

from .models import ConflictAttempt

Attempt = tuple[str, str]
"""The conflict's id, and the action that was asked."""


def note_attempts(connection: Connection, attempts: Collection[Attempt], now: datetime) -> None:
    """Keep each of these once for the London day, in the transaction of the answer that was given."""
    if not attempts:
        return
    inserting = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(ConflictAttempt)
    today = london_date(now)
    rows = [
        {"conflict_id": UUID(conflict), "action": action, "day": today, "first_at": now}
        for conflict, action in sorted(attempts)
    ]
    connection.execute(inserting.on_conflict_do_nothing(), rows)

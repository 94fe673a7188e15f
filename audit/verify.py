"""Reading the log again to see that nothing in it was touched (AUD-3): every number there, every hash right.

What was cut off at the end is found by the head, which counts; that the head itself was not turned back is
for checkpoints kept elsewhere, which come with sealing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Engine, select

from .encoding import digest
from .models import HEAD, AuditEntry, LogHead

_AT_ONCE = 2000


@dataclass(frozen=True)
class Verified:
    """How many entries stood up; and where one did not, its number and why, in words."""

    entries: int
    first_bad: int | None = None
    why: str | None = None


def verify(engine: Engine, *, since: int = 0) -> Verified:
    """Check the entries from number `since` on, in one consistent look at the store; memory use is constant."""
    expected = since
    with engine.connect() as connection:
        head = connection.execute(select(LogHead.size).where(LogHead.id == HEAD)).scalar()
        if head is None:
            return Verified(0, 0, "The log's head is gone.")
        statement = select(AuditEntry.__table__).where(AuditEntry.number >= since).order_by(AuditEntry.number)
        rows = connection.execution_options(yield_per=_AT_ONCE).execute(statement)
        for found in rows.mappings():
            row = cast(Mapping[str, Any], found)
            if row["number"] != expected:
                return Verified(expected - since, expected, f"Entry {expected} is missing.")
            if digest(row) != row["hash"]:
                return Verified(expected - since, expected, f"Entry {expected} is not what its hash says.")
            expected += 1
    if expected != head:
        return Verified(expected - since, expected, f"The head counts {head} entries, and {expected} are there.")
    return Verified(expected - since)

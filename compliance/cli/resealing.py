"""Turning the keys: what was sealed with an older one is sealed anew, so that the older one can be taken away (IDN-5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Column, Engine, select, update

from audit.events import Event
from audit.record import record
from compliance.kernel.context import House, operator
from compliance.kernel.db import WRITES, Base, Sealed
from compliance.kernel.secrets import KeyRing

AT_ONCE = 200


@dataclass(frozen=True, kw_only=True)
class ValuesResealed(Event):
    """What was sealed with an older key was sealed with the newest; `key` is its name."""

    name: ClassVar[str] = "keys.resealed"

    key: str
    values: int


def sealed_columns() -> list[Column[Any]]:
    """Every column of every table whose values are sealed."""
    return [
        column for table in Base.metadata.sorted_tables for column in table.columns if isinstance(column.type, Sealed)
    ]


def reseal(house: House) -> int:
    """Seal anew whatever an older key sealed; says how many values. Stopped half-way, it goes on where it was.

    A value that somebody changes meanwhile is left as they made it. Raises Unreadable where a key is missing.
    """
    ring = house.the(KeyRing)
    count = sum(_reseal(house.engine, ring, column) for column in sealed_columns())
    with house.work(operator("keys reseal")) as ctx:
        record(ctx, ValuesResealed(key=ring.newest, values=count))
    return count


def _reseal(engine: Engine, ring: KeyRing, column: Column[Any]) -> int:
    done = 0
    for batch in _batches(engine, ring, column):
        with engine.execution_options(**{WRITES: True}).begin() as connection:
            for one, sealed in batch:
                place = f"{column.table.name}.{column.name}:{one}"
                anew = ring.seal(ring.open(sealed, place=place), place=place)
                same = update(column.table).where(_key(column) == one, column == sealed)
                done += connection.execute(same.values({column.name: anew})).rowcount
    return done


def _batches(engine: Engine, ring: KeyRing, column: Column[Any]) -> Iterator[list[tuple[Any, bytes]]]:
    """The values an older key sealed, so many rows at a time, by the key of their table."""
    key = _key(column)
    wanted = select(key, column).where(column.is_not(None)).order_by(key).limit(AT_ONCE)
    after = None
    while True:
        with engine.connect() as connection:
            rows = connection.execute(wanted if after is None else wanted.where(key > after)).all()
        if not rows:
            return
        after = rows[-1][0]
        yield [(one, sealed) for one, sealed in rows if sealed and not ring.seals_with_newest(sealed)]


def _key(column: Column[Any]) -> Column[Any]:
    """The one column that tells the rows of this column's table apart."""
    (key,) = column.table.primary_key.columns
    return key

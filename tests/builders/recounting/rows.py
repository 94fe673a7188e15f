"""Plain rows as they lie in the tables, and the span they are counted for: with none of the report's own code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from compliance.kernel.context import House
from compliance.kernel.db import Base

LONDON = ZoneInfo("Europe/London")
Row = dict[str, Any]
Figures = dict[str, int | None]


class Rows:
    """One span of London dates, up to and not including `until`, as at `now`."""

    def __init__(self, house: House, since: date, until: date) -> None:
        self.now = house.clock.now()
        self.since, self.until = since, until
        self.today = self.day(self.now)
        self.close = min(self.now, self.midnight(until))
        self.quarters = {f"{month.year}-Q{(month.month + 2) // 3}" for month in self.months()}
        self._house = house
        self._read: dict[str, list[Row]] = {}

    def rows(self, table: str) -> list[Row]:
        """A whole table, read once."""
        if table not in self._read:
            with self._house.engine.connect() as store:
                found = store.execute(select(Base.metadata.tables[table]))
                self._read[table] = [dict(row._mapping) for row in found]
        return self._read[table]

    def day(self, instant: datetime) -> date:
        return instant.astimezone(LONDON).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which a London date begins."""
        return datetime.combine(day, datetime.min.time(), LONDON).astimezone(UTC)

    @property
    def last(self) -> date:
        """The last London date that is looked at."""
        return self.today if self.close == self.now else self.until - timedelta(days=1)

    def inside(self, when: datetime | date | None) -> bool:
        """Whether this is in the span, and not to come."""
        if when is None:
            return False
        if isinstance(when, datetime):
            return self.since <= self.day(when) < self.until and when <= self.now
        return self.since <= when < self.until and when <= self.today

    def open(self, began: datetime | None, ended: datetime | None) -> bool:
        """Whether it was open at the end of the span."""
        return began is not None and self.past(began) and (ended is None or not self.past(ended))

    def past(self, at: datetime) -> bool:
        """Whether it had come when the span ended, or has come now."""
        return at <= self.now if self.close == self.now else at < self.close

    def known(self, table: str, **same: Any) -> list[Row]:
        return [row for row in self.rows(table) if all(row[name] == value for name, value in same.items())]

    def how_many(self, table: str, fits: Callable[[Row], Any]) -> int:
        return sum(bool(fits(row)) for row in self.rows(table))

    def knows(self, table: str, day: str) -> bool:
        """Whether the span reaches as far as the first row of a table; nothing is known of what was before."""
        days = [row[day] for row in self.rows(table)]
        first = min(self.day(each) if isinstance(each, datetime) else each for each in days)
        return self.until > first

    def months(self) -> list[date]:
        """The first day of each month of the span."""
        month, found = self.since, []
        while month < self.until:
            found.append(month)
            month = next_month(month)
        return found


def next_month(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=5)).replace(day=1)


def in_tenths(part: int, whole: int) -> int | None:
    """A share as a report keeps it: tenths of a per cent, halves up."""
    return int(part * 1000 / whole + 0.5) if whole else None

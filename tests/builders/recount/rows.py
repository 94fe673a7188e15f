"""The rows of a hub as they lie in the tables, to be counted by hand: with none of the reports' own code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import MetaData, select

from compliance.kernel.context import House
from compliance.kernel.db import Base

LONDON = ZoneInfo("Europe/London")
Row = dict[str, Any]

TABLES = (
    "organisations", "instruments", "instrument_versions", "instrument_reviews", "signatures", "signing_refusals",
    "withdrawals", "challenges", "licences", "licence_uses", "seat_contracts", "waiting_places", "access_audits",
    "access_audit_figures", "access_flags", "break_glass", "incidents", "data_breaches", "complaints", "complaint_stages",
    "data_protection_complaints", "retention_records", "retention_reviews", "retention_holds", "disposal_manifests",
    "disposal_items", "facts", "policy_documents", "key_contacts", "seat_offers", "escalations", "escalation_asks", "people",
    "training", "welcome_packs", "growth_months", "help_requests",
)  # fmt: skip


class Rows:
    """One span of London dates, up to and not including `until`, as at `now`."""

    def __init__(self, house: House, since: date, until: date) -> None:
        self.now = house.clock.now()
        self.since, self.until = since, until
        self.today = self.day(self.now)
        self.close = min(self.now, datetime.combine(until, datetime.min.time(), LONDON).astimezone(UTC))
        self._tables: MetaData = Base.metadata
        with house.engine.connect() as store:
            self.rows = {
                name: [dict(row._mapping) for row in store.execute(select(self._tables.tables[name]))]
                for name in TABLES
            }
        self.quarters = {f"{month.year}-Q{(month.month + 2) // 3}" for month in self.firsts()}

    def day(self, instant: datetime) -> date:
        return instant.astimezone(LONDON).date()

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
        """Whether it was so at the end of the span."""
        return at <= self.now if self.close == self.now else at < self.close

    def known(self, table: str, **same: Any) -> list[Row]:
        return [row for row in self.rows[table] if all(row[name] == value for name, value in same.items())]

    def how_many(self, table: str, fits: Callable[[Row], Any]) -> int:
        return sum(bool(fits(row)) for row in self.rows[table])

    def firsts(self) -> list[date]:
        """The first day of each of its months."""
        month, found = self.since, []
        while month < self.until:
            found.append(month)
            month = (month.replace(day=28) + timedelta(days=5)).replace(day=1)
        return found


def in_tenths(part: int, whole: int) -> int | None:
    """A share as a report keeps it: tenths of a per cent, halves up."""
    return int(part * 1000 / whole + 0.5) if whole else None

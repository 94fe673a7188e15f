"""The figures of seats, use and demand, and how they add up: values in, values out (LIC-11)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median_low
from typing import NamedTuple
from uuid import UUID

from dateutil.relativedelta import relativedelta

from compliance.kernel.clock import end_of, london_date, start_of
from compliance.licences.rules import Kind, Status

MONTHS = (12, 24)
"""How many months back the figures over time go: the usual number, and the other."""


IDLE_STATES = frozenset({Status.ACTIVE, Status.APPROVED})
"""Whose seats can be idle."""

NO_AREA = "by-case"
"""Stands for the areas of a licence by invite that opens cases and no area."""


class By(StrEnum):
    """What seats are counted by."""

    ORGANISATION = "organisation"
    SECTOR = "sector"
    AREA = "area"


class Seat(NamedTuple):
    """A licence that holds a seat, or so many that are alike: whose, of which kind, in which state, since when it was
    not used, and its rota.

    There are thousands of them on each page, so they are no more than what the store gives.
    """

    organisation: str
    kind: Kind
    status: Status
    since: datetime | None
    rota_id: UUID | None
    areas: tuple[str, ...] = ()
    number: int = 1


@dataclass(frozen=True)
class Wait:
    """A place in the waiting list: whose, for what, since when, and until when; None while it lasts."""

    licence_id: UUID
    organisation: str
    kind: Kind
    areas: tuple[str, ...]
    joined_at: datetime
    left_at: datetime | None


@dataclass
class Figures:
    """Seats and demand of one kind, organisation, sector or area.

    `active` counts single licences in use, `kept` those whose holder is yet to sign in, `resting` the suspended;
    `sharing` people share the seats of `rota_ids`. `idle` is the seats among active and kept that nobody has used for
    the days asked, `idle_days` their days without use together, `idle_longest` the longest. `waits` holds the days
    for which each one who waits has waited.
    """

    code: str
    name: str
    sector: str = ""
    organisation_id: UUID | None = None
    active: int = 0
    kept: int = 0
    resting: int = 0
    sharing: int = 0
    rota_ids: set[UUID] = field(default_factory=set)
    offered: int = 0
    idle: int = 0
    idle_days: int = 0
    idle_longest: int = 0
    waits: list[int] = field(default_factory=list)

    @property
    def rotas(self) -> int:
        """Seats that are shared by rota."""
        return len(self.rota_ids)

    @property
    def taken(self) -> int:
        """Seats that are somebody's: a rota is one, however many share it (LIC-5)."""
        return self.active + self.kept + self.resting + self.rotas

    @property
    def waiting(self) -> int:
        """How many wait for a seat."""
        return len(self.waits)

    @property
    def longest(self) -> int | None:
        """Days that the one who has waited longest has waited; None where nobody waits."""
        return max(self.waits, default=None)

    @property
    def median(self) -> int | None:
        """Days that half of those who wait have waited at the most; None where nobody waits."""
        return median_low(self.waits) if self.waits else None

    def holds(self, seat: Seat, idle_for: int | None) -> None:
        """Count a licence in; `idle_for` is its days without use where they make it idle, else None."""
        if seat.rota_id is not None:
            self.sharing += seat.number
            self.rota_ids.add(seat.rota_id)
            return
        if seat.status == Status.ACTIVE:
            self.active += seat.number
        elif seat.status == Status.APPROVED:
            self.kept += seat.number
        else:
            self.resting += seat.number
        if idle_for is not None:
            self.idle += seat.number
            self.idle_days += idle_for * seat.number
            self.idle_longest = max(self.idle_longest, idle_for)

    def __bool__(self) -> bool:
        """Whether there is anything to say: a seat, or somebody who wants one."""
        return bool(self.taken or self.offered or self.waits)


SORTS: dict[str, Callable[[Figures], object]] = {
    "name": lambda row: row.name.casefold(),
    "taken": lambda row: row.taken,
    "active": lambda row: row.active,
    "idle": lambda row: row.idle,
    "idle_days": lambda row: row.idle_days,
    "waiting": lambda row: row.waiting,
    "longest": lambda row: row.longest or 0,
}
"""How the table can be sorted."""


def in_order(rows: Iterable[Figures], sort: str) -> list[Figures]:
    """Sorted as asked, `-` first for the most before the least; alike ones by name."""
    named = sorted(rows, key=lambda row: (row.name.casefold(), row.code))
    return sorted(named, key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))  # type: ignore[arg-type]


def days_since(instant: datetime, now: datetime) -> int:
    """London days from one to the other: 0 on the same day."""
    return max(0, (_day(now) - _day(instant)).days)


def idle_for(seat: Seat, now: datetime, before: datetime) -> int | None:
    """For how many days a seat was idle that was used last before this instant; None for one that is not idle.

    A resting licence is not used on purpose, and a rota's seat is not one person's: neither counts as idle.
    """
    if seat.rota_id is not None or seat.status not in IDLE_STATES or seat.since is None or seat.since >= before:
        return None
    return days_since(seat.since, now)


def _day(instant: datetime) -> date:
    """The London date of a UTC instant. London is at UTC or an hour ahead: only in the last hour can its day be another."""
    return london_date(instant) if instant.hour == 23 else instant.date()


def idle_before(now: datetime, days: int) -> datetime:
    """Whatever was used last before this instant was not used for so many days."""
    return end_of(london_date(now) - timedelta(days=days))


@dataclass(frozen=True)
class Month:
    """A month of the past, and the instant at which it is looked at: its end, or now in the one that runs."""

    first: date
    mark: datetime

    @property
    def name(self) -> str:
        return f"{self.first:%B %Y}"

    @property
    def short(self) -> str:
        return f"{self.first:%b} {self.first:%y}"


def months(now: datetime, count: int) -> list[Month]:
    """The last so many months, the one that runs included, the oldest first."""
    this = london_date(now).replace(day=1)
    firsts = [this - relativedelta(months=back) for back in reversed(range(count))]
    return [Month(first, min(now, start_of(first + relativedelta(months=1)))) for first in firsts]


def waiting_at(places: Sequence[Wait], mark: datetime) -> int:
    """How many waited at this instant."""
    return sum(1 for place in places if place.joined_at <= mark and (place.left_at is None or place.left_at > mark))

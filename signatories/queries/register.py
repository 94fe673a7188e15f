"""The register of signatories, as it stands or as it stood (SIG-1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import aliased

from compliance.kernel import text
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.facts import OrganisationFacts
from signatories.models import Instrument, IsaCheck, Organisation
from signatories.rules import GRAVITY, InstrumentCell, State

from .records import MOST
from .standing import facts

AsAt = datetime | date | None

_MOMENT = timedelta(microseconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class IsaCell:
    """When the ISA's own list was last looked at for an organisation, by whom, and when the next look is due (SIG-12)."""

    source: str | None
    checked_at: datetime | None
    checked_by: str | None
    found: bool | None
    due_on: date
    due: bool


@dataclass(frozen=True)
class RegisterRow:
    """An organisation in the register, as at one instant."""

    organisation: OrganisationFacts
    instruments: Mapping[str, InstrumentCell]
    isa: IsaCell

    @property
    def state(self) -> State:
        """Where it stands as a whole: as its worst required instrument does."""
        return self.organisation.state

    @property
    def areas(self) -> tuple[str, ...]:
        return tuple(sorted(self.organisation.areas))

    @property
    def signed_at(self) -> datetime | None:
        """When it last signed anything."""
        return max((cell.signed_at for cell in self.instruments.values() if cell.signed_at), default=None)


SORTS: dict[str, Callable[[RegisterRow], Any]] = {
    "name": lambda row: row.organisation.name.casefold(),
    "sector": lambda row: row.organisation.sector.casefold(),
    "state": lambda row: GRAVITY.index(row.state),
    "signed_at": lambda row: row.signed_at or _LONG_AGO,
}
"""What the register can be sorted by; with a minus before it, the other way round."""


def instant_of(ctx: Context, as_at: AsAt) -> datetime:
    """The instant meant by *as at*: the present for none, the last instant of a London day for a date.

    Raises Invalid at `/as_at` for the future and for an instant without a time zone.
    """
    if as_at is None:
        return ctx.now()
    if isinstance(as_at, datetime):
        if as_at.tzinfo is None:
            raise Invalid.at("/as_at", "Give the time together with its time zone.")
        if as_at > ctx.now():
            raise Invalid.at("/as_at", "Choose a time that has passed.")
        return as_at
    today = london_date(ctx.now())
    if as_at > today:
        raise Invalid.at("/as_at", "Choose today or a day that has passed.")
    return ctx.now() if as_at == today else end_of(as_at) - _MOMENT


def register(
    ctx: Context,
    *,
    as_at: AsAt = None,
    search: str | None = None,
    sector: str | None = None,
    area: str | None = None,
    state: State | str | None = None,
    sort: str = "name",
) -> list[RegisterRow]:
    """Every organisation the register knew at an instant or at the end of a day, found, filtered and sorted (SIG-1).

    `search` looks in names, codes, sectors and who signed. At most `MOST` rows.
    """
    require(ctx, Permission.REGISTER_READ)
    at = instant_of(ctx, as_at)
    wanted = _state(state) if state else None
    needle = text.line(search, pointer="/search").casefold() if search and search.strip() else None
    if area and area not in ctx.the(Policy).areas:
        raise Invalid.at("/area", "Choose one of the areas.")
    if sort.removeprefix("-") not in SORTS:
        raise Invalid.at("/sort", f"Sort by one of these: {', '.join(SORTS)}.")

    checks = _Checks(ctx, at)
    rows = [
        RegisterRow(found, found.instruments, checks.of(found))
        for found in facts(ctx, at=at).values()
        if found.since <= at
        and (not sector or found.sector == sector)
        and (not area or area in found.areas)
        and (wanted is None or found.state is wanted)
        and (needle is None or _mentions(found, needle))
    ]
    rows.sort(key=SORTS["name"])
    rows.sort(key=SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return rows[:MOST]


def isa_cell(ctx: Context, found: OrganisationFacts) -> IsaCell:
    """The last look at the ISA's list for one organisation (SIG-12)."""
    return _Checks(ctx, ctx.now(), found.id).of(found)


def isa_checks_due(ctx: Context) -> list[RegisterRow]:
    """The organisations for which the ISA's own list is to be looked at again (SIG-12)."""
    return [row for row in register(ctx) if row.isa.due]


def isa_checks_waiting(ctx: Context) -> int:
    """How many organisations `isa_checks_due` would find, without reading the register (SIG-12)."""
    require(ctx, Permission.REGISTER_READ)
    days = timedelta(days=ctx.the(Policy).signatories.isa_check_days)
    still_good = IsaCheck.checked_at >= end_of(london_date(ctx.now())) - days
    looked_at = exists().where(IsaCheck.organisation_id == Organisation.id, still_good)
    return ctx.session.scalar(select(func.count()).select_from(Organisation).where(~looked_at)) or 0


def _state(given: State | str) -> State:
    try:
        return State(given)
    except ValueError:
        raise Invalid.at("/state", f"Choose one of these: {', '.join(State)}.") from None


def _mentions(found: OrganisationFacts, needle: str) -> bool:
    said = [found.name, found.code, found.sector]
    said.extend(cell.signed_name for cell in found.instruments.values() if cell.signed_name)
    return any(needle in each.casefold() for each in said)


class _Checks:
    """The last look at the ISA's list for each organisation, as at an instant."""

    def __init__(self, ctx: Context, at: datetime, only: UUID | None = None) -> None:
        self._at = at
        self._days = timedelta(days=ctx.the(Policy).signatories.isa_check_days)
        fits = [IsaCheck.checked_at <= at, *([IsaCheck.organisation_id == only] if only else [])]
        newest = (
            select(IsaCheck.organisation_id, func.max(IsaCheck.checked_at).label("last"))
            .where(*fits)
            .group_by(IsaCheck.organisation_id)
            .subquery()
        )
        last = aliased(
            IsaCheck,
            select(IsaCheck)
            .join(
                newest,
                (newest.c.organisation_id == IsaCheck.organisation_id) & (newest.c.last == IsaCheck.checked_at),
            )
            .subquery(),
        )
        rows = ctx.session.execute(
            select(Instrument.source, last).outerjoin(last, true()).where(Instrument.code == "isa")
        ).all()
        self._source = rows[0].source if rows else None
        checks: list[IsaCheck | None] = [row[1] for row in rows]
        self._last = {check.organisation_id: check for check in checks if check is not None}

    def of(self, found: OrganisationFacts) -> IsaCell:
        check = self._last.get(found.id)
        due_on = london_date(check.checked_at + self._days) if check else london_date(found.since)
        due = due_on <= london_date(self._at)
        if check is None:
            return IsaCell(self._source, None, None, None, due_on, due)
        return IsaCell(check.source, check.checked_at, check.checked_by, check.found, due_on, due)

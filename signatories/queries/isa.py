"""When the ISA's own list was last looked at for each organisation, and when it is to be looked at again (SIG-12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, String, cast, exists, func, join, null, select, true, type_coerce

from compliance.identity.models import Person
from compliance.kernel.clock import end_of, london_date
from compliance.kernel.context import Context
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from signatories.facts import OrganisationFacts
from signatories.lines import believed
from signatories.models import Instrument, IsaCheck, Organisation


@dataclass(frozen=True)
class IsaCell:
    """When the ISA's own list was last looked at for an organisation, by whom, and when the next look is due (SIG-12).

    `checked_by` is whoever looked, as the row has it; `checked_by_name` is filled where names were asked for.
    """

    source: str | None
    checked_at: datetime | None
    checked_by: str | None
    found: bool | None
    due_on: date
    due: bool
    checked_by_name: str | None = None


def isa_cell(
    ctx: Context, found: OrganisationFacts, *, at: datetime | None = None, known: datetime | None = None
) -> IsaCell:
    """The last look at the ISA's list for one organisation, now or as at an instant (SIG-12)."""
    return Checks(ctx, at or ctx.now(), known or at, only=found.id, named=True).of(found)


def isa_checks_waiting(ctx: Context) -> int:
    """How many organisations are to be looked up again, without reading the register (SIG-12)."""
    require(ctx, Permission.REGISTER_READ)
    return ctx.session.scalar(isa_checks_counted(ctx)) or 0


def isa_checks_counted(ctx: Context) -> Select[int]:
    """The statement that counts them, for whoever asks for more at once."""
    days = timedelta(days=ctx.the(Policy).signatories.isa_check_days)
    still_good = IsaCheck.checked_at >= end_of(london_date(ctx.now())) - days
    looked_at = exists().where(IsaCheck.organisation_id == Organisation.id, still_good, believed(IsaCheck, None))
    return select(func.count()).select_from(Organisation).where(~looked_at)


class Checks:
    """The last look at the list for each organisation, as at an instant and as known by one."""

    def __init__(
        self, ctx: Context, at: datetime, known: datetime | None, *, only: UUID | None = None, named: bool = False
    ) -> None:
        self._today = london_date(at)
        self._days = timedelta(days=ctx.the(Policy).signatories.isa_check_days)
        fits = [IsaCheck.checked_at <= at, believed(IsaCheck, known)]
        if only is not None:
            fits.append(IsaCheck.organisation_id == only)
        newest = (
            select(IsaCheck.organisation_id, func.max(IsaCheck.checked_at).label("last"))
            .where(*fits)
            .group_by(IsaCheck.organisation_id)
            .subquery()
        )
        last = (
            select(
                IsaCheck.id, IsaCheck.organisation_id, IsaCheck.source, IsaCheck.found, IsaCheck.checked_at, IsaCheck.checked_by
            )
            .join(
                newest, (newest.c.organisation_id == IsaCheck.organisation_id) & (newest.c.last == IsaCheck.checked_at)
            )
            .where(*fits)
            .subquery()
        )  # fmt: skip
        beside = join(Instrument, last, true(), isouter=True)
        if named:
            beside = join(beside, Person, _is_called(ctx, last.c.checked_by), isouter=True)
        name = (Person.full_name if named else null()).label("name")
        looked = select(Instrument.source.label("kept_by"), last, name).select_from(beside)
        looked = looked.where(Instrument.code == "isa").order_by(last.c.id)
        rows = ctx.session.execute(looked).all()
        self._source = rows[0].kept_by if rows else None
        self._last: dict[UUID, Row[Any]] = {row.organisation_id: row for row in rows if row.id is not None}

    def of(self, found: OrganisationFacts) -> IsaCell:
        """The cell of one organisation; one that was never looked up is due from when it was first known."""
        check = self._last.get(found.id)
        due_on = london_date(check.checked_at + self._days) if check else london_date(found.since)
        due = due_on <= self._today
        if check is None:
            return IsaCell(self._source, None, None, None, due_on, due)
        return IsaCell(check.source, check.checked_at, check.checked_by, check.found, due_on, due, check.name)


def _is_called(ctx: Context, written: ColumnElement[str]) -> ColumnElement[bool]:
    """That a person's id is the one written here: each store keeps an id in its own way."""
    if ctx.session.get_bind().dialect.name == "postgresql":
        return cast(Person.id, String) == written
    return type_coerce(Person.id, String) == func.replace(written, "-", "")

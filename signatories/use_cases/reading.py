"""Looking at the registers and taking them away: each look is recorded (AUD-1)."""

from __future__ import annotations

from typing import TypedDict, Unpack
from uuid import UUID

from audit.record import record
from compliance.kernel.context import Context
from compliance.kernel.tables import File, Form, form_of, write
from signatories import queries, tables
from signatories.events import HistoryViewed, RegisterExported, RegisterViewed
from signatories.queries import AsAt, Line, RegisterRow
from signatories.rules import State


class Filters(TypedDict, total=False):
    """How the register can be asked for; see `queries.register`."""

    as_at: AsAt
    known_at: AsAt
    search: str | None
    sector: str | None
    area: str | None
    state: State | str | None
    sort: str


def view_register(ctx: Context, **filters: Unpack[Filters]) -> list[RegisterRow]:
    """Show the register of signatories (SIG-1), and keep that it was shown."""
    rows = queries.register(ctx, **filters)
    as_at, known_at = _asked(ctx, filters)
    record(ctx, RegisterViewed(rows=len(rows), as_at=as_at, known_at=known_at))
    return rows


def export_register(ctx: Context, form: Form | str, **filters: Unpack[Filters]) -> File:
    """Hand out the register of signatories as a file (SIG-1), and keep that it was handed out."""
    kind = form_of(form)
    rows = queries.register(ctx, **filters)
    seen = queries.look(ctx, filters.get("as_at"), filters.get("known_at"))
    as_at, known_at = _asked(ctx, filters)
    record(ctx, RegisterExported(form=kind.value, rows=len(rows), as_at=as_at, known_at=known_at))
    return write(tables.of_register(ctx, rows, seen), kind)


def view_history(ctx: Context, organisation_id: UUID) -> list[Line]:
    """Show what one organisation signed, refused and withdrew, and keep that it was shown."""
    lines = queries.history(ctx, organisation_id)
    record(ctx, HistoryViewed(subject=organisation_id, organisation=organisation_id))
    return lines


def _asked(ctx: Context, filters: Filters) -> tuple[str | None, str | None]:
    """The instants that were asked about, where they are not the present."""
    if filters.get("as_at") is None:
        return None, None
    seen = queries.look(ctx, filters.get("as_at"), filters.get("known_at"))
    return seen.at.isoformat(), seen.known.isoformat() if seen.with_hindsight else None

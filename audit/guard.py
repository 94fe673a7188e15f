"""No change without its event: refused, not remembered (AUD-2).

Just before a unit of work commits, every changed row of an audited table must be named by an event of the
same transaction. The guard then takes the log's head, writes the entries, and, where somebody's rights may
have changed, moves the state of rights on and says whose, and by which of the entries (DEC-4). Statements that
would change audited rows behind the unit of work's back are refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Table, event, insert, inspect
from sqlalchemy.orm import ORMExecuteState, UOWTransaction

from compliance.kernel.context import Context
from compliance.kernel.db import Base, UnitOfWork

from .append import append, take_turn
from .events import Event
from .models import Audited, AuditEntry, PersonalDetail, RightsChange
from .record import Rights, draft, recorded, waiting

APPEND_ONLY = frozenset({"audit_entries", "audit_personal"})


class Unrecorded(RuntimeError):
    """A fault of ours: an audited row was changed and no event of the transaction names it."""


class PolicyVersion(str):
    """Which policy is in force, as the log writes it; a fixture of the house."""


@event.listens_for(UnitOfWork, "after_flush")
def _notice(session: UnitOfWork, _flush: UOWTransaction) -> None:
    changed: dict[UUID, str] = session.info.setdefault("changed", {})
    rights: Rights = session.info.setdefault("rights", {})
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, (AuditEntry, PersonalDetail)):
            raise Unrecorded("entries are added by `audit.append` alone")
        if not isinstance(row, Audited):
            continue
        if row in session.dirty and not session.is_modified(row):
            continue
        changed[row.id] = type(row).__name__
        for whose in row.whose_rights():
            rights.setdefault(whose, set()).add(row.id)


@event.listens_for(UnitOfWork, "before_commit")
def _settle(session: UnitOfWork) -> None:
    context: Context | None = session.info.get("context")
    if context is None:
        raise Unrecorded("a unit of work is opened by `House.work`")
    session.flush()
    events = recorded(context)
    changed: dict[UUID, str] = session.info.get("changed", {})
    named = {row for event_ in events for row in event_.names()} if changed else set()
    unnamed = {f"{kind} {row}" for row, kind in changed.items() if row not in named}
    if unnamed:
        raise Unrecorded(f"changed without an event that names it: {', '.join(sorted(unnamed))}")
    if events:
        _enter(session, context, events)
    for then in waiting(context):
        then(session.connection(), session.info.get("receipts", []))


def _enter(session: UnitOfWork, context: Context, events: list[Event]) -> None:
    """Take the log's head and write the entries; the state of rights moves on where somebody's may have changed."""
    rights: Rights = session.info.get("rights", {})
    connection = session.connection()
    version = context.the(PolicyVersion)
    drafts = [draft(context, event_, version) for event_ in events]
    turn = take_turn(connection, len(events), bump=bool(rights))
    for drafted in drafts:
        drafted["state_version"] = turn.state_version
    if rights:
        about, naming = _places([event_.subject] for event_ in events), _places(event_.names() for event_ in events)
        moved = [
            {"state_version": turn.state_version, "entry": turn.next_number + place, "kind": kind, "subject_id": who}
            for (kind, who), rows in rights.items()
            for place in _all(about, rows) or _all(naming, rows)
        ]
        connection.execute(insert(RightsChange), moved)
    session.info["receipts"] = append(connection, turn, drafts)
    session.info["state_version"] = turn.state_version


def _places(named: Iterable[Iterable[UUID | None]]) -> dict[UUID, set[int]]:
    """For each row, at which places among the events it is named: those tell why somebody's rights moved with it."""
    places: dict[UUID, set[int]] = defaultdict(set)
    for place, rows in enumerate(named):
        for row in rows:
            if row is not None:
                places[row].add(place)
    return places


def _all(places: Mapping[UUID, set[int]], rows: set[UUID]) -> set[int]:
    return set().union(*(places.get(row, ()) for row in rows))


@event.listens_for(UnitOfWork, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    statement: Any = state.statement
    table = getattr(statement, "table", None)
    if isinstance(table, Table) and table.name in _guarded_tables():
        raise Unrecorded(f"change {table.name} through its rows: a statement on the whole table is not recorded")


@cache
def _guarded_tables() -> frozenset[str]:
    audited = {
        str(inspect(mapper.class_).local_table.name)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Audited)
    }
    return APPEND_ONLY | audited

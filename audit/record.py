"""Saying that something happened, in the transaction in which it happens (AUD-2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, String, select

from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from .append import Receipt
from .events import Event
from .models import HEAD, AuditEntry, LogHead, Moment
from .personal import OF_PEOPLE, Private

E = TypeVar("E", bound=Event)
Reaction = Callable[[Context, Any], None]
Afterwards = Callable[[Connection, list[Receipt]], None]

Rights = dict[tuple[str, UUID], set[UUID]]
"""Whose rights a transaction may touch, as `Audited.whose_rights` says it, and by which rows."""

_REACTIONS: dict[type[Event], list[Reaction]] = {}


def when(kind: type[E]) -> Callable[[Callable[[Context, E], None]], Callable[[Context, E], None]]:
    """Let a higher room act on a lower room's event, in the same transaction: all of it commits, or none."""

    def register(reaction: Callable[[Context, E], None]) -> Callable[[Context, E], None]:
        _REACTIONS.setdefault(kind, []).append(reaction)
        return reaction

    return register


def record(ctx: Context, event: Event) -> None:
    """Put `event` down for this transaction's commit, and let the rooms that wait for it act."""
    recorded(ctx).append(event)
    for reaction in _REACTIONS.get(type(event), ()):
        reaction(ctx, event)


def recorded(ctx: Context) -> list[Event]:
    """The events of this transaction so far, in order."""
    return cast(list[Event], ctx.session.info.setdefault("events", []))


def ended_by_time(ctx: Context, kind: str, who: UUID) -> None:
    """Move somebody's rights on although no row of theirs changes: their time was over. An event is to name them."""
    rights: Rights = ctx.session.info.setdefault("rights", {})
    rights.setdefault((kind, who), set()).add(who)


def hold_the_log(ctx: Context) -> None:
    """Take the log's head now and not only at the commit: no decision is answered until this transaction ends (DEC-4).

    The last thing before the commit, and seldom: whoever locks anything after it may wait for somebody who waits for it.
    """
    ctx.session.execute(select(LogHead.id).where(LogHead.id == HEAD).with_for_update())


def once_entered(ctx: Context, then: Afterwards) -> None:
    """Have `then` called when this transaction's entries are in the log, just before the commit.

    It is given the connection and the receipts in the order of `recorded`. The log's head is held meanwhile, so it
    is for a few statements that wait for nobody; what it raises undoes everything.
    """
    waiting(ctx).append(then)


def waiting(ctx: Context) -> list[Afterwards]:
    """What waits for this transaction's entries, in order."""
    return cast(list[Afterwards], ctx.session.info.setdefault("once_entered", []))


def receipts(ctx: Context) -> list[Receipt]:
    """Once they are entered: where this transaction's events stand in the log, in the order they were recorded."""
    return cast(list[Receipt], ctx.session.info.get("receipts", []))


class Unwritable(RuntimeError):
    """A fault of ours: a door let something through that no entry can hold, and so nothing of it happens."""


def draft(ctx: Context, event: Event, policy_version: str) -> dict[str, Any]:
    """The entry for an event, but for its number, its state version and its hash; `private` is what stands apart.

    Raises Unwritable for text that is too long for its place or that not every store can keep: the doors refuse
    such, so that what comes so far is never cut in silence.
    """
    of_a_person = ctx.actor.kind in OF_PEOPLE
    drafted: dict[str, Any] = {
        "at": Moment.write(ctx.now()),
        "event": event.name,
        "outcome": event.outcome,
        "actor_kind": ctx.actor.kind,
        "actor_id": ctx.actor.id,
        "actor_organisation": _text(ctx.actor.organisation_id),
        "actor_roles": ctx.actor.roles or None,
        "subject_kind": event.subject_kind,
        "subject_id": _text(event.subject),
        "organisation": _text(event.organisation),
        "reference": event.reference,
        "rules": " ".join(event.rules) or None,
        "purpose": event.purpose,
        "address": None if of_a_person else ctx.origin.address,
        "request_id": ctx.origin.request_id,
        "session_id": _text(ctx.origin.session_id),
        "policy_version": policy_version,
        "detail": _json(event.detail()),
    }
    for name, most in _MOST.items():
        text = drafted[name]
        if text is not None and (len(text) > most or "\0" in text):
            raise Unwritable(f"{event.name}: {name} cannot be written")
    return drafted | {"private": _private(ctx, event, ctx.origin.address if of_a_person else None)}


_MOST = {
    column.name: column.type.length or 1_000_000
    for column in AuditEntry.__table__.columns
    if isinstance(column.type, String) and column.name != "personal"
}
"""How many characters each text of an entry may have."""


def _private(ctx: Context, event: Event, address: str | None) -> Private | None:
    said = event.said()
    address = said.pop("address", address)  # a program may tell where somebody else was
    if not said:
        return Private(address) if address is not None else None
    return Private(address, _json(said), ctx.the(KeyRing))


def _json(said: dict[str, Any]) -> str:
    return json.dumps(said, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)

"""Saying that something happened, in the transaction in which it happens (AUD-2)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import select

from compliance.kernel.context import Context

from .append import Receipt
from .events import Event
from .models import HEAD, LogHead, Moment

E = TypeVar("E", bound=Event)
Reaction = Callable[[Context, Any], None]

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


def hold_the_log(ctx: Context) -> None:
    """Take the log's head now and not only at the commit: no decision is answered until this transaction ends (DEC-4).

    The last thing before the commit, and seldom: whoever locks anything after it may wait for somebody who waits for it.
    """
    ctx.session.execute(select(LogHead.id).where(LogHead.id == HEAD).with_for_update())


def receipts(ctx: Context) -> list[Receipt]:
    """After the commit: where this transaction's events stand in the log, in the order they were recorded."""
    return cast(list[Receipt], ctx.session.info.get("receipts", []))


def draft(ctx: Context, event: Event, policy_version: str) -> dict[str, Any]:
    """The entry for an event, but for its number, its state version and its hash."""
    return {
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
        "address": ctx.origin.address,
        "request_id": ctx.origin.request_id,
        "session_id": _text(ctx.origin.session_id),
        "policy_version": policy_version,
        "detail": json.dumps(event.detail(), separators=(",", ":"), sort_keys=True, ensure_ascii=False),
    }


def _text(value: object | None) -> str | None:
    return None if value is None else str(value)

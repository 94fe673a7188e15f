"""What keeps somebody from a case, or a record from being disposed of, put back where the store has forgotten it (RET-12).

Of these the log says neither whom nor what, on purpose. Their rows do, so that much of the row goes into the journal
with its line, sealed. The words they were put in are not kept twice.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from compliance.decisions.exceptions.models import Conflict
from compliance.identity.models import ServiceClient
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing, Unreadable
from retention.holds.models import RetentionHold

from .doing import Again, Done, Forgotten, Way, held
from .lines import Line

WORDS = (
    b"Put back after a restore; the words of those who set it are in the log's exports and in letters of those days."
)

REGISTERED = ("scopes", "networks", "redirects", "logout_redirects")
"""What a program is registered with that lets it do anything."""

SEALED: dict[str, tuple[type[Conflict] | type[RetentionHold] | type[ServiceClient], tuple[str, ...]]] = {
    "client.altered": (ServiceClient, REGISTERED),
    "conflict.set": (Conflict, ("person_id", "reference", "asked_by", "agreed_by")),
    "retention_hold.placed": (RetentionHold, ("ground", "reach", "value", "review_on", "placed_by")),
}
"""Of which rows which columns go into the journal, sealed."""


def sealed(connection: Connection, ring: KeyRing, event: str, number: int, subject: str | None) -> str | None:
    """What of its row a line takes along, sealed for this line; None where it needs nothing, or the row is gone."""
    if event not in SEALED or subject is None:
        return None
    kind, names = SEALED[event]
    table = kind.__table__
    row = connection.execute(select(*(table.c[name] for name in names)).where(table.c.id == UUID(subject))).first()
    if row is None:
        return None
    said = {name: str(value) for name, value in zip(names, row, strict=True)}
    return b64encode(ring.seal(json.dumps(said).encode(), place=_place(number))).decode()


def conflict_set(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """Somebody is kept from a case again (DEC-6)."""
    if held(ctx, Conflict, line.thing) is not None:
        return None
    said = opened(ctx, line)
    if said is None:
        return Done(Way.TO_LOOK)
    person = UUID(said["person_id"])
    live = select(Conflict.id).where(
        Conflict.person_id == person, Conflict.reference == said["reference"], Conflict.lifted_at.is_(None)
    )
    if ctx.session.scalar(live) is not None:
        return None
    ctx.session.add(
        Conflict(
            id=line.thing, person_id=person, reference=said["reference"], asked_by=said["asked_by"],
            agreed_by=said["agreed_by"], set_at=ctx.now(),
            grounds=ctx.the(KeyRing).seal(WORDS, place=f"conflicts.grounds:{line.thing}"),
        )
    )  # fmt: skip
    return Done(Way.EXACTLY, (line.thing,))


def hold_placed(ctx: Context, line: Line, _all: Forgotten) -> Done | None:
    """What it names is kept again whatever its time (RET-6)."""
    if held(ctx, RetentionHold, line.thing) is not None:
        return None
    said = opened(ctx, line)
    if said is None:
        return Done(Way.TO_LOOK)
    ctx.session.add(
        RetentionHold(
            id=line.thing, ground=said["ground"], reach=said["reach"], value=said["value"],
            review_on=date.fromisoformat(said["review_on"]), placed_by=said["placed_by"], placed_at=ctx.now(),
            reason=ctx.the(KeyRing).seal(WORDS, place=f"retention_holds.reason:{line.thing}"),
        )
    )  # fmt: skip
    return Done(Way.EXACTLY, (line.thing,))


def opened(ctx: Context, line: Line) -> Mapping[str, Any] | None:
    """What a line took along of its row; None where it took nothing, or cannot be opened."""
    try:
        found = json.loads(ctx.the(KeyRing).open(b64decode(line.sealed or ""), place=_place(line.number)))
    except (Unreadable, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _place(number: int) -> str:
    return f"journal.sealed:{number}"


AGAIN: dict[str, Again] = {"conflict.set": conflict_set, "retention_hold.placed": hold_placed}

TAKEN_BACK: dict[str, frozenset[str]] = {
    "conflict.lifted": frozenset({"conflict.set"}),
    "retention_hold.lifted": frozenset({"retention_hold.placed"}),
}

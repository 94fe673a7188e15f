"""Keys by which a program may say the same thing twice and be heard once (draft-ietf-httpapi-idempotency-key-header).

The answer is kept in the transaction of the effect, so there is never one without the other: a request that was
refused or came to nothing leaves nothing, and may be sent again under its key. Of two that come at once, one acts.
On PostgreSQL the other is told that it is still running; on SQLite, where every change takes its turn, it waits
for its own and is given the first one's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, LargeBinary, String, Text, delete, func, insert, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from .context import Context
from .db import Base
from .errors import Conflict, Invalid

AT_ONCE = 5_000
"""How many answers are forgotten in one transaction, so that nobody waits long for the store meanwhile."""

_TOGETHER = 300
"""How many of them in one statement: three values each."""


class IdempotencyKey(Base):
    """What a caller was answered under a key: written in the transaction of the effect itself.

    `fingerprint` is the SHA-256 of the request the key came with; `answer` the JSON that was given back.
    """

    __tablename__ = "idempotency_keys"

    caller: Mapped[str] = mapped_column(String(64), primary_key=True)
    route: Mapped[str] = mapped_column(String(128), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary(32))
    status: Mapped[int]
    answer: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime] = mapped_column(index=True)


class KeyReused(Invalid):
    code = "idempotency-key-reused"
    detail = "This Idempotency-Key came before with another request. Use a new key for a new request."


class StillRunning(Conflict):
    code = "still-running"
    detail = "The first request with this Idempotency-Key is still running. Send it again in a moment."


@dataclass(frozen=True)
class Once:
    """A request that is to be acted on once: who sent it, to which route, under which key, and what it says."""

    caller: str
    route: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True)
class Answer:
    """What was answered: the status, and the body as it was."""

    status: int
    body: str


def first_answer(ctx: Context, once: Once, kept_for: timedelta) -> Answer | None:
    """What this request was answered before; None where it was not, and then nobody else acts on it until the commit.

    Raises KeyReused where the key came with another request, and StillRunning.
    """
    if ctx.session.get_bind().dialect.name == "postgresql":
        name = func.hashtextextended(f"idempotency\n{once.caller}\n{once.route}\n{once.key}", 0)
        if not ctx.session.scalar(select(func.pg_try_advisory_xact_lock(name))):
            raise StillRunning()
    its_place = (
        IdempotencyKey.caller == once.caller, IdempotencyKey.route == once.route, IdempotencyKey.key == once.key,
    )  # fmt: skip
    found = ctx.session.execute(select(IdempotencyKey).where(*its_place)).scalar_one_or_none()
    if found is None:
        return None
    if found.answered_at <= ctx.now() - kept_for:
        ctx.session.execute(delete(IdempotencyKey).where(*its_place).execution_options(synchronize_session="evaluate"))
        return None
    if found.fingerprint != once.fingerprint:
        raise KeyReused()
    return Answer(found.status, found.answer)


def keep(connection: Connection, once: Once, answer: Answer, at: datetime) -> None:
    """Keep what the request is answered, in the transaction of its effect."""
    kept = insert(IdempotencyKey).values(
        caller=once.caller, route=once.route, key=once.key, fingerprint=once.fingerprint,
        status=answer.status, answer=answer.body, answered_at=at,
    )  # fmt: skip
    connection.execute(kept)


def over(ctx: Context, kept_for: timedelta) -> Sequence[tuple[str, str, str]]:
    """Answers that were kept for so long, by caller, route and key: the oldest, so many at once."""
    old = select(IdempotencyKey.caller, IdempotencyKey.route, IdempotencyKey.key)
    old = old.where(IdempotencyKey.answered_at <= ctx.now() - kept_for).order_by(IdempotencyKey.answered_at)
    return [(row.caller, row.route, row.key) for row in ctx.session.execute(old.limit(AT_ONCE))]


def forget(ctx: Context, found: Sequence[tuple[str, str, str]]) -> None:
    """Forget these answers: whoever sends such a request again is heard as if for the first time."""
    place = tuple_(IdempotencyKey.caller, IdempotencyKey.route, IdempotencyKey.key)
    for begin in range(0, len(found), _TOGETHER):
        gone = delete(IdempotencyKey).where(place.in_(found[begin : begin + _TOGETHER]))
        ctx.session.execute(gone.execution_options(synchronize_session=False))

"""Ending people's sign-ins to programs, each with what its program is to be told, in one transaction (DEC-4, GOV-5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select, update

from audit.record import record
from compliance.identity import rules as identity
from compliance.identity.models import ServiceClient, SignIn
from compliance.kernel.context import Context

from .events import SignOnEnded
from .models import Logout, SignOn
from .rules import End

MOST = 20_000
"""Sign-ons looked at in one go: more than there are seats."""

_STANDING = (
    select(
        SignOn.id,
        SignOn.person_id,
        SignOn.ends_at,
        SignIn.ended_at.label("session_ended_at"),
        SignIn.end_reason,
        ServiceClient.client_id,
        ServiceClient.ended_at.label("client_ended_at"),
    )
    .join(SignIn, SignIn.id == SignOn.session_id)
    .join(ServiceClient, ServiceClient.id == SignOn.client_id)
    .where(SignOn.ended_at.is_(None))
    .order_by(SignOn.id)
    .limit(MOST)
)


@dataclass(frozen=True)
class Standing:
    """A sign-on that nobody has ended yet: whose, to which program, and why it is over, where that can be told already."""

    id: UUID
    person_id: UUID
    client_id: str
    over: End | None


def standing(connection: Connection, now: datetime) -> Sequence[Standing]:
    """Every sign-on that was not ended; of each that is over by its sign-in, its program or its time, why."""
    return [Standing(row.id, row.person_id, row.client_id, _why(row, now)) for row in connection.execute(_STANDING)]


def end(ctx: Context, sign_on_id: UUID, why: End) -> None:
    """End one; its program is told, if it has said where. One that has ended already stays as it is."""
    ending = (
        update(SignOn)
        .where(SignOn.id == sign_on_id, SignOn.ended_at.is_(None))
        .values(ended_at=ctx.now(), reason=str(why))
        .returning(SignOn.client_id, SignOn.person_id)
        .execution_options(synchronize_session=False)
    )
    ended = ctx.session.execute(ending).one_or_none()
    if ended is None:
        return
    client = ctx.session.get_one(ServiceClient, ended.client_id)
    if client.back_channel and not client.ended_at:
        ctx.session.add(
            Logout(sign_on_id=sign_on_id, client_id=client.id, made_at=ctx.now(), due_at=ctx.now(), tries=0)
        )

    record(
        ctx, SignOnEnded(subject=ended.person_id, client=client.client_id, sign_on=sign_on_id, reason=str(why))
    )  # fmt: skip


def _why(row: Any, now: datetime) -> End | None:
    if row.client_ended_at is not None:
        return End.CLIENT_ENDED
    if row.session_ended_at is not None:
        own = {identity.End.SIGNED_OUT, identity.End.SIGNED_OUT_EVERYWHERE}
        return End.SIGNED_OUT if row.end_reason in own else End.SESSION_ENDED
    return End.TIME_OVER if row.ends_at <= now else None

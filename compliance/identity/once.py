"""What opens once: codes by e-mail, passkeys' challenges, a passkey's count. One statement each, so one comes first.

Whoever asks at the same instant is answered by the same row, and finds it taken (IDN-3).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, or_, update

from compliance.kernel.context import Context
from policies.values import Policy

from .counters import upserted
from .models import EmailCode, PasskeyChallenge, PasskeyUse

CHALLENGE_OPENS = timedelta(minutes=5)


def replace_code(ctx: Context, session_id: UUID, mark: str, ends_at: datetime) -> bool:
    """Put a new code in the place of the one sent before; False once too many were sent, or tried.

    Neither count begins again before a code was right: another code gives nobody another try.
    """
    values = ctx.the(Policy).second_factor
    begun = {"code": mark, "made_at": ctx.now(), "ends_at": ends_at, "spent_at": None}
    spent = EmailCode.spent_at.is_not(None)
    left = and_(EmailCode.sent < values.email_codes_most, EmailCode.tries < values.email_code_tries)
    sent = upserted(
        ctx,
        EmailCode,
        [begun | {"session_id": session_id, "sent": 1, "tries": 0}],
        begun | {"sent": case((spent, 1), else_=EmailCode.sent + 1), "tries": case((spent, 0), else_=EmailCode.tries)},
        EmailCode.sent,
        where=or_(spent, left),
    )
    return bool(sent)


def try_code(ctx: Context, session_id: UUID, mark: str) -> bool:
    """Count a try at the code sent last, and spend it where this is it; False for everyone who comes after."""
    right = EmailCode.code == mark
    trying = (
        update(EmailCode)
        .where(
            EmailCode.session_id == session_id,
            EmailCode.spent_at.is_(None),
            EmailCode.tries < ctx.the(Policy).second_factor.email_code_tries,
            EmailCode.ends_at > ctx.now(),
        )
        .values(tries=EmailCode.tries + 1, spent_at=case((right, ctx.now()), else_=None))
        .returning(EmailCode.spent_at)
    )
    return ctx.session.execute(trying.execution_options(synchronize_session=False)).scalar_one_or_none() is not None


def lay_challenge(ctx: Context, session_id: UUID, state: str) -> None:
    """Keep what this sign-in's browser has to sign next, in the place of what it was asked before."""
    new: dict[str, Any] = {"state": state, "made_at": ctx.now()}
    upserted(ctx, PasskeyChallenge, [new | {"session_id": session_id}], new, PasskeyChallenge.session_id)


def take_challenge(ctx: Context, session_id: UUID) -> str | None:
    """Take away what this sign-in's browser had to sign: for the first who asks, and within five minutes."""
    taking = delete(PasskeyChallenge).where(PasskeyChallenge.session_id == session_id)
    taken = ctx.session.execute(
        taking.returning(PasskeyChallenge.state, PasskeyChallenge.made_at).execution_options(synchronize_session=False)
    ).one_or_none()
    return taken.state if taken and ctx.now() < taken.made_at + CHALLENGE_OPENS else None


def count_use(ctx: Context, passkey_id: UUID, count: int) -> bool:
    """Keep how often a passkey says it was used; False where it counts and has not grown: there may be two of it."""
    new = {"count": count, "used_at": ctx.now()}
    grows: ColumnElement[bool] = PasskeyUse.count < count
    grown = upserted(
        ctx,
        PasskeyUse,
        [new | {"passkey_id": passkey_id}],
        new,
        PasskeyUse.count,
        where=grows if count else PasskeyUse.count == 0,
    )
    return bool(grown)

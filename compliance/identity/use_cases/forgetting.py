"""Forgetting what is left of old sign-ins (RET-9)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, tuple_

from audit.record import record
from compliance.identity import forgetting
from compliance.identity.clients.models import SignOn, SignOnCode, SpentAssertion
from compliance.identity.events import SignInsForgotten
from compliance.identity.models import EmailCode, Failures, KnownDevice, PasskeyChallenge, SignIn, SourceFailures
from compliance.kernel.context import Context


def forget_sign_ins(ctx: Context, _run: UUID) -> None:
    """Remove what was kept of sign-ins for long enough, so many rows at once; the rest goes at the next run."""
    gone: dict[Any, int] = {}
    for kind, over in forgetting.over(ctx).items():
        key = tuple_(*forgetting.key(kind))
        some = select(*forgetting.key(kind)).where(over).limit(forgetting.AT_ONCE)
        found = [tuple(row) for row in ctx.session.execute(some)]
        for begin in range(0, len(found), 500):
            removed = delete(kind).where(key.in_(found[begin : begin + 500]))
            ctx.session.execute(removed.execution_options(synchronize_session=False))
        gone[kind] = len(found)
    if not any(gone.values()):
        return

    record(
        ctx,
        SignInsForgotten(
            sessions=gone[SignIn] + gone[SignOn],
            devices=gone[KnownDevice],
            counters=gone[Failures] + gone[SourceFailures],
            codes=sum(gone[kind] for kind in (EmailCode, PasskeyChallenge, SignOnCode, SpentAssertion)),
        ),
    )

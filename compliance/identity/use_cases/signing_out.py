"""Ending sign-ins from elsewhere: one's own, one or all of them, and by the hub somebody else's (IDN-6)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from compliance.identity import queries
from compliance.identity.models import Person, SignIn
from compliance.identity.rules import End
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound
from policies.permissions import Permission

from .devices import end_devices
from .people import within_reach
from .sessions import end_sessions, sign_out


def end_own_session(ctx: Context, session_id: UUID) -> None:
    """End one of one's own sign-ins; one that has ended already stays as it is. Raises NotFound for anybody else's."""
    whose = ctx.session.scalar(select(SignIn.person_id).where(SignIn.id == session_id))
    if whose is None or whose != _oneself(ctx).id:
        raise NotFound()
    sign_out(ctx, session_id)


def sign_out_everywhere(ctx: Context) -> int:
    """End every sign-in of one's own, this one too, and know no browser as one's own any more; says how many ended.

    It only takes away, so it asks for no fresh code: whoever finds a stranger in their account need not hurry.
    """
    return _end_all(ctx, _oneself(ctx), End.SIGNED_OUT_EVERYWHERE)


def end_sessions_of(ctx: Context, person_id: UUID) -> int:
    """End every sign-in of somebody else, by the hub, who rang because of a lost or stolen machine; says how many."""
    return _end_all(ctx, within_reach(ctx, Permission.ACCOUNT_RESET, person_id), End.BY_THE_HUB)


def _end_all(ctx: Context, person: Person, reason: End) -> int:
    end_devices(ctx, person)
    return end_sessions(ctx, person_id=person.id, reason=reason)


def _oneself(ctx: Context) -> Person:
    if ctx.actor.person_id is None:
        raise Forbidden()
    return queries.person(ctx, ctx.actor.person_id, lock=True)

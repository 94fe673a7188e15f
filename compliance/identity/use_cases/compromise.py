"""A password that somebody else may know: from then on it opens nothing but the way to a new one (IDN-2)."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.identity import queries
from compliance.identity.errors import NoPasswordYet, OwnPassword, UnknownCompromise
from compliance.identity.events import PasswordCompromised
from compliance.identity.rules import Compromise, End
from compliance.kernel.context import Context
from policies.permissions import Permission

from .devices import end_devices
from .letters import tell
from .people import within_reach
from .sessions import end_sessions


def password_compromised(ctx: Context, person_id: UUID, *, reason: str) -> None:
    """Say that somebody else may know this person's password, and why one thinks so: a code of `Compromise`.

    Their sign-ins end, their browsers are strange again, decisions deny, they are told by letter, and their next
    sign-in leads only to a new password.
    One that is known for it already stays as it is. One's own is simply changed: raises OwnPassword, and
    FreshCodeNeeded, NoPasswordYet, UnknownCompromise.
    """
    person = within_reach(ctx, Permission.PASSWORD_COMPROMISED, person_id)
    if ctx.actor.person_id == person.id:
        raise OwnPassword()
    queries.require_fresh(ctx)
    if reason not in set(Compromise):
        raise UnknownCompromise()
    password = queries.live_password(ctx, person.id)
    if password is None:
        raise NoPasswordYet()
    if password.compromised_at is not None:
        return

    password.compromised_at = ctx.now()
    end_devices(ctx, person)
    end_sessions(ctx, person_id=person.id, reason=End.PASSWORD_COMPROMISED)
    tell(ctx, person, "password_compromised")

    record(
        ctx,
        PasswordCompromised(
            subject=person.id, organisation=person.organisation_id, password=password.id, reason=str(reason)
        ),
    )

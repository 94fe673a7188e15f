"""Beginning an account anew, by the hub, after verifying whose it is (OP 6.4, IDN-4)."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.identity import queries
from compliance.identity.errors import AccountAbove, OwnAccount
from compliance.identity.events import AccountReset
from compliance.identity.models import Person
from compliance.identity.rules import End, Kind
from compliance.kernel.context import Context
from compliance.kernel.text import prose
from policies.access import may
from policies.permissions import Permission

from .invitations import make_invitation
from .people import within_reach
from .sessions import end_sessions


def reset_account(ctx: Context, person_id: UUID, *, identity_check: str) -> str:
    """Unlock an account and end its password, its app and its sign-ins; gives the token of the link to begin again.

    `identity_check` says how the hub verified whose account it is; it is kept sealed. Raises OwnAccount,
    AccountAbove, FreshCodeNeeded, and Invalid at /identity_check.
    """
    person = within_reach(ctx, Permission.ACCOUNT_RESET, person_id)
    if ctx.actor.person_id == person.id:
        raise OwnAccount()
    if _reaches_hub(ctx, person) and not may(ctx, Permission.ROLE_GRANT):
        raise AccountAbove()
    queries.require_fresh(ctx)
    verified = prose(identity_check, pointer="/identity_check", limit=1000)

    person.locked_at = None
    ended: list[UUID] = []
    for key in (queries.live_password(ctx, person.id), queries.live_authenticator(ctx, person.id)):
        if key is not None:
            key.ended_at = ctx.now()
            ended.append(key.id)
    ctx.session.flush()
    end_sessions(ctx, person_id=person.id, reason=End.RESET)

    record(ctx, AccountReset(subject=person.id, organisation=person.organisation_id, ended=tuple(ended)))
    return make_invitation(ctx, person, Kind.RESET, verified)


def _reaches_hub(ctx: Context, person: Person) -> bool:
    """Whether the account is the hub team's, or holds a role over more than one organisation."""
    return person.hub_team or any(held.organisation_id is None for held in queries.roles_held(ctx, person.id))

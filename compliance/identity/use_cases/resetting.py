"""A way back into an account, by the hub, after verifying whose it is (OP 6.4, IDN-4).

There are two. A *reset* is for who forgot the password or is locked out: one member of the hub verifies who they are,
and their second factors stay and are asked for. A *recovery* is for who lost the second factors too: two members agree,
and nothing that opened the account before opens it again. Either ends in a link that goes to the person alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from audit.record import record
from compliance.identity import queries
from compliance.identity.errors import AccountAbove, OwnAccount
from compliance.identity.events import AccountRecovered, AccountReset
from compliance.identity.models import Authenticator, Passkey, Password, Person
from compliance.identity.proposals.acts import takes_two
from compliance.identity.proposals.errors import NotWhatWasAsked
from compliance.identity.proposals.models import Proposal
from compliance.identity.proposals.use_cases import propose
from compliance.identity.rules import End, Kind
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden, NotFound
from compliance.kernel.secrets import KeyRing
from compliance.kernel.text import prose
from policies.access import may
from policies.permissions import Permission

from .devices import end_devices
from .invitations import make_invitation
from .people import within_reach
from .sessions import end_sessions

RECOVERY = "account.recover"


def reset_account(ctx: Context, person_id: UUID, *, identity_check: str) -> str | None:
    """Unlock an account and end its password and its sign-ins; its second factors stay, and are asked for.

    The link to a new password goes to the person alone.
    `identity_check` says how the hub verified whose account it is; it is kept sealed. Raises OwnAccount,
    AccountAbove, FreshCodeNeeded, and Invalid at /identity_check.
    """
    person = _someone_elses(ctx, Permission.ACCOUNT_RESET, person_id)
    queries.require_fresh(ctx)
    verified = _verified(identity_check)

    _unlock(person)
    ended = _end(ctx, person, Password)
    end_sessions(ctx, person_id=person.id, reason=End.RESET)

    record(ctx, AccountReset(subject=person.id, organisation=person.organisation_id, ended=tuple(ended)))
    return make_invitation(ctx, person, Kind.RESET, verified)


def propose_recovery(ctx: Context, person_id: UUID, *, identity_check: str, reason: str) -> Proposal:
    """Ask a second member of the hub to agree that this person lost their second factors; nothing ends before.

    `identity_check` is kept sealed, for the second person to read. Raises OwnAccount, AccountAbove, FreshCodeNeeded,
    WaitsAlready, and Invalid at /identity_check or /reason.
    """
    person = _someone_elses(ctx, Permission.ACCOUNT_RECOVER, person_id)
    verified = _verified(identity_check)

    asked = {
        "person": str(person.id),
        "identity_check": _fingerprint(ctx, verified),
        "above": _reaches_hub(ctx, person),
    }
    proposal = propose(
        ctx,
        RECOVERY,
        asked,
        thing=f"{RECOVERY}:{person.id}",
        reason=reason,
        beneficiary_id=person.id,
        organisation_id=person.organisation_id,
    )
    proposal.sealed = ctx.the(KeyRing).seal(verified.encode(), place=_place(proposal.id))
    return proposal


def recover_alone(ctx: Context, person_id: UUID, *, identity_check: str) -> str | None:
    """The same by an operator's command, which acts alone: for the hub's last manager nobody else could agree.

    Raises Forbidden to everybody else, and Invalid at /identity_check.
    """
    if ctx.actor.kind != "command":
        raise Forbidden()
    person = _someone_elses(ctx, Permission.ACCOUNT_RECOVER, person_id)
    return begin_anew(ctx, person, _verified(identity_check))


def identity_check_of(ctx: Context, proposal: Proposal) -> str:
    """How the proposer of a recovery verified whose account it is, for whoever may see the proposal (OP 6.4)."""
    if proposal.sealed is None:
        raise NotFound()
    return ctx.the(KeyRing).open(proposal.sealed, place=_place(proposal.id)).decode()


@takes_two(RECOVERY, propose=Permission.ACCOUNT_RECOVER, approve=Permission.RECOVERY_APPROVE)
def recover(ctx: Context, proposal: Proposal, asked: Mapping[str, Any]) -> None:
    """End everything that opened the account, unlock it, and send its person the link to begin again.

    An account that has come to reach the hub since is one that the manager has to agree on: raises AccountAbove.
    """
    person = queries.person(ctx, UUID(asked["person"]), lock=True)
    if person.closed_at is not None:
        raise NotFound()
    if _reaches_hub(ctx, person) and not (asked["above"] or may(ctx, Permission.ROLE_GRANT)):
        raise AccountAbove()
    verified = identity_check_of(ctx, proposal)
    if _fingerprint(ctx, verified) != asked["identity_check"]:
        raise NotWhatWasAsked()
    begin_anew(ctx, person, verified)


def begin_anew(ctx: Context, person: Person, verified: str) -> str | None:
    """End a person's every key, sign-in and known browser, and make the link. Whoever calls this has looked whether
    the actor may."""
    _unlock(person)
    ended = _end(ctx, person, Password, Authenticator, Passkey)
    end_devices(ctx, person)
    end_sessions(ctx, person_id=person.id, reason=End.RESET)

    record(ctx, AccountRecovered(subject=person.id, organisation=person.organisation_id, ended=tuple(ended)))
    return make_invitation(ctx, person, Kind.RESET, verified)


def _someone_elses(ctx: Context, permission: Permission, person_id: UUID) -> Person:
    """The account, locked, if it is an open one that the actor may bring somebody back into."""
    person = within_reach(ctx, permission, person_id)
    if ctx.actor.person_id == person.id:
        raise OwnAccount()
    if person.closed_at is not None:
        raise NotFound()
    if _reaches_hub(ctx, person) and not may(ctx, Permission.ROLE_GRANT):
        raise AccountAbove()
    return person


def _verified(identity_check: str) -> str:
    return prose(identity_check, pointer="/identity_check", limit=1000)


def _unlock(person: Person) -> None:
    person.locked_at = None
    person.closed_to_strangers_at = None


def _end(ctx: Context, person: Person, *kinds: type[Any]) -> list[UUID]:
    """End every live key of these kinds: which they were."""
    ended: list[UUID] = []
    for kind in kinds:
        for key in ctx.session.scalars(select(kind).where(kind.person_id == person.id, kind.ended_at.is_(None))):
            key.ended_at = ctx.now()
            ended.append(key.id)
    ctx.session.flush()
    return ended


def _reaches_hub(ctx: Context, person: Person) -> bool:
    """Whether the account is the hub team's, or holds a role over more than one organisation."""
    return person.hub_team or any(held.organisation_id is None for held in queries.roles_held(ctx, person.id))


def _fingerprint(ctx: Context, verified: str) -> str:
    return ctx.the(KeyRing).fingerprint("identity-check", verified)


def _place(proposal_id: UUID) -> str:
    return f"proposals.sealed:{proposal_id}"

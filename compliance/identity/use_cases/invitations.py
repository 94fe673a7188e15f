"""Single-use links: how a first password is set, and a new one after a reset (IDN-8, IDN-4)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Select, select

from audit.record import record
from compliance.identity import counters, countries, queries
from compliance.identity.errors import HasPassword, InvitationOver
from compliance.identity.events import InvitationMade
from compliance.identity.links import invitation_link
from compliance.identity.models import AccountInvitation, Person
from compliance.identity.patience import Patience
from compliance.identity.rules import End, Kind
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from compliance.notices.ways import Post
from compliance.notices.writing import take_back
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

from .letters import tell
from .passwords import before_the_turn, scales, set_password, weigh
from .people import add_person, within_reach
from .roles import grant_role
from .sessions import Opened, end_sessions, open_session

PREFIX = "msi_"
LETTERS = {Kind.FIRST: "invitation", Kind.RESET: "reset"}
"""The letter that a link of each kind goes out in."""


def invite_person(
    ctx: Context,
    *,
    full_name: str,
    email: str,
    organisation_id: UUID | None = None,
    hub_team: bool = False,
    roles: Iterable[str] = (),
    reason: str = "",
) -> tuple[Person, str | None]:
    """Make an account with its roles, and send its owner the link by which they set the first password.

    A role that takes two people waits as a proposal: the account opens without it. `reason` is why they are given
    these roles; a command needs none, and is given the link's token where no mail is configured.
    """
    require(ctx, Permission.PERSON_INVITE, organisation=organisation_id)

    person = add_person(ctx, full_name=full_name, email=email, organisation_id=organisation_id, hub_team=hub_team)
    for role in roles:
        grant_role(ctx, person.id, role=role, reason=reason or _by_command(ctx))
    return person, make_invitation(ctx, person, Kind.FIRST)


def _by_command(ctx: Context) -> str:
    return "Brought in by the operator's command." if ctx.actor.kind == "command" else ""


def invite(ctx: Context, person_id: UUID, *, kind: str = Kind.FIRST) -> str | None:
    """Send a new link to somebody who has set no password yet; the one they had opens no more. Raises HasPassword.

    A link of kind `reset` is made by `reset_account` and by nothing else, because it needs an identity verified.
    """
    person = within_reach(ctx, Permission.PERSON_INVITE, person_id)
    if kind != Kind.FIRST:
        raise HasPassword()
    return make_invitation(ctx, person, Kind.FIRST)


def make_invitation(
    ctx: Context, person: Person, kind: str = Kind.FIRST, identity_check: str | None = None
) -> str | None:
    """Make a new link and send it to its person alone. Whoever calls this has looked whether the actor may.

    Nobody else ever sees it, so that nobody sets another's password. The one exception is the first account of all,
    which comes before any mail: an operator's command is given the token where no mail is configured.
    """
    if kind == Kind.FIRST and queries.live_password(ctx, person.id) is not None:
        raise HasPassword()
    unused = select(AccountInvitation).where(
        AccountInvitation.person_id == person.id,
        AccountInvitation.used_at.is_(None),
        AccountInvitation.withdrawn_at.is_(None),
    )
    earlier = ctx.session.execute(unused.with_for_update()).scalars().all()

    for invitation in earlier:
        invitation.withdrawn_at = ctx.now()
    token, new_id = PREFIX + secrets.token_urlsafe(32), ctx.new_id()
    ring = ctx.the(KeyRing)
    made = AccountInvitation(
        id=new_id,
        person_id=person.id,
        token=ring.fingerprint("invitation", token),
        kind=str(kind),
        made_at=ctx.now(),
        ends_at=ctx.now() + timedelta(hours=ctx.the(Policy).sign_in.invitation_hours),
        identity_check=ring.seal(identity_check.encode(), place=_place(new_id)) if identity_check else None,
    )
    ctx.session.add(made)

    record(
        ctx,
        InvitationMade(
            subject=person.id,
            organisation=person.organisation_id,
            invitation=new_id,
            kind=str(kind),
            withdrawn=tuple(invitation.id for invitation in earlier),
        ),
    )
    take_back(ctx, *(_letter(invitation.id) for invitation in earlier))
    if ctx.actor.kind == "command" and not ctx.the(Post).is_open:
        return token
    tell(
        ctx, person, LETTERS[Kind(kind)], at=made.ends_at, once=_letter(new_id), useless_at=made.ends_at,
        link=invitation_link(ctx, token),
    )  # fmt: skip
    return None


def end_links(ctx: Context, person_ids: Collection[UUID]) -> tuple[UUID, ...]:
    """Let the links that these people have not used open nothing more; says which. Whoever calls this records it."""
    unused = select(AccountInvitation).where(
        AccountInvitation.person_id.in_(person_ids),
        AccountInvitation.used_at.is_(None),
        AccountInvitation.withdrawn_at.is_(None),
    )
    ended = ctx.session.scalars(unused.order_by(AccountInvitation.id).with_for_update()).all()
    for invitation in ended:
        invitation.withdrawn_at = ctx.now()
    take_back(ctx, *(_letter(invitation.id) for invitation in ended))
    return tuple(invitation.id for invitation in ended)


def look_at_invitation(ctx: Context, token: str) -> Person:
    """Whose link this is, while it can be used; raises InvitationOver for every link that cannot.

    Raises FromRefusedCountry for every link, before it is looked up (IDN-7).
    """
    countries.require_allowed(ctx)
    return _usable(ctx, _invited(ctx, token))[1]


def accept_invitation(ctx: Context, token: str, *, password: str) -> Opened:
    """Set the password this link is for and use the link up; the sign-in that begins waits for the second factor.

    Raises FromRefusedCountry, InvitationOver, and PasswordNotGoodEnough with one error at /password for each
    criterion that fails: then the link can still be used.
    """
    with before_the_turn(ctx) as looking:
        countries.require_allowed(looking)
        _, person = _usable(looking, _invited(looking, token))
        against = scales(looking, person)
    with ctx.house.the(Patience).hashing():
        phc = weigh(against, password)

    queries.person(ctx, person.id, lock=True)
    invitation, person = _usable(ctx, _invited(ctx, token))

    invitation.used_at = ctx.now()
    set_password(ctx, person, phc, invitation=invitation.id)
    if against.earlier:
        tell(ctx, person, "password_changed")
    end_sessions(ctx, person_id=person.id, reason=End.PASSWORD_CHANGED)
    counters.forget_failures(ctx, counters.mark_of(ctx, person.email))
    return open_session(ctx, person, enrolled=queries.is_ready(ctx, person.id))


def _invited(ctx: Context, token: str) -> Select[AccountInvitation, Person]:
    mark = ctx.the(KeyRing).fingerprint("invitation", token.encode("utf-8", "backslashreplace").decode())
    invited = select(AccountInvitation, Person).join(Person, Person.id == AccountInvitation.person_id)
    return invited.where(AccountInvitation.token == mark).execution_options(populate_existing=True)


def _usable(ctx: Context, invited: Select[AccountInvitation, Person]) -> tuple[AccountInvitation, Person]:
    found = ctx.session.execute(invited).one_or_none()
    if found is None:
        raise InvitationOver()
    invitation, person = found
    if invitation.used_at or invitation.withdrawn_at or invitation.ends_at <= ctx.now() or person.closed_at:
        raise InvitationOver()
    return invitation, person


def _letter(invitation_id: UUID) -> str:
    """What the letter with this link is known by, so that it can be taken back with the link."""
    return f"invitation:{invitation_id}"


def _place(invitation_id: UUID) -> str:
    return f"account_invitations.identity_check:{invitation_id}"

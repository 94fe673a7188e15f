"""Looking people and sessions up: one statement each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    ScalarSelect,
    Select,
    String,
    Uuid,
    and_,
    column,
    exists,
    or_,
    select,
    table,
    update,
)

from compliance.kernel.context import Actor, Context, Holding
from compliance.kernel.db import WRITES
from compliance.kernel.errors import NotFound
from compliance.kernel.ids import parse_id
from compliance.kernel.secrets import KeyRing
from policies.in_force import last_change
from policies.values import Policy

from . import rules
from .departures import last_withdrawal
from .errors import FreshCodeNeeded
from .models import Authenticator, EmailCode, Passkey, Password, Person, RoleHeld, SignIn
from .rules import Method, Stage

PAGE = 50
_TOUCH_AFTER = timedelta(minutes=1)
_EMPLOYERS = table("organisations", column("id", Uuid), column("name", String))


@dataclass(frozen=True)
class CurrentSession:
    """A sign-in that stands: its row, whose it is and as what, what it waits for, until when its code counts as fresh.

    `methods` are the second factors its person has and may use now, the strongest first.
    """

    session: SignIn
    person: Person
    stage: Stage
    fresh_until: datetime | None
    holdings: frozenset[Holding]
    methods: tuple[Method, ...] = ()


def session(ctx: Context, token: str) -> CurrentSession | None:
    """The sign-in this token opens; None when it is idle, too old, ended, or its person locked or closed (IDN-6).

    In a unit of work that may change things, that it was seen is kept, at most once a minute.
    """
    mark = ctx.the(KeyRing).fingerprint("session", token)
    current = _current(ctx, _sign_ins(ctx.now()).where(SignIn.token == mark))
    if current is not None and ctx.session.get_bind().get_execution_options().get(WRITES):
        seen(ctx, current)
    return current


def session_by_id(ctx: Context, session_id: UUID | None) -> CurrentSession | None:
    """The same, for whoever has proved already that the sign-in is theirs."""
    return _current(ctx, _sign_ins(ctx.now()).where(SignIn.id == session_id))


def enrolled(person_id: Any) -> ColumnElement[bool]:
    """The condition that this person, a column or an id, has a second factor: an authenticator or a passkey (IDN-3)."""
    return or_(exists().where(_authenticates(person_id)), has_passkey(person_id))


def kind_of_authenticator(person_id: Any) -> ScalarSelect[str]:
    """Which kind of codes this person, a column or an id, has enrolled, if any."""
    return select(Authenticator.kind).where(_authenticates(person_id)).scalar_subquery()


def has_passkey(person_id: Any) -> Exists:
    """The condition that this person, a column or an id, has a passkey."""
    return exists().where(Passkey.person_id == person_id, Passkey.ended_at.is_(None))


def methods(ctx: Context, person: Person, kind: str | None, with_passkey: bool) -> tuple[Method, ...]:
    """The second factors among these that the policy lets this person use, the strongest first (IDN-3).

    Where it allows none of them any more it is all of them, for one last time: see `rules.stage`.
    """
    held = {kind or "", Method.PASSKEY if with_passkey else ""}
    usable = rules.methods(held, allowed(ctx, person), hub_team=person.hub_team)
    return usable or rules.methods(held, held, hub_team=False)


def allowed(ctx: Context, person: Person) -> tuple[Method, ...]:
    """The second factors that the policy lets this person enrol and use, the strongest first (IDN-3)."""
    values = ctx.the(Policy).second_factor
    named = values.hub_methods if person.hub_team else values.partner_methods
    return rules.methods(named, named, hub_team=person.hub_team)


def _authenticates(person_id: Any) -> ColumnElement[bool]:
    return and_(
        Authenticator.person_id == person_id, Authenticator.confirmed_at.is_not(None), Authenticator.ended_at.is_(None)
    )


def still_held(at: datetime) -> ColumnElement[bool]:
    """The condition that a role counts at this instant: past its last day it does not, whether closed or not (DEC-4)."""
    return and_(RoleHeld.ended_at.is_(None), or_(RoleHeld.ends_at.is_(None), RoleHeld.ends_at > at))


def is_due_to_be_seen(ctx: Context, current: CurrentSession) -> bool:
    """Whether a minute has passed since it was last kept that this sign-in was seen."""
    return current.session.seen_at + _TOUCH_AFTER <= ctx.now()


def seen(ctx: Context, current: CurrentSession) -> None:
    """Keep that this sign-in was seen now, unless that was kept within the minute."""
    if is_due_to_be_seen(ctx, current):
        live = update(SignIn).where(SignIn.id == current.session.id, SignIn.ended_at.is_(None))
        ctx.session.execute(live.values(seen_at=ctx.now()).execution_options(synchronize_session=False))


_Found = Select[SignIn, Person, str | None, bool, UUID | None, datetime | None, str | None, UUID | None, str | None]


def _sign_ins(at: datetime) -> _Found:
    """Sign-ins with whose they are, a row for each role that is held, and one where there is none.

    Each brings along how far the policy has come: a request begins here, and need not ask for it again; and when
    the person's organisation left, because what was opened before that opens nothing from that instant on.
    """
    held = and_(RoleHeld.person_id == SignIn.person_id, still_held(at))
    factors = (kind_of_authenticator(SignIn.person_id), has_passkey(SignIn.person_id))
    left_at = last_withdrawal(at)
    columns = select(
        SignIn, Person, *factors, last_change, left_at, RoleHeld.role, RoleHeld.organisation_id, RoleHeld.area
    )
    return columns.join(Person, Person.id == SignIn.person_id).outerjoin(RoleHeld, held)


def _current(ctx: Context, wanted: _Found) -> CurrentSession | None:
    found = ctx.session.execute(wanted.execution_options(populate_existing=True)).all()
    if not found:
        return None
    row, person, kind, with_passkey, policy_seen, left_at, *_ = found[0]
    ctx.saw(Policy, policy_seen)
    whole = row.whole_at is not None
    live = rules.is_live(ctx.now(), limits(ctx), opened_at=row.opened_at, seen_at=row.seen_at, whole=whole)
    if not live or row.ended_at or person.locked_at or person.closed_at:
        return None
    if left_at is not None and row.opened_at < left_at:
        return None
    fresh_until = None
    if row.fresh_at and not rules.lies_ahead(ctx.now(), row.fresh_at):
        fresh_until = row.fresh_at + fresh_for(ctx)
    usable = methods(ctx, person, kind, with_passkey)
    stage = rules.stage(
        whole=whole,
        enrolled=bool(usable),
        allowed=bool(set(usable) & set(allowed(ctx, person))),
        must_renew=row.must_renew,
    )
    held = ((role, organisation_id, area) for *_, role, organisation_id, area in found if role is not None)
    return CurrentSession(row, person, stage, fresh_until, _holdings(person, held), usable)


def _holdings(person: Person, held: Iterable[tuple[str, UUID | None, str | None]]) -> frozenset[Holding]:
    """A role that the person may not hold counts for nothing, however it came to stand there (ROL-1)."""
    return frozenset(
        Holding(role, organisation_id, area)
        for role, organisation_id, area in held
        if rules.may_hold(role, hub_team=person.hub_team)
    )


def actor_for(ctx: Context, person: Person, *, extra: frozenset[Holding] = frozenset()) -> Actor:
    """Who acts when this person does, with every role they hold now; `extra` is what they hold by licence."""
    held = select(RoleHeld.role, RoleHeld.organisation_id, RoleHeld.area).where(
        RoleHeld.person_id == person.id, still_held(ctx.now())
    )
    holdings = _holdings(person, ctx.session.execute(held))
    return Actor("person", str(person.id), person.organisation_id, holdings | extra, person.hub_team)


def limits(ctx: Context) -> rules.Limits:
    """How long sign-ins last now (IDN-6)."""
    policy = ctx.the(Policy)
    return rules.Limits(
        half_open=timedelta(minutes=policy.sign_in.half_open_minutes),
        idle=timedelta(minutes=policy.sessions.idle_minutes),
        whole=timedelta(hours=policy.sessions.session_hours),
    )


def fresh_for(ctx: Context) -> timedelta:
    """How long a repeated code allows sensitive acts (IDN-6)."""
    return timedelta(minutes=ctx.the(Policy).sessions.fresh_minutes)


def require_fresh(ctx: Context) -> None:
    """Refuse a person whose last code is not fresh (IDN-6); raises FreshCodeNeeded. Commands and jobs have no code."""
    if ctx.actor.kind != "person":
        return
    fresh_until = ctx.origin.fresh_until
    if fresh_until is None or fresh_until <= ctx.now():
        raise FreshCodeNeeded()


def person(ctx: Context, person_id: UUID, *, lock: bool = False) -> Person:
    """One account; raises NotFound. `lock` makes whoever else would change it wait, and is taken before other locks."""
    wanted = select(Person).where(Person.id == person_id)
    if lock:
        wanted = wanted.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = ctx.session.execute(wanted).scalar_one_or_none()
    if found is None:
        raise NotFound()
    return found


def person_by_email(ctx: Context, email: str) -> Person | None:
    """The account with this normalised address."""
    return ctx.session.execute(select(Person).where(Person.email == email)).scalar_one_or_none()


def employer_of(ctx: Context, person: Person) -> str | None:
    """The name of whom somebody works for; the register is a higher room's, and only its name is read here."""
    named = select(_EMPLOYERS.c.name).where(_EMPLOYERS.c.id == person.organisation_id)
    return ctx.session.scalar(named) if person.organisation_id else None


def found_by(ctx: Context, search: str, *, within: Iterable[UUID] | None = None, limit: int = PAGE) -> list[Person]:
    """Accounts that a name or an address finds, for a door that has asked for the permission to read the log.

    `within` are the organisations whose people may be found; None for everybody's.
    """
    like = or_(Person.full_name.icontains(search, autoescape=True), Person.email.icontains(search, autoescape=True))
    wanted = select(Person).where(like).order_by(Person.email).limit(min(limit, PAGE))
    if within is not None:
        wanted = wanted.where(Person.organisation_id.in_(list(within)))
    return list(ctx.session.scalars(wanted))


def names_of(ctx: Context, ids: Iterable[str]) -> dict[str, str]:
    """The full names behind those of these ids, as the log writes them, that are people's."""
    known = {parsed for parsed in map(parse_id, ids) if parsed is not None}
    if not known:
        return {}
    rows = ctx.session.execute(select(Person.id, Person.full_name).where(Person.id.in_(known)))
    return {str(row.id): row.full_name for row in rows}


def roles_held(ctx: Context, person_id: UUID) -> list[RoleHeld]:
    """Every role a person holds now, oldest first."""
    held = select(RoleHeld).where(RoleHeld.person_id == person_id, still_held(ctx.now()))
    return list(ctx.session.execute(held.order_by(RoleHeld.granted_at, RoleHeld.id)).scalars())


def roles_past_their_end(ctx: Context) -> list[UUID]:
    """Roles whose last day has passed and that nobody has closed yet, the longest past first."""
    past = select(RoleHeld.id).where(RoleHeld.ended_at.is_(None), RoleHeld.ends_at <= ctx.now())
    return list(ctx.session.scalars(past.order_by(RoleHeld.ends_at, RoleHeld.id)))


def live_password(ctx: Context, person_id: UUID) -> Password | None:
    """The password that opens, if the person has one."""
    wanted = select(Password).where(Password.person_id == person_id, Password.ended_at.is_(None))
    return ctx.session.execute(wanted).scalar_one_or_none()


def live_authenticator(ctx: Context, person_id: UUID) -> Authenticator | None:
    """The app or the e-mail address whose codes open an account, if it has one (IDN-3)."""
    return ctx.session.execute(select(Authenticator).where(_authenticates(person_id))).scalar_one_or_none()


def pending_authenticator(ctx: Context, person_id: UUID) -> Authenticator | None:
    """The app whose secret was shown last and whose first code is still to come."""
    pending = select(Authenticator).where(
        Authenticator.person_id == person_id, Authenticator.confirmed_at.is_(None), Authenticator.ended_at.is_(None)
    )
    return ctx.session.execute(pending.order_by(Authenticator.created_at.desc()).limit(1)).scalar_one_or_none()


def code_is_out(ctx: Context, session_id: UUID) -> bool:
    """Whether a code was sent for this sign-in that may still open (IDN-3)."""
    out = exists().where(
        EmailCode.session_id == session_id, EmailCode.spent_at.is_(None), EmailCode.ends_at > ctx.now()
    )
    return bool(ctx.session.execute(select(out)).scalar_one())


def passkeys(ctx: Context, person_id: UUID) -> list[Passkey]:
    """Every passkey that opens an account, oldest first (IDN-3)."""
    live = select(Passkey).where(Passkey.person_id == person_id, Passkey.ended_at.is_(None))
    return list(ctx.session.execute(live.order_by(Passkey.made_at, Passkey.id)).scalars())


def password_until(ctx: Context, person_id: UUID) -> datetime | None:
    """The instant from which the person's password only opens the way to a new one (IDN-2); None where there is none.

    Its age brings that about, or that somebody else may know it, whichever came first.
    """
    password = live_password(ctx, person_id)
    return opens_until(ctx, password) if password else None


def opens_until(ctx: Context, password: Password) -> datetime:
    """The same of a password at hand."""
    expires = rules.password_until(password.set_at, ctx.the(Policy).password.max_age_days)
    return min(expires, password.compromised_at or expires)


def is_ready(ctx: Context, person_id: UUID) -> bool:
    """Whether the account has both its keys: a password, in date or not, and a second factor (LIC-3, IDN-3)."""
    has_password = exists().where(Password.person_id == person_id, Password.ended_at.is_(None))
    return bool(ctx.session.execute(select(enrolled(person_id) & has_password)).scalar_one())

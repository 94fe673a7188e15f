"""Signing in: the password, then the code, and the code again before a sensitive act (IDN-3, IDN-4, IDN-6)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import bindparam, literal, select, update

from audit.record import record
from compliance.identity import counters, passwords, queries, rules, totp
from compliance.identity.addresses import normalise
from compliance.identity.events import CodeRepeated, PasswordAccepted, SignedIn
from compliance.identity.models import Authenticator, Password, Person, SignIn
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import Stage
from compliance.kernel.context import NOBODY, Context, House, Origin
from compliance.kernel.errors import Invalid
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from .failing import failed
from .sessions import Opened, open_session, standing, step_up

_NOBODYS_NAME = "-"
_NOBODYS_ID = UUID(int=0)


_LIVE = (Password.person_id == Person.id) & Password.ended_at.is_(None)

# Built once, for a sign-in should cost little more than its hash.
_TAKES = (
    select(counters.SOURCE_FAILURES, Person.id, Password.id, Password.hash)
    .select_from(select(literal(1)).subquery())
    .join(Person, Person.email == bindparam("name"), isouter=True)
    .join(Password, _LIVE, isouter=True)
)
_HELD = select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)
_ACCOUNT = (
    select(Person, Password.id, queries.enrolled(Person.id), counters.SOURCE_FAILURES)
    .join(Password, _LIVE, isouter=True)
    .where(Person.id == bindparam("person_id"))
)


@dataclass(frozen=True)
class Outcome:
    """What came of a try: a sign-in, or None and never why; the door waits `wait_seconds` before it says so."""

    opened: Opened | None
    wait_seconds: int = 0


@dataclass(frozen=True)
class Asked:
    """The name given, by its mark, and the password it would take: None where there is none to take."""

    mark: str
    person_id: UUID | None
    password_id: UUID | None
    phc: str | None


@dataclass(frozen=True)
class Checked:
    """The same after the hash was done: whether the password was right."""

    asked: Asked
    right: bool


def sign_in(house: House, origin: Origin, *, email: str, password: str) -> Outcome:
    """Try a name and a password; what opens is half open and waits for a code (IDN-3).

    A wrong name, a wrong password and a locked account answer alike, after the same work (IDN-4). The hash is
    done between two transactions, inside neither. Raises Throttled for a source that has failed too often.
    """
    with house.reading(NOBODY, origin) as looking:
        asked = ask(looking, email)
    checked = check(asked, password)
    with house.work(NOBODY, origin) as ctx:
        return settle(ctx, checked)


def ask(ctx: Context, email: str) -> Asked:
    """Look up which password this name would take; a name that can be no address is one nobody has.

    Raises Throttled, before anything has cost a hash.
    """
    try:
        name = normalise(email)
    except Invalid:
        name = _NOBODYS_NAME
    found = ctx.session.execute(_TAKES, {"name": name, **counters.source_of(ctx)})
    source_failures, *takes_password = found.one()
    counters.refuse_over(ctx, source_failures)
    return Asked(counters.mark_of(ctx, email if name == _NOBODYS_NAME else name), *takes_password)


def check(asked: Asked, password: str) -> Checked:
    """Do the hash, whoever it is."""
    if asked.phc is None:
        passwords.spend_the_same_time(password)
        return Checked(asked, right=False)
    return Checked(asked, passwords.matches(asked.phc, password))


def settle(ctx: Context, checked: Checked) -> Outcome:
    """Open the sign-in or count the failure, by what is true now and not when the hash began."""
    asked = checked.asked
    whose = {"person_id": asked.person_id or _NOBODYS_ID}
    ctx.session.execute(_HELD, whose)
    found = ctx.session.execute(_ACCOUNT, whose | counters.source_of(ctx)).one_or_none()
    person, password_id, enrolled, source_failures = found or (None, None, False, 0)

    right = checked.right and password_id is not None and password_id == asked.password_id
    if person is None or person.locked_at or person.closed_at or not right:
        return Outcome(None, failed(ctx, asked.mark, person, step="password", lockable=password_id is not None))
    counters.refuse_over(ctx, source_failures)

    opened = open_session(ctx, person, enrolled=enrolled)

    record(ctx, PasswordAccepted(subject=person.id, organisation=person.organisation_id, session=opened.session_id))
    return Outcome(opened)


def give_code(ctx: Context, session_id: UUID, code: str) -> Outcome:
    """The second factor: a right code makes the sign-in whole, or leads to a new password where it has expired.

    Raises SignInOver and Throttled.
    """
    counters.hear(ctx)
    current = standing(ctx, session_id, Stage.CODE)

    if not spend_code(ctx, queries.live_authenticator(ctx, current.person.id), code):
        return Outcome(None, wrong_code(ctx, current))

    return Outcome(complete(ctx, current))


def freshen(ctx: Context, session_id: UUID, code: str) -> bool:
    """The second factor again, so that a sensitive act may follow (IDN-6); a wrong one counts as any other."""
    counters.hear(ctx)
    current = standing(ctx, session_id, Stage.WHOLE)

    if not spend_code(ctx, queries.live_authenticator(ctx, current.person.id), code):
        wrong_code(ctx, current)
        return False

    fresh = update(SignIn).where(SignIn.id == session_id).values(fresh_at=ctx.now())
    ctx.session.execute(fresh.execution_options(synchronize_session=False))

    record(
        ctx,
        CodeRepeated(subject=current.person.id, organisation=current.person.organisation_id, session=session_id),
    )
    return True


def spend_code(ctx: Context, authenticator: Authenticator | None, code: str) -> bool:
    """Whether this is the app's code now and nobody used it before: it is spent by the asking (IDN-3)."""
    if authenticator is None:
        return False
    place = f"authenticators.secret:{authenticator.id}"
    secret = ctx.the(KeyRing).open(authenticator.secret, place=place).decode()
    step = totp.step_of(secret, code, ctx.now(), ctx.the(Policy).second_factor.code_drift_steps)
    return step is not None and counters.spend(ctx, authenticator.id, step)


def wrong_code(ctx: Context, current: CurrentSession) -> int:
    """Count a wrong code on the same counter as a wrong password; says how long the answer waits."""
    return failed(ctx, counters.mark_of(ctx, current.person.email), current.person, step="code")


def complete(ctx: Context, current: CurrentSession) -> Opened:
    """Both factors were right: the counter starts again, the token changes, and the sign-in is whole (IDN-6).

    Where the password has expired nothing opens but the way to a new one (IDN-2).
    """
    until = queries.password_until(ctx, current.person.id)
    must_renew = until is None or until <= ctx.now()
    stage = rules.stage(whole=True, enrolled=True, must_renew=must_renew)

    counters.forget_failures(ctx, counters.mark_of(ctx, current.person.email))
    opened = step_up(ctx, current, stage, whole_at=ctx.now(), fresh_at=ctx.now(), must_renew=must_renew)

    record(
        ctx,
        SignedIn(
            subject=current.person.id,
            organisation=current.person.organisation_id,
            session=current.session.id,
            stage=stage,
        ),
    )
    return opened

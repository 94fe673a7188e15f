"""Signing in: the password, then the code, and the code again before a sensitive act (IDN-3, IDN-4, IDN-6)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import bindparam, literal, select

from audit.record import record
from compliance.identity import counters, countries, devices, passwords, queries, rules
from compliance.identity.addresses import normalise
from compliance.identity.devices import Here
from compliance.identity.errors import TooManyAtOnce
from compliance.identity.events import CodeRepeated, PasswordAccepted, SignedIn
from compliance.identity.models import Password, Person
from compliance.identity.patience import Patience
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import Method, Stage
from compliance.kernel.context import NOBODY, Context, House, Origin
from compliance.kernel.errors import Invalid

from . import email_codes, factors
from .devices import recognise
from .failing import failed
from .rehashing import rehash
from .sessions import Opened, open_session, standing, step_up

_NOBODYS_NAME = "-"
_NOBODYS_ID = UUID(int=0)


_LIVE = (Password.person_id == Person.id) & Password.ended_at.is_(None)

# Built once, for a sign-in should cost little more than its hash.
_TAKES = (
    select(*counters.SOURCE_FAILURES, devices.own(Person.id), Person.id, Password.id, Password.hash)
    .select_from(select(literal(1)).subquery())
    .join(Person, Person.email == bindparam("name"), isouter=True)
    .join(Password, _LIVE, isouter=True)
)
_HELD = select(Person.id).where(Person.id == bindparam("person_id")).with_for_update(key_share=True)
_ACCOUNT = (
    select(
        Person,
        Password.id,
        queries.kind_of_authenticator(Person.id),
        queries.has_passkey(Person.id),
        *counters.SOURCE_FAILURES,
        devices.own(Person.id),
        devices.any_own(Person.id),
    )
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
    done between two transactions, inside neither. Raises Throttled for a source that has failed too often, and
    where too many hashes wait already.
    """
    with house.reading(NOBODY, origin) as looking:
        asked = ask(looking, email)
    with house.the(Patience).hashing():
        checked = check(asked, password)
        with house.work(NOBODY, origin) as ctx:
            outcome = settle(ctx, checked)
    if outcome.opened and passwords.is_outdated(asked.phc or ""):
        with suppress(TooManyAtOnce), house.the(Patience).hashing():
            rehash(
                house,
                origin,
                person_id=outcome.opened.person_id,
                password_id=asked.password_id or _NOBODYS_ID,
                phc=asked.phc or "",
                password=password,
            )
    return outcome


def ask(ctx: Context, email: str) -> Asked:
    """Look up which password this name would take; a name that can be no address is one nobody has.

    Raises Throttled, before anything has cost a hash; and before anything is looked up, FromRefusedCountry (IDN-7).
    """
    countries.require_allowed(ctx)
    try:
        name = normalise(email)
    except Invalid:
        name = _NOBODYS_NAME
    found = ctx.session.execute(_TAKES, {"name": name, **counters.source_of(ctx), **devices.shown(ctx)})
    window, day, own, person_id, password_id, phc = found.one()
    if own is None:
        counters.refuse_over(ctx, window, day)
    return Asked(counters.mark_of(ctx, email if name == _NOBODYS_NAME else name), person_id, password_id, phc)


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
    found = ctx.session.execute(_ACCOUNT, whose | counters.source_of(ctx) | devices.shown(ctx)).one_or_none()
    person, password_id, *held, window, day, own, any_own = found or (None, None, None, False, 0, 0, None, False)
    here = Here(own, bool(any_own))

    right = checked.right and password_id is not None and password_id == asked.password_id
    if person is None or not right or _is_shut(person, here):
        lockable = password_id is not None
        return Outcome(None, failed(ctx, asked.mark, person, step="password", lockable=lockable, here=here))
    if own is None:
        counters.refuse_over(ctx, window, day)

    methods = queries.methods(ctx, person, *held)
    opened = open_session(ctx, person, enrolled=bool(methods), device_id=own)
    if methods[:1] == (Method.EMAIL,):
        ctx.session.flush()
        email_codes.send(ctx, person, opened.session_id)

    record(ctx, PasswordAccepted(subject=person.id, organisation=person.organisation_id, session=opened.session_id))
    return Outcome(opened)


def give_code(ctx: Context, session_id: UUID, code: str) -> Outcome:
    """The second factor: a right code makes the sign-in whole, or leads to a new password where it has expired.

    Raises SignInOver and Throttled.
    """
    current = standing(ctx, session_id, Stage.CODE)
    counters.hear(ctx)

    method = factors.spend_code(ctx, current, code)
    if method is None:
        return Outcome(None, wrong_code(ctx, current))

    return Outcome(complete(ctx, current, method))


def freshen(ctx: Context, session_id: UUID, code: str) -> Outcome:
    """The second factor again, so that a sensitive act may follow; the token changes with it (IDN-6).

    A wrong code counts as any other. Raises SignInOver and Throttled.
    """
    current = standing(ctx, session_id, Stage.WHOLE)
    counters.hear(ctx)

    method = factors.spend_code(ctx, current, code)
    if method is None:
        return Outcome(None, wrong_code(ctx, current))

    return Outcome(freshened(ctx, current, method))


def freshened(ctx: Context, current: CurrentSession, method: Method) -> Opened:
    """The second factor was right again: sensitive acts may follow, under a new token (IDN-6)."""
    opened = step_up(ctx, current, Stage.WHOLE, fresh_at=ctx.now(), method=str(method))

    record(
        ctx,
        CodeRepeated(
            subject=current.person.id,
            organisation=current.person.organisation_id,
            session=current.session.id,
            method=method,
        ),
    )
    return opened


def wrong_code(ctx: Context, current: CurrentSession) -> int:
    """Count a wrong code on the same counter as a wrong password; says how long the answer waits."""
    return failed(ctx, counters.mark_of(ctx, current.person.email), current.person, step="code")


def complete(ctx: Context, current: CurrentSession, method: Method) -> Opened:
    """Both factors were right: the token changes, the sign-in is whole, and its browser is known from here on (IDN-6).

    The counter that its failures stood on starts again: the device's where it was known, else the name's (IDN-4).
    Where the password has expired nothing opens but the way to a new one (IDN-2).
    """
    until = queries.password_until(ctx, current.person.id)
    must_renew = until is None or until <= ctx.now()
    allowed = bool({method, *current.methods} & set(queries.allowed(ctx, current.person)))
    stage = rules.stage(whole=True, enrolled=True, allowed=allowed, must_renew=must_renew)

    browser = recognise(ctx, current.person, current.session.id)
    counters.forget_failures(ctx, browser.counted_on or counters.mark_of(ctx, current.person.email))
    opened = step_up(
        ctx,
        current,
        stage,
        whole_at=ctx.now(),
        fresh_at=ctx.now(),
        must_renew=must_renew,
        method=str(method),
        device_id=browser.device_id,
    )

    record(
        ctx,
        SignedIn(
            subject=current.person.id,
            organisation=current.person.organisation_id,
            session=current.session.id,
            stage=stage,
            method=method,
        ),
    )
    return replace(opened, device=browser.cookie)


def _is_shut(person: Person, here: Here) -> bool:
    """Whether nothing opens this account, from here: for strangers it may be shut where its own browsers get in (IDN-4)."""
    return bool(person.locked_at or person.closed_at or (person.closed_to_strangers_at and here.own is None))

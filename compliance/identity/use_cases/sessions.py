"""Sign-ins: opened, moved on one step at a time, ended (IDN-6)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from audit.record import record
from compliance.identity import countries, queries
from compliance.identity.errors import SignInOver
from compliance.identity.events import SessionEnded
from compliance.identity.models import Person, SignIn
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import End, Method, Stage
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

PREFIX = "mss_"
"""How a session's token begins, so that one found lying about is known for what it is."""


@dataclass(frozen=True)
class Opened:
    """A sign-in and its new token, which is shown here once and kept nowhere; `stage` says what it waits for.

    `device` is what the browser keeps from then on, where it is known as the person's own only now (IDN-4).
    """

    token: str
    session_id: UUID
    person_id: UUID
    stage: str
    device: str | None = None


def open_session(ctx: Context, person: Person, *, enrolled: bool, device_id: UUID | None = None) -> Opened:
    """Begin a sign-in, half open: it waits for a code, or for an app to be enrolled (IDN-3). Raises FromRefusedCountry."""
    countries.require_allowed(ctx)
    token = _new_token()
    row = SignIn(
        id=ctx.new_id(),
        person_id=person.id,
        token=_mark(ctx, token),
        opened_at=ctx.now(),
        seen_at=ctx.now(),
        address=ctx.origin.address,
        agent=ctx.origin.agent,
        device_id=device_id,
        must_renew=False,
    )
    ctx.session.add(row)
    return Opened(token, row.id, person.id, Stage.CODE if enrolled else Stage.ENROL)


def standing(ctx: Context, session_id: UUID | None, *stages: Stage) -> CurrentSession:
    """The sign-in at one of these stages, its person locked first; raises SignInOver.

    One that is not whole yet goes no further from a country that nobody signs in from: FromRefusedCountry (IDN-7).
    """
    owner = select(Person.id).join(SignIn, SignIn.person_id == Person.id).where(SignIn.id == session_id)
    person_id = ctx.session.execute(owner.with_for_update(of=Person, key_share=True)).scalar_one_or_none()
    current = queries.session_by_id(ctx, session_id)
    if current is None or current.stage not in stages:
        raise SignInOver()
    if ctx.actor.kind == "person" and ctx.actor.person_id != person_id:
        raise SignInOver()
    if current.stage is not Stage.WHOLE:
        countries.require_allowed(ctx)
    return current


def enrolling(ctx: Context, session_id: UUID, method: Method) -> CurrentSession:
    """The sign-in in which this second factor may be enrolled now: one that waits for one, or a whole one with a fresh code.

    Raises SignInOver, also where the policy does not let its person use this factor, and FreshCodeNeeded.
    """
    current = standing(ctx, session_id, Stage.ENROL, Stage.WHOLE)
    if method not in queries.allowed(ctx, current.person):
        raise SignInOver()
    if current.stage is Stage.WHOLE:
        queries.require_fresh(ctx)
    return current


def step_up(ctx: Context, current: CurrentSession, stage: Stage, **values: Any) -> Opened:
    """Move a sign-in on under a new token; the old one opens nothing from here (IDN-6).

    Raises SignInOver where it has ended, or was moved on, in between.
    """
    token = _new_token()
    moved = update(SignIn).where(
        SignIn.id == current.session.id, SignIn.token == current.session.token, SignIn.ended_at.is_(None)
    )
    values |= {"token": _mark(ctx, token), "seen_at": ctx.now()}
    done: Any = ctx.session.execute(moved.values(**values).execution_options(synchronize_session=False))
    if not done.rowcount:
        raise SignInOver()
    return Opened(token, current.session.id, current.person.id, stage)


def sign_out(ctx: Context, session_id: UUID) -> None:
    """End a sign-in by its owner's wish; one that has ended already stays as it is."""
    _end(ctx, SignIn.id == session_id, reason=End.SIGNED_OUT)


def end_sessions(
    ctx: Context,
    *,
    person_id: UUID | None = None,
    organisation_id: UUID | None = None,
    reason: str,
    keep: UUID | None = None,
    opened_before: datetime | None = None,
) -> int:
    """End every sign-in of a person, or of an organisation's people, but for `keep`; says how many (IDN-6, SIG-6).

    With `opened_before` only those that were opened before that instant. Whoever calls this has looked whether the actor may.
    """
    if person_id is not None:
        whose = SignIn.person_id == person_id
    elif organisation_id is not None:
        whose = SignIn.person_id.in_(select(Person.id).where(Person.organisation_id == organisation_id))
    else:
        raise ValueError("say whose sessions end")
    if opened_before is not None:
        whose = whose & (SignIn.opened_at < opened_before)
    return _end(ctx, whose, reason=reason, keep=keep)


def end_half_open(ctx: Context, person_id: UUID, *, reason: str) -> int:
    """End a person's sign-ins that wait for a code in a browser that is not known as theirs; says how many (IDN-4)."""
    waiting = (SignIn.person_id == person_id) & SignIn.whole_at.is_(None) & SignIn.device_id.is_(None)
    return _end(ctx, waiting, reason=reason)


def _end(ctx: Context, whose: Any, *, reason: str, keep: UUID | None = None) -> int:
    live = select(SignIn.id, SignIn.person_id).where(whose, SignIn.ended_at.is_(None))
    if keep is not None:
        live = live.where(SignIn.id != keep)
    ending = ctx.session.execute(live.order_by(SignIn.id).with_for_update()).all()

    ended = update(SignIn).where(SignIn.id.in_([session_id for session_id, _ in ending]))
    ended = ended.values(ended_at=ctx.now(), end_reason=str(reason))
    ctx.session.execute(ended.execution_options(synchronize_session=False))

    for session_id, person_id in ending:
        record(ctx, SessionEnded(subject=session_id, person=person_id, reason=str(reason)))
    return len(ending)


def _new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def _mark(ctx: Context, token: str) -> str:
    return ctx.the(KeyRing).fingerprint("session", token)

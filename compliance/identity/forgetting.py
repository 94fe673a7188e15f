"""What is left of sign-ins, and when it has been kept for long enough (RET-9).

The log keeps that somebody signed in, by ids alone, for as long as its own schedule says. What is forgotten here is
what the service worked with: addresses, browsers, counters, spent codes. Nothing else points at these rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from compliance.kernel.context import Context
from compliance.kernel.db import Base
from policies.values import Policy

from . import rules
from .clients.models import Logout, SignOn, SignOnCode, SpentAssertion
from .models import EmailCode, Failures, KnownDevice, PasskeyChallenge, SignIn, SourceFailures

AT_ONCE = 5_000
"""How many rows of a kind go in one transaction, so that nobody waits long for the store meanwhile."""

_LONGEST_SIGN_IN = timedelta(days=1)
"""Longer than any sign-in can last: the floor says at most twelve hours."""


def over(ctx: Context) -> Mapping[type[Base], ColumnElement[bool]]:
    """For each kind of row, those that have been kept for long enough; what points at others comes before them."""
    policy = ctx.the(Policy)
    since = ctx.now() - timedelta(days=policy.sessions.kept_days)
    stranger_since = since - timedelta(days=policy.sign_in.device_days)
    old = or_(SignIn.ended_at < since, SignIn.opened_at < since - _LONGEST_SIGN_IN)
    signed_on = select(SignOn.id).where(SignOn.ended_at < since, SignOn.session_id.in_(select(SignIn.id).where(old)))
    return {
        EmailCode: EmailCode.session_id.in_(select(SignIn.id).where(old)),
        PasskeyChallenge: PasskeyChallenge.session_id.in_(select(SignIn.id).where(old)),
        SignOnCode: SignOnCode.ends_at < since,
        Logout: Logout.sign_on_id.in_(signed_on),
        SignOn: and_(
            SignOn.id.in_(signed_on),
            ~exists().where(SignOnCode.sign_on_id == SignOn.id),
            ~exists().where(Logout.sign_on_id == SignOn.id),
        ),
        SpentAssertion: SpentAssertion.ends_at < since,
        SignIn: and_(
            old,
            ~_pointed_at(EmailCode.session_id),
            ~_pointed_at(PasskeyChallenge.session_id),
            ~_pointed_at(SignOn.session_id),
        ),
        KnownDevice: or_(KnownDevice.ended_at < since, KnownDevice.used_at < stranger_since),
        Failures: Failures.last_at < since,
        SourceFailures: _windows_before(since),
    }


def _pointed_at(session_id: Any) -> ColumnElement[bool]:
    return exists().where(session_id == SignIn.id)


def _windows_before(since: datetime) -> ColumnElement[bool]:
    """Windows are above nought and days below it; both are numbered by their first second."""
    return or_(
        and_(SourceFailures.window >= 0, SourceFailures.window < rules.window(since, rules.DAY_MINUTES)),
        and_(SourceFailures.window < 0, SourceFailures.window > rules.day(since)),
    )


def due(ctx: Context) -> list[UUID]:
    """One piece of work, while there is anything to forget: a new id for it, for these rows are not acted on singly."""
    found = any(ctx.session.scalar(select(select(kind).where(past).exists())) for kind, past in over(ctx).items())
    return [ctx.new_id()] if found else []


def key(kind: type[Base]) -> tuple[Any, ...]:
    """The columns by which a row of this kind is known."""
    return tuple(kind.__table__.primary_key)

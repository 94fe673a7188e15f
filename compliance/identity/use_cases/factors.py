"""Giving a second factor, taking a new one, ending one: the same for an app, for e-mail and for passkeys (IDN-3)."""

from __future__ import annotations

from uuid import UUID

from audit.record import record
from compliance.identity import counters, queries, totp
from compliance.identity.events import MfaEnrolled
from compliance.identity.models import Authenticator, Person
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import End, Method, Stage
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from . import email_codes
from .letters import tell
from .sessions import Opened, end_sessions, step_up


def place_of(authenticator_id: UUID) -> str:
    """Where an app's secret is sealed for."""
    return f"authenticators.secret:{authenticator_id}"


def spend_code(ctx: Context, current: CurrentSession, code: str) -> Method | None:
    """Which factor this is the code of, now and for the first time: it is spent by the asking. None for a wrong one."""
    authenticator = queries.live_authenticator(ctx, current.person.id)
    if authenticator is None or authenticator.kind not in current.methods:
        return None
    if authenticator.kind == Method.EMAIL:
        return Method.EMAIL if email_codes.spend(ctx, current.session.id, code) else None
    return Method.APP if spend_app_code(ctx, authenticator, code) else None


def spend_app_code(ctx: Context, app: Authenticator, code: str) -> bool:
    """Whether this is the app's code now, and neither it nor a later one was used before (IDN-3)."""
    secret = ctx.the(KeyRing).open(app.secret, place=place_of(app.id)).decode()
    step = totp.step_of(secret, code, ctx.now(), ctx.the(Policy).second_factor.code_drift_steps)
    return step is not None and counters.spend(ctx, app.id, step)


def enrolled(ctx: Context, person: Person, factor: UUID, method: Method, *, earlier: UUID | None = None) -> None:
    """Say that a factor has proved itself; what waited for it can open (LIC-3)."""
    record(
        ctx,
        MfaEnrolled(
            subject=person.id,
            organisation=person.organisation_id,
            authenticator=factor,
            method=method,
            earlier=earlier,
        ),
    )


def changed(ctx: Context, current: CurrentSession, what: str) -> Opened:
    """After a change of factors within a sign-in: the person is told, every other sign-in ends, the token changes.

    Whoever was in with the old factor is out with it (IDN-6).
    """
    person = current.person
    tell(ctx, person, "second_factor_changed", what=what)
    end_sessions(ctx, person_id=person.id, reason=End.FACTOR_CHANGED, keep=current.session.id)
    return step_up(ctx, current, Stage.WHOLE)

"""Codes of one's own: an app's secret shown, or an address written to, and a first code to prove it (IDN-3).

The same at the first sign-in and later, from within a sign-in, where a fresh code is asked for and the
factor before it ends in the step in which the new one proves itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from audit.record import record
from compliance.identity import counters, queries, totp
from compliance.identity.errors import SignInOver
from compliance.identity.events import AuthenticatorMade
from compliance.identity.models import Authenticator
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import Method, Stage
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from . import email_codes, factors
from .factors import place_of
from .sessions import Opened, enrolling
from .signing_in import complete, wrong_code


@dataclass(frozen=True)
class Enrolment:
    """What the app takes: the secret to type, or the address the QR code says."""

    secret: str
    uri: str


def start_enrolment(ctx: Context, session_id: UUID) -> Enrolment:
    """Show the secret of a new app, the same one as often as this sign-in asks.

    Another sign-in gets another secret, and the first is worth nothing any more: nobody enrols an app whose
    secret was shown somewhere else. Raises SignInOver, and FreshCodeNeeded from within a whole sign-in.
    """
    current = enrolling(ctx, session_id, Method.APP)
    pending = queries.pending_authenticator(ctx, current.person.id)

    if pending is not None and pending.made_in == session_id:
        secret = ctx.the(KeyRing).open(pending.secret, place=place_of(pending.id)).decode()
        return Enrolment(secret, totp.uri(secret, email=current.person.email))
    if pending is not None:
        pending.ended_at = ctx.now()

    secret, new_id = totp.new_secret(), ctx.new_id()
    ctx.session.add(
        Authenticator(
            id=new_id,
            person_id=current.person.id,
            kind=Method.APP,
            secret=ctx.the(KeyRing).seal(secret.encode(), place=place_of(new_id)),
            made_in=session_id,
            created_at=ctx.now(),
        )
    )

    earlier = pending.id if pending else None
    record(ctx, AuthenticatorMade(subject=current.person.id, authenticator=new_id, earlier=earlier))
    return Enrolment(secret, totp.uri(secret, email=current.person.email))


def confirm_enrolment(ctx: Context, session_id: UUID, code: str) -> Opened | None:
    """A first right code enrols the app and makes the sign-in whole; that code is spent. None for a wrong one.

    Raises SignInOver where this sign-in was shown no secret, or another has been shown since.
    """
    current = enrolling(ctx, session_id, Method.APP)
    counters.hear(ctx)
    pending = queries.pending_authenticator(ctx, current.person.id)
    if pending is None or pending.made_in != session_id:
        raise SignInOver()

    if not factors.spend_app_code(ctx, pending, code):
        wrong_code(ctx, current)
        return None
    return _proved(ctx, current, pending, "Codes now come from an authenticator app.")


def confirm_email(ctx: Context, session_id: UUID, code: str) -> Opened | None:
    """A first right code from the letter enrols the person's e-mail address. None for a wrong one.

    Raises SignInOver, and FreshCodeNeeded from within a whole sign-in.
    """
    current = enrolling(ctx, session_id, Method.EMAIL)
    counters.hear(ctx)

    if not email_codes.spend(ctx, session_id, code):
        wrong_code(ctx, current)
        return None

    address = Authenticator(
        id=ctx.new_id(),
        person_id=current.person.id,
        kind=Method.EMAIL,
        secret=b"",
        made_in=session_id,
        created_at=ctx.now(),
    )
    return _proved(ctx, current, address, "Codes now come by e-mail, to this address.")


def _proved(ctx: Context, current: CurrentSession, factor: Authenticator, what: str) -> Opened:
    """Codes come from here on and from nowhere else; a sign-in that waited for them is whole."""
    earlier = queries.live_authenticator(ctx, current.person.id)
    if earlier is not None:
        earlier.ended_at = ctx.now()
        ctx.session.flush()
    factor.confirmed_at = ctx.now()
    ctx.session.add(factor)

    method = Method(factor.kind)
    factors.enrolled(ctx, current.person, factor.id, method, earlier=earlier.id if earlier else None)
    if current.stage is Stage.ENROL:
        return complete(ctx, current, method)
    return factors.changed(ctx, current, what)

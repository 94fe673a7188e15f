"""The authenticator app: its secret shown, and a first code to prove that the app took it (IDN-3)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from audit.record import record
from compliance.identity import counters, queries, totp
from compliance.identity.errors import SignInOver
from compliance.identity.events import AuthenticatorMade, MfaEnrolled
from compliance.identity.models import Authenticator
from compliance.identity.rules import Stage
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing

from .sessions import Opened, standing
from .signing_in import complete, spend_code, wrong_code


@dataclass(frozen=True)
class Enrolment:
    """What the app takes: the secret to type, or the address the QR code says."""

    secret: str
    uri: str


def start_enrolment(ctx: Context, session_id: UUID) -> Enrolment:
    """Show the secret of a new app, the same one as often as this sign-in asks.

    Another sign-in gets another secret, and the first is worth nothing any more: nobody enrols an app whose
    secret was shown somewhere else. Raises SignInOver, also once an app is enrolled.
    """
    current = standing(ctx, session_id, Stage.ENROL)
    pending = queries.live_authenticator(ctx, current.person.id)

    if pending is not None and pending.made_in == session_id:
        secret = ctx.the(KeyRing).open(pending.secret, place=_place(pending.id)).decode()
        return Enrolment(secret, totp.uri(secret, email=current.person.email))
    if pending is not None:
        pending.ended_at = ctx.now()
        ctx.session.flush()

    secret, new_id = totp.new_secret(), ctx.new_id()
    ctx.session.add(
        Authenticator(
            id=new_id,
            person_id=current.person.id,
            secret=ctx.the(KeyRing).seal(secret.encode(), place=_place(new_id)),
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
    counters.hear(ctx)
    current = standing(ctx, session_id, Stage.ENROL)
    pending = queries.live_authenticator(ctx, current.person.id)
    if pending is None or pending.made_in != session_id:
        raise SignInOver()

    if not spend_code(ctx, pending, code):
        wrong_code(ctx, current)
        return None

    pending.confirmed_at = ctx.now()

    record(
        ctx,
        MfaEnrolled(subject=current.person.id, organisation=current.person.organisation_id, authenticator=pending.id),
    )
    return complete(ctx, current)


def _place(authenticator_id: UUID) -> str:
    return f"authenticators.secret:{authenticator_id}"

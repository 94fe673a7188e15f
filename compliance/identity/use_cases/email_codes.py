"""Codes by e-mail, for partners: written in the transaction that asks for them, and good for that sign-in alone (IDN-3)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from audit.record import record
from compliance.identity import codes, once
from compliance.identity.errors import EmailCodesOver, SignInOver
from compliance.identity.events import EmailCodeSent
from compliance.identity.models import Person
from compliance.identity.rules import Method, Stage
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.values import Policy

from .letters import tell
from .sessions import enrolling, standing


def send_code(ctx: Context, session_id: UUID) -> None:
    """Send another code, to sign in with or before a sensitive act; the one before it opens nothing any more.

    Raises SignInOver for somebody whose second factor is no e-mail address, and EmailCodesOver.
    """
    current = standing(ctx, session_id, Stage.CODE, Stage.WHOLE)
    if Method.EMAIL not in current.methods:
        raise SignInOver()
    send(ctx, current.person, session_id)


def send_first_code(ctx: Context, session_id: UUID) -> None:
    """Send the code that proves whose the address is, before it is enrolled.

    Raises SignInOver where e-mail is no factor for this person, FreshCodeNeeded from within a whole sign-in, and
    EmailCodesOver.
    """
    send(ctx, enrolling(ctx, session_id, Method.EMAIL).person, session_id)


def send(ctx: Context, person: Person, session_id: UUID) -> None:
    """Write a new code to the person, good for this sign-in; the caller holds the person. Raises EmailCodesOver."""
    minutes = ctx.the(Policy).second_factor.email_code_minutes
    ends_at = ctx.now() + timedelta(minutes=minutes)
    code = codes.new_code()
    if not once.replace_code(ctx, session_id, _mark(ctx, session_id, code), ends_at):
        raise EmailCodesOver()
    tell(ctx, person, "code", useless_at=ends_at, code=f"{code[:3]} {code[3:]}", minutes=str(minutes))

    record(ctx, EmailCodeSent(subject=person.id, organisation=person.organisation_id, session=session_id))


def spend(ctx: Context, session_id: UUID, typed: str) -> bool:
    """Whether this is the code sent last for this sign-in, tried in time and not too often; it is spent by the asking."""
    code = codes.read(typed)
    return once.try_code(ctx, session_id, _mark(ctx, session_id, code) if code else "")


def _mark(ctx: Context, session_id: UUID, code: str) -> str:
    return ctx.the(KeyRing).fingerprint("email-code", f"{session_id}\0{code}")

"""Passkeys: made, named and ended by their owner, and given as the second factor (WebAuthn, IDN-3)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from audit.record import record
from compliance.identity import counters, once, passkeys, queries
from compliance.identity.errors import LastFactor, NoSuchPasskey, SignInOver
from compliance.identity.events import PasskeyCopied, PasskeyEnded, PasskeyMade
from compliance.identity.models import Passkey, PasskeyUse
from compliance.identity.passkeys import NotThis
from compliance.identity.queries import CurrentSession
from compliance.identity.rules import Method, Stage
from compliance.kernel.context import Context
from compliance.kernel.text import line

from . import factors
from .sessions import Opened, enrolling, standing
from .signing_in import Outcome, complete, freshened, wrong_code

MOST = 10
"""So many passkeys are more than anybody's devices."""


def ask_for_passkey(ctx: Context, session_id: UUID) -> dict[str, Any]:
    """Ask the browser to sign with one of the person's passkeys, to sign in or before a sensitive act.

    What was asked before is no longer answered. Raises SignInOver for somebody who has none to sign with.
    """
    current = standing(ctx, session_id, Stage.CODE, Stage.WHOLE)
    if Method.PASSKEY not in current.methods or passkeys.host(ctx.house.settings) is None:
        raise SignInOver()
    question = passkeys.ask_to_use(ctx.house.settings, queries.passkeys(ctx, current.person.id))
    once.lay_challenge(ctx, session_id, question.state)
    return question.options


def give_passkey(ctx: Context, session_id: UUID, answer: str) -> Outcome:
    """The second factor by passkey: it makes the sign-in whole as a right code does, and a wrong one counts as one.

    Raises SignInOver and Throttled.
    """
    current = standing(ctx, session_id, Stage.CODE)
    counters.hear(ctx)
    if not _is_right(ctx, current, answer):
        return Outcome(None, wrong_code(ctx, current))
    return Outcome(complete(ctx, current, Method.PASSKEY))


def freshen_by_passkey(ctx: Context, session_id: UUID, answer: str) -> Outcome:
    """The passkey again, so that a sensitive act may follow (IDN-6); a wrong one counts as any other.

    Raises SignInOver and Throttled.
    """
    current = standing(ctx, session_id, Stage.WHOLE)
    counters.hear(ctx)
    if not _is_right(ctx, current, answer):
        return Outcome(None, wrong_code(ctx, current))
    return Outcome(freshened(ctx, current, Method.PASSKEY))


def start_passkey(ctx: Context, session_id: UUID) -> dict[str, Any]:
    """Ask the browser to make a passkey, at the first sign-in or later from within one.

    Raises SignInOver where passkeys are not offered, FreshCodeNeeded from within a whole sign-in.
    """
    current = _enrolling(ctx, session_id)
    question = passkeys.ask_to_make(ctx.house.settings, current.person, queries.passkeys(ctx, current.person.id))
    once.lay_challenge(ctx, session_id, question.state)
    return question.options


def make_passkey(ctx: Context, session_id: UUID, answer: str, *, name: str) -> Opened | None:
    """Keep the public half of a passkey that the browser has made; a sign-in that waited for a factor is whole.

    None for an answer that is not to what was asked: what was asked is gone with it. Raises SignInOver,
    FreshCodeNeeded, and Invalid at /name.
    """
    current = _enrolling(ctx, session_id)
    held = queries.passkeys(ctx, current.person.id)
    called = line(name, pointer="/name", limit=100) if name.strip() else f"Passkey {len(held) + 1}"
    state = once.take_challenge(ctx, session_id)
    if state is None or len(held) >= MOST:
        return None
    try:
        made = passkeys.made(ctx.house.settings, state, answer)
    except NotThis:
        return None
    if ctx.session.execute(select(exists().where(Passkey.credential == made.credential))).scalar_one():
        return None

    passkey = Passkey(
        id=ctx.new_id(),
        person_id=current.person.id,
        credential=made.credential,
        public_key=made.public_key,
        name=called,
        made_at=ctx.now(),
    )
    ctx.session.add(passkey)
    ctx.session.flush()
    ctx.session.add(PasskeyUse(passkey_id=passkey.id, count=made.count, used_at=ctx.now()))

    record(ctx, PasskeyMade(subject=current.person.id, organisation=current.person.organisation_id, passkey=passkey.id))
    factors.enrolled(ctx, current.person, passkey.id, Method.PASSKEY)
    if current.stage is Stage.ENROL:
        return complete(ctx, current, Method.PASSKEY)
    return factors.changed(ctx, current, f"A passkey was added: “{called}”.")


def end_passkey(ctx: Context, session_id: UUID, passkey_id: UUID) -> Opened:
    """End one of one's own passkeys; at least one second factor that may be used remains.

    Raises NoSuchPasskey, LastFactor, SignInOver and FreshCodeNeeded.
    """
    current = standing(ctx, session_id, Stage.WHOLE)
    queries.require_fresh(ctx)
    held = queries.passkeys(ctx, current.person.id)
    passkey = next((each for each in held if each.id == passkey_id), None)
    if passkey is None:
        raise NoSuchPasskey()
    if len(held) == 1 and set(current.methods) <= {Method.PASSKEY}:
        raise LastFactor()
    passkey.ended_at = ctx.now()

    record(
        ctx, PasskeyEnded(subject=current.person.id, organisation=current.person.organisation_id, passkey=passkey.id)
    )
    return factors.changed(ctx, current, f"A passkey was ended: “{passkey.name}”.")


def _enrolling(ctx: Context, session_id: UUID) -> CurrentSession:
    if passkeys.host(ctx.house.settings) is None:
        raise SignInOver()
    return enrolling(ctx, session_id, Method.PASSKEY)


def _is_right(ctx: Context, current: CurrentSession, answer: str) -> bool:
    """Whether one of the person's passkeys signed what was asked; what was asked is answered by this, right or wrong."""
    person = current.person
    state = once.take_challenge(ctx, current.session.id)
    if state is None or Method.PASSKEY not in current.methods or passkeys.host(ctx.house.settings) is None:
        return False
    try:
        used = passkeys.used(ctx.house.settings, state, answer, person, queries.passkeys(ctx, person.id))
    except NotThis:
        return False
    if once.count_use(ctx, used.passkey.id, used.count):
        return True
    record(ctx, PasskeyCopied(subject=person.id, organisation=person.organisation_id, passkey=used.passkey.id))
    return False

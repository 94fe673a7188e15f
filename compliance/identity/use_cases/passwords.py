"""Choosing a password, and changing it without anybody's help (IDN-1, IDN-2)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from audit.record import record
from compliance.identity import counters, passwords, queries
from compliance.identity.errors import PasswordNotGoodEnough, SignInOver
from compliance.identity.events import PasswordSet
from compliance.identity.models import Password, Person
from compliance.identity.patience import Patience
from compliance.identity.rules import End, Stage
from compliance.kernel.context import Context
from compliance.kernel.errors import FieldError
from policies.values import Policy

from .failing import failed
from .letters import tell
from .sessions import end_sessions, standing, step_up
from .signing_in import Outcome

_STAGES = (Stage.RENEW, Stage.WHOLE)


@contextmanager
def before_the_turn(ctx: Context) -> Iterator[Context]:
    """A look at the store before `ctx` takes its turn as a writer, so that no hash is done while others wait.

    A unit of work that has begun already, as a test's or the demo's may have, looks with its own eyes.
    """
    if ctx.session.in_transaction():
        yield ctx
    else:
        with ctx.house.reading(ctx.actor, ctx.origin) as looking:
            yield looking


def change_password(ctx: Context, *, current: str, new: str) -> Outcome:
    """Set a new password in the place of one's own, which is asked for; the way on for one that has expired (IDN-2).

    `opened` holds the new token of this very sign-in, now whole; every other sign-in of the person ends (IDN-6).
    It is None where the present password was wrong: that counts as a failure, and the new one is not looked at.
    Raises PasswordNotGoodEnough with one error at /password for each criterion that the new one fails.
    """
    with before_the_turn(ctx) as looking:
        counters.hear(looking)
        sign_in = queries.session_by_id(looking, looking.origin.session_id)
        if sign_in is None or sign_in.stage not in _STAGES:
            raise SignInOver()
        held = queries.live_password(looking, sign_in.person.id)
        against = scales(looking, sign_in.person)
    with ctx.house.the(Patience).hashing():
        right = held is not None and passwords.matches(held.hash, current)
        phc = weigh(against, new) if right else ""

    now_standing = standing(ctx, ctx.origin.session_id, *_STAGES)
    person = now_standing.person
    if held is None or not right:
        return Outcome(None, failed(ctx, counters.mark_of(ctx, person.email), person, step="password"))
    before = queries.live_password(ctx, person.id)
    if before is None or before.id != held.id:
        raise SignInOver()

    set_password(ctx, person, phc)
    tell(ctx, person, "password_changed")
    end_sessions(ctx, person_id=person.id, reason=End.PASSWORD_CHANGED, keep=now_standing.session.id)
    return Outcome(step_up(ctx, now_standing, Stage.WHOLE, must_renew=False))


@dataclass(frozen=True)
class Scales:
    """What a new password is weighed against: whose it is to be, the policy, and those that open no more."""

    owner: passwords.Owner
    policy: Policy
    earlier: list[str]


def scales(ctx: Context, person: Person) -> Scales:
    """What this person's next password is weighed against, as it is now."""
    employer = queries.employer_of(ctx, person)
    return Scales(
        passwords.Owner(person.full_name, person.email, employer), ctx.the(Policy), _earlier_hashes(ctx, person.id)
    )


def weigh(against: Scales, chosen: str) -> str:
    """The hash of a password that may be set; raises PasswordNotGoodEnough. Touches no transaction."""
    found = passwords.objections(
        chosen,
        policy=against.policy.password,
        owner=against.owner,
        earlier_hashes=against.earlier,
        context_words=against.policy.context_words,
    )
    if found:
        raise PasswordNotGoodEnough(fields=tuple(FieldError("/password", objection.says) for objection in found))
    return passwords.hash_password(chosen)


def _earlier_hashes(ctx: Context, person_id: UUID) -> list[str]:
    """The passwords that this person may not choose again: the newest, and any that somebody else may know (IDN-2)."""
    newest = select(Password.id).where(Password.person_id == person_id).order_by(Password.set_at.desc(), Password.id)
    never_again = or_(
        Password.id.in_(newest.limit(ctx.the(Policy).password.history)), Password.compromised_at.is_not(None)
    )
    return list(ctx.session.scalars(select(Password.hash).where(Password.person_id == person_id, never_again)))


def set_password(ctx: Context, person: Person, phc: str, *, invitation: UUID | None = None) -> None:
    """Put this password in the place of the one that opens now. The caller holds the person locked."""
    before = queries.live_password(ctx, person.id)
    if before is not None:
        before.ended_at = ctx.now()
        ctx.session.flush()
    row = Password(id=ctx.new_id(), person_id=person.id, hash=phc, set_at=ctx.now())
    ctx.session.add(row)

    record(
        ctx,
        PasswordSet(
            subject=person.id,
            organisation=person.organisation_id,
            password=row.id,
            earlier=before.id if before else None,
            invitation=invitation,
        ),
    )

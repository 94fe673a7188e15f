"""Reading what stands beside the rule: what somebody is kept from, and what was opened to whom (DEC-5, DEC-6).

Whoever is kept from a case is shown nothing of it, and nothing of the conflict that keeps them from it: neither the
row nor the proposals, letters and entries of the log that speak of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, null, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from compliance.identity.addresses import normalise
from compliance.identity.models import Person
from compliance.identity.proposals.models import Proposal
from compliance.identity.queries import person_by_email
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid, Refusal
from compliance.kernel.finding import the_one
from compliance.kernel.secrets import KeyRing
from compliance.notices.models import Notice
from compliance.notices.queries import KEPT
from policies.access import may, require
from policies.permissions import Permission
from policies.values import Policy

from . import rules
from .errors import OwnBreakGlass, ReviewedAlready, StillOpen
from .models import BreakGlass, Conflict, ConflictAttempt
from .rules import Stands

Column = ColumnElement[str | None] | InstrumentedAttribute[str] | InstrumentedAttribute[str | None]

SET = "conflict.set"
LIFT = "conflict.lift"
"""The kinds of the two acts that take two people."""

_CASE_FROM = 38
"""Where the case begins in what `thing` says, counted from 1: behind an id of 36 characters and a colon."""

_CASE_LONG = 120
"""So much of a reference fits there."""

_CLOSED_WITHIN = timedelta(hours=1)

_KEPT_FROM = "kept from"
_UNSEEN = "unseen"


def kept_from(ctx: Context) -> frozenset[str]:
    """The references that a conflict of interest keeps the acting person from: none for a program or a job (DEC-6).

    To that person these do not exist, on our own pages as little as in the case system: whatever names one is left
    out of lists, counts, exports and searches before anything else is decided. One statement a unit of work.
    """
    if ctx.actor.person_id is None:
        return frozenset()
    known = ctx.session.info.get(_KEPT_FROM)
    if known is None:
        wanted = select(Conflict.reference).where(
            Conflict.person_id == ctx.actor.person_id, Conflict.lifted_at.is_(None)
        )
        known = ctx.session.info[_KEPT_FROM] = frozenset(ctx.session.scalars(wanted))
    return cast(frozenset[str], known)


def none_kept(ctx: Context, reference: Column) -> ColumnElement[bool]:
    """The condition that a row names no case that the acting person is kept from: `kept_from` without asking first."""
    if ctx.actor.person_id is None:
        return true()
    theirs = exists().where(
        Conflict.person_id == ctx.actor.person_id, Conflict.lifted_at.is_(None), Conflict.reference == reference
    )
    return ~theirs


def unseen(ctx: Context) -> frozenset[str]:
    """The ids by which the log would tell the acting person of a conflict of their own, lifted ones too (DEC-6).

    Those of the conflicts, of the proposals to set or lift them, and of the letters about either. Entries of the log
    with one of these as their subject are left out for that person. One statement, which answers `kept_from` too, and
    for nearly everybody no more.
    """
    me = ctx.actor.person_id
    if me is None:
        return frozenset()
    known = ctx.session.info.get(_UNSEEN)
    if known is None:
        holds = case((Conflict.lifted_at.is_(None), Conflict.reference))
        theirs = select(Conflict.id, holds).where(Conflict.person_id == me)
        about = select(Proposal.id, null()).where(Proposal.kind.in_((SET, LIFT)), Proposal.beneficiary_id == me)
        found = ctx.session.execute(theirs.union_all(about)).all()
        ids = {str(id_) for id_, _ in found}
        ctx.session.info[_KEPT_FROM] = frozenset(reference for _, reference in found if reference is not None)
        letters = [Notice.once.startswith(f"{KEPT}{each}:", autoescape=True) for each in ids]
        if letters:
            ids |= {str(each) for each in ctx.session.scalars(select(Notice.id).where(or_(*letters)))}
        known = ctx.session.info[_UNSEEN] = frozenset(ids)
    return cast(frozenset[str], known)


def whom(ctx: Context, email: str) -> Person:
    """The account with this address; raises Invalid at `/email` where there is none."""
    found = person_by_email(ctx, normalise(email))
    if found is None:
        raise Invalid.at("/email", "Nobody has an account with this address. Check it in the list of people.")
    return found


def kept(ctx: Context, reference: str) -> frozenset[UUID]:
    """Everybody whom a conflict of interest keeps from this case: they are told nothing of it."""
    return _kept(ctx, Conflict.reference == reference)


def kept_from_one_of(ctx: Context, references: Select[str]) -> frozenset[UUID]:
    """Everybody whom a conflict of interest keeps from one at least of the cases that this statement names."""
    return _kept(ctx, Conflict.reference.in_(references))


def _kept(ctx: Context, cases: ColumnElement[bool]) -> frozenset[UUID]:
    return frozenset(ctx.session.scalars(select(Conflict.person_id).where(cases, Conflict.lifted_at.is_(None))))


def glass_shown(ctx: Context) -> ColumnElement[bool]:
    """The condition that the actor may know of break-glass: of none for a case they are kept from, but what they
    opened themselves, which tells them nothing that they did not say (DEC-6)."""
    hidden = kept_from(ctx)
    return or_(BreakGlass.reference.not_in(hidden), BreakGlass.granted_by == ctx.actor.id) if hidden else true()


def glass(ctx: Context, glass_id: UUID, *, lock: bool = False) -> BreakGlass:
    """One break-glass that the actor may know of; raises NotFound and Forbidden."""
    require(ctx, Permission.BREAK_GLASS_READ)
    wanted = select(BreakGlass).where(BreakGlass.id == glass_id, glass_shown(ctx))
    return the_one(ctx, wanted, lock=lock)


def stands(ctx: Context, found: BreakGlass) -> Stands:
    """How one stands now."""
    return rules.stands(
        ctx.now(),
        london_date(ctx.now()),
        until=found.until,
        ended_at=found.ended_at,
        due_on=found.review_due_on,
        justified=found.justified,
    )


def why_not_review(ctx: Context, found: BreakGlass) -> Refusal | None:
    """Why the actor cannot say what they found of it; None where they can. Raises Forbidden by role."""
    require(ctx, Permission.BREAK_GLASS_REVIEW)
    if ctx.actor.id in (found.granted_by, str(found.person_id)):
        return OwnBreakGlass()
    if found.reviewed_at is not None:
        return ReviewedAlready()
    return StillOpen() if stands(ctx, found) is Stands.OPEN else None


def to_review(ctx: Context) -> ColumnElement[bool]:
    """The condition that break-glass is over and that the actor is one who can look at it."""
    me = ctx.actor.person_id
    return and_(
        BreakGlass.reviewed_at.is_(None),
        or_(BreakGlass.ended_at.is_not(None), BreakGlass.until <= ctx.now()),
        BreakGlass.granted_by != ctx.actor.id,
        BreakGlass.person_id != me if me else false(),
        glass_shown(ctx),
    )


def number_to_review(ctx: Context) -> int:
    """How many of them wait for the actor to look at."""
    return ctx.session.execute(select(func.count()).select_from(BreakGlass).where(to_review(ctx))).scalar_one()


@dataclass(frozen=True)
class Health:
    """How break-glass stands as a whole: open for too long, over and not closed, and not looked at in time."""

    too_long: int
    left: int
    overdue: int


def health(ctx: Context) -> Health:
    """How break-glass stands, for `doctor`: what is over is closed within the hour."""
    longest = timedelta(hours=ctx.the(Policy).exceptions.break_glass_hours)
    live = ctx.session.execute(
        select(BreakGlass.granted_at, BreakGlass.until).where(BreakGlass.ended_at.is_(None))
    ).all()
    waiting = select(func.count()).where(
        BreakGlass.reviewed_at.is_(None), BreakGlass.review_due_on < london_date(ctx.now())
    )
    return Health(
        too_long=sum(until - granted_at > longest for granted_at, until in live),
        left=sum(until < ctx.now() - _CLOSED_WITHIN for _, until in live),
        overdue=ctx.session.execute(waiting).scalar_one(),
    )


def conflict_shown(ctx: Context) -> ColumnElement[bool]:
    """The condition that the actor may know of a conflict: never of one of their own, nor of anybody's with a case that
    they are kept from (DEC-6)."""
    hidden = kept_from(ctx)
    shown = [Conflict.person_id != ctx.actor.person_id] if ctx.actor.person_id else []
    return and_(true(), *shown, Conflict.reference.not_in(hidden) if hidden else true())


def conflict(ctx: Context, conflict_id: UUID, *, lock: bool = False) -> Conflict:
    """One conflict that the actor may know of; raises NotFound, for their own too, and Forbidden."""
    require(ctx, Permission.CONFLICT_READ)
    wanted = select(Conflict).where(Conflict.id == conflict_id, conflict_shown(ctx))
    return the_one(ctx, wanted, lock=lock)


def live_conflict(ctx: Context, person_id: UUID, reference: str) -> Conflict | None:
    """The conflict that keeps this person from this case now, whoever asks."""
    wanted = select(Conflict).where(
        Conflict.person_id == person_id, Conflict.reference == reference, Conflict.lifted_at.is_(None)
    )
    return ctx.session.scalars(wanted).one_or_none()


def set_by(ctx: Context, found: Conflict) -> bool:
    """Whether the actor is one of the two who set it: only they learn of attempts."""
    return ctx.actor.person_id is not None and ctx.actor.id in (found.asked_by, found.agreed_by)


def attempts(ctx: Context, found: Conflict, *, limit: int = 100) -> Sequence[ConflictAttempt]:
    """What its person asked of the case all the same, the newest first; nothing but to those who set it (DEC-6)."""
    if not set_by(ctx, found):
        return ()
    wanted = select(ConflictAttempt).where(ConflictAttempt.conflict_id == found.id)
    newest = (ConflictAttempt.day.desc(), ConflictAttempt.first_at.desc(), ConflictAttempt.action)
    return ctx.session.scalars(wanted.order_by(*newest).limit(limit)).all()


def attempted(ctx: Context) -> ColumnElement[bool]:
    """The condition that the actor set a conflict whose person asked all the same."""
    mine = or_(Conflict.asked_by == ctx.actor.id, Conflict.agreed_by == ctx.actor.id)
    return and_(mine, select(ConflictAttempt.action).where(ConflictAttempt.conflict_id == Conflict.id).exists())


def proposals_unseen(ctx: Context) -> ColumnElement[bool]:
    """The condition that a proposal to set or lift a conflict is none that the actor may know of (DEC-6).

    It is looked for in the same statement: nearly everybody who asks is kept from nothing.
    """
    me = ctx.actor.person_id
    if me is None:
        return false()
    same_case = func.substr(Proposal.thing, _CASE_FROM) == func.substr(Conflict.reference, 1, _CASE_LONG)
    theirs = exists().where(Conflict.person_id == me, Conflict.lifted_at.is_(None), same_case)
    return or_(Proposal.beneficiary_id == me, theirs)


def thing(person_id: UUID, reference: str) -> str:
    """What a proposal to set or lift a conflict would change: while one waits for it there is no second."""
    return f"{person_id}:{reference[:_CASE_LONG]}"


def reason_of(ctx: Context, found: BreakGlass) -> str:
    """Why the case was opened, in the words of whoever did."""
    return _opened(ctx, found.reason, f"break_glass.reason:{found.id}")


def review_of(ctx: Context, found: BreakGlass) -> str:
    """What was found of it afterwards; nothing before."""
    return _opened(ctx, found.review, f"break_glass.review:{found.id}") if found.review is not None else ""


def grounds_of(ctx: Context, found: Conflict) -> str:
    """Why somebody is kept from a case, in the words of whoever asked for it."""
    return _opened(ctx, found.grounds, f"conflicts.grounds:{found.id}")


def knows_conflicts(ctx: Context) -> bool:
    """Whether the actor may be told that a conflict stands in the way."""
    return may(ctx, Permission.CONFLICT_READ)


def _opened(ctx: Context, sealed: bytes, place: str) -> str:
    return ctx.the(KeyRing).open(sealed, place=place).decode()

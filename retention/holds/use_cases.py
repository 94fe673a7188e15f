"""Placing a hold, keeping it up, reminding of it, lifting it (RET-6)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import exists, select

from audit.record import record
from compliance.identity.queries import require_fresh
from compliance.kernel import text
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.errors import Invalid
from compliance.kernel.finding import the_one
from compliance.kernel.ids import parse_id
from compliance.kernel.reminding import to_remind
from compliance.kernel.secrets import KeyRing
from compliance.kernel.turns import KEEPING, in_turn
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy
from retention.reviews.rules import soon_from
from signatories.models import Organisation

from . import events, letters, queries, rules
from .errors import AlreadyHeld, HoldLifted
from .models import RetentionHold
from .queries import Reached
from .rules import Reach


def would_name(ctx: Context, *, ground: str, reach: str, value: str, reason: str, review_on: date) -> Reached:
    """How many records a hold would name, before anybody places it. Raises as `place`, but for AlreadyHeld."""
    require(ctx, Permission.HOLD_PLACE)
    named, _ = _understood(ctx, ground, reach, value, reason, review_on)
    return queries.reached(ctx, reach, named)


def place(ctx: Context, *, ground: str, reach: str, value: str, reason: str, review_on: date) -> RetentionHold:
    """Keep what this names whatever its time, to be looked at again on `review_on` (RET-6).

    `reach` is one of `record`, `subject`, `organisation` (its id) and `kind`. A record need not be registered yet. Raises
    Invalid at the member that is wrong, AlreadyHeld.
    """
    require(ctx, Permission.HOLD_PLACE)
    named, why = _understood(ctx, ground, reach, value, reason, review_on)
    in_turn(ctx, KEEPING)
    same = (RetentionHold.ground == ground, RetentionHold.reach == reach, RetentionHold.value == named)
    if ctx.session.scalar(select(exists().where(*same, RetentionHold.lifted_at.is_(None)))):
        raise AlreadyHeld()

    hold = RetentionHold(
        id=ctx.new_id(), ground=ground, reach=reach, value=named, review_on=review_on, placed_by=ctx.actor.id,
        placed_at=ctx.now(),
    )  # fmt: skip
    hold.reason = ctx.the(KeyRing).seal(why.encode(), place=f"retention_holds.reason:{hold.id}")
    ctx.session.add(hold)

    record(ctx, events.HoldPlaced(subject=hold.id, reach=reach, ground=ground, review_on=review_on))
    return hold


def prolong(ctx: Context, hold_id: UUID, *, review_on: date) -> RetentionHold:
    """Say that a hold was looked at and stays. Raises HoldLifted, Invalid."""
    require(ctx, Permission.HOLD_PLACE)
    hold = _live(ctx, hold_id)
    _check_review(ctx, review_on)

    hold.review_on, hold.reminded_on = review_on, None

    record(ctx, events.HoldProlonged(subject=hold.id, review_on=review_on))
    return hold


def lift(ctx: Context, hold_id: UUID, *, reason: str) -> RetentionHold:
    """Let records go their way again. Raises HoldLifted, FreshCodeNeeded, Invalid."""
    require(ctx, Permission.HOLD_LIFT)
    require_fresh(ctx)
    hold = _live(ctx, hold_id)
    why = text.prose(reason, pointer="/reason", limit=ctx.the(Policy).disposal.words_most)

    hold.lifted_by, hold.lifted_at = ctx.actor.id, ctx.now()
    hold.lifted_because = ctx.the(KeyRing).seal(why.encode(), place=f"retention_holds.lifted_because:{hold.id}")

    record(ctx, events.HoldLifted(subject=hold.id))
    return hold


def remind(ctx: Context, hold_id: UUID) -> RetentionHold | None:
    """Tell whoever may lift a hold that it is to be looked at again: once before that day, once on it, once after.

    None where it is not the time.
    """
    require(ctx, Permission.RETENTION_MAKE_DUE)
    hold = the_one(ctx, select(RetentionHold).where(RetentionHold.id == hold_id), lock=True)
    policy, today = ctx.the(Policy), london_date(ctx.now())
    soon = soon_from(hold.review_on, policy.disposal.reminder_working_days, policy.calendar)
    time = None if hold.lifted_at is not None else to_remind(today, hold.review_on, soon, hold.reminded_on)
    if time is None:
        return None

    hold.reminded_on = today

    record(ctx, events.HoldReminded(subject=hold.id))
    letters.due(ctx, hold, time)
    return hold


def _understood(
    ctx: Context, ground: str, reach: str, value: str, reason: str, review_on: date
) -> tuple[str, str]:  # fmt: skip
    """What is named as it is kept, and why; raises Invalid at what is wrong."""
    policy = ctx.the(Policy)
    if ground not in policy.hold_grounds:
        raise Invalid.at("/ground", "Choose the ground.")
    if reach not in list(Reach):
        raise Invalid.at("/reach", "Choose what is held.")
    named = _named(ctx, Reach(reach), value)
    _check_review(ctx, review_on)
    return named, text.prose(reason, pointer="/reason", limit=policy.disposal.words_most)


def _named(ctx: Context, reach: Reach, value: str) -> str:
    named = text.line(value, pointer="/value", limit=255)
    if reach is not Reach.ORGANISATION:
        return named
    organisation_id = parse_id(named)
    if organisation_id is None or ctx.session.get(Organisation, organisation_id) is None:
        raise Invalid.at("/value", "Choose the organisation.")
    return organisation_id.hex


def _live(ctx: Context, hold_id: UUID) -> RetentionHold:
    hold = queries.held(ctx, hold_id)
    if hold.lifted_at is not None:
        raise HoldLifted()
    return hold


def _check_review(ctx: Context, review_on: date) -> None:
    most = ctx.the(Policy).disposal.hold_review_days_most
    if not rules.review_in_time(london_date(ctx.now()), review_on, most):
        raise Invalid.at("/review_on", f"Choose a day after today, and within {most} days.")

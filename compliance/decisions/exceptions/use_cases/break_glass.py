"""Opening a case to somebody for an emergency MARAC, ending that, and looking at it afterwards (DEC-5, OP 5.1)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from audit.record import record
from compliance.decisions.exceptions import letters, queries
from compliance.decisions.exceptions.errors import (
    BreakGlassForOneself,
    BreakGlassOver,
    KeptFromCase,
    NothingToStandOn,
    OpenAlready,
)
from compliance.decisions.exceptions.events import (
    BreakGlassEnded,
    BreakGlassGranted,
    BreakGlassReviewed,
    BreakGlassViewed,
    ReviewCalledToMind,
)
from compliance.decisions.exceptions.models import BreakGlass
from compliance.decisions.exceptions.rules import EndReason, Stands
from compliance.identity import queries as identity
from compliance.kernel import text
from compliance.kernel.calendar import add_working_days
from compliance.kernel.clock import london_date
from compliance.kernel.context import Context
from compliance.kernel.db import violated
from compliance.kernel.errors import Forbidden, Invalid
from compliance.kernel.secrets import KeyRing
from compliance.licences.models import Licence
from compliance.licences.rotas.turns import IN_USE
from policies.access import require
from policies.permissions import Permission
from policies.values import Policy

LONGEST = 2000
"""Characters of a reason or of what was found."""


def grant_break_glass(
    ctx: Context, *, person_id: UUID, reference: str, area: str, hours: int, reason: str
) -> BreakGlass:
    """Open one case to somebody else for some hours, from now on; information governance is asked to look at it.

    It stands in for the area, the invitation or the place in a closed MARAC that they lack, for what their roles let
    them do, and for nothing else: not for a licence, a second factor, or a signature of their organisation (SIG-6,
    IDN). Raises BreakGlassForOneself, FreshCodeNeeded, NothingToStandOn, KeptFromCase, OpenAlready, NotFound, and
    Invalid at `/reference`, `/area`, `/hours` and `/reason`.
    """
    require(ctx, Permission.BREAK_GLASS_GRANT)
    if ctx.actor.person_id is None:
        raise Forbidden()
    if ctx.actor.person_id == person_id:
        raise BreakGlassForOneself()
    identity.require_fresh(ctx)
    person = identity.person(ctx, person_id, lock=True)
    case = text.line(reference, pointer="/reference", limit=255)
    why = text.prose(reason, pointer="/reason", limit=LONGEST)
    policy = ctx.the(Policy)
    if area not in policy.areas:
        raise Invalid.at("/area", "Choose one of the area MARACs.")
    if not 1 <= hours <= policy.exceptions.break_glass_hours:
        raise Invalid.at("/hours", f"Choose between 1 and {policy.exceptions.break_glass_hours} hours.")
    in_use = select(Licence.id).where(Licence.person_id == person.id, IN_USE)
    if person.closed_at is not None or ctx.session.scalars(in_use).first() is None:
        raise NothingToStandOn()
    if queries.knows_conflicts(ctx) and queries.live_conflict(ctx, person.id, case) is not None:
        raise KeptFromCase()

    _close_left(ctx, person.id, case)
    new_id = ctx.new_id()
    given = BreakGlass(
        id=new_id,
        person_id=person.id,
        reference=case,
        area=area,
        reason=ctx.the(KeyRing).seal(why.encode(), place=f"break_glass.reason:{new_id}"),
        granted_by=ctx.actor.id,
        granted_at=ctx.now(),
        until=ctx.now() + timedelta(hours=hours),
        review_due_on=add_working_days(
            london_date(ctx.now()), policy.exceptions.break_glass_review_working_days, policy.calendar
        ),
    )
    ctx.session.add(given)
    try:
        ctx.session.flush()
    except IntegrityError as problem:
        if violated(problem, "uq_break_glass_person_id_reference_live"):
            raise OpenAlready() from problem
        raise

    record(
        ctx,
        BreakGlassGranted(
            subject=given.id, organisation=person.organisation_id, reference=case, person=person.id, area=area,
            until=given.until,
        ),
    )  # fmt: skip
    letters.granted(ctx, given, person)
    return given


def end_break_glass(ctx: Context, glass_id: UUID) -> BreakGlass:
    """Shut the case again before its time; from this commit on nothing is permitted by it. Raises BreakGlassOver."""
    require(ctx, Permission.BREAK_GLASS_GRANT)
    found = queries.glass(ctx, glass_id, lock=True)
    if queries.stands(ctx, found) is not Stands.OPEN:
        raise BreakGlassOver()

    _end(ctx, found, EndReason.TAKEN_BACK)
    return found


def review_break_glass(ctx: Context, glass_id: UUID, *, justified: bool, review: str) -> BreakGlass:
    """Say, once it is over, whether it was justified, and what was found: by neither of the two it was between (ROL-3).

    Raises OwnBreakGlass, ReviewedAlready, StillOpen, and Invalid at `/review`.
    """
    require(ctx, Permission.BREAK_GLASS_REVIEW)
    found = queries.glass(ctx, glass_id, lock=True)
    refusal = queries.why_not_review(ctx, found)
    if refusal is not None:
        raise refusal
    words = text.prose(review, pointer="/review", limit=LONGEST)

    if found.ended_at is None:
        _end(ctx, found, EndReason.OVER)
    found.justified = justified
    found.review = ctx.the(KeyRing).seal(words.encode(), place=f"break_glass.review:{found.id}")
    found.reviewed_by = ctx.actor.id
    found.reviewed_at = ctx.now()

    record(
        ctx,
        BreakGlassReviewed(
            subject=found.id, organisation=_organisation(ctx, found), reference=found.reference,
            person=found.person_id, justified=justified,
        ),
    )  # fmt: skip
    return found


def view_glass(ctx: Context, glass_id: UUID) -> BreakGlass:
    """Show one with its reason, and keep that it was shown."""
    found = queries.glass(ctx, glass_id)
    record(ctx, BreakGlassViewed(subject=found.id, reference=found.reference, person=found.person_id))
    return found


def close_over(ctx: Context, glass_id: UUID) -> None:
    """Say of one whose time has passed that it is over; no decision has permitted anything by it since."""
    found = ctx.session.get_one(BreakGlass, glass_id, with_for_update=True)
    if found.ended_at is None and found.until <= ctx.now():
        _end(ctx, found, EndReason.OVER)


def call_to_mind(ctx: Context, glass_id: UUID) -> int:
    """Tell those who can look at one that it waits for them, on its day and when it is late: to how many."""
    found = ctx.session.get_one(BreakGlass, glass_id)
    written = letters.call_to_mind(ctx, found) if found.reviewed_at is None else 0
    if written:
        record(
            ctx,
            ReviewCalledToMind(subject=found.id, reference=found.reference, person=found.person_id, letters=written),
        )
    return written


def _close_left(ctx: Context, person_id: UUID, reference: str) -> None:
    """Close what was open for this person and case, where its time has passed; raises OpenAlready where it has not."""
    live = select(BreakGlass).where(
        BreakGlass.person_id == person_id, BreakGlass.reference == reference, BreakGlass.ended_at.is_(None)
    )
    for left in ctx.session.scalars(live.with_for_update()):
        if ctx.now() < left.until:
            raise OpenAlready()
        _end(ctx, left, EndReason.OVER)
    # The new row may only come once the old one has left the index of those that are live.
    ctx.session.flush()


def _end(ctx: Context, found: BreakGlass, reason: EndReason) -> None:
    found.ended_at = ctx.now() if reason is EndReason.TAKEN_BACK else found.until
    found.ended_by = ctx.actor.id
    record(
        ctx,
        BreakGlassEnded(
            subject=found.id, organisation=_organisation(ctx, found), reference=found.reference,
            person=found.person_id, reason=reason,
        ),
    )  # fmt: skip


def _organisation(ctx: Context, found: BreakGlass) -> UUID | None:
    return identity.person(ctx, found.person_id).organisation_id

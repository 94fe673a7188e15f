"""Who reviews a flag: named fairly, and never whoever it is about, raised it, or is kept from the case (AUD-6, ROL-3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from compliance.decisions.exceptions.models import Conflict
from compliance.identity.models import Password, Person, RoleHeld
from compliance.identity.queries import still_held
from compliance.kernel.context import Context
from compliance.kernel.ids import parse_id
from policies.access import Access
from policies.permissions import Permission
from policies.values import Policy

from .models import AccessFlag
from .rules import Status

MOST = 500


@dataclass(frozen=True)
class Candidate:
    """Somebody who may review a flag, and how many they have open."""

    id: UUID
    full_name: str
    open: int


def roles(ctx: Context) -> list[str]:
    """The roles whose holders review flags."""
    table = ctx.the(Access).table
    return [role for role, granted in table.items() if (Permission.FLAG_REVIEW.value, "hub") in granted]


def at_work(ctx: Context) -> ColumnElement[bool]:
    """The condition that a person holds such a role now, and can sign in."""
    held = exists().where(
        RoleHeld.person_id == Person.id,
        RoleHeld.role.in_(roles(ctx)),
        RoleHeld.organisation_id.is_(None),
        still_held(ctx.now()),
    )
    return and_(Person.closed_at.is_(None), Person.locked_at.is_(None), held)


def candidates(ctx: Context, flag: AccessFlag) -> list[Candidate]:
    """Whoever may review this flag, the fairest choice first.

    Whoever can sign in as things stand comes before whose password has run out, and has perhaps moved on; then those
    from elsewhere; then who has the fewest open, and had the fewest ever.

    For an attempt under a conflict of interest only those who set it may (DEC-6).
    """
    never = [who for who in (flag.person_id, parse_id(flag.raised_by)) if who is not None]
    fit: list[ColumnElement[bool]] = [Person.id.not_in(never)] if never else []
    if flag.conflict_id is None:
        fit.append(at_work(ctx))
    else:
        set_by = _setters(ctx, flag.conflict_id)
        fit += [Person.id.in_(set_by), Person.closed_at.is_(None), Person.locked_at.is_(None)]
    if flag.reference is not None:
        kept = exists().where(
            Conflict.person_id == Person.id, Conflict.reference == flag.reference, Conflict.lifted_at.is_(None)
        )
        fit.append(~kept)
    theirs = aliased(AccessFlag)
    open_ones = func.count(case((theirs.status == Status.OPEN.value, 1)))
    rows = ctx.session.execute(
        select(Person.id, Person.full_name, open_ones.label("open"))
        .outerjoin(theirs, theirs.reviewer_id == Person.id)
        .where(*fit)
        .group_by(Person.id, Person.full_name, Person.organisation_id, Person.hub_team)
        .order_by(_away(ctx), *_near(ctx, flag), open_ones, func.count(theirs.id), Person.id)
        .limit(MOST)
    )
    return [Candidate(row.id, row.full_name, row.open) for row in rows]


def choose(ctx: Context, flag: AccessFlag) -> UUID | None:
    """The reviewer for this flag; None where nobody is left."""
    found: Sequence[Candidate] = candidates(ctx, flag)
    return found[0].id if found else None


def without_one(ctx: Context, *, limit: int) -> list[UUID]:
    """Open flags that have no reviewer, or one who may not review any more, the oldest first."""
    fit = exists().where(
        Person.id == AccessFlag.reviewer_id,
        or_(
            and_(AccessFlag.conflict_id.is_not(None), Person.closed_at.is_(None), Person.locked_at.is_(None)),
            at_work(ctx),
        ),
    )
    wanted = select(AccessFlag.id).where(AccessFlag.status == Status.OPEN.value, ~fit)
    return list(ctx.session.scalars(wanted.order_by(AccessFlag.raised_at, AccessFlag.id).limit(limit)))


def _setters(ctx: Context, conflict_id: UUID) -> list[UUID]:
    """The two people who set a conflict."""
    found = ctx.session.execute(select(Conflict.asked_by, Conflict.agreed_by).where(Conflict.id == conflict_id)).one()
    return [who for who in map(parse_id, found) if who is not None]


def _away(ctx: Context) -> ColumnElement[int]:
    """1 for whoever has no password that is in date."""
    since = ctx.now() - timedelta(days=ctx.the(Policy).password.max_age_days)
    keeps = exists().where(Password.person_id == Person.id, Password.ended_at.is_(None), Password.set_at > since)
    return case((keeps, 0), else_=1)


def _near(ctx: Context, flag: AccessFlag) -> list[ColumnElement[int]]:
    """How to put last whoever works where the person flagged does; the hub team is one such place."""
    about = ctx.session.get(Person, flag.person_id) if flag.person_id else None
    same: list[ColumnElement[bool]] = []
    if flag.organisation_id is not None:
        same.append(Person.organisation_id == flag.organisation_id)
    if about is not None and about.hub_team:
        same.append(Person.hub_team.is_(True))
    return [case((or_(*same), 1), else_=0)] if same else []

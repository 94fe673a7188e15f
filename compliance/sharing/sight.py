"""What of sharing somebody may know of: what they did themselves, and what they read of organisations' cases (DEC-6, ROL-4)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, false, or_, true

from compliance.decisions.exceptions.queries import none_kept
from compliance.kernel.context import Context
from compliance.kernel.errors import Forbidden
from compliance.kernel.keyset import Column
from policies.access import could, reach
from policies.permissions import Permission


def known(
    ctx: Context, read: Permission, make: Permission, *, by: Column, reference: Column, of: tuple[Column, ...]
) -> ColumnElement[bool]:
    """The rows that the actor may know of: those `by` them, and those `of` organisations in their reach.

    Never of the latter a case that a conflict of interest keeps them from. Raises Forbidden to whom may neither read nor make one.
    """
    if not could(ctx, read) and not could(ctx, make):
        raise Forbidden()
    own = by == ctx.actor.person_id if ctx.actor.person_id else false()
    return or_(own, and_(_in_reach(ctx, read, of), none_kept(ctx, reference)))


def _in_reach(ctx: Context, read: Permission, of: tuple[Column, ...]) -> ColumnElement[bool]:
    if not could(ctx, read):
        return false()
    within = reach(ctx, read)
    return true() if within is None else or_(*(column.in_(within) for column in of))

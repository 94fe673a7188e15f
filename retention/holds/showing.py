"""One hold for its page: what it names, why, and how many records that is (RET-6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from audit.record import record as enter
from compliance.identity.queries import names_of
from compliance.kernel.context import Context
from compliance.kernel.secrets import KeyRing
from policies.access import may
from policies.permissions import Permission
from signatories import queries as register

from . import queries
from .events import HoldViewed
from .models import RetentionHold
from .queries import Reached


@dataclass(frozen=True)
class Whole:
    """A hold for its page; whoever may place none does not see the words of those who did."""

    hold: RetentionHold
    names: str
    reached: Reached
    reason: str
    lifted_because: str
    people: Mapping[str, str]


def view(ctx: Context, hold_id: UUID) -> Whole:
    """Show one hold, and keep that it was shown. Raises NotFound, Forbidden."""
    whole = of(ctx, hold_id)
    enter(ctx, HoldViewed(subject=hold_id))
    return whole


def of(ctx: Context, hold_id: UUID) -> Whole:
    """One hold with all that belongs to it. Raises NotFound, Forbidden."""
    hold = queries.held(ctx, hold_id, lock=False)
    reads = may(ctx, Permission.HOLD_PLACE)
    organisations = {organisation_id.hex: name for organisation_id, name in register.names(ctx)}
    return Whole(
        hold, queries.said(hold, organisations), queries.reached(ctx, hold.reach, hold.value),
        _opened(ctx, hold.reason, f"retention_holds.reason:{hold.id}") if reads else "",
        _opened(ctx, hold.lifted_because, f"retention_holds.lifted_because:{hold.id}") if reads else "",
        names_of(ctx, {who for who in (hold.placed_by, hold.lifted_by) if who}),
    )  # fmt: skip


def _opened(ctx: Context, sealed: bytes | None, place: str) -> str:
    return ctx.the(KeyRing).open(sealed, place=place).decode() if sealed is not None else ""

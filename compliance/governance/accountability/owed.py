"""What the hub owes an organisation: licences that were asked for and that nobody has given (GOV-2, LIC-11).

Nobody is blamed for research that came late for want of a seat: what is owed stands beside every rate, and keeps an
organisation from being put before the groups by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, select, true

from compliance.kernel.clock import london_date, start_of
from compliance.kernel.context import Context
from compliance.licences.models import Licence
from compliance.licences.rules import EndReason, RefusedFor, Status
from compliance.licences.waiting.models import SeatOffer, WaitingPlace
from compliance.licences.waiting.rules import Left
from policies.values import Policy

from .rules import complete_months


@dataclass(frozen=True)
class Owed:
    """Licences asked for and not given.

    `waiting` are not answered: since when, and how many of them for longer than they should be. There was no seat
    for `without` since the counted months began: refused for want of a seat, or taken back after too long a wait for one.
    """

    waiting: int = 0
    since: datetime | None = None
    overdue: int = 0
    without: int = 0

    @property
    def excuses(self) -> bool:
        """Whether nothing is to be put before the groups by itself."""
        return bool(self.overdue or self.without)


NOTHING = Owed()


def owed(ctx: Context, within: Collection[UUID] | None = None) -> dict[UUID, Owed]:
    """By organisation, what the hub owes it; who is owed nothing is not among them. A seat on offer is theirs to take."""
    now, values = ctx.now(), ctx.the(Policy).accountability
    long_ago = now - timedelta(days=values.owed_days)
    on_offer = select(SeatOffer.id).where(SeatOffer.licence_id == Licence.id, SeatOffer.settled_at.is_(None))
    asked: list[ColumnElement[bool]] = [Licence.status == Status.REQUESTED, ~on_offer.exists()]
    rows = ctx.session.execute(
        select(
            Licence.organisation_id,
            func.count(),
            func.min(Licence.requested_at),
            func.count(case((Licence.requested_at < long_ago, 1))),
        )
        .where(*asked, true() if within is None else Licence.organisation_id.in_(within))
        .group_by(Licence.organisation_id)
    )
    found = {one: Owed(waiting, since, overdue) for one, waiting, since, overdue in rows}
    for one, count in without(ctx, counted_since(ctx), now, within).items():
        found[one] = replace(found.get(one, NOTHING), without=count)
    return found


def counted_since(ctx: Context) -> datetime:
    """When the months began that rates are counted over: what there was no seat for counts from then until now."""
    [first, *_] = complete_months(london_date(ctx.now()), ctx.the(Policy).accountability.months_counted)
    return start_of(first)


def without(ctx: Context, since: datetime, until: datetime, within: Collection[UUID] | None = None) -> dict[UUID, int]:
    """By organisation, how many licences it asked for that there was no seat for, from `since` up to `until` itself.

    Refused for want of a seat; or put on the waiting list, offered no seat for longer than a licence may be waited for,
    and taken back. Whoever was offered a seat did not go without for want of one, nor did whoever left.
    """
    longest = timedelta(days=ctx.the(Policy).accountability.owed_days)
    offered = select(SeatOffer.id).where(SeatOffer.licence_id == Licence.id)
    refused = Licence.decided_at.between(since, until) & (Licence.refused_for == RefusedFor.NO_SEAT)
    taken_back = (
        WaitingPlace.left_at.between(since, until)
        & (WaitingPlace.left_for == Left.TAKEN_BACK)
        & (Licence.end_reason == EndReason.AT_REQUEST)
        & ~offered.exists()
    )
    rows = ctx.session.execute(
        select(Licence.organisation_id, Licence.requested_at, case((taken_back, WaitingPlace.left_at)))
        .outerjoin(WaitingPlace, and_(WaitingPlace.licence_id == Licence.id, WaitingPlace.left_for == Left.TAKEN_BACK))
        .where(refused | taken_back, true() if within is None else Licence.organisation_id.in_(within))
    )
    return Counter(one for one, asked_at, left_at in rows if left_at is None or left_at - asked_at > longest)
